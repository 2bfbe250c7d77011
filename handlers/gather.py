"""Gathering: when a customer has paused, what they said finds its ticket or opens one, in platform order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from desk.changes import NOTHING, Changes, ClearDeadlines, SaveMessage, SaveTicket, SetDeadline, follow, write
from desk.deadlines import Deadline, DeadlineKind
from desk.errors import Retryable, Unavailable
from desk.events import DeadlineReached, TurnStarted
from desk.ids import EventId, derived
from desk.policy import Policy
from desk.space import MessageRef, parse_channel
from desk.ticket import Containment, Status, Ticket, attention_of, awake, group_of
from desk.timeline import Message, Timeline
from handlers import say, so_far
from handlers.attention import heard
from handlers.opening import opened
from handlers.services import Services
from handlers.sorting import Table, by_thread, by_topic, counts

AFTER_ROOT = timedelta(seconds=1)
"""How long after the pause of a thread's own customer what others wrote there is sorted."""

OVERTAKEN = (DeadlineKind.REMIND, DeadlineKind.CLOSE, DeadlineKind.RETRY)
"""What the turn that now begins makes needless: among them the turn that an edit asked for."""


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
    try:
        return await sorted_in(pending, table, cause=event.id)
    except Retryable as error:
        # While a thread cannot be read the others of the channel must not wait: this group comes again later.
        later = table.now + so_far.wait(error, table.policy)
        return write(SetDeadline(Deadline(event.deadline, DeadlineKind.PAUSE, event.subject, later, event.values)))


async def sorted_in(messages: Sequence[Message], table: Table, *, cause: EventId) -> Changes:
    """Put messages of one group in tickets and start their turns. Raises what reading a thread from the platform raises."""
    table.burst = tuple(messages)
    for message in messages:
        await _sort(message, table)
    return await _saved(table, cause=cause)


async def woken(message: Message, ticket: Ticket, table: Table, *, cause: EventId) -> Changes:
    """Have a ticket that is over go on with a message of its own that was asked for anew."""
    spoken = replace(message, at=message.asked_at or message.at)
    table.said[ticket.id] = [message]
    table.tickets[ticket.id] = replace(_continued(ticket, spoken, table.policy, goes_on=True), guest=False)
    return await _saved(table, cause=cause)


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
    """Put one message in the ticket it belongs to, or aside where the channel takes less than everything."""
    ticket = await (by_thread(message, table) if message.place.thread else by_topic(message, table))
    bystander = ticket is not None and ticket.group != table.group
    if ticket is None and not await counts(message, table):
        table.aside[message.id] = replace(message, bystander=True)
        return
    if ticket is None:
        ticket = await opened(message, table)
    if message.id == table.asked:
        ticket = replace(ticket, guest=False)
    table.said.setdefault(ticket.id, []).append(replace(message, ticket=ticket.id, bystander=bystander))
    table.tickets[ticket.id] = ticket if bystander else _continued(ticket, message, table.policy, goes_on=await _goes_on(ticket, message, table))


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
    said = (*table.aside.values(), *(message for messages in table.said.values() for message in messages))
    result = write(*map(SaveMessage, said))
    for ticket in table.tickets.values():
        if all(message.bystander for message in table.said.get(ticket.id, [])):
            continue
        timeline = await heard(ticket, table.services, *table.said.get(ticket.id, []))
        attention = attention_of(timeline, muted=ticket.muted, guest=ticket.guest, handed_back=ticket.handed_back)
        result += write(SaveTicket(replace(ticket, attention=attention)), ClearDeadlines(str(ticket.id), OVERTAKEN))
        result += _turns([ticket], at=table.now, cause=cause)
        stood = await table.services.store.ticket(ticket.id)
        result += say.marked(stood, ticket, cause=cause, at=table.now) if stood else NOTHING
    return result


def _turns(tickets: Iterable[Ticket], *, at: datetime, cause: EventId) -> Changes:
    return follow(*(TurnStarted(id=EventId(derived("ev", cause, t.id, t.turn)), ticket=t.id, turn=t.turn, at=at) for t in tickets))
