"""Seniors: what becomes pressing while it waits for the team goes to their queue, and one of them is called within business hours."""

from __future__ import annotations

from datetime import timedelta

from desk.cards import Card, Header, Text
from desk.changes import NOTHING, Changes, SetDeadline, write
from desk.deadlines import Deadline, DeadlineKind
from desk.ids import EventId, OutboxId, derived
from desk.routing import LEVELS
from desk.ticket import Level, Ticket
from escalation.routing import Desk, senior
from handlers import moving, routing
from handlers.reasons import render
from handlers.roster import roster
from handlers.services import Services
from handlers.situation import agents_place


async def called(ticket: Ticket, services: Services, *, cause: EventId, changes: Changes = NOTHING) -> Changes:
    """Call one senior to a ticket that waits and is pressing, again only when it became more so; outside business hours when these begin.

    That is so however far routing may go for its category; only while the bot observes is nobody called.
    """
    policy, now, level = await services.policy.current(), services.clock.now(), ticket.priority.level
    id = _called_at(ticket, level)
    if not policy.routing.seniors.are_for(level) or await _called(ticket, level, services) or await routing.observes(ticket, policy, services):
        return NOTHING
    place = await agents_place(services, ticket.place.channel)
    people = await roster(policy, services, on=place.channel.platform if place else None)
    found = senior(policy.routing, Desk(people, await services.store.loads()))
    if found is None or any(person.user == ticket.offered and policy.routing.seniors.skill in person.skills for person in people):
        return NOTHING
    if not policy.hours.is_open(now):
        begins = policy.hours.after(now, timedelta())
        return write(SetDeadline(Deadline(derived("senior", ticket.id), DeadlineKind.ROUTE, str(ticket.id), begins, {"what": "senior"})))
    card = Card((Header(f"Needs a senior: {ticket.customer_name}", f"{level} {ticket.priority.score}"), Text(_why(ticket))))
    return await moving.line(ticket, card, services, id=id, to=(found.user,), changes=changes)


def _called_at(ticket: Ticket, level: Level) -> OutboxId:
    return OutboxId(derived("o", "senior", ticket.id, level))


async def _called(ticket: Ticket, level: Level, services: Services) -> bool:
    """Tell whether one was called at this level, or at a more pressing one before."""
    louder = LEVELS[: LEVELS.index(level) + 1]
    return any([await services.store.row(_called_at(ticket, each)) for each in louder])


def _why(ticket: Ticket) -> str:
    reasons = ", ".join(render(reason) for reason in ticket.priority.reasons)
    return f"Ticket {ticket.id} waits for the team{f': {reasons}' if reasons else ''}."
