"""Accepting: whoever is offered a ticket takes it or gives it back, and whoever has it hands it on with a note."""

from __future__ import annotations

from dataclasses import replace

from desk.changes import Changes, SaveDraft, SaveMessage, SaveRoute, SaveTicket, write
from desk.customer import LEADS
from desk.draft import DraftStatus
from desk.errors import NotAllowed
from desk.events import ButtonClicked
from desk.space import UserRef
from desk.ticket import Status, Ticket, awake
from handlers import assigning, internal, steering
from handlers.services import Services
from handlers.situation import Situation, load_anyway

OVER = "This ticket is over, so nobody has to hold it."


async def accept(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Take the ticket that one was offered."""
    if ticket.owner is None and ticket.offered != event.by:
        raise NotAllowed(f"It is offered to {ticket.offered_name}: take it over if you want it now." if ticket.offered else _gone(ticket))
    return await steering.take_over(event, ticket, services)


async def give_back(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Give back what one was offered or holds, with the reason: the next one is asked."""
    reason = event.form.get("reason", "").strip()
    if not reason:
        raise NotAllowed("Say in a few words why you give it back.")
    if ticket.status.is_over:
        raise NotAllowed(OVER)
    _theirs(event, ticket, "give it back")
    s = await load_anyway(ticket, services, cause=event.id)
    routes = await services.store.routes(ticket.id)
    past = write(SaveRoute(replace(routes[-1], given_back=True))) if routes else Changes()
    waiting = write(*(SaveDraft(replace(d, status=DraftStatus.WAITING)) for d in s.drafts if d.status is DraftStatus.QUIET and ticket.owner))
    free = replace(awake(ticket), owner=None, owner_name="", offered=None, offered_name="", status=Status.WAITING_TEAM)
    said = internal.told(s, event, "You gave it back; it waits for somebody else of the team.")
    return write(SaveTicket(free)) + past + waiting + _noted(event, s, f"Given back: {reason}") + internal.refreshed(s) + said


async def hand_over(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Give a ticket to another teammate with a note, which they are told and the ticket keeps."""
    if not event.form.get("note", "").strip():
        raise NotAllowed("Write a note for whoever takes it: what was done, and what is still to do.")
    _theirs(event, ticket, "hand it over")
    return await assigning.assign(event, ticket, services)


def _theirs(event: ButtonClicked, ticket: Ticket, what: str) -> None:
    """Raise NotAllowed for somebody who neither has the ticket nor leads the team."""
    holder: tuple[UserRef | None, str] = (ticket.owner, ticket.owner_name) if ticket.owner else (ticket.offered, ticket.offered_name)
    if holder[0] != event.by and (event.role not in LEADS or holder[0] is None):
        raise NotAllowed(f"{holder[1]} has this ticket: they or a lead may {what}." if holder[0] else _gone(ticket))


def _gone(ticket: Ticket) -> str:
    return f"{ticket.owner_name} holds this ticket already." if ticket.owner else "Nobody was asked to take this ticket: take it over first."


def _noted(event: ButtonClicked, s: Situation, text: str) -> Changes:
    return write(SaveMessage(internal.note(s, event, text)))
