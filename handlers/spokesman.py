"""The spokesman: the one ticket of a confirmed incident that is paged for, in the place of all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from desk.escalation import Escalation, EscalationStatus
from desk.facts import HARD
from desk.ids import IncidentId, TicketId
from desk.incident import Incident
from desk.ticket import Reason, Ticket
from handlers.services import Services

COLLAPSED = "collapsed"


async def incident_of(ticket: Ticket, services: Services) -> Incident | None:
    """Return the incident that a ticket is in, whatever became of it."""
    return await services.store.incident(ticket.incident) if ticket.incident else None


async def spokesman(incident: Incident, services: Services) -> TicketId | None:
    """Return the first ticket of an incident that is not over, the first of all when every one is; None for an incident without tickets."""
    for id in incident.tickets:
        ticket = await services.store.ticket(id)
        if ticket and not ticket.status.is_over and ticket.merged_into is None:
            return id
    return next(iter(incident.tickets), None)


async def speaks_for(ticket: Ticket, services: Services) -> int:
    """Return how many tickets a page about this one stands for: those of its confirmed incident; 0 where another of them is paged for."""
    incident = await incident_of(ticket, services)
    if incident is None or not incident.is_confirmed or ticket.id not in incident.tickets:
        return 1
    return len(incident.tickets) if await spokesman(incident, services) == ticket.id else 0


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
