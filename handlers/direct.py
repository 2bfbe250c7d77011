"""Direct messages: a private conversation with the bot, which nobody has to declare."""

from __future__ import annotations

from dataclasses import replace

from desk.audience import INTERNAL, PUBLIC
from desk.changes import NOTHING, Changes, Enqueue, SaveChannel, SaveMessage, write
from desk.customer import Role
from desk.errors import Unavailable
from desk.events import MessageReceived
from desk.ids import OutboxId, PersonId, derived
from desk.post import Post
from desk.space import Channel, ChannelKind, Place
from desk.timeline import Message, Purpose
from handlers import questions, replies
from handlers.services import Services

FOR_COLLEAGUES = (
    "Here I answer customers, and the support team. You are neither to me, so nobody is told what you write: "
    "turn to the support team itself, or have an admin add you to it with `/frontdesk team add`."
)


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


async def is_alone(channel: Channel, services: Services) -> bool:
    """Tell whether one of ours talks to the bot alone there, and not to a customer whose conversation it is."""
    return channel.kind is ChannelKind.DIRECT and not await services.platform(channel.ref.platform).outsiders(channel.ref)


def ours(message: Message) -> Changes:
    """Take in what one of ours says to the bot alone: it is no ticket and stands nobody down. A teammate is answered, about tickets and articles."""
    note = replace(message, audience=INTERNAL, purpose=Purpose.TEAMMATE)
    told = _sent_elsewhere(note) if note.role is Role.COLLEAGUE else questions.asked(note, None)
    return write(SaveMessage(note)) + told


def _sent_elsewhere(note: Message) -> Changes:
    """Tell a colleague, once a day, that nobody is told of what they write here."""
    if note.ref is None:
        return NOTHING
    id = OutboxId(derived("o", "colleague", note.place.channel, f"{note.at:%Y-%m-%d}"))
    place = Place(note.place.channel, note.place.thread or note.ref.id)
    return write(Enqueue(Post(id, place, Purpose.NOTICE, PUBLIC, note.at, card=replies.sentence(FOR_COLLEAGUES))))


async def _verified(event: MessageReceived, channel: Channel, services: Services) -> PersonId | None:
    """Return whose conversation it is, None as long as nobody is sure; without the customer record the next message tells."""
    try:
        author = await services.crm.identify(event.author, event.author_name, channel)
    except Unavailable:
        return None
    return author.person.id if author.verified and author.person else None
