"""Breaker: how many of our calls Discord called invalid lately. With 10,000 in ten minutes it shuts out the address they come from."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta

from desk.errors import PlaceGone, RateLimited

INVALID = frozenset({401, 403, 429})
WINDOW = 600.0
MOST = 2_000
"""A fifth of what Discord takes: others may call from the same address."""
ALONE = 60.0
"""Seconds for which what a channel refused us is not asked of it again."""
PLACES = 2_000


class Breaker:
    """Counts what was invalid, and remembers what a channel refused. `now` is a clock in seconds that only goes forward."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._invalid: deque[float] = deque()
        self._refused: dict[str, tuple[float, PlaceGone]] = {}

    def seen(self, status: int, headers: Mapping[str, str]) -> None:
        """Note how a call was answered. A limit that all bots share is not counted against us."""
        if status in INVALID and headers.get("X-RateLimit-Scope") != "shared":
            self._invalid.append(self._now())

    def refused(self, what: str, error: PlaceGone) -> None:
        """Note that `what`, a call on a channel, is not allowed."""
        if len(self._refused) >= PLACES:
            self._refused.clear()
        self._refused[what] = self._now() + ALONE, error

    def check(self, what: str) -> None:
        """Raise what a channel said when it was asked for the same a moment ago, and RateLimited while too much was invalid."""
        now = self._now()
        while self._invalid and self._invalid[0] <= now - WINDOW:
            self._invalid.popleft()
        if len(self._invalid) >= MOST:
            raise RateLimited(timedelta(seconds=self._invalid[len(self._invalid) - MOST] + WINDOW - now))
        until, error = self._refused.get(what, (0.0, None))
        if error is not None and until > now:
            raise type(error)(str(error))
        self._refused.pop(what, None)

    def forget(self) -> None:
        """Ask every channel again."""
        self._refused.clear()
