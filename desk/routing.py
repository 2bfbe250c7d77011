"""Routes: where a ticket should go, and what became of the proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from desk.ids import TicketId
from desk.space import UserRef
from desk.ticket import Level, Reason

LEVELS = tuple(Level)
"""Most urgent first."""


class Switch(StrEnum):
    """How far something new may go: not at all, only on record, or for real."""

    OFF = "off"
    SHADOW = "shadow"
    ON = "on"


class Assign(StrEnum):
    """How a team's tickets find a person: they wait for whoever takes them, go round, or go to who holds the fewest."""

    NOBODY = "nobody"
    ROUND_ROBIN = "round_robin"
    LOAD = "load"


@dataclass(frozen=True, slots=True)
class Team:
    """A team of policy. Without `members` its people are those with one of its `skills`, and everybody where it names none either.

    `channel` is an internal channel's name, "" for the agents channel; `hours` a calendar's name, "" for `[hours]`; `fallback` another team.
    """

    channel: str = ""
    members: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    hours: str = ""
    assign: Assign = Assign.NOBODY
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class RouteRule:
    """Which tickets go to a team: those that fit everything that is not empty. `rule` is an escalation rule, `level` the least priority."""

    team: str
    category: str = ""
    tier: str = ""
    language: str = ""
    kind: str = ""
    rule: str = ""
    level: str = ""
    tags: tuple[str, ...] = ()

    @property
    def weight(self) -> int:
        """Return how many things it asks for: of the rules that fit, the one that asks for the most counts."""
        return sum(map(bool, (self.category, self.tier, self.language, self.kind, self.rule, self.level)))


@dataclass(frozen=True, slots=True)
class Seniors:
    """Who sees to what is pressing: people with this skill, "" for nobody, from this priority on."""

    skill: str = ""
    level: Level = Level.HIGH

    def are_for(self, level: Level) -> bool:
        """Tell whether a priority is theirs."""
        return bool(self.skill) and LEVELS.index(level) <= LEVELS.index(self.level)


@dataclass(frozen=True, slots=True)
class Routing:
    """The policy of routing. `accept` is how long, in business time, somebody has to accept what they were offered; `offers` how many are asked.

    `rota` names who is asked for what is pressing while nobody is there, the first rota for "".
    """

    default: Switch = Switch.OFF
    accept: timedelta = timedelta(minutes=15)
    offers: int = 2
    rota: str = ""
    modes: Mapping[str, Switch] = field(default_factory=dict)
    seniors: Seniors = field(default_factory=Seniors)
    teams: Mapping[str, Team] = field(default_factory=dict)
    rules: tuple[RouteRule, ...] = ()

    def switch_of(self, category: str) -> Switch:
        """Return how far routing may go for a category."""
        return self.modes.get(category, self.default)


@dataclass(frozen=True, slots=True)
class Route:
    """Where one ticket was to go at one turn: its team, who was offered it, and why; `took` is who really took it, by which shadow is judged.

    `nobody` says that none of the team or of those that stand in for it was there: everybody sees it, until its team is back.
    """

    id: str
    ticket: TicketId
    at: datetime
    category: str
    switch: Switch
    team: str = ""
    tags: tuple[str, ...] = ()
    person: UserRef | None = None
    person_name: str = ""
    reasons: tuple[Reason, ...] = ()
    took: UserRef | None = None
    took_name: str = ""
    took_team: str = ""
    took_at: datetime | None = None
    nobody: bool = False
    given_back: bool = False
    """Who was offered it, or took it, did not want it, or let the time pass."""
    wanted: str = ""
    """The team that the rules name, of which another one may stand in."""
