"""Intake: what people write is stored in milliseconds, without a model; tickets and answers follow."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from desk import ticket as tickets
from desk.audience import INTERNAL
from desk.changes import NOTHING, Changes, ClearDeadlines, Refresh, SaveDraft, SaveEarly, SaveMessage, SaveTicket, SetDeadline, Unsend, follow, write
from desk.customer import TEAM, Role
from desk.deadlines import Deadline, DeadlineKind
from desk.draft import DraftStatus
from desk.errors import Retryable
from desk.events import MessageDeleted, MessageEdited, MessageReceived, MessagesReceived, TypingSeen
from desk.ids import EventId, OutboxId, TicketId, derived
from desk.modes import Mode
from desk.policy import Policy
from desk.space import Channel, ChannelKind, Place
from desk.ticket import Ticket
from desk.timeline import Message, Purpose, edited, message_id, tombstone
from handlers import asked, attention, catching_up, direct, joining, questions, say
from handlers.services import Services

OVER_KINDS = (DeadlineKind.REMIND, DeadlineKind.CLOSE)


async def message_received(event: MessageReceived, services: Services) -> Changes:
    """Store a message. A customer's starts or prolongs the pause; one of ours stands the bot down in its thread."""
    return await _received(event, services, policy=await services.policy.current())


async def messages_received(event: MessagesReceived, services: Services) -> Changes:
    """Store what many customers wrote at once, each message as if it had come alone."""
    policy = await services.policy.current()
    each = (_received(one, services, policy=policy, beside=event.messages[:n]) for n, one in enumerate(event.messages))
    try:
        return sum(await asyncio.gather(*each), NOTHING)
    except Retryable:
        raise
    except Exception:  # noqa: BLE001
        # A defect in one of them must not lose the others: each comes alone, and the team is told of the one.
        return follow(*event.messages)


async def _received(event: MessageReceived, services: Services, *, policy: Policy, beside: Sequence[MessageReceived] = ()) -> Changes:
    """Store a message; `beside` was said before it and is stored together with it."""
    channel, declared = await direct.channel_of(event, services)
    if channel is None or direct.is_before(event, channel) or await services.store.message(event.ref):
        return NOTHING
    message = await _message(event, services, policy)
    return declared + await _taken_in(message, channel, services, policy=policy, cause=event.id, beside=beside)


async def message_edited(event: MessageEdited, services: Services) -> Changes:
    """Apply an edit; one that came before its message waits for it."""
    message = await services.store.message(event.ref)
    if message is None:
        return write(SaveEarly(event.ref, event.at, event.text))
    changed = edited(message, event.text, event.at)
    if changed == message and not _is_outdated(message, event.at):
        return NOTHING
    return await _changed(changed, services, cause=event.id)


def _is_outdated(message: Message, at: datetime) -> bool:
    """Tell whether a later change arrived before this one: it counts for the turn all the same, or the turn would depend on the order of arrival."""
    return message.edited_at is not None and at < message.edited_at


async def message_deleted(event: MessageDeleted, services: Services) -> Changes:
    """Take the words out; the ticket is looked at again without them."""
    message = await services.store.message(event.ref)
    if message is None:
        return write(SaveEarly(event.ref, event.at, None))
    return NOTHING if message.deleted else await _changed(tombstone(message, event.at), services, cause=event.id)


async def typing_seen(event: TypingSeen, services: Services) -> Changes:
    """Prolong a pause that is running."""
    channel = await services.store.channel(event.place.channel)
    if channel is None:
        return NOTHING
    group = tickets.group_of(channel, event.author)
    waiting = await services.store.waiting(channel.ref, group)
    policy = await services.policy.current()
    return write(await _pause(channel, group, services, first=waiting[0], last=event.at, policy=policy)) if waiting else NOTHING


async def _taken_in(
    message: Message, channel: Channel, services: Services, *, policy: Policy, cause: EventId, beside: Sequence[MessageReceived]
) -> Changes:
    if channel.kind is ChannelKind.INTERNAL:
        return await _note(message, services)
    if message.role is Role.CUSTOMER:
        return await _customers(message, channel, services, policy=policy, cause=cause, beside=beside)
    return direct.ours(message) if await direct.is_alone(channel, services) else await _ours(message, services, cause=cause)


