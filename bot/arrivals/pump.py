"""Pump: what waits in the inbox is handed over, in order within a lane, so many lanes at once, and again until it is taken."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from traceback import extract_tb

from bot.arrivals.inbox import BATCH, Arrival, Inbox
from desk.errors import FrontdeskError, Misconfigured, RateLimited, Rejected, Retryable
from desk.ports import Clock

Take = Callable[[Arrival], Awaitable[None]]
"""Hands an arrival to the desk. Retryable and Misconfigured: it is tried again; Rejected: nobody ever takes it."""
TakeMany = Callable[[Sequence[Arrival]], Awaitable[None]]
"""Hands over many arrivals of a lane at once, or none of them."""
GivenUp = Callable[[Arrival], Awaitable[None]]
"""Tells people of an arrival that was set aside."""

BOUND = 16
MANY = 10
"""From how many arrivals on that wait in a lane they are handed over together."""
PAUSE, LONGEST_PAUSE = 0.1, 30.0
"""Seconds before what could not be handed over is tried again, doubling up to the longest."""
DEFECTS = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
"""What a payload raises that is not as this program expects it."""

log = logging.getLogger("frontdesk.arrivals")


class Pump:
    """Empties an inbox into `take`, at most `bound` arrivals at once."""

    def __init__(
        self,
        inbox: Inbox,
        take: Take,
        clock: Clock,
        *,
        take_many: TakeMany | None = None,
        bound: int = BOUND,
        pause: float = PAUSE,
        on_given_up: GivenUp | None = None,
    ) -> None:
        self._inbox = inbox
        self._take = take
        self._take_many = take_many
        self._clock = clock
        self._bound = asyncio.Semaphore(bound)
        self._pause = pause
        self._on_given_up = on_given_up
        self._group: asyncio.TaskGroup | None = None
        self._active: set[str] = set()
        self._woken: set[str] = set()
        self._told: set[str] = set()
        self._crowded: set[str] = set()

    def is_crowded(self, lane: str) -> bool:
        """Tell whether more waits in a lane than is read at once: what was said there is then not known for a while."""
        return lane in self._crowded

    async def run(self) -> None:
        """Hand over until canceled, beginning with what an earlier process left."""
        try:
            async with asyncio.TaskGroup() as self._group:
                for lane in await self._lanes():
                    self.wake(lane)
                await asyncio.Event().wait()
        finally:
            self._group = None
            # What failed may be run again, and then no lane is being emptied yet.
            self._active.clear()

    async def keep(self, arrival: Arrival) -> None:
        """Return once an arrival is durable; it is handed over in its turn. Raises Unavailable when it could not be kept."""
        if await self._inbox.keep(arrival):
            self.wake(arrival.lane)

    def wake(self, lane: str) -> None:
        """Look at a lane: something new is in it. Before `run` this is of no matter: it looks at every lane."""
        if lane in self._active:
            self._woken.add(lane)
        elif self._group is not None:
            self._active.add(lane)
            self._group.create_task(self._empty(lane))

    async def _lanes(self) -> list[str]:
        pause = self._pause
        while True:
            try:
                return list(await self._inbox.lanes())
            except Retryable as error:
                log.warning("the inbox cannot be read, so it is tried again in %.1f s: %s", pause, error)
                pause = await self._slept(pause)

    async def _empty(self, lane: str) -> None:
        """Hand over what a lane holds until nothing more is due."""
        done: list[int] = []
        pause = self._pause
        while True:
            self._woken.discard(lane)
            try:
                waiting = await self._inbox.next(lane, done=done)
            except Retryable as error:
                log.warning("the inbox cannot be read, so it is tried again in %.1f s: %s", pause, error)
                pause = await self._slept(pause)
                continue
            done, pause = [], self._pause
            self._note_crowd(lane, len(waiting.arrivals))
            if not await self._handed_over_together(waiting.arrivals, done):
                for arrival in waiting.arrivals:
                    await self._hand_over(arrival, done)
            if not waiting.arrivals and lane not in self._woken:
                break
        self._active.discard(lane)
        if waiting.due is not None and self._group is not None:
            self._group.create_task(self._later(lane, waiting.due))

    def _note_crowd(self, lane: str, waiting: int) -> None:
        if waiting >= BATCH:
            self._crowded.add(lane)
        elif waiting < MANY:
            self._crowded.discard(lane)

    async def _later(self, lane: str, due: datetime) -> None:
        await self._clock.wait(due)
        self.wake(lane)

    async def _handed_over_together(self, arrivals: Sequence[Arrival], done: list[int]) -> bool:
        """Hand over at once what has piled up; where that fails, for whatever reason, each goes alone."""
        if self._take_many is None or len(arrivals) < MANY:
            return False
        try:
            async with self._bound:
                await self._take_many(arrivals)
        except (FrontdeskError, *DEFECTS) as error:
            log.warning("%d arrivals of a lane are handed over one by one: %s", len(arrivals), type(error).__name__)
            return False
        done += [arrival.n for arrival in arrivals]
        return True

    async def _hand_over(self, arrival: Arrival, done: list[int]) -> None:
        pause = self._pause
        while True:
            try:
                async with self._bound:
                    await self._take(arrival)
            except (Retryable, Misconfigured) as error:
                self._tell(arrival, error, pause)
                pause = await self._slept(max(pause, error.after.total_seconds()) if isinstance(error, RateLimited) else pause)
            except (Rejected, *DEFECTS) as error:
                return await self._give_up(arrival, error)
            else:
                done.append(arrival.n)
                return None

    async def _give_up(self, arrival: Arrival, error: Exception) -> None:
        """Set aside what can never be handed over, so that what came after it can. Of a defect nothing is told but where: it may quote people."""
        why = str(error) if isinstance(error, Rejected) else defect(error)
        log.error("arrival %d (%s) is set aside until the next start: %s", arrival.n, arrival.kind, why)
        try:
            await self._inbox.set_aside(arrival.n, type(error).__name__)
            if self._on_given_up is not None:
                await self._on_given_up(arrival)
        except FrontdeskError as failed:
            log.warning("arrival %d could not be set aside and told of: %s", arrival.n, failed)
            await self._slept(self._pause)

    def _tell(self, arrival: Arrival, error: Exception, pause: float) -> None:
        """Say once what a person must mend, and each time what passes by itself."""
        if not isinstance(error, Misconfigured):
            log.warning("arrival %d (%s) is tried again in %.1f s: %s", arrival.n, arrival.kind, pause, error)
        elif str(error) not in self._told:
            self._told.add(str(error))
            log.error("what people write waits: %s", error)

    async def _slept(self, pause: float) -> float:
        await asyncio.sleep(pause)
        return min(pause * 2, LONGEST_PAUSE)


def defect(error: BaseException) -> str:
    """Return what failed and where, without the message: it may quote people."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
    return f"{type(error).__name__} at {where}"
