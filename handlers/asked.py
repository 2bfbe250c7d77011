"""Asked: a ticket out of a message that stands already, by shortcut, by emoji or because one of ours mentions the bot in its thread."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from desk.audience import INTERNAL, PUBLIC
from desk.changes import NOTHING, Changes, SaveTicket, SetDeadline, follow, write
from desk.customer import TEAM, Role
from desk.deadlines import Deadline, DeadlineKind
from desk.errors import Retryable
from desk.events import DeadlineReached, ReactionAdded, TicketAsked
from desk.ids import EventId, derived
from desk.modes import Mode
from desk.policy import Policy
from desk.space import Channel, ChannelKind, MessageRef, Place, parse_channel, parse_user
from desk.ticket import Ticket, attention_of, group_of, handed_back
from desk.timeline import Message, Timeline
from handlers import gather, say, so_far
from handlers.attention import heard
from handlers.services import Services
from handlers.sorting import Table

OURS = TEAM | {Role.COLLEAGUE}
UNDECLARED = "I was not told what this channel is, so I take nothing in here: set it up with `/frontdesk channel add` first."
INSIDE = "This channel is the team's own, so there is no customer here to open a ticket for."
UNREADABLE = "I cannot read that message: it was deleted, it is one of mine, or I am not in its channel."
OUR_OWN = "One of ours wrote that, so there is no customer to open a ticket for. Use it on what the customer wrote."
NOT_YOURS = "Only the support team, or whoever wrote a message, can open a ticket from it."
OPEN = "It is in ticket {ticket} already, which is {status}."
OPEN_TO_CUSTOMER = "This is being looked after already."


async def ticket_asked(event: TicketAsked, services: Services) -> Changes:
    """Open or wake the ticket of a message, as a mention would; whoever asked in vain is told why."""
    try:
        return await _asked(event, services)
    except Retryable as error:
        # The channel's other messages do not wait until the platform can be read again.
        later = services.clock.now() + so_far.wait(error, await services.policy.current())
        return write(SetDeadline(Deadline(derived("asked", event.id), DeadlineKind.ASKED, event.key, later, _values(event))))


async def again(event: DeadlineReached, services: Services) -> Changes:
    """Try once more what the platform did not let us read."""
    return await ticket_asked(_event(event), services)


async def reaction_added(event: ReactionAdded, services: Services) -> Changes:
    """Take policy's emoji on a message of a channel that customers write in for asking for a ticket; other emoji say nothing."""
    policy, channel = await services.policy.current(), await services.store.channel(event.ref.channel)
    if not policy.intake.emoji or event.emoji != policy.intake.emoji or channel is None or channel.kind is ChannelKind.INTERNAL:
        return NOTHING
    stored = await services.store.message(event.ref)
    place = stored.place if stored else Place(event.ref.channel)
    return await ticket_asked(TicketAsked(id=event.id, ref=event.ref, place=place, by=event.by, by_name="", role=event.role, at=event.at), services)


async def by_mention(message: Message, services: Services, *, cause: EventId) -> Changes:
    """One of ours mentions the bot in a thread without a ticket: it is asked for out of the root, or what a customer said last under one of ours."""
    assert message.author is not None, "people have a user"
    said = [m for m in await services.store.thread(message.place) if m.role is Role.CUSTOMER and not m.deleted]
    ref = MessageRef(message.place.channel, message.place.thread or "")
    root = await services.store.message(ref)
    if root and root.role is not Role.CUSTOMER:
        if not said or said[-1].ref is None:
            return NOTHING
        ref = said[-1].ref
    id = EventId(derived("ev", cause, "asked"))
    place = replace(message.place, thread=None) if ref.id == message.place.thread else message.place
    return follow(
        TicketAsked(
            id=id, ref=ref, place=place, by=message.author, by_name=message.author_name, role=message.role, at=message.edited_at or message.at
        )
    )


async def _asked(event: TicketAsked, services: Services) -> Changes:
    channel = await services.store.channel(event.ref.channel)
    if channel is None or channel.kind is ChannelKind.INTERNAL:
        return await _told(event, INSIDE if channel else UNDECLARED, channel, services)
    message, before = await _found(event, services)
    ticket = await _ticket_of(message, services) if message else None
    if why := _refusal(event, message, ticket):
        return await _told(event, why, channel, services)
    assert message is not None, "what cannot be read was refused"
    policy = await services.policy.current()
    table = Table(channel, _group(message, channel), policy, services, services.clock.now(), asked=message.id, before=before)
    late = message.late or table.now - event.at > policy.tickets.gap
    anew = replace(message, asked_at=event.at, late=late, bystander=False, ticket=ticket.id if ticket else None)
    changes = await (gather.woken(anew, ticket, table, cause=event.id) if ticket else _opened(anew, table, cause=event.id))
    return await _given(changes, event, table) + await _noticed(event, anew, channel, services, ticket=ticket)


