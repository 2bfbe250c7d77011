"""On call: who is called when a person is needed at once, in which order, and how often at night; all of it is policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated

from desk.errors import InvalidInput
from desk.zones import zone_of

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
WEEKLY = re.compile(rf"weekly ({'|'.join(DAYS)}) (\S+)")
DAILY = re.compile(r"daily (\S+)")
HOURLY = re.compile(r"every ([1-9]\d{0,2})h")
DAY_MINUTES = 24 * 60
LEADS, ADMINS, TEAM = "leads", "admins", "team"
ROLES = frozenset({LEADS, ADMINS, TEAM})
"""Groups that are there without being named: who has the role."""

Zone = Annotated[str, "zone"]
Variable = Annotated[str, "variable"]
Count = Annotated[int, "count"]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of each day in local time, in minutes from midnight; one that ends before it begins goes over midnight."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"

    def holds(self, at: datetime, zone: str) -> bool:
        """Tell whether an instant lies in it, as the clock of a zone shows it."""
        local = at.astimezone(zone_of(zone))
        minute = local.hour * 60 + local.minute
        if self.opens == self.closes:
            return False
        return self.opens <= minute < self.closes if self.opens < self.closes else minute >= self.opens or minute < self.closes

    def began(self, at: datetime, zone: str) -> datetime:
        """Return when the part that holds `at` began."""
        return _edge(at, zone, self.opens, step=-1)

    def ends(self, at: datetime, zone: str) -> datetime:
        """Return when the part that holds `at` ends."""
        return _edge(at, zone, self.closes, step=1)


@dataclass(frozen=True, slots=True)
class Handover:
    """When the next in turn takes over: each week or day at a local time (`minute` of the day), or every so many hours from the start."""

    days: int = 0
    hours: int = 0
    weekday: int = 0
    minute: int = 0

    def __str__(self) -> str:
        if self.hours:
            return f"every {self.hours}h"
        return f"weekly {DAYS[self.weekday]} {_clock(self.minute)}" if self.days == len(DAYS) else f"daily {_clock(self.minute)}"


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns. With `hours` (by weekday, in the rota's zone) it counts only then."""

    people: tuple[str, ...]
    handover: Handover
    start: date
    hours: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rota:
    """Who is on call when: later layers lie over earlier ones, a calendar over both. A person is named by name or e-mail address."""

    name: str
    zone: Zone = "UTC"
    layers: tuple[Layer, ...] = ()
    calendar: str = ""
    """An iCalendar file, beside the policy; "" for none."""


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody stands in on a rota for a while; the last one that says so counts."""

    rota: str
    person: str
    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody's time on a rota, None for a gap."""

    person: str | None
    start: datetime
    until: datetime


class StepKind(StrEnum):
    """What a step of a chain does."""

    WAIT = "wait"
    PERSON = "person"
    ROTA = "rota"
    GROUP = "group"
    ACCOUNT_MANAGER = "account_manager"
    MANAGER = "manager"
    CHANNEL = "channel"
    REPEAT = "repeat"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `who` is the person, rota, group, channel or pager, "" for the only one; `span` how long a wait is; `times` how often to repeat."""

    kind: StepKind
    who: str = ""
    span: timedelta = timedelta()
    times: Count = 1


@dataclass(frozen=True, slots=True)
class Use:
    """Which chain an escalation climbs: the first entry that fits. `level` is the lowest it is for; "" fits anything. No chain: a card is enough."""

    chain: str
    rule: str = ""
    level: Count = 0
    tier: str = ""
    category: str = ""


class PagerKind(StrEnum):
    """Whose format a pager takes."""

    PAGERDUTY = "pagerduty"
    OPSGENIE = "opsgenie"


@dataclass(frozen=True, slots=True)
class PagerSpec:
    """A service that wakes a phone. `secret` names the environment variable with its key, `at` its address where it is not the vendor's own."""

    name: str
    kind: PagerKind
    secret: Variable
    at: str = ""
    timeout: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who is called, and how often: `budget` pages a person a `night`, what comes within `bundle` in one message.

    Up to level `calm` a page waits for the person's morning. `urgent` are the rules that nothing holds back.
    """

    budget: Count
    night: Span
    bundle: timedelta
    calm: Count
    urgent: tuple[str, ...]
    managers: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    rotas: tuple[Rota, ...]
    overrides: tuple[Override, ...]
    chains: Mapping[str, tuple[Step, ...]]
    use: tuple[Use, ...]
    pagers: tuple[PagerSpec, ...]

    def rota(self, name: str) -> Rota | None:
        """Return a rota by name, the first one for ""; None where there is none."""
        return next((rota for rota in self.rotas if name in ("", rota.name)), None)

    def pager(self, name: str) -> PagerSpec | None:
        """Return a pager by name, the first one for ""; None where there is none."""
        return next((pager for pager in self.pagers if name in ("", pager.name)), None)


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain as it was when an escalation began, with all it names: what is changed in the policy later changes nothing of it.

    Who stands in for whom is looked up when a step comes: it is no rule, but who is there.
    """

    name: str
    steps: tuple[Step, ...]
    hold: timedelta
    rotas: tuple[Rota, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    managers: tuple[str, ...] = ()
    pagers: tuple[PagerSpec, ...] = ()


def read_span(raw: object) -> Span:
    """Read `20:00-08:00`; raise InvalidInput for anything else."""
    opens, _, closes = str(raw).partition("-")
    begins, ends = _minute(opens), _minute(closes)
    if not isinstance(raw, str) or begins is None or ends is None:
        raise InvalidInput(f"{raw!r} is no part of a day: write two times of day, such as 20:00-08:00")
    return Span(begins % DAY_MINUTES, ends)


def read_handover(raw: object) -> Handover:
    """Read `weekly mon 09:00`, `daily 09:00` or `every 12h`; raise InvalidInput for anything else."""
    text = " ".join(str(raw).lower().split())
    if (found := WEEKLY.fullmatch(text)) and (minute := _minute(found[2])) is not None:
        return Handover(days=len(DAYS), weekday=DAYS.index(found[1]), minute=minute)
    if (found := DAILY.fullmatch(text)) and (minute := _minute(found[1])) is not None:
        return Handover(days=1, minute=minute)
    if found := HOURLY.fullmatch(text):
        return Handover(hours=int(found[1]))
    raise InvalidInput(f"{raw!r} is no hand-over: write weekly mon 09:00, daily 09:00 or every 12h")


def _minute(text: str) -> int | None:
    if text.strip() == "24:00":
        return DAY_MINUTES
    found = CLOCK.fullmatch(text.strip())
    return int(found[1]) * 60 + int(found[2]) if found else None


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _edge(at: datetime, zone: str, minute: int, *, step: int) -> datetime:
    """Return the nearest instant before (`step` -1, or at it) or after (1) `at` at which the clock shows a minute of the day."""
    local = zone_of(zone)
    day = at.astimezone(local).date()
    near = (datetime.combine(day + timedelta(days=n), time(), local) for n in (0, step, 2 * step))
    edges = (start.replace(hour=minute % DAY_MINUTES // 60, minute=minute % 60) for start in near)
    found = (edge.astimezone(at.tzinfo) for edge in edges)
    return next(edge for edge in found if (edge <= at if step < 0 else edge > at))
