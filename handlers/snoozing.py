"""Snoozing: a ticket is put aside for a while, and comes back by itself, or as soon as its customer writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from desk.cards import Card, Field, Form, Header, Option, Text
from desk.changes import NOTHING, Changes, SaveMessage, SaveTicket, SetDeadline, write
from desk.deadlines import Deadline, DeadlineKind, Hours
from desk.errors import NotAllowed
from desk.events import ButtonClicked, DeadlineReached
from desk.ids import MessageId, TicketId, derived
from desk.space import parse_user
from desk.ticket import Status, Ticket, awake
from handlers import climbing, internal
from handlers.services import Services
from handlers.situation import Situation, load_anyway
from handlers.times import timed

MORNING = timedelta(hours=9)
"""When a desk begins its day that has no business hours."""
SPANS: Mapping[str, tuple[str, Callable[[datetime, Hours], datetime]]] = {
    "1h": ("1 hour", lambda now, hours: now + timedelta(hours=1)),
    "4h": ("4 hours", lambda now, hours: now + timedelta(hours=4)),
    "tomorrow": ("until tomorrow morning", lambda now, hours: _morning(now, hours, days=1)),
    "monday": ("until Monday morning", lambda now, hours: _morning(now, hours, days=7 - now.astimezone(ZoneInfo(hours.zone)).weekday())),
}
"""How long: as the form calls it, and when that ends. A morning is the next one on which somebody works."""
FORM = Form(
    "Put aside",
    (
        Field("until", "How long?", "1h", options=tuple(Option(code, label) for code, (label, _) in SPANS.items())),
        Field("reason", "Why? For the team only.", lines=2, required=False),
    ),
    "Snooze",
)


async def snooze(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Take a ticket out of the queue until an instant; a reason is kept as a note of the team's."""
    if ticket.snoozed_until is not None:
        raise NotAllowed(f"{ticket.snoozed_by} was faster: this ticket is put aside already.")
    if ticket.status.is_over:
        raise NotAllowed("This ticket is over, so there is nothing to put aside.")
    if event.form.get("until", "") not in SPANS:
        raise NotAllowed(f"Say how long: {', '.join(SPANS)}.")
    s = await load_anyway(ticket, services, cause=event.id)
    until = SPANS[event.form["until"]][1](s.now, s.policy.hours)
    aside = replace(ticket, snoozed_until=until, snoozed_by=event.by_name)
    back = Deadline(derived("snooze", ticket.id), DeadlineKind.SNOOZE, str(ticket.id), until, {"by": str(event.by)})
    said = internal.told(s, event, f"Put aside until {_shown(until, s)}. It comes back by itself, or when {ticket.customer_name} writes.")
    held = climbing.put_off(s, event.by, name=event.by_name, until=until)
    return write(SaveTicket(aside), SetDeadline(back)) + _reason(event, aside, s) + held + internal.refreshed(s) + said


async def wake(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Bring a ticket back that was put aside."""
    if ticket.snoozed_until is None:
        raise NotAllowed("This ticket is not put aside any more.")
    s = await load_anyway(ticket, services, cause=event.id)
    return write(SaveTicket(awake(ticket))) + internal.refreshed(s)


async def snoozed(event: DeadlineReached, services: Services) -> Changes:
    """Bring a ticket back to the queue whose time came, and tell who put it aside; one that woke before is left alone."""
    ticket = await services.store.ticket(TicketId(event.subject))
    if ticket is None or ticket.snoozed_until != event.at:
        return NOTHING
    s = await load_anyway(ticket, services, cause=event.id)
    # Nothing changes on its pages: who is called again is drawn by who calls them.
    back = write(SaveTicket(awake(ticket))) + internal.refreshed(replace(s, pages=()))
    if ticket.status not in (Status.OPEN, Status.WAITING_TEAM) or ticket.merged_into is not None:
        return back
    by = event.values.get("by", "")
    head = Header(f"Back in the queue: {ticket.customer_name}", ticket.priority.level)
    drawn = Card((head, Text(f"{ticket.snoozed_by} put it aside until now.")))
    return back + internal.notice(s, drawn, label="woke", to=(parse_user(by),) if by else ())


def note_id(ticket: Ticket) -> MessageId:
    """Return the id of the note that says why a ticket is put aside until it is."""
    return MessageId(derived("m", "snooze", ticket.id, ticket.snoozed_until))


def _reason(event: ButtonClicked, aside: Ticket, s: Situation) -> Changes:
    reason = event.form.get("reason", "").strip()
    return write(SaveMessage(internal.note(s, event, reason, id=note_id(aside)))) if reason else NOTHING


def _morning(now: datetime, hours: Hours, *, days: int) -> datetime:
    """Return when work begins on the first working day that is at least so many days from today."""
    zone = ZoneInfo(hours.zone)
    day = datetime.combine(now.astimezone(zone).date() + timedelta(days=days), time(), zone).astimezone(UTC)
    return day + MORNING if hours.always else hours.after(day, timedelta())


def _shown(until: datetime, s: Situation) -> str:
    return timed(until, now=s.now, zone=s.policy.hours.zone)
