"""Routing: a ticket's team, channel and person are worked out, and its cards go where its team reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from desk.customer import Account
from desk.errors import Retryable
from desk.ids import EventId, derived
from desk.modes import Mode
from desk.policy import Policy
from desk.routing import Route, Switch
from desk.sla_check import ALWAYS
from desk.space import ChannelKind, UserRef
from desk.ticket import Reason, Ticket
from escalation.rota import on_call
from escalation.routing import Calendars, Desk, Request, Teammate, chain, route, rule_for
from handlers import paging, queues
from handlers.roster import roster
from handlers.services import Services
from handlers.situation import Situation, agents_place

ASKED = EventId("asked")
"""The cause of a route that is only shown."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """Where a ticket would go, with what that was worked out from; `known` says that this was settled before and still holds."""

    route: Route
    request: Request
    desk: Desk
    policy: Policy
    observed: bool
    known: bool = False
    last: Route | None = None


async def placed(s: Situation, services: Services, rules: Iterable[str] = ()) -> Situation:
    """Return the situation with its ticket's team, where its category is routed; from here on its cards go to that team's channel."""
    if s.policy.routing.switch_of(s.ticket.category) is not Switch.ON or s.ticket.held:
        return s
    found = await proposed(s.ticket, services, cause=s.cause, rules=rules, account=s.account)
    if found.observed or found.known:
        return s
    ticket = put(s.ticket, found)
    place = await queues.place_of(ticket.team, s.policy, services, near=s.ticket.place.channel)
    return replace(s, ticket=ticket, agents=place or await agents_place(services, s.channel.ref))


def put(ticket: Ticket, found: Proposed) -> Ticket:
    """Return the ticket in the hands of a route's team, everybody's while nobody of it is there, with its tags in place of those of the last one."""
    kept = [tag for tag in ticket.tags if found.last is None or tag not in found.last.tags]
    return replace(ticket, team="" if found.route.nobody else found.route.team, tags=tuple(dict.fromkeys((*kept, *found.route.tags))))


async def proposed(
    ticket: Ticket,
    services: Services,
    *,
    cause: EventId,
    rules: Iterable[str] = (),
    account: Account | None = None,
    routes: Sequence[Route] | None = None,
) -> Proposed:
    """Work out where a ticket goes. `routes` are those it had, oldest first; `rules` what brings in a person now, beside what did before."""
    policy, now = await services.policy.current(), services.clock.now()
    had = await services.store.routes(ticket.id) if routes is None else routes
    request = await _request(ticket, policy, services, rules=rules, account=account, had=had)
    observed = await observes(ticket, policy, services, account=account)
    desk = await desk_of(request, ticket, policy, services)
    switch = policy.routing.switch_of(ticket.category)
    found = route(request, policy.routing, desk, id=derived("rt", cause, ticket.id), now=now, switch=Switch.SHADOW if observed else switch)
    if len(_refused(had)) >= policy.routing.offers and found.person:
        found = replace(found, person=None, person_name="", reasons=(*found.reasons, Reason("route_passed", (("team", found.team),))))
    return Proposed(found, request, desk, policy, observed, known=_stands(had, found, ticket), last=had[-1] if had else None)


async def desk_of(request: Request, ticket: Ticket, policy: Policy, services: Services) -> Desk:
    """Return who and what there is for a ticket: the people on the platform where the team works."""
    place = await agents_place(services, ticket.place.channel)
    people = await roster(policy, services, on=place.channel.platform if place else None)
    rule = rule_for(request, policy.routing)
    last = {team: await services.store.offers(team) for team in chain(rule.team, policy.routing)} if rule else {}
    loads = await _loads(ticket, policy, services)
    return Desk(people, loads, last, calendars(policy), await _on_call(people, policy, services))


async def _loads(ticket: Ticket, policy: Policy, services: Services) -> Mapping[UserRef, int]:
    """Return how many tickets each holds or was just offered: of a burst not all may go to whoever holds the fewest."""
    just = await services.store.routes(since=services.clock.now() - policy.routing.accept)
    offered = Counter(each.person for each in just if each.person and not each.took and not each.given_back and each.ticket != ticket.id)
    held = await services.store.loads()
    return {user: held.get(user, 0) + offered[user] for user in {*held, *offered}}


async def _on_call(people: Sequence[Teammate], policy: Policy, services: Services) -> Teammate | None:
    """Return who is on call by the rota that routing names, the first one where it names none."""
    rota, now = policy.oncall.rota(policy.routing.rota), services.clock.now()
    if rota is None:
        return None
    name = on_call(rota, now, overrides=policy.oncall.overrides, imported=await paging.in_calendar(rota, services, at=now))
    return next((person for person in people if name and person.is_called(name)), None)


def is_there(team: str, policy: Policy, now: datetime) -> bool:
    """Tell whether a team works at an instant."""
    return Desk((), calendars=calendars(policy)).hours(policy.routing.teams[team]).is_open(now)


def calendars(policy: Policy) -> Calendars:
    """Return the business hours that teams may have, by name; "" are everybody's."""
    return {**policy.calendars, ALWAYS: policy.calendar(ALWAYS), "": policy.hours}


async def observes(ticket: Ticket, policy: Policy, services: Services, *, account: Account | None = None) -> bool:
    """Tell whether the bot only observes here, so that nothing is routed and nobody called."""
    channel, account = await services.store.channel(ticket.place.channel), account or await _account(ticket, services)
    kind = channel.kind if channel else ChannelKind.COMMUNITY
    return policy.modes.of(ticket.category, kind, tier=account.tier if account else "") is Mode.OBSERVE


async def _request(
    ticket: Ticket, policy: Policy, services: Services, *, rules: Iterable[str], account: Account | None, had: Sequence[Route]
) -> Request:
    channel = await services.store.channel(ticket.place.channel)
    account = account or await _account(ticket, services)
    kind, tier = channel.kind if channel else ChannelKind.COMMUNITY, account.tier if account else ""
    fired = {rule for each in await services.store.escalations(ticket.id) if each.closed_at is None for rule in each.rules}
    return Request(
        ticket=ticket.id,
        category=ticket.category,
        tier=tier,
        language=ticket.language,
        kind=kind,
        rules=frozenset({*fired, *rules}),
        level=ticket.priority.level,
        manager=account.manager if account else "",
        house=policy.model.team_language,
        passed=frozenset(user for each in had if each.given_back and (user := each.took or each.person)),
    )


def _refused(had: Sequence[Route]) -> list[Route]:
    """Return those of the latest offers, since somebody last took it, that came back."""
    last = max((n for n, each in enumerate(had) if each.took), default=-1)
    return [each for each in had[last + 1 :] if each.given_back and not each.nobody]


def _stands(had: Sequence[Route], found: Route, ticket: Ticket) -> bool:
    """Tell whether the last route still holds: nobody took it or gave it back, and the same team is wanted for the same category.

    An offer that ended because the bot answered after all holds no longer.
    """
    last = had[-1] if had else None
    if last is None or last.took or last.given_back or (last.nobody and not found.nobody):
        return False
    if last.switch is Switch.ON and last.person and ticket.offered is None:
        return False
    return (last.category, last.wanted, last.switch) == (found.category, found.wanted, found.switch)


async def _account(ticket: Ticket, services: Services) -> Account | None:
    try:
        return await services.crm.account(ticket.account) if ticket.account else None
    except Retryable:
        return None
