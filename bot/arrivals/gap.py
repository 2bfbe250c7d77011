"""The gap: what was said while nobody listened is read back before anything is answered there, page by page, and goes on after a kill."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.arrivals.pump import DEFECTS, defect
from desk.errors import FrontdeskError, Misconfigured, RateLimited, Rejected, Unavailable
from desk.events import ChannelChanged, Event
from desk.ids import EventId, derived
from desk.ports import Clock, PolicySource
from desk.space import Channel, ChannelKind, ChannelRef, Platform
from desk.store import Store
from desk.watch import Replies, Unread, WatchRows

EVERY = timedelta(seconds=20)
"""How often it is noted that somebody listens."""
MARGIN = timedelta(minutes=1)
"""How much more than the gap is read at both ends: a connection may be dead before anybody notices, and clocks differ."""
HELD_BACK = timedelta(seconds=90)
"""How long after a platform said that it keeps events back they flow again; Slack says so every minute."""
PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=1)
"""How long a platform is left alone when it does not answer, doubling up to the longest."""
TRIES = 10
"""How often one channel may fail while the platform is there for others, which takes some minutes; then it is left out."""
HANDLED, LOOK = 200, 0.05
"""How often, with LOOK between, it is asked whether the desk has dealt with what it was told, before turns begin all the same."""

Emit = Callable[[Event], Awaitable[None]]

log = logging.getLogger("frontdesk.arrivals")


class Gap(ABC):
    """Watches one space of a platform. `missed` says that events flow again that did not; what was said meanwhile is then read, once and in whole."""

    platform: Platform
    margin = MARGIN

    def __init__(self, *, policy: PolicySource, store: Store, watch: WatchRows, clock: Clock, emit: Emit) -> None:
        self._policy = policy
        self._store = store
        self._watch = watch
        self._clock = clock
        self._emit = emit
        self._told: set[EventId] = set()
        self._private: frozenset[ChannelRef] = frozenset()
        self._missed = asyncio.Event()
        self._held_until: datetime | None = None
        self._failed: Counter[ChannelRef] = Counter()
        self._left: frozenset[ChannelRef] | None = None
        """Which channels are still to be read; None until that is known."""
        self.is_reading = False
        self.is_waiting = False
        """The platform is left alone for a while."""

    def missed(self) -> None:
        """Note that events flow that did not before."""
        self.is_reading = True
        self._left = None
        self._missed.set()

    def is_behind(self, channel: ChannelRef) -> bool:
        """Tell whether something said in a channel may still be unread."""
        return self.is_reading and (self._left is None or channel in self._left)

    def held_back(self) -> None:
        """Note that the platform keeps events back for now: nothing counts as heard until they flow again."""
        self._held_until = self._clock.now() + HELD_BACK

    async def run(self, listening: Callable[[], bool]) -> None:
        """Watch and catch up until canceled; `listening` tells whether events can come now."""
        while True:
            await self._missed.wait()
            self._missed.clear()
            try:
                await self._catch_up(listening)
            except Exception:
                # Whoever runs it again reads what is left, or nobody would ever be answered there.
                self._missed.set()
                raise

    async def begin(self) -> None:
        """Note what is to be read, together with the instant from which nothing is missing again."""
        space, now = await self.space(), self._clock.now()
        last = await self._watch.pulse(self.platform, space)
        channels = await self._channels(space)
        self._private = frozenset(channel.ref for channel in channels if channel.kind is ChannelKind.DIRECT)
        # Nothing was missed before anybody ever listened.
        parts = [await self._part(channel, last - self.margin, now) for channel in channels] if last else []
        await self._watch.begin(self.platform, space, [part for part in parts if part.after < part.until], now)

    async def read(self) -> None:
        """Read everything that is to be read, and return when the desk has dealt with it."""
        pause = PAUSE
        while True:
            try:
                parts = await self._watch.unread(self.platform, await self.space())
                await self._read_all_but(frozenset(part.channel for part in parts))
                if not parts:
                    break
                await self._page(self._next(parts))
                pause = PAUSE
            except FrontdeskError as error:
                pause = await self._waited(error, pause)

    async def beat(self) -> None:
        """Note that somebody listens."""
        await self._watch.beat(self.platform, await self.space(), self._clock.now())

    @abstractmethod
    async def space(self) -> str:
        """Return the space that is watched."""

    @abstractmethod
    async def conversations(self) -> Sequence[ChannelRef]:
        """Return the private conversations with the bot that the platform tells of, also those in which nobody wrote before."""

    @abstractmethod
    async def step(self, part: Unread) -> None:
        """Read one page of a part and note how far that came; raise what the platform answers."""

    @abstractmethod
    def began(self, root: str) -> datetime:
        """Return when the root of a thread was said."""

    @abstractmethod
    async def is_refused(self) -> bool:
        """Tell whether it is the whole app that the platform refuses, and not one channel: then everything waits for whoever mends that."""

    def _next(self, parts: Sequence[Unread]) -> Unread:
        """Return what is read next: nobody waits for a channel that fails, nor a channel for private conversations, which may be many."""
        return min(parts, key=lambda part: (self._failed[part.channel], part.channel in self._private))

    async def _read_all_but(self, left: frozenset[ChannelRef]) -> None:
        """Let the channels be answered that are read, once the desk has dealt with what it was told of them."""
        if left and left == self._left:
            return
        await self._dealt_with()
        # What was missed since is in no part yet.
        if not self._missed.is_set():
            self._left = left

    async def _catch_up(self, listening: Callable[[], bool]) -> None:
        """Read what was missed, and note that somebody listens until something is missed again."""
        await self._begun()
        # What comes while the gap is read is heard, so the pulse goes on.
        beating = asyncio.create_task(self._keep_beating(listening))
        try:
            await self.read()
            self.is_reading = self._missed.is_set()
            await self._missed.wait()
        finally:
            beating.cancel()

    async def _begun(self) -> None:
        """Note the gap, however often it takes."""
        pause = PAUSE
        while True:
            try:
                return await self.begin()
            except FrontdeskError as error:
                pause = await self._waited(error, pause)

    async def _keep_beating(self, listening: Callable[[], bool]) -> None:
        while True:
            await asyncio.sleep(EVERY.total_seconds())
            try:
                if self._held_until and self._clock.now() >= self._held_until:
                    self._held_until = None
                    self.missed()
                elif listening() and not self._held_until and not self._missed.is_set():
                    await self.beat()
            except FrontdeskError as error:
                log.warning("it could not be noted that %s is listened to: %s", self.platform, error)

    async def _channels(self, space: str) -> list[Channel]:
        """Return the declared channels of the space, and the private conversations with the bot."""
        known = [channel for channel in await self._store.channels() if (channel.ref.platform, channel.ref.space) == (self.platform, space)]
        refs = {channel.ref for channel in known}
        unknown = (ref for ref in await self.conversations() if ref not in refs)
        return [*known, *(Channel(ref, "", ChannelKind.DIRECT, self._clock.now()) for ref in unknown)]

    async def _part(self, channel: Channel, last: datetime, now: datetime) -> Unread:
        policy = await self._policy.current()
        # A private conversation began with its first message, which may come late.
        declared = datetime.min.replace(tzinfo=now.tzinfo) if channel.kind is ChannelKind.DIRECT else channel.declared_at
        after = max(last, now - policy.intake.history, declared)
        talks = await self._watch.talks(channel.ref, since=now - policy.tickets.reopen - policy.tickets.close)
        goes_on = [t for t in talks if t.merged_into is None and (not t.closed or now - t.closed <= policy.tickets.reopen)]
        roots = {t.place.thread: t for t in goes_on if t.place.thread and self.began(t.place.thread) <= after}
        open_ = tuple(Replies(root) for root, ticket in roots.items() if not ticket.status.is_over)
        over = [ticket.opened for ticket in roots.values() if ticket.status.is_over]
        return Unread(channel.ref, after, now + MARGIN, min([after, *(opened - MARGIN for opened in over)]), threads=open_)

    async def _page(self, part: Unread) -> None:
        """Read one page; a channel that cannot be read is left out, and the team is told. Raises what passes, and what a person has to mend first."""
        try:
            await self.step(part)
            self._failed.pop(part.channel, None)
        except DEFECTS as error:
            await self._left_out(part, Rejected(defect(error)))
        except Unavailable as error:
            if error.system != "platform" or await self.is_refused():
                raise
            self._failed[part.channel] += 1
            if self._failed[part.channel] < TRIES:
                raise
            await self._left_out(part, error)
        except (Rejected, Misconfigured) as error:
            if isinstance(error, Misconfigured) and await self.is_refused():
                raise
            await self._left_out(part, error)

    async def _left_out(self, part: Unread, error: FrontdeskError) -> None:
        log.warning("what was said in %s in our absence cannot be read: %s", part.channel, error)
        id = EventId(derived("ev", "unread", part.channel, part.until))
        await self.tell(ChannelChanged(id=id, channel=part.channel, at=self._clock.now(), gone=True))
        await self._watch.done(part)
        self._failed.pop(part.channel, None)

    async def _waited(self, error: Exception, pause: timedelta) -> timedelta:
        wait = error.after if isinstance(error, RateLimited) else pause
        log.warning("what was said in our absence is read on in %.0f s: %s", wait.total_seconds(), error)
        until, self.is_waiting = self._clock.now() + wait, True
        try:
            while self._clock.now() < until:
                await self._clock.wait(until)
        finally:
            self.is_waiting = False
        return pause if isinstance(error, RateLimited) else min(pause * 2, LONGEST_PAUSE)

    async def tell(self, event: Event) -> None:
        """Tell the desk something that was missed; what is said there waits until it has dealt with it."""
        await self._emit(event)
        self._told.add(event.id)

    async def _dealt_with(self) -> None:
        """Wait until what was told is stored: a turn that began before would not see it."""
        for _ in range(HANDLED):
            self._told = {id for id in self._told if await self._store.follow_ups(id) is None}
            if not self._told:
                return
            await asyncio.sleep(LOOK)
        self._told.clear()
