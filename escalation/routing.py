"""Routing: which team a ticket goes to, and which of its people is asked; pure, and with the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from desk.customer import Person
from desk.deadlines import Hours
from desk.ids import TicketId
from desk.routing import LEVELS, Assign, Route, RouteRule, Routing, Switch, Team
from desk.space import UserRef
from desk.ticket import Level, Reason

NEVER = datetime.min.replace(tzinfo=UTC)
Calendars = Mapping[str, Hours]
"""Business hours by name; "" are everybody's."""


@dataclass(frozen=True, slots=True)
class Teammate:
    """Somebody of ours and what they can do; `skills` are in lower case and hold the languages that they speak."""

    user: UserRef
    name: str
    email: str = ""
    skills: frozenset[str] = frozenset()
    zone: str = "UTC"

    def is_called(self, words: str) -> bool:
        """Tell whether policy names them: by user, e-mail address or name."""
        return words.casefold() in (str(self.user).casefold(), self.email.casefold() or None, self.name.casefold())


@dataclass(frozen=True, slots=True)
class Request:
    """What of a ticket says where it goes. `house` is the language that all of the team read; `passed` are those who did not want it."""

    ticket: TicketId
    category: str = ""
    tier: str = ""
    language: str = ""
    kind: str = ""
    rules: frozenset[str] = frozenset()
    level: Level = Level.NORMAL
    manager: str = ""
    house: str = "en"
    passed: frozenset[UserRef] = frozenset()

    @property
    def is_foreign(self) -> bool:
        """Tell whether it takes somebody who speaks its language."""
        return bool(self.language) and self.language != self.house


@dataclass(frozen=True, slots=True)
class Desk:
    """Who and what there is: the people, how many tickets each holds, when each was last offered one of a team's, and the hours."""

    people: tuple[Teammate, ...]
    loads: Mapping[UserRef, int] = field(default_factory=dict)
    last: Mapping[str, Mapping[UserRef, datetime]] = field(default_factory=dict)
    calendars: Calendars = field(default_factory=dict)
    oncall: Teammate | None = None
    """Who is on call, whatever the hour."""

    def hours(self, team: Team) -> Hours:
        """Return when a team works."""
        return self.calendars.get(team.hours) or self.calendars.get("") or Hours()


def teammate(user: UserRef, person: Person, skills: Mapping[str, Sequence[str]]) -> Teammate:
    """Return somebody with what the customer record and policy say they can do."""
    plain = Teammate(user, person.name, person.email)
    named = [skill for words, found in skills.items() if plain.is_called(words) for skill in found]
    spoken = [person.language] if person.language else []
    return Teammate(user, person.name, person.email, frozenset(skill.casefold() for skill in (*person.skills, *named, *spoken)), person.zone)


def members(team: Team, people: Iterable[Teammate]) -> tuple[Teammate, ...]:
    """Return who is of a team: those it names, else those with one of its skills, else everybody."""
    if team.members:
        return tuple(person for person in people if any(person.is_called(name) for name in team.members))
    wanted = {skill.casefold() for skill in team.skills}
    return tuple(person for person in people if not wanted or wanted & person.skills)


def rule_for(request: Request, routing: Routing) -> RouteRule | None:
    """Return the rule that asks for the most of those that fit, of equal ones the last; None sends it to everybody."""
    fitting = [(rule.weight, n) for n, rule in enumerate(routing.rules) if _fits(rule, request)]
    return routing.rules[max(fitting)[1]] if fitting else None


def chain(team: str, routing: Routing) -> tuple[str, ...]:
    """Return a team and those that stand in for it, in order."""
    found: list[str] = []
    while team in routing.teams and team not in found:
        found.append(team)
        team = routing.teams[team].fallback
    return tuple(found)


def route(request: Request, routing: Routing, desk: Desk, *, id: str, switch: Switch, now: datetime) -> Route:
    """Return where a ticket goes: the team of the most specific rule, or the first of those that stand in for it of which somebody is there.

    What is pressing while nobody is there goes to whoever is on call.
    """
    rule = rule_for(request, routing)
    first = rule.team if rule else ""
    reasons = [Reason("route_rule", (("what", _asked(rule)), ("team", first)))] if rule else [Reason("route_everybody")]
    if not rule:
        return Route(id, request.ticket, now, request.category, switch, reasons=tuple(reasons))
    tags = (*routing.teams[first].tags, *rule.tags)
    for team, people, why in _present(request, routing, desk, chain(first, routing), now):
        reasons += why
        if people:
            person, because = _chosen(request, routing, desk, team, people)
            name = person.name if person else ""
            user = person.user if person else None
            return Route(id, request.ticket, now, request.category, switch, team, tags, user, name, (*reasons, *because), wanted=first)
    reasons.append(Reason("route_nobody"))
    called = desk.oncall if desk.oncall and routing.seniors.are_for(request.level) and desk.oncall.user not in request.passed else None
    if called:
        reasons.append(Reason("route_oncall", (("who", called.name),)))
    user, name = (called.user, called.name) if called else (None, "")
    return Route(id, request.ticket, now, request.category, switch, first, tags, user, name, tuple(reasons), nobody=True, wanted=first)


