"""Routing by command: where tickets go and why, how far that may go, and how well it agrees with who takes them."""

from __future__ import annotations

from collections.abc import Mapping

from desk.cards import Card, Field, Form, Header, Notes, Option, Text
from desk.changes import NOTHING, Changes
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.policy import Policy
from desk.ports import Query
from desk.routing import Route, Switch
from desk.ticket import Ticket
from escalation.routing import Teammate, members
from handlers import agreeing, queues, routing
from handlers.commands.changes import set_policy
from handlers.commands.words import ADMINS, expected, one_of, only, split, without_reason
from handlers.roster import roster
from handlers.routed import told
from handlers.services import Services
from handlers.times import brief

USAGE = "route [TICKET | off|shadow|on [CATEGORY]]"
WAYS = ("route", "route TICKET", "route off|shadow|on [CATEGORY] [because REASON]")
SWITCHES = tuple(map(str, Switch))
EVERYTHING = ""


async def route(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Show where tickets go and how well that agrees with who takes them, say why one goes where it goes, or set how far routing may go.

    `off` leaves everything to everybody, `shadow` keeps where a ticket would go beside who really took it, `on` sends it there. Set for a
    category, or for all that have none of their own.
    """
    text, reason = without_reason(event.text)
    words = split(text)[1:]
    if event.form:
        return await _set(event, event.form.get("switch", ""), event.form.get("category", ""), services, reason=event.form.get("reason", ""))
    if not words:
        return await _overview(event, services), NOTHING
    if words[0].lower() in SWITCHES:
        return await _set(event, words[0].lower(), " ".join(words[1:]), services, reason=reason)
    return await _explained(words[0], services), NOTHING


async def form(query: Query, services: Services) -> Form | None:
    """Return the form that sets how far routing may go, for admins who named nothing."""
    text, reason = without_reason(query.subject)
    if query.role not in ADMINS or len(split(text)) > 1:
        return None
    policy = await services.policy.current()
    everything = Option(EVERYTHING, "all that have none of their own")
    categories = (everything, *(Option(category, category) for category in policy.triage.categories))
    intro = "\n".join(["Set now:", *(f"- {line}" for line in _switches(policy)), *await _measured(services)])
    return Form(
        "Routing",
        (
            Field("switch", "How far may it go?", policy.routing.default, options=tuple(Option(word, word) for word in SWITCHES)),
            Field("category", "Category", EVERYTHING, options=categories, required=False),
            Field("reason", "Why?", reason, required=False),
        ),
        "Set",
        intro=intro,
    )


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with the form."""
    if values.get("switch", "") not in SWITCHES:
        return {"switch": str(expected("route", SWITCHES, values.get("switch", "")))}
    return {}


async def _set(event: CommandInvoked, switch: str, category: str, services: Services, *, reason: str) -> tuple[Card, Changes]:
    only(ADMINS, event.role, f"route {switch}")
    policy = await services.policy.current()
    which = one_of(f"route {switch}", policy.triage.categories, category) if category else EVERYTHING
    now = policy.routing.switch_of(which) if which else policy.routing.default
    counted = [agreeing.sentence(each) for each in await agreeing.agreed(services, category=which)]
    said = (f"routing of {which or 'everything else'}: {now} -> {switch}", *(f"agreement in 30 days: {line}" for line in counted))
    path = f"routing.modes.{which}" if which else "routing.default"
    return await set_policy(event, {path: switch}, services, reason=reason, said=said)


async def _overview(event: CommandInvoked, services: Services) -> Card:
    policy = await services.policy.current()
    people = await roster(policy, services)
    teams = [await _team(name, event, people, services) for name in policy.routing.teams]
    return Card((Notes("Routing", _switches(policy)), Notes("Teams", tuple(teams) or ("none",)), *await agreeing.notes(services)))


async def _measured(services: Services) -> list[str]:
    found = [agreeing.sentence(each) for each in await agreeing.agreed(services)]
    return ["Agreement in 30 days:", *(f"- {line}" for line in found)] if found else []


def _switches(policy: Policy) -> tuple[str, ...]:
    own = (f"{category}: {policy.routing.switch_of(category)}" for category in policy.triage.categories)
    return (f"everything else: {policy.routing.default}", *own)


async def _team(name: str, event: CommandInvoked, people: tuple[Teammate, ...], services: Services) -> str:
    policy = await services.policy.current()
    team, channel = policy.routing.teams[name], await queues.channel_of(name, policy, services, near=event.place.channel)
    who = members(team, people)
    named = "everybody" if not (team.members or team.skills) else ", ".join(person.name for person in who) or "nobody"
    lacks = "" if channel or not team.channel else f", because #{team.channel.removeprefix('#')} is no channel of the team's alone"
    where = f"in #{channel.name}" if channel else f"in the agents channel{lacks}"
    there = routing.is_there(name, policy, services.clock.now())
    stands_in = f", then {team.fallback}" if team.fallback else ""
    return f"{name} {where}: {named}; {team.assign.replace('_', ' ')}{stands_in}; {'there now' if there else 'not there now'}"


async def _explained(words: str, services: Services) -> Card:
    """Say why a ticket went where it went, or where it would go now."""
    found = [each for each in await services.store.tickets() if each.id.startswith(words)]
    if len(found) != 1:
        raise InvalidInput(f"{'No' if not found else 'More than one'} ticket begins with {words!r}; or write {', '.join(SWITCHES)}.")
    ticket, policy, now = found[0], await services.policy.current(), services.clock.now()
    had = await services.store.routes(ticket.id)
    would = await routing.proposed(ticket, services, cause=routing.ASKED)
    lines = tuple(f"{brief(each.at, now=now, zone=policy.hours.zone)}  {_line(each)}" for each in had)
    head = Header(f"Routing of {ticket.id}", f"{ticket.category or 'no category'}: {policy.routing.switch_of(ticket.category)}")
    return Card((head, Text(_standing(ticket)), Notes("Routes", lines or ("none yet",)), Notes("It would go now", (_line(would.route),))))


def _standing(ticket: Ticket) -> str:
    held = f"held by {ticket.owner_name}" if ticket.owner else f"offered to {ticket.offered_name}" if ticket.offered else "nobody's yet"
    return f"Team {ticket.team or 'none'}; {held}."


def _line(found: Route) -> str:
    where = "nobody there" if found.nobody else found.team or "everybody"
    took = f"; taken by {found.took_name}" if found.took else "; given back" if found.given_back else ""
    return f"{found.switch}: {where}{f', {found.person_name}' if found.person else ''}, because {told(found)}{took}"
