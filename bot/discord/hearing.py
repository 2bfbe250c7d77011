"""Hearing: what comes over the gateway's wire, in its order: learned from, kept before anything else is done, or handed to who answers it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol

from bot.arrivals.inbox import Arrival
from bot.discord import arrivals
from bot.discord.kinds import Kinds
from desk.errors import FrontdeskError, Retryable

Payload = Mapping[str, Any]
Keep = Callable[[Arrival], Awaitable[None]]
Answer = Callable[[Payload], Awaitable[None]]
"""Answers an interaction."""

MOST = 4000
"""How much may wait to be kept before no more is read from the wire."""
PAUSE, LONGEST_PAUSE = 0.2, 10.0
"""Seconds before what could not be kept is kept again: Discord does not send it a second time."""
LEARNED = frozenset({"CHANNEL_CREATE", "CHANNEL_UPDATE", "THREAD_CREATE", "THREAD_UPDATE"})
MANY = {"GUILD_CREATE": ("channels", "threads"), "THREAD_LIST_SYNC": ("threads",)}
"""Events that tell of many channels at once, and where."""
SOMEBODY = frozenset({"GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"})
EVERYBODY = frozenset(
    {"GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "GUILD_UPDATE", "GUILD_CREATE"}
)
"""Events after which somebody, or anybody, may be somebody else to the desk, or see another channel."""

log = logging.getLogger("frontdesk.discord")


class Sessions(Protocol):
    """Is told when a session begins or goes on."""

    def ready(self, event: Payload) -> None:
        """Note a new session."""
        ...

    def resumed(self, event: Payload) -> None:
        """Note a session that goes on."""
        ...


class Hearing:
    """Hears one bot's gateway. What is said before `connect` is not heard."""

    def __init__(self) -> None:
        self._kinds: Kinds | None = None
        self._keep: Keep | None = None
        self._answer: Answer | None = None
        self._forget: Callable[[str], None] = lambda user: None
        self._sessions: Sessions | None = None
        self._bot = ""
        self._under_way: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()

    def connect(self, kinds: Kinds, keep: Keep, *, answer: Answer, forget: Callable[[str], None], sessions: Sessions) -> None:
        """Say who takes what is heard."""
        self._kinds, self._keep, self._answer, self._forget, self._sessions = kinds, keep, answer, forget, sessions

    @property
    def is_busy(self) -> bool:
        """Tell whether anything that came is not kept or not answered."""
        return bool(self._under_way)

    async def has_room(self) -> None:
        """Return when what waits to be kept is little enough to hear more."""
        while len(self._under_way) >= MOST:
            self._room.clear()
            await self._room.wait()

    def hear(self, name: str, event: Payload) -> None:
        """Take an event, at once: by the time the next one comes, this one is under way to the disk."""
        if self._kinds is None or self._sessions is None:
            return
        if name == "READY":
            self._bot = str(event["user"]["id"])
            self._sessions.ready(event)
        elif name == "RESUMED":
            self._sessions.resumed(event)
        elif name == "INTERACTION_CREATE":
            self._go_on(self._answered(event))
        else:
            self._learn(name, event)
            for arrival in self._arrivals(name, event):
                self._go_on(self._kept(arrival))

    async def close(self) -> None:
        """Let what is under way come to its end, for a moment."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=2.0)
        for task in tuple(self._under_way):
            task.cancel()

    def _learn(self, name: str, event: Payload) -> None:
        assert self._kinds is not None, "nothing is heard before it is known who hears"
        if name in LEARNED:
            self._kinds.learn(event)
        for of_many in MANY.get(name, ()):
            for each in event.get(of_many) or ():
                self._kinds.learn({**each, "guild_id": event.get("guild_id") or event["id"]})
        if name in SOMEBODY:
            # What changes for the bot itself changes what it sees of everybody.
            user = str(event["user"]["id"])
            self._forget("" if user == self._bot else user)
        elif name in EVERYBODY:
            self._forget("")

    def _arrivals(self, name: str, event: Payload) -> Sequence[Arrival]:
        try:
            return arrivals.of_event(name, event, bot=self._bot)
        # The connection must outlive a payload that is not as it was ever described.
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            log.error("an event %s is passed over, because it is not as Discord describes it: %s", name, type(error).__name__)
            return ()

    async def _kept(self, arrival: Arrival) -> None:
        assert self._keep is not None, "nothing is heard before it is known who keeps it"
        pause = PAUSE
        while True:
            try:
                return await self._keep(arrival)
            except Retryable as error:
                log.error("what came from Discord could not be kept, so it is tried again in %.1f s: %s", pause, error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _answered(self, event: Payload) -> None:
        assert self._answer is not None, "nothing is heard before it is known who answers"
        try:
            await self._answer(event)
        except FrontdeskError as error:
            log.warning("somebody who pressed or typed something could not be answered: %s", error)

    def _go_on(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._room.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("something from Discord could not be taken: %s", type(error).__name__)