def opens(team: str, routing: Routing, desk: Desk, now: datetime) -> datetime | None:
    """Return when the first of a team, or of those that stand in for it, is there again; None when hours are not what is lacking."""
    closed = [hours for name in chain(team, routing) if not (hours := desk.hours(routing.teams[name])).is_open(now)]
    return min((hours.after(now, timedelta()) for hours in closed), default=None)


def senior(routing: Routing, desk: Desk, passed: frozenset[UserRef] = frozenset()) -> Teammate | None:
    """Return the senior to call: of those with the skill, who holds the fewest tickets."""
    skill = routing.seniors.skill.casefold()
    found = [person for person in desk.people if skill and skill in person.skills and person.user not in passed]
    return min(found, key=lambda person: (desk.loads.get(person.user, 0), person.name, person.user), default=None)


def _fits(rule: RouteRule, request: Request) -> bool:
    return (
        rule.category in ("", request.category)
        and rule.tier.casefold() in ("", request.tier.casefold())
        and rule.language in ("", request.language)
        and rule.kind in ("", request.kind)
        and (not rule.rule or rule.rule in request.rules)
        and (not rule.level or LEVELS.index(request.level) <= LEVELS.index(Level(rule.level)))
    )


def _asked(rule: RouteRule) -> str:
    asked = (rule.category, rule.tier, rule.language, f"in {rule.kind} channels" if rule.kind else "", rule.rule.replace("_", " "), rule.level)
    return ", ".join(filter(None, asked)) or "everything"


def _present(
    request: Request, routing: Routing, desk: Desk, teams: Sequence[str], now: datetime
) -> Iterator[tuple[str, tuple[Teammate, ...], list[Reason]]]:
    """Yield each team with who of it is there, and why one is passed over; a language nobody speaks is done without in the end."""
    for speaking in (True, False) if request.is_foreign else (False,):
        if request.is_foreign and not speaking:
            yield "", (), [Reason("route_unspoken", (("language", request.language),))]
        for n, name in enumerate(teams):
            people, lacks = _there(routing.teams[name], desk, request.language if speaking else "", now)
            stands_in = [Reason("route_fallback", (("team", name),))] if people and n else []
            spoken = [Reason("route_language", (("language", request.language),))] if people and speaking else []
            yield name, people, [*([Reason(lacks, (("team", name), ("language", request.language)))] if lacks else []), *stands_in, *spoken]


def _there(team: Team, desk: Desk, language: str, now: datetime) -> tuple[tuple[Teammate, ...], str]:
    """Return who of a team is there, or the code of what it lacks."""
    people = members(team, desk.people)
    if not people:
        return (), "route_nobody_of"
    if not desk.hours(team).is_open(now):
        return (), "route_closed"
    able = tuple(person for person in people if not language or language in person.skills)
    return able, "" if able else "route_no_language"


def _chosen(request: Request, routing: Routing, desk: Desk, team: str, people: tuple[Teammate, ...]) -> tuple[Teammate | None, tuple[Reason, ...]]:
    """Return whom of a team to ask, None for all of them."""
    left = [person for person in people if person.user not in request.passed]
    if not left:
        return None, (Reason("route_passed", (("team", team),)),)
    if request.manager and (named := next((person for person in left if person.is_called(request.manager)), None)):
        return named, (Reason("route_manager", (("who", named.name),)),)
    how = routing.teams[team].assign
    if how is Assign.NOBODY:
        return None, ()
    skill = routing.seniors.skill.casefold()
    able = [person for person in left if skill in person.skills] if routing.seniors.are_for(request.level) else []
    last = desk.last.get(team, {})
    held = desk.loads if how is Assign.LOAD else {}
    person = min(able or left, key=lambda each: (held.get(each.user, 0), last.get(each.user, NEVER), each.name, each.user))
    why = Reason("route_load", (("count", str(held.get(person.user, 0))),)) if how is Assign.LOAD else Reason("route_turn")
    return person, (*((Reason("route_senior"),) if able else ()), why)
