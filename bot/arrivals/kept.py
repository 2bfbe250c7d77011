"""Kept: answers that are good for a while, asked for once at a time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from desk.ports import Clock

T = TypeVar("T")
MOST = 5000
"""How many are kept at once; with more, all are asked for again."""


class Kept(Generic[T]):
    """Answers by key, each for `how_long` from when it came. A failure is never kept."""

    def __init__(self, clock: Clock, how_long: timedelta) -> None:
        self._clock = clock
        self._how_long = how_long
        self._known: dict[str, tuple[datetime, T]] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._forgotten = 0

    async def get(self, key: str, ask: Callable[[], Awaitable[T]]) -> T:
        """Return what is known of `key`, else ask; of those who want the same at once only the first one asks."""
        async with self._asking[key]:
            at, value = self._known.get(key, (None, None))
            if at is None or self._clock.now() >= at + self._how_long:
                before = self._forgotten
                value = await ask()
                # What was forgotten while it was asked for may have changed since it was answered.
                if before == self._forgotten:
                    self._keep(key, value)
            return value  # type: ignore[return-value]

    def forget(self, key: str = "") -> None:
        """Ask again for one key, or for all."""
        self._forgotten += 1
        if key:
            self._known.pop(key, None)
        else:
            self._known.clear()

    def _keep(self, key: str, value: T) -> None:
        if len(self._known) >= MOST:
            self._known.clear()
            self._asking = defaultdict(asyncio.Lock, {key: lock for key, lock in self._asking.items() if lock.locked()})
        self._known[key] = self._clock.now(), value
