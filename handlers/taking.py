"""Taking: who really took a ticket is written beside where routing would have sent it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from desk.changes import NOTHING, Changes, SaveDraft, SaveRoute, SaveTicket, write
from desk.ids import TicketId
from desk.routing import Route, Routing
from desk.space import UserRef
from escalation.routing import Teammate, members
from handlers.roster import roster
from handlers.services import Services

Taken = tuple[UserRef, str, datetime]
"""Who took a ticket, their name, and when."""


async def taken(changes: Changes, services: Services) -> Changes:
    """Return a commit's changes with whoever owns a ticket from now on, or decided its draft, kept in the ticket's last route."""
    for ticket, (user, name, at) in (await _takers(changes, services)).items():
        changes += await _noted(ticket, user, name, at, services=services)
    return changes


async def _takers(changes: Changes, services: Services) -> dict[TicketId, Taken]:
    """Return who takes which ticket in a commit: its new owner, else who sent or rejected its draft."""
    now = services.clock.now()
    decided = [w.draft for w in changes.writes if isinstance(w, SaveDraft) and w.draft.decided_by and w.draft.decided_at]
    found: dict[TicketId, Taken] = {d.ticket: (d.decided_by, d.decided_by_name, d.decided_at) for d in decided if d.decided_by and d.decided_at}
    for ticket in [w.ticket for w in changes.writes if isinstance(w, SaveTicket) and w.ticket.owner]:
        before = await services.store.ticket(ticket.id)
        if ticket.owner and (before is None or before.owner != ticket.owner):
            found[ticket.id] = (ticket.owner, ticket.owner_name, now)
    return found


async def _noted(ticket: TicketId, user: UserRef, name: str, at: datetime, *, services: Services) -> Changes:
    routes = await services.store.routes(ticket)
    last = routes[-1] if routes else None
    if last is None or last.took or at < last.at:
        return NOTHING
    policy = await services.policy.current()
    person = next((each for each in await roster(policy, services) if each.user == user), None)
    return write(SaveRoute(replace(last, took=user, took_name=name, took_team=_team(person, last, policy.routing), took_at=at)))


def _team(person: Teammate | None, last: Route, policy: Routing) -> str:
    """Return the team somebody belongs to: the one that was proposed if they are of it, "" for none."""
    of = [name for name, team in policy.teams.items() if person and person in members(team, (person,))]
    # A team that names nobody is everybody, and says the least of where somebody belongs.
    narrow = [name for name in of if policy.teams[name].members or policy.teams[name].skills]
    return last.team if last.team in of else next(iter((*narrow, *of)), "")
