"""The spokesman: the one ticket of a confirmed incident that people are called for, in the place of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from desk.changes import Changes, follow
from desk.escalation import Escalation, EscalationStatus
from desk.events import IncidentChanged
from desk.facts import HARD
from desk.ids import EventId, IncidentId, TicketId, derived
from desk.incident import Incident
from desk.ticket import Reason, Ticket
from handlers.services import Services

COLLAPSED = "collapsed"


@dataclass(frozen=True, slots=True)
class Stand:
    """How a ticket stands in its incident: for how many tickets a call for it stands (0: another one is called for), and how loud that call is."""

    speaks_for: int = 1
    loudest: int = 0
    others: tuple[TicketId, ...] = ()
    """The other tickets of the incident."""


ALONE = Stand()


async def stand(ticket: Ticket, services: Services) -> Stand:
    """Return how a ticket stands: alone without an incident that the team confirmed."""
    incident = await services.store.incident(ticket.incident) if ticket.incident else None
    if incident is None or not incident.is_confirmed or ticket.id not in incident.tickets:
        return ALONE
    calls = [e for e in await _calls(incident, services) if may_wait(e.rules)]
    chosen = spokesman(incident, calls)
    others = tuple(id for id in incident.tickets if id != ticket.id)
    if chosen in (None, ticket.id):
        return Stand(len(incident.tickets), others=others)
    loudest = max((e.level for e in calls if e.ticket == chosen and e.status is not EscalationStatus.CLOSED), default=0)
    return Stand(0, loudest, others)


async def speaks_for(ticket: Ticket, services: Services) -> int:
    """Return for how many tickets a call for this one stands: all of its confirmed incident, 0 where another of them is called for."""
    return (await stand(ticket, services)).speaks_for


def spokesman(incident: Incident, calls: Sequence[Escalation]) -> TicketId | None:
    """Return the ticket that is called for the loudest, also where that was put aside; of equals one that was not, then the first."""
    order = {id: n for n, id in enumerate(incident.tickets)}
    raised = [e for e in calls if e.ticket in order and (e.status is not EscalationStatus.CLOSED or is_collapsed(e))]
    chosen = max(raised, key=lambda e: (e.level, not is_collapsed(e), -order[e.ticket]), default=None)
    return chosen.ticket if chosen else None


def may_wait(rules: tuple[str, ...]) -> bool:
    """Tell whether these rules are told of with the incident: what is about this customer alone is not."""
    return not HARD & set(rules)


def collapsed(escalation: Escalation, incident: IncidentId | None, *, at: datetime) -> Escalation:
    """Return an escalation that is told of with its incident: nobody is called for this ticket by itself."""
    step = Reason(COLLAPSED, (("incident", str(incident or "")),))
    return replace(escalation, status=EscalationStatus.CLOSED, closed_at=at, steps=(*escalation.steps, step))


def is_collapsed(escalation: Escalation) -> bool:
    """Tell whether an escalation was last put aside for its incident."""
    return escalation.status is EscalationStatus.CLOSED and bool(escalation.steps) and escalation.steps[-1].code == COLLAPSED


def followed(incident: IncidentId, tickets: Iterable[TicketId], *, cause: EventId, at: datetime) -> Changes:
    """Let these tickets follow what became of an incident, or of what is called for in it."""
    ids = dict.fromkeys(tickets)
    return follow(*(IncidentChanged(id=EventId(derived("ev", cause, incident, id)), incident=incident, ticket=id, at=at) for id in ids))


async def _calls(incident: Incident, services: Services) -> Sequence[Escalation]:
    """Return what was called for in the tickets of an incident that are not over."""
    since = await services.store.escalations_since(incident.opened)
    older = await services.store.open_escalations()
    found = {e.id: e for e in (*since, *older) if e.ticket in incident.tickets}
    tickets = {id: await services.store.ticket(id) for id in dict.fromkeys(e.ticket for e in found.values())}
    live = {id for id, ticket in tickets.items() if ticket and not ticket.status.is_over and ticket.merged_into is None}
    return [e for e in found.values() if e.ticket in live]
