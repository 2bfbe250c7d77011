"""Offering: a ticket that begins to wait for the team is routed, offered and followed until somebody has it. Done for every commit, beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desk.cards import Card, Header, Text
from desk.changes import NOTHING, Changes, Enqueue, RecordDecision, Refresh, SaveEscalation, SaveRoute, SaveTicket, SetDeadline, write
from desk.deadlines import Deadline, DeadlineKind
from desk.decision import Escalate, Observe, Suggest
from desk.events import DeadlineReached
from desk.ids import EventId, OutboxId, TicketId, derived
from desk.post import Op
from desk.routing import Switch
from desk.space import UserRef
from desk.ticket import Status, Ticket
from desk.timeline import Purpose
from escalation.routing import opens
from handlers import moving, routing, seniors, taking
from handlers.routing import Proposed
from handlers.services import Services

CARDS = (Purpose.DRAFT_CARD, Purpose.ESCALATION_CARD)
"""The posts in which whoever is offered a ticket is mentioned."""


async def settled(changes: Changes, services: Services, *, cause: EventId) -> Changes:
    """Return a commit's changes with what routing makes of them: who took a ticket is kept, and one that waits for the team is offered."""
    changes = await taking.taken(changes, services)
    for ticket in {w.ticket.id: w.ticket for w in changes.writes if isinstance(w, SaveTicket)}.values():
        changes = await _settled(ticket, changes, services, cause=cause)
    for observed in _observed(changes):
        changes += await _shadowed(observed, services, cause=cause)
    return changes


async def reached(event: DeadlineReached, services: Services) -> Changes:
    """Look again at a ticket: nobody accepted it in time, its team is back, or a senior is there again."""
    ticket = await services.store.ticket(TicketId(event.subject))
    offered = event.values.get("offered")
    if ticket is None or (offered and offered != str(ticket.offered or "")):
        return NOTHING
    if not waits(ticket):
        return await _postponed(event, ticket, services) if offered else NOTHING
    if event.values.get("what") == "senior":
        return await seniors.called(ticket, services, cause=event.id)
    routes = await services.store.routes(ticket.id)
    if not routes or not (offered or routes[-1].nobody):
        return NOTHING
    past = write(SaveRoute(replace(routes[-1], given_back=True))) if offered else NOTHING
    return past + write(SaveTicket(replace(ticket, offered=None, offered_name="")))


def waits(ticket: Ticket) -> bool:
    """Tell whether a ticket waits for somebody of the team to take it."""
    return ticket.is_queued and ticket.owner is None


async def _settled(ticket: Ticket, changes: Changes, services: Services, *, cause: EventId) -> Changes:
    if not waits(ticket):
        return _with(changes, replace(ticket, offered=None, offered_name="")) if ticket.offered and _is_settled(ticket) else changes
    if (await services.policy.current()).routing.switch_of(ticket.category) is not Switch.OFF:
        found = await _proposed(ticket, changes, services, cause=cause)
        if not found.known and found.route.wanted:
            changes += write(SaveRoute(found.route))
            if found.route.switch is Switch.ON:
                ticket, changes = await _routed(ticket, found, changes, services, cause=cause)
    return changes + await seniors.called(ticket, services, cause=cause, changes=changes)


async def _postponed(event: DeadlineReached, ticket: Ticket, services: Services) -> Changes:
    """Give whoever was asked as long again once the ticket waits again: it was put aside, or is being looked at anew."""
    again = max(event.at, ticket.snoozed_until or event.at) + (await services.policy.current()).routing.accept
    return write(SetDeadline(Deadline(event.deadline, DeadlineKind.ROUTE, event.subject, again, event.values)))


def _is_settled(ticket: Ticket) -> bool:
    """Tell whether whoever was asked need not answer any more: somebody has it, it was answered, or it is over."""
    return ticket.owner is not None or ticket.merged_into is not None or ticket.status.is_over or ticket.status is Status.WAITING_CUSTOMER


async def _proposed(ticket: Ticket, changes: Changes, services: Services, *, cause: EventId) -> Proposed:
    rules = [rule for w in changes.writes if isinstance(w, SaveEscalation) and w.escalation.ticket == ticket.id for rule in w.escalation.rules]
    routes = {route.id: route for route in await services.store.routes(ticket.id)}
    routes |= {w.route.id: w.route for w in changes.writes if isinstance(w, SaveRoute) and w.route.ticket == ticket.id}
    return await routing.proposed(ticket, services, cause=cause, rules=rules, routes=tuple(routes.values()))


