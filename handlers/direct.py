"""Direct messages: a private conversation with the bot, which nobody has to declare."""

from __future__ import annotations

from dataclasses import replace

from desk.audience import INTERNAL
from desk.changes import NOTHING, Changes, SaveChannel, SaveMessage, write
from desk.errors import Unavailable
from desk.events import MessageReceived
from desk.ids import PersonId
from desk.space import Channel, ChannelKind
from desk.timeline import Message, Purpose
from handlers import questions
from handlers.services import Services


async def channel_of(event: MessageReceived, services: Services) -> tuple[Channel | None, Changes]:
    """Return where somebody wrote, and what declares it when that is a private conversation; None for a channel nobody declared."""
    stands = await services.store.channel(event.place.channel)
    if event.kind is not ChannelKind.DIRECT or (stands and stands.person):
        return stands, NOTHING
    channel = stands or Channel(event.place.channel, event.author_name, ChannelKind.DIRECT, event.at)
    channel = replace(channel, person=await _verified(event, channel, services))
    return channel, NOTHING if channel == stands else write(SaveChannel(channel))


def is_before(event: MessageReceived, channel: Channel) -> bool:
    """Tell whether a message is from before its channel was declared; a private conversation begins with its first message, whichever comes first."""
    return event.kind is not ChannelKind.DIRECT and event.at < channel.declared_at


def ours(message: Message) -> Changes:
    """Take in what one of ours says to the bot alone: it is no ticket and stands nobody down. A teammate is answered, about tickets and articles."""
    note = replace(message, audience=INTERNAL, purpose=Purpose.TEAMMATE)
    return write(SaveMessage(note)) + questions.asked(note, None)


async def _verified(event: MessageReceived, channel: Channel, services: Services) -> PersonId | None:
    """Return whose conversation it is, None as long as nobody is sure; without the customer record the next message tells."""
    try:
        author = await services.crm.identify(event.author, event.author_name, channel)
    except Unavailable:
        return None
    return author.person.id if author.verified and author.person else None
