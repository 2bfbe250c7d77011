"""Gathering: when a customer has paused, what they said finds its ticket or opens one, in platform order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from desk.changes import NOTHING, Changes, ClearDeadlines, SaveMessage, SaveTicket, SetDeadline, follow, write
from desk.customer import TEAM, Role
from desk.deadlines import Deadline, DeadlineKind
from desk.errors import Unavailable
from desk.events import DeadlineReached, TurnStarted
from desk.ids import EventId, TicketId, derived
from desk.policy import Policy
from desk.space import Channel, Intake, MessageRef, Place, parse_channel
from desk.ticket import Containment, Status, Ticket, attention_of, awake, group_of, stood_down
from desk.timeline import Message, Timeline, ordered
from handlers.attention import heard
from handlers.services import Services

AFTER_ROOT = timedelta(seconds=1)
"""How long after the pause of a thread's own customer what others wrote there is sorted."""

OVERTAKEN = (DeadlineKind.REMIND, DeadlineKind.CLOSE, DeadlineKind.RETRY)
"""What the turn that now begins makes needless: among them the turn that an edit asked for."""


@dataclass(slots=True)
class Table:
    """What lies on the table while messages are sorted: the tickets as they will be saved, and what each holds."""

    channel: Channel
    group: str
    policy: Policy
    services: Services
    now: datetime
    tickets: dict[TicketId, Ticket] = field(default_factory=dict)
    stored: dict[TicketId, Timeline] = field(default_factory=dict)
    said: dict[TicketId, list[Message]] = field(default_factory=dict)

    async def timeline(self, ticket: TicketId) -> Timeline:
        """Return what a ticket holds, with what was just put in it."""
        if ticket not in self.stored:
            self.stored[ticket] = await self.services.store.timeline(ticket)
        return ordered([*self.stored[ticket], *self.said.get(ticket, [])])


async def pause_ended(event: DeadlineReached, services: Services) -> Changes:
    """Sort a burst into tickets and start a turn for each."""
    channel = await services.store.channel(parse_channel(event.subject))
    if channel is None:
        return NOTHING
    group = event.values["group"]
    table = Table(channel, group, await services.policy.current(), services, services.clock.now())
    pending = await services.store.pending(channel.ref, group)
    if first := await _roots_pause(pending, table):
        return write(SetDeadline(replace(first, id=event.deadline, due=max(first.due, table.now) + AFTER_ROOT, values=event.values)))
    for message in pending:
        await _sort(message, table)
    return await _saved(table, cause=event.id)


async def _roots_pause(pending: Timeline, table: Table) -> Deadline | None:
    """Return the pause of somebody in whose thread this group wrote and whose own words are in no ticket yet: theirs is sorted first."""
    for message in (m for m in pending if m.place.thread):
        root = await table.services.store.message(MessageRef(table.channel.ref, message.place.thread or ""))
        if root is None or root.author is None or root.ticket is not None or (group := group_of(table.channel, root.author)) == table.group:
            continue
        if root.is_customers and (pause := await table.services.store.deadline(derived("pause", table.channel.ref, group))):
            return pause
    return None


async def _sort(message: Message, table: Table) -> None:
    """Put one message in the ticket it belongs to."""
    ticket = await (_by_thread(message, table) if message.place.thread else _by_topic(message, table))
    bystander = ticket is not None and ticket.group != table.group
    if ticket is None:
        ticket = await _with_ours(await _opened(message, table), table)
    table.said.setdefault(ticket.id, []).append(replace(message, ticket=ticket.id, bystander=bystander))
    table.tickets[ticket.id] = ticket if bystander else _continued(ticket, message, table.policy, goes_on=await _goes_on(ticket, message, table))


async def _by_thread(message: Message, table: Table) -> Ticket | None:
    """Return the thread's ticket of this group; somebody else's takes in what asks nothing; None opens a new one."""
    stored = await table.services.store.tickets_in_thread(message.place)
    here = [
        ticket for ticket in {**{t.id: t for t in stored}, **table.tickets}.values() if ticket.place == message.place and ticket.merged_into is None
    ]
    own = [ticket for ticket in here if ticket.group == table.group]
    own = own or [heir for ticket in stored if ticket.group == table.group and (heir := await _heir(ticket, table))]
    if own:
        return _reopenable(own[-1], message, table)
    return here[0] if here and not await _asks(message, table) else None


async def _heir(ticket: Ticket, table: Table) -> Ticket | None:
    """Return the ticket that a merged one is part of by now."""
    heir: Ticket | None = ticket
    while heir and heir.merged_into:
        heir = table.tickets.get(heir.merged_into) or await table.services.store.ticket(heir.merged_into)
    return heir if heir is not ticket else None


def _reopenable(ticket: Ticket, message: Message, table: Table) -> Ticket | None:
    """Return a ticket that may go on; one that was closed too long ago does not."""
    return None if ticket.closed and message.at - ticket.closed > table.policy.tickets.reopen else ticket


