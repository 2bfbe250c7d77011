"""Snowflakes: the ids of Discord, which say when something was made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
LOW_BITS = 22


class Snowflakes:
    """Ids by a clock: each is greater than all before it, also while the clock stands still."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last = 0
        self._at: datetime | None = None

    def next(self) -> str:
        """Return an id that was never given before."""
        at, self._at = self._at or self._now(), None
        self._last = max(self._last + 1, lowest(at))
        return str(self._last)

    def put_next(self, at: datetime) -> None:
        """Let the next id be of this instant, unless a later one was given."""
        self._at = at


def lowest(at: datetime) -> int:
    """Return the lowest id of an instant."""
    return max((at - EPOCH) // MILLISECOND, 0) << LOW_BITS


def made_at(id: str) -> datetime:
    """Return when something with this id was made."""
    return EPOCH + (int(id) >> LOW_BITS) * MILLISECOND


def written(at: datetime) -> str:
    """Return an instant as Discord writes it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
