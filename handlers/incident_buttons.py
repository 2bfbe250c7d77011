"""Incident buttons: what the team says of an incident, by its card or by command."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from desk.changes import NOTHING, Changes, SaveIncident, write
from desk.errors import NotAllowed
from desk.events import ButtonClicked
from desk.ids import IncidentId, TicketId
from desk.incident import Incident, IncidentStatus
from desk.ticket import Ticket
from handlers import incident_cards, incident_replies, incidents, spokesman
from handlers.services import Services

Press = Callable[[ButtonClicked, Ticket, Services], Awaitable[Changes]]


async def confirm(event: ButtonClicked, _: Ticket, services: Services) -> Changes:
    """Say that it is one incident: from now on its tickets ping once, not each."""
    incident = await _open(event, services)
    if incident.is_confirmed:
        raise NotAllowed(f"{incident.by_name} confirmed it already.")
    return _said(replace(incident, status=IncidentStatus.CONFIRMED), event)


async def dismiss(event: ButtonClicked, _: Ticket, services: Services) -> Changes:
    """Say that it is none: its tickets go on each by itself, and they alone do not bring it back."""
    incident = await _open(event, services)
    return _said(replace(incident, status=IncidentStatus.DISMISSED, closed=services.clock.now()), event)


async def take_out(event: ButtonClicked, _: Ticket, services: Services) -> Changes:
    """Take a ticket out that has another cause."""
    incident, ticket = await _open(event, services), event.form.get("ticket", "")
    if ticket not in incident.tickets:
        raise NotAllowed("That ticket is not in this incident any more.")
    return await incidents.leaving(incident, TicketId(ticket), services, cause=event.id, at=event.at)


async def add(event: ButtonClicked, _: Ticket, services: Services) -> Changes:
    """Take a ticket in that has the same cause."""
    incident, ticket = await _open(event, services), await services.store.ticket(TicketId(event.form.get("ticket", "")))
    if ticket is None or ticket.merged_into is not None:
        raise NotAllowed("There is no such ticket any more.")
    if mine := await incidents.open_incident(ticket.id, services):
        raise NotAllowed("It is in this incident already." if mine.id == incident.id else f"It is in another incident: {mine.title}.")
    return await incidents.joining(incident, (ticket,), services, cause=event.id, at=event.at)


async def merge(event: ButtonClicked, _: Ticket, services: Services) -> Changes:
    """Make an incident part of another; whoever is in it goes with it."""
    incident, target = await _open(event, services), await services.store.incident(IncidentId(event.form.get("into", "")))
    if target is None or target.status.is_over or target.id == incident.id:
        raise NotAllowed("That incident is over: choose another one.")
    tickets = [ticket for id in incident.tickets if (ticket := await services.store.ticket(id))]
    gone = replace(_by(incident, event), status=IncidentStatus.DISMISSED, closed=services.clock.now(), merged_into=target.id)
    joined = await incidents.joining(target, tickets, services, cause=event.id, at=event.at)
    return write(SaveIncident(gone)) + joined + incident_cards.redrawn(gone.id, cause=event.id, at=event.at)


async def reply(event: ButtonClicked, _: Ticket, services: Services) -> Changes:
    """Send one reply to everybody in it."""
    return await incident_replies.tell(event, await _open(event, services), services, final=False)


async def fixed(event: ButtonClicked, _: Ticket, services: Services) -> Changes:
    """Tell everybody in it that it is fixed."""
    return await incident_replies.tell(event, await _open(event, services), services, final=True)


BUTTONS: dict[str, Press] = {
    "incident_confirm": confirm,
    "incident_dismiss": dismiss,
    "incident_out": take_out,
    "incident_add": add,
    "incident_merge": merge,
    "incident_reply": reply,
    "incident_fixed": fixed,
}


async def _open(event: ButtonClicked, services: Services) -> Incident:
    """Return the incident a button is about; raise NotAllowed once it is over."""
    incident = await services.store.incident(IncidentId(event.subject))
    if incident is None:
        raise NotAllowed("There is no such incident.")
    if incident.status.is_over:
        over = "was fixed" if incident.status is IncidentStatus.FIXED else "was dismissed"
        raise NotAllowed(f"This incident {over} already{f', by {incident.by_name}' if incident.by_name else ''}.")
    return incident


def _by(incident: Incident, event: ButtonClicked) -> Incident:
    return replace(incident, by=event.by, by_name=event.by_name)


def _said(incident: Incident, event: ButtonClicked) -> Changes:
    """Keep what somebody of the team said of an incident; its tickets follow."""
    said = _by(incident, event)
    changes = write(SaveIncident(said)) + incident_cards.redrawn(said.id, cause=event.id, at=event.at)
    return changes + spokesman.followed(said.id, said.tickets, cause=event.id, at=event.at) if said.tickets else changes + NOTHING
