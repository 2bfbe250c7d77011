"""Broken promises in numbers: how many, of which kind, how late, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from desk.sla import Breach

NO_CAUSE = "no cause given"
"""What stands for the cause that nobody gave."""


@dataclass(frozen=True, slots=True)
class Late:
    """How many promises of one kind were broken, how late their answers came in the middle and at worst, and how many are still owed."""

    name: str
    count: int
    middle: timedelta
    worst: timedelta
    owed: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    """All promises that were broken in a time, and the same ones by target, by tier and by cause, the most frequent first."""

    total: Late
    targets: tuple[Late, ...]
    tiers: tuple[Late, ...]
    causes: tuple[Late, ...]
    contractual: int

    @property
    def without_cause(self) -> int:
        """Return for how many nobody said why."""
        return next((late.count for late in self.causes if late.name == NO_CAUSE), 0)


def counted(breaches: Sequence[Breach], *, now: datetime) -> Broken | None:
    """Count broken promises; None without any. What is still owed is as late as it is `now`."""
    if not breaches:
        return None
    return Broken(
        _late("all", breaches, now=now),
        _by(breaches, lambda breach: breach.target.replace("_", " "), now=now),
        _by(breaches, lambda breach: breach.tier or "no tier", now=now),
        _by(breaches, lambda breach: breach.cause or NO_CAUSE, now=now),
        sum(breach.contractual for breach in breaches),
    )


def lateness(breach: Breach, now: datetime) -> timedelta:
    """Return how long after it was due a promise was kept, by the clock on the wall."""
    return (breach.met_at or now) - breach.due


def _by(breaches: Iterable[Breach], key: Callable[[Breach], str], *, now: datetime) -> tuple[Late, ...]:
    groups: dict[str, list[Breach]] = {}
    for breach in breaches:
        groups.setdefault(key(breach), []).append(breach)
    return tuple(sorted((_late(name, found, now=now) for name, found in groups.items()), key=lambda late: (-late.count, late.name)))


def _late(name: str, breaches: Sequence[Breach], *, now: datetime) -> Late:
    late = [lateness(breach, now) for breach in breaches]
    middle = timedelta(seconds=median(span.total_seconds() for span in late))
    return Late(name, len(breaches), middle, max(late), sum(breach.met_at is None for breach in breaches))