async def _message(event: MessageReceived, services: Services, policy: Policy) -> Message:
    """Build the stored message, with the edits and the deletion that came before it."""
    message = Message(
        id=message_id(event.ref),
        ref=event.ref,
        place=event.place,
        author=event.author,
        author_name=event.author_name,
        role=event.role,
        text=event.text,
        at=event.at,
        purpose=Purpose.CUSTOMER if event.role is Role.CUSTOMER else Purpose.TEAMMATE,
        files=event.files,
        mentions_bot=event.mentions_bot,
        late=event.late or services.clock.now() - event.at > policy.tickets.gap,
    )
    for at, text in await services.store.early(event.ref):
        message = tombstone(message, at) if text is None else edited(message, text, at)
    return message


async def _note(message: Message, services: Services) -> Changes:
    """Keep what ours say under a card as a note of its ticket: it reaches no customer and answers nobody."""
    root = Place(message.place.channel, None)
    card = await services.store.card_at(replace(message.ref, id=message.place.thread)) if message.ref and message.place.thread else None
    home = await joining.heir(card.ticket, services) if card else None
    note = replace(message, audience=INTERNAL, purpose=Purpose.TEAMMATE, ticket=home.id if home else None)
    stored = write(SaveMessage(note)) if card else write(SaveMessage(replace(note, place=message.place if message.place.thread else root)))
    return stored + questions.asked(note, note.ticket) if message.mentions_bot else stored


async def _customers(
    message: Message, channel: Channel, services: Services, *, policy: Policy, cause: EventId, beside: Sequence[MessageReceived]
) -> Changes:
    group = tickets.group_of(channel, message.author) if message.author else ""
    waiting = await services.store.waiting(channel.ref, group) or ()
    theirs = [other.at for other in beside if tickets.group_of(channel, other.author) == group]
    times = [message.at, *waiting, *theirs]
    stored = write(SaveMessage(message))
    if message.deleted:
        return stored
    stored += write(await _pause(channel, group, services, first=min(times), last=max(times), policy=policy))
    if await _is_meant(message, channel, services, policy=policy):
        stored += say.heard(message, cause=cause, at=services.clock.now())
    return stored


async def _is_meant(message: Message, channel: Channel, services: Services, *, policy: Policy) -> bool:
    """Tell whether to show at once that the message was heard: the bot was addressed, and it speaks here."""
    if policy.modes.of("", channel.kind, tier="") is Mode.OBSERVE or policy.paused.holds("", channel.name, now=services.clock.now()):
        return False
    in_thread = await services.store.tickets_in_thread(message.place) if message.place.thread else ()
    if any(ticket.held or ticket.muted for ticket in in_thread):
        return False
    return message.mentions_bot or channel.kind is ChannelKind.DIRECT or bool(in_thread)


async def _pause(channel: Channel, group: str, services: Services, *, first: datetime, last: datetime, policy: Policy) -> SetDeadline:
    id = derived("pause", channel.ref, group)
    due = min(last + policy.pause.quiet, first + policy.pause.most)
    # One that was put off is not taken back: an instant that came already never comes again.
    if stands := await services.store.deadline(id):
        over = max(due, stands.due) <= services.clock.now()
        # One that is over is under way, and takes this message along; moved within the past it would come once more for each message.
        due = stands.due if over else max(due, stands.due)
    held = {catching_up.HELD: stands.values[catching_up.HELD]} if stands and catching_up.HELD in stands.values else {}
    return SetDeadline(Deadline(id, DeadlineKind.PAUSE, str(channel.ref), due, {"group": group, **held}))


async def _ours(message: Message, services: Services, *, cause: EventId) -> Changes:
    """One of ours wrote where a customer reads: the bot stands down there, or gets the thread back when mentioned."""
    in_thread = [ticket for ticket in await services.store.tickets_in_thread(message.place) if ticket.merged_into is None]
    if not in_thread and message.mentions_bot and message.place.thread:
        return write(SaveMessage(message)) + await asked.by_mention(message, services, cause=cause)
    home = in_thread[0].id if in_thread else None
    result = write(SaveMessage(replace(message, ticket=home)))
    early = await services.store.early(message.ref) if message.ref else ()
    for ticket in in_thread:
        result += await _stand_down(ticket, message, services, early=len(early) if ticket.id == home else 0, cause=cause)
    return result