async def _opened(message: Message, table: Table, *, cause: EventId) -> Changes:
    """Put the message in a ticket, with what its author said beside it and no ticket has taken in yet."""
    pending = await table.services.store.pending(table.channel.ref, table.group)
    burst = [message if m.id == message.id else m for m in pending]
    return await gather.sorted_in(burst if message in burst else [message], table, cause=cause)


async def _given(changes: Changes, event: TicketAsked, table: Table) -> Changes:
    """A teammate who asks for a ticket gives it to the bot, as their mention does, whoever of them spoke in its thread before."""
    if event.role not in TEAM:
        return changes
    said = {m.id: m for messages in table.said.values() for m in messages}
    mine = next((ticket for ticket, messages in table.said.items() if any(m.id == table.asked for m in messages)), None)
    if mine is None:
        return changes
    given = handed_back(table.tickets[mine], max(event.at, table.now))
    timeline = await heard(given, table.services, *said.values())
    attention = attention_of(timeline, muted=False, guest=given.guest, handed_back=given.handed_back)
    # Of two saves of one ticket the later one counts.
    return changes + write(SaveTicket(replace(given, attention=attention)))


async def _found(event: TicketAsked, services: Services) -> tuple[Message | None, Timeline]:
    """Return the message, with the thread around it where nobody told us of it."""
    if stored := await services.store.message(event.ref):
        return None if stored.deleted else stored, ()
    around = await so_far.read(Place(event.ref.channel, event.place.thread or event.ref.id), services)
    found = next((m for m in around if m.ref == event.ref), None)
    if found and found.place.thread and not event.place.thread:
        around = await so_far.read(found.place, services)
    return found, around


async def _ticket_of(message: Message, services: Services) -> Ticket | None:
    """Return the ticket that a message's own words are in by now; what it only stands by is none of its own."""
    ticket = await services.store.ticket(message.ticket) if message.ticket and not message.bystander else None
    while ticket and ticket.merged_into:
        ticket = await services.store.ticket(ticket.merged_into)
    return ticket


def _refusal(event: TicketAsked, message: Message | None, ticket: Ticket | None) -> str:
    """Return why no ticket is opened, empty when one is."""
    if message is None:
        return UNREADABLE
    if message.role is not Role.CUSTOMER:
        return OUR_OWN
    if event.role not in OURS and event.by != message.author:
        return NOT_YOURS
    if ticket is None or ticket.status.is_over:
        return ""
    return OPEN.format(ticket=ticket.id, status=ticket.status.replace("_", " ")) if event.role in OURS else OPEN_TO_CUSTOMER


async def _noticed(event: TicketAsked, message: Message, channel: Channel, services: Services, *, ticket: Ticket | None) -> Changes:
    """Show the author that they were heard, and tell a teammate what came of it."""
    shown = NOTHING if await _is_silent(channel, services) else say.heard(message, cause=event.id, at=services.clock.now())
    if event.role not in TEAM:
        return shown
    done = f"Ticket {ticket.id} is open again." if ticket else f"Opened a ticket for {message.author_name}."
    return shown + await _told(event, done, channel, services)


async def _told(event: TicketAsked, text: str, channel: Channel | None, services: Services) -> Changes:
    """Whisper to whoever asked; outside the team nothing is said where nothing is said at all."""
    if event.role not in TEAM and (channel is None or await _is_silent(channel, services)):
        return NOTHING
    audience = INTERNAL if event.role in TEAM else PUBLIC
    return say.whisper(text, to=event.by, place=event.place, cause=event.id, at=services.clock.now(), audience=audience)


async def _is_silent(channel: Channel, services: Services) -> bool:
    policy: Policy = await services.policy.current()
    return policy.modes.of("", channel.kind, tier="") is Mode.OBSERVE or policy.paused.holds("", channel.name, now=services.clock.now())


def _group(message: Message, channel: Channel) -> str:
    return group_of(channel, message.author) if message.author else ""


def _values(event: TicketAsked) -> dict[str, str]:
    kept = {"id": event.id, "ref": event.ref.id, "thread": event.place.thread or "", "by": str(event.by), "by_name": event.by_name}
    return {**kept, "role": event.role.value, "at": event.at.isoformat()}


def _event(deadline: DeadlineReached) -> TicketAsked:
    channel, values = parse_channel(deadline.subject), deadline.values
    return TicketAsked(
        id=EventId(values["id"]),
        ref=MessageRef(channel, values["ref"]),
        place=Place(channel, values["thread"] or None),
        by=parse_user(values["by"]),
        by_name=values["by_name"],
        role=Role(values["role"]),
        at=datetime.fromisoformat(values["at"]),
    )