async def _by_topic(message: Message, table: Table) -> Ticket | None:
    """Return the group's latest ticket in this channel that is still warm and has the same topic."""
    since = message.at - table.policy.tickets.window
    stored = await table.services.store.tickets_of_group(table.channel.ref, table.group, since=since)
    known = {**{t.id: t for t in stored}, **table.tickets}
    warm = [t for t in known.values() if t.group == table.group and not t.status.is_over and t.merged_into is None]
    for ticket in sorted(warm, key=lambda t: (t.opened, t.id), reverse=True):
        if await _same_topic(message, ticket, table):
            return ticket
    return None


async def _same_topic(message: Message, ticket: Ticket, table: Table) -> bool:
    """A burst is one topic; greetings and the like join whatever there is, and whatever there is joins them; two questions must be alike."""
    timeline = [m for m in await table.timeline(ticket.id) if m.is_customers]
    recent = [m for m in timeline if message.at - m.at <= table.policy.tickets.window]
    if not recent:
        return False
    if any(m.author == message.author and message.at - m.at <= table.policy.pause.quiet for m in recent):
        return True
    asked = [m for m in timeline if await _asks(m, table)]
    if not asked or not await _asks(message, table):
        return True
    try:
        alike = [await table.services.triager.similarity(message.text, other.text) for other in asked[-3:]]
    except Unavailable:
        return True
    return max(alike) >= table.policy.tickets.same_topic


async def _asks(message: Message, table: Table) -> bool:
    """Tell whether a message asks for anything; while nobody can tell, it does."""
    try:
        return (await table.services.triager.triage(message.text)).is_request
    except Unavailable:
        return True


async def _opened(message: Message, table: Table) -> Ticket:
    """Open a ticket, anchored in the message's thread; in somebody else's thread, or by mention, the bot is a guest."""
    assert message.ref is not None, "pending messages come from a platform"
    assert message.author is not None, "pending messages were written by somebody"
    thread = await table.services.store.thread(message.place) if message.place.thread else ()
    before = [t for t in await table.services.store.tickets_in_thread(message.place) if t.group == table.group] if thread else []
    in_ours = bool(thread) and thread[0].role.value in ("teammate", "lead", "admin", "colleague") and thread[0].place.thread is None
    return Ticket(
        id=TicketId(derived("t", message.ref)),
        place=Place(table.channel.ref, message.place.thread or message.ref.id),
        anchor=message.ref,
        group=table.group,
        customer=message.author,
        customer_name=message.author_name,
        opened=message.at,
        account=table.channel.account,
        guest=in_ours or table.channel.intake is Intake.MENTIONS,
        previous=before[-1].id if before else None,
    )


async def _with_ours(ticket: Ticket, table: Table) -> Ticket:
    """Take in what ours wrote in the thread while the bot still waited: whoever was faster than the pause has the ticket."""
    thread = await table.services.store.thread(ticket.place)
    ours = tuple(m for m in thread if m.role in TEAM | {Role.COLLEAGUE} and m.ticket is None and not m.deleted)
    table.said.setdefault(ticket.id, []).extend(replace(m, ticket=ticket.id) for m in ours)
    return stood_down(ticket, ours, since=ours[0].at) if ours else ticket


async def _goes_on(ticket: Ticket, message: Message, table: Table) -> bool:
    """Tell whether a message keeps or makes its ticket open: "thanks" after it was solved does not."""
    if not ticket.status.is_over:
        return True
    try:
        said = await table.services.triager.triage(message.text)
    except Unavailable:
        return True
    return said.is_request or bool(said.signals)


def _continued(ticket: Ticket, message: Message, policy: Policy, *, goes_on: bool) -> Ticket:
    """Return the ticket after its customer spoke again: one turn on, and open if it was over and there is more to do."""
    people = ticket.participants if message.author is None or message.author in ticket.participants else (*ticket.participants, message.author)
    spoken = replace(ticket, turn=ticket.turn + 1, participants=people)
    if not goes_on:
        return spoken
    soon = ticket.closed is not None and message.at - ticket.closed <= policy.tickets.recontact
    return replace(
        awake(spoken),
        status=Status.OPEN if ticket.status.is_over or ticket.status is Status.WAITING_CUSTOMER else ticket.status,
        closed=None,
        reminded_at=None,
        containment=Containment.RECONTACTED if soon and ticket.deflected else ticket.containment,
    )


async def _saved(table: Table, *, cause: EventId) -> Changes:
    """Save what was sorted; every ticket whose own customer spoke gets a turn."""
    result = write(*(SaveMessage(message) for messages in table.said.values() for message in messages))
    for ticket in table.tickets.values():
        if all(message.bystander for message in table.said.get(ticket.id, [])):
            continue
        timeline = await heard(ticket, table.services, *table.said.get(ticket.id, []))
        attention = attention_of(timeline, muted=ticket.muted, guest=ticket.guest, handed_back=ticket.handed_back)
        result += write(SaveTicket(replace(ticket, attention=attention)), ClearDeadlines(str(ticket.id), OVERTAKEN))
        result += _turns([ticket], at=table.now, cause=cause)
    return result


def _turns(tickets: Iterable[Ticket], *, at: datetime, cause: EventId) -> Changes:
    return follow(*(TurnStarted(id=EventId(derived("ev", cause, t.id, t.turn)), ticket=t.id, turn=t.turn, at=at) for t in tickets))
