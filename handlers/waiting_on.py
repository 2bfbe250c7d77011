"""Waiting on somebody else: neither we nor the customer can go on, so that no promise runs until that is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from desk.cards import Card, Field, Form, Header, Option, Text
from desk.changes import NOTHING, Changes, DropDeadline, SaveTicket, SetDeadline, write
from desk.deadlines import Deadline, DeadlineKind
from desk.errors import NotAllowed
from desk.events import ButtonClicked, DeadlineReached
from desk.ids import TicketId, derived
from desk.ticket import Status, Ticket
from handlers import internal, say
from handlers.services import Services
from handlers.situation import Situation, load_anyway
from handlers.times import timed

LONGEST = 60
"""Letters of whom it waits for."""
SPANS: Mapping[str, tuple[str, timedelta]] = {
    "1d": ("1 day", timedelta(days=1)),
    "3d": ("3 days", timedelta(days=3)),
    "7d": ("1 week", timedelta(days=7)),
    "14d": ("2 weeks", timedelta(days=14)),
}
"""How long at most, by the clock on the wall; policy may say less."""
FORM = Form(
    "Waiting on somebody else",
    (
        Field("on", "On whom? For the team only."),
        Field("until", "How long at most?", "3d", options=tuple(Option(code, label) for code, (label, _) in SPANS.items())),
    ),
    "Wait",
)


async def begins(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Put a ticket's promises on hold while somebody else has to act, for as long as policy lets it at most."""
    who = " ".join(event.form.get("on", "").split())[:LONGEST]
    if ticket.status.is_over:
        raise NotAllowed("This ticket is over, so it waits for nobody.")
    if not who:
        raise NotAllowed("Say on whom it waits.")
    if event.form.get("until", "") not in SPANS:
        raise NotAllowed(f"Say how long at most: {', '.join(SPANS)}.")
    s = await load_anyway(ticket, services, cause=event.id)
    until = s.now + min(SPANS[event.form["until"]][1], s.policy.sla.pauses.third_party)
    waiting = replace(ticket, third_party=who, third_party_until=until)
    back = Deadline(row_id(ticket), DeadlineKind.THIRD_PARTY, str(ticket.id), until)
    shown = timed(until, now=s.now, zone=s.policy.hours.zone)
    told = internal.told(s, event, f"It waits for {who} until {shown} at most. No promise runs meanwhile.")
    return write(SaveTicket(waiting), SetDeadline(back)) + internal.refreshed(s) + told


async def ends(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Let a ticket's promises run again: whoever it waited for came back, or nobody waits for them any more."""
    if not ticket.third_party:
        raise NotAllowed("This ticket does not wait for anybody any more.")
    s = await load_anyway(ticket, services, cause=event.id)
    gone = write(DropDeadline(row_id(ticket), ticket.third_party_until)) if ticket.third_party_until else NOTHING
    return gone + _resumed(s) + internal.refreshed(s)


async def took_too_long(event: DeadlineReached, services: Services) -> Changes:
    """Nobody came back in time: the promises run again, and the team hears of it."""
    ticket = await services.store.ticket(TicketId(event.subject))
    if ticket is None or ticket.third_party_until != event.at or ticket.merged_into is not None:
        return NOTHING
    s = await load_anyway(ticket, services, cause=event.id)
    head = Header(f"Still waiting on {ticket.third_party}: {ticket.customer_name}", ticket.priority.level)
    drawn = Card((head, Text("The time for that is over, so what is promised to the customer runs again. Ask there, or answer the customer.")))
    told = internal.notice(s, drawn, label="third_party", to=(ticket.owner,) if ticket.owner else ())
    return _resumed(s) + internal.refreshed(s) + told


def row_id(ticket: Ticket) -> str:
    """Return the id of the deadline at which a ticket stops waiting."""
    return derived("third", ticket.id)


def _resumed(s: Situation) -> Changes:
    """Wait no longer; a customer who has their answer is then reminded and asked as any other."""
    resumed = write(SaveTicket(replace(s.ticket, third_party="", third_party_until=None)))
    return resumed + (say.silence(s) if s.ticket.status is Status.WAITING_CUSTOMER else NOTHING)
