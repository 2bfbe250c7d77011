"""Readiness: whether messages can be taken, and what of the desk works less well than it should."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from desk.audience import PUBLIC
from desk.errors import Unavailable

if TYPE_CHECKING:
    from agent.metered import Metered
    from handlers.services import Services
    from runtime import Runtime

WITHIN_SECONDS = 3.0
"""How long the store may take to let somebody write."""
FRESH = timedelta(seconds=2)
"""How long an answer holds: whoever asks all the time gets it without the search being asked each time."""
ONE_LEG = "knowledge: only one of its two searches works, by words or by meaning; the log says why"
NO_SEARCH = "knowledge: the search is down"
NO_MONEY = "the day's budget for the language model is used up"


@dataclass(frozen=True, slots=True)
class Parts:
    """What is looked at. `write` raises Unavailable when nothing can be kept; `embedder` searches, and with `fitted` confidence was fitted."""

    services: Services
    write: Callable[[], Awaitable[None]]
    metered: Metered | None
    embedder: Callable[[], str]
    fitted: str


class Readiness:
    """Asked by /readyz."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._at: datetime | None = None
        self._found: tuple[str, ...] = ()

    async def __call__(self) -> Sequence[str]:
        """Return a sentence for each thing that is degraded; raise Unavailable when messages cannot be taken."""
        now = self._parts.services.clock.now()
        try:
            async with asyncio.timeout(WITHIN_SECONDS):
                await self._parts.write()
        except TimeoutError as error:
            raise Unavailable("store", "it lets nobody write") from error
        if self._at is None or not timedelta() <= now - self._at < FRESH:
            self._found = (*await self._model(now), *await self._knowledge())
            self._at = now
        return self._found

    async def _model(self, now: datetime) -> Sequence[str]:
        if self._parts.metered is None:
            return ()
        policy = (await self._parts.services.policy.current()).model
        spent = await self._parts.metered.spent()
        return (*self._parts.metered.degraded(now), *((NO_MONEY,) if spent >= policy.budgets.day else ()))

    async def _knowledge(self) -> Sequence[str]:
        try:
            # A word that means something: of "how" the word search keeps nothing.
            found = await self._parts.services.knowledge.search("invoice", frozenset({PUBLIC}), k=1)
        except Unavailable:
            return (NO_SEARCH,)
        searching, fitted = self._parts.embedder(), self._parts.fitted
        unfitted = f"answers: nobody measured how sure a quote is with {searching}, so nothing is quoted from articles"
        return (*((ONE_LEG,) if found.degraded else ()), *((unfitted,) if searching != fitted else ()))


def readiness(desk: Runtime) -> Readiness:
    """Return what tells whether a running desk is ready."""
    from agent.calibration import fitted

    reading = desk.reading

    async def write() -> None:
        # An empty transaction that may write: it waits for the lock, and finds a file that is read-only.
        await reading.records.database.write(lambda _: None)

    return Readiness(Parts(desk.services, write, reading.metered, lambda: reading.knowledge.embedder, fitted().embedder))
