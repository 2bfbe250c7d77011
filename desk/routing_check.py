"""Checking routing: teams that are named exist, no team stands in for itself, and a rule asks for what there is."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from desk.routing import RouteRule, Routing
from desk.sla_check import ALWAYS
from desk.space import ChannelKind
from desk.ticket import Level

Found = tuple[str, object, str]
"""The path below `routing`, what stands there, and what to write instead."""
KINDS = tuple(kind for kind in ChannelKind if kind is not ChannelKind.INTERNAL)


def problems(routing: Routing | None, calendars: Collection[str] = ()) -> Iterator[Found]:
    """Yield what is wrong with routing beyond its types."""
    if routing is None:
        return
    for name, team in routing.teams.items():
        if team.fallback and team.fallback not in routing.teams:
            yield f"teams.{name}.fallback", team.fallback, _one_of("a team", routing.teams)
        elif _goes_round(name, routing):
            yield f"teams.{name}.fallback", team.fallback, "these teams stand in for one another, so that nobody would: leave one fallback out"
        if team.hours not in ("", ALWAYS, *calendars):
            yield f"teams.{name}.hours", team.hours, _one_of("a calendar", (ALWAYS, *calendars))
    for n, rule in enumerate(routing.rules):
        yield from _of_rule(f"rules.{n}", rule, routing)


def _of_rule(path: str, rule: RouteRule, routing: Routing) -> Iterator[Found]:
    if rule.team not in routing.teams:
        yield f"{path}.team", rule.team, _one_of("a team", routing.teams)
    if rule.kind and rule.kind not in KINDS:
        yield f"{path}.kind", rule.kind, _one_of("a kind of channel", KINDS)
    if rule.level and rule.level not in list(Level):
        yield f"{path}.level", rule.level, _one_of("a level", tuple(Level))


def _goes_round(name: str, routing: Routing) -> bool:
    seen, at = {name}, routing.teams[name].fallback
    while at in routing.teams:
        if at in seen:
            return at == name
        seen.add(at)
        at = routing.teams[at].fallback
    return False


def _one_of(what: str, names: Collection[str]) -> str:
    return f"write {what} that there is: {', '.join(map(str, names))}" if names else f"there is no such thing: {what} has to be set up first"