async def _stand_down(ticket: Ticket, message: Message, services: Services, *, early: int, cause: EventId) -> Changes:
    """Silence the bot in a ticket, or give it back; changes that came before the message count as if they came after it."""
    timeline = await attention.heard(ticket, services, message)
    turn = replace(ticket, turn=ticket.turn + 1 + early, holding=None)
    result = write(SaveTicket(tickets.stood_down(turn, timeline, since=message.at)))
    back = message.mentions_bot and message.role in TEAM
    if back or early:
        # The turn waits for the pause: whoever gives a thread back may have more to say.
        result += await _again(ticket.id, message.edited_at or message.at, services)
    if back:
        return result
    silenced = write(Unsend(ticket.id), ClearDeadlines(str(ticket.id), (DeadlineKind.PROMISE, *OVER_KINDS)))
    if message.role in TEAM and not ticket.status.is_over:
        silenced += await _ends(ticket.id, message.at, services)
    return result + silenced + await _quieten(ticket.id, services, cause=cause)


async def _ends(ticket: TicketId, at: datetime, services: Services) -> Changes:
    """Close what a teammate answered last when its customer stays silent; the bot says no reminder in somebody else's conversation."""
    id = derived("close", ticket)
    due = at + (await services.policy.current()).tickets.close
    stands = await services.store.deadline(id)
    return write(SetDeadline(Deadline(id, DeadlineKind.CLOSE, str(ticket), max(due, stands.due) if stands else due)))


async def _again(ticket: TicketId, at: datetime, services: Services) -> Changes:
    """Have a ticket's turn run again after the pause that begins at an instant, or after one that ends later."""
    id = derived("again", ticket)
    due = at + (await services.policy.current()).pause.quiet
    stands = await services.store.deadline(id)
    return write(SetDeadline(Deadline(id, DeadlineKind.RETRY, str(ticket), max(due, stands.due) if stands else due)))


async def _quieten(ticket: TicketId, services: Services, *, cause: EventId) -> Changes:
    """Waiting drafts stay as quiet ones, for the team only."""
    result = NOTHING
    for draft in await services.store.drafts(ticket):
        if draft.status is DraftStatus.WAITING:
            result += write(SaveDraft(replace(draft, status=DraftStatus.QUIET)))
    return result + await refreshed(ticket, services, cause=cause)


async def refreshed(ticket: TicketId, services: Services, *, cause: EventId) -> Changes:
    """Draw all cards of a ticket again."""
    cards = await services.store.cards(ticket)
    return write(*(Refresh(card.id, OutboxId(derived("o", cause, card.id)), services.clock.now()) for card in cards))


async def _changed(message: Message, services: Services, *, cause: EventId) -> Changes:
    """Store an edit or a deletion; the ticket's turn is over and a new one starts after the pause."""
    stored = write(SaveMessage(message))
    ticket = await services.store.ticket(message.ticket) if message.ticket else None
    if ticket is None or message.audience == INTERNAL:
        return stored
    stored += write(SaveTicket(replace(await _attended(ticket, message, services), turn=ticket.turn + 1)))
    stored += await _again(ticket.id, message.edited_at or message.at, services)
    if message.role is not Role.CUSTOMER:
        # One of ours spoke to every ticket of the thread, though their message is stored with the first.
        others = [other for other in await services.store.tickets_in_thread(message.place) if other.id != ticket.id and other.merged_into is None]
        stored += write(*[SaveTicket(await _attended(other, message, services)) for other in others])
    return stored + await refreshed(ticket.id, services, cause=cause)


async def _attended(ticket: Ticket, message: Message, services: Services) -> Ticket:
    timeline = await attention.heard(ticket, services, message)
    heard = tickets.awake(ticket) if message.role is Role.CUSTOMER else ticket
    return replace(heard, attention=tickets.attention_of(timeline, muted=ticket.muted, guest=ticket.guest, handed_back=ticket.handed_back))
