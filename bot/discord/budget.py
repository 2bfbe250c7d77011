"""Budget: how often a bot may begin a new session. Past the thousandth of a day Discord resets its token, so the instants outlive a restart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.discord.carried import Carried
from desk.ports import Clock

DAY = timedelta(days=1)
LATELY = timedelta(hours=1)
FREE = 10
"""How many sessions may begin in an hour before each waits longer than the one before."""
APART = timedelta(seconds=10)
"""How long the first of those waits."""
LONGEST, DOUBLED = timedelta(minutes=10), 10
SPARED = 20
"""How many sessions of the day are left for a person who mends something and starts again."""
NAME = "sessions"
"""What the instants are kept under."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What Discord says of new sessions: how many are left, and when there are more."""

    remaining: int
    reset_after: timedelta
    at_once: int = 1


class KeptBudget:
    """The instants at which sessions began, in the file of what outlives a restart."""

    def __init__(self, carried: Carried, clock: Clock) -> None:
        self._carried, self._clock = carried, clock

    async def begin(self, limits: Limits | None) -> timedelta:
        """Note that a session is about to begin, and return how long to wait before."""
        now = self._clock.now()
        kept: list[float] = json.loads(await self._carried.get(NAME) or "[]")
        begun = [at for seconds in kept if now - (at := datetime.fromtimestamp(seconds, UTC)) < DAY]
        pause = wait(begun, limits, now=now)
        lasting = [at.timestamp() for at in (*begun, now + pause)]
        await self._carried.keep({NAME: json.dumps(lasting)}, how_long=DAY)
        return pause


def wait(begun: Sequence[datetime], limits: Limits | None, *, now: datetime) -> timedelta:
    """Return how long to wait before a new session begins, given when those of the last day did, in order.

    A few may follow each other at once. From then on each waits twice as long, so that a program that fails at its start
    every time begins no more than a few hundred in a day.
    """
    lately = [at for at in begun if now - at < LATELY]
    apart = timedelta() if len(lately) < FREE else min(APART * 2 ** min(len(lately) - FREE, DOUBLED), LONGEST)
    due = (begun[-1] + apart if begun else now, now + _granted(limits))
    return max(*due, now) - now


def _granted(limits: Limits | None) -> timedelta:
    """Return how long Discord itself says to wait."""
    if limits is None or limits.remaining > SPARED:
        return timedelta()
    return min(limits.reset_after, DAY) if limits.remaining <= 0 else min(limits.reset_after, LONGEST)