async def _routed(ticket: Ticket, found: Proposed, changes: Changes, services: Services, *, cause: EventId) -> tuple[Ticket, Changes]:
    """Give a ticket to its team and offer it to its person, with the cards where the team reads them."""
    route = found.route
    given = replace(routing.put(ticket, found), offered=route.person, offered_name=route.person_name)
    changes = await moving.moved(given, _with(changes, given), services, cause=cause)
    if due := _due(found):
        changes += write(SetDeadline(due))
    return given, await _told(given, found, changes, services, cause=cause)


def _due(found: Proposed) -> Deadline | None:
    """Return when to look again: once the offer's time is over, or once the team is back."""
    route, policy = found.route, found.policy.routing
    id, key = derived("route", route.ticket), str(route.ticket)
    if route.person:
        # Whoever is on call is so by the clock on the wall.
        due = route.at + policy.accept if route.nobody else found.desk.hours(policy.teams[route.team]).after(route.at, policy.accept)
        return Deadline(id, DeadlineKind.ROUTE, key, due, {"offered": str(route.person)})
    back = opens(route.wanted, policy, found.desk, route.at) if route.nobody else None
    return Deadline(id, DeadlineKind.ROUTE, key, back, {"what": "open"}) if back else None


async def _told(ticket: Ticket, found: Proposed, changes: Changes, services: Services, *, cause: EventId) -> Changes:
    """Mention whom it is offered to: on the card that is posted now, else in a line of its own; that it went round, too, is said."""
    cards = await services.store.cards(ticket.id)
    drawn = write(*(Refresh(card.id, OutboxId(derived("o", cause, card.id)), found.route.at) for card in cards))
    mentioned, changes = _mentioned(ticket, changes)
    again = found.last is not None and found.last.given_back
    if mentioned or not (ticket.offered or again):
        return changes + drawn
    who = f"Offered to {ticket.offered_name}" if ticket.offered else "Nobody accepted it, so it is everybody's"
    late = f"{found.last.person_name} did not take it. " if found.last and again and found.last.person and not found.last.took else ""
    card = Card((Header(f"{who}: {ticket.customer_name}", ticket.priority.level), Text(f"{late}Ticket {ticket.id}, {found.route.team}.")))
    to = (ticket.offered,) if ticket.offered else ()
    return changes + drawn + await moving.line(ticket, card, services, id=OutboxId(derived("o", cause, "offered", ticket.id)), to=to, changes=changes)


def _mentioned(ticket: Ticket, changes: Changes) -> tuple[bool, Changes]:
    """Return the changes with whom a ticket is offered to mentioned on its new card, and whether there is one."""
    writes, done = list(changes.writes), False
    for n, each in enumerate(writes):
        if ticket.offered and not done and isinstance(each, Enqueue) and _is_card(each, ticket):
            to: Sequence[UserRef] = tuple(dict.fromkeys((ticket.offered, *each.post.to)))
            writes[n], done = Enqueue(replace(each.post, to=tuple(to))), True
    return done, Changes(tuple(writes), changes.events)


def _is_card(each: Enqueue, ticket: Ticket) -> bool:
    return each.post.ticket == ticket.id and each.post.purpose in CARDS and each.post.op is Op.POST


def _with(changes: Changes, ticket: Ticket) -> Changes:
    """Return the changes with a ticket in place of itself."""
    same = (SaveTicket(ticket) if isinstance(w, SaveTicket) and w.ticket.id == ticket.id else w for w in changes.writes)
    return Changes(tuple(same), changes.events)


def _observed(changes: Changes) -> list[Ticket]:
    """Return the tickets that would have gone to the team, had the bot not only observed."""
    saved = {w.ticket.id: w.ticket for w in changes.writes if isinstance(w, SaveTicket)}
    decided = [w.decision for w in changes.writes if isinstance(w, RecordDecision)]
    would = [d.ticket for d in decided if isinstance(d.action, Observe) and isinstance(d.action.would, Suggest | Escalate)]
    return [saved[id] for id in would if id in saved and not saved[id].held and not waits(saved[id])]


async def _shadowed(ticket: Ticket, services: Services, *, cause: EventId) -> Changes:
    """Keep where an observed ticket would go; nothing changes for anybody."""
    if (await services.policy.current()).routing.switch_of(ticket.category) is Switch.OFF:
        return NOTHING
    found = await routing.proposed(replace(ticket, status=Status.WAITING_TEAM), services, cause=cause)
    return NOTHING if found.known or not found.route.wanted else write(SaveRoute(found.route))
