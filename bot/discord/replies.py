"""Replies: by which token somebody is answered so that only they see it, for the quarter of an hour that Discord takes it."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from bot.discord.carried import Carried
from desk.ports import Clock
from desk.space import Place, UserRef

LIVES = timedelta(minutes=14, seconds=30)
"""Discord takes a token for 15 minutes; what is sent needs a moment."""
MOST = 10
"""Tokens of one person in one place that are remembered."""
ANSWERED = 3.0
"""Seconds in which Discord has our first answer, or takes none: an answer that follows waits for it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A token. With `waits` somebody looks at a message that says that an answer comes: the answer takes its place, else it is one of its own."""

    application: str
    token: str
    until: float
    waits: bool = False


class Replies:
    """The tokens of the last quarter of an hour, by person and place; a restart forgets none."""

    def __init__(self, carried: Carried, clock: Clock) -> None:
        self._carried = carried
        self._clock = clock
        self._under_way: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    @asynccontextmanager
    async def answering(self, user: UserRef, place: Place, *, application: str, token: str, waits: bool) -> AsyncIterator[None]:
        """Keep a token from now on, while Discord is told that an answer comes: what follows at once waits for that. One it refuses is dropped."""
        name, answered = _name(user, place), asyncio.Event()
        await self.remember(user, place, application=application, token=token, waits=waits)
        self._under_way[name].add(answered)
        try:
            yield
        except BaseException:
            await self.forget(user, place, token)
            raise
        finally:
            answered.set()
            self._under_way[name].discard(answered)

    async def remember(self, user: UserRef, place: Place, *, application: str, token: str, waits: bool) -> None:
        """Keep a token; with `waits` once Discord shows that an answer comes."""
        until = (self._clock.now() + LIVES).timestamp()
        found = [*await self._of(user, place), Reply(application, token, until, waits)]
        await self._write(user, place, found[-MOST:])

    async def take(self, user: UserRef, place: Place) -> Reply | None:
        """Return how somebody is answered: who waits longest first, else by their last token; None when no token lives."""
        await self._told(_name(user, place))
        found = await self._of(user, place)
        waiting = next((n for n, reply in enumerate(found) if reply.waits), None)
        if waiting is None:
            return found[-1] if found else None
        reply = found[waiting]
        await self._write(user, place, [replace(each, waits=False) if n == waiting else each for n, each in enumerate(found)])
        return reply

    async def forget(self, user: UserRef, place: Place, token: str) -> None:
        """Drop a token that Discord does not take any more."""
        await self._write(user, place, [each for each in await self._of(user, place) if each.token != token])

    async def _told(self, name: str) -> None:
        """Return when Discord has the first answers that are under way."""
        for answered in tuple(self._under_way.pop(name, ())):
            try:
                async with asyncio.timeout(ANSWERED):
                    await answered.wait()
            except TimeoutError:
                continue

    async def _of(self, user: UserRef, place: Place) -> list[Reply]:
        kept = await self._carried.get(_name(user, place))
        read: list[dict[str, Any]] = json.loads(kept) if kept else []
        now = self._clock.now().timestamp()
        return [reply for each in read if (reply := Reply(**each)).until > now]

    async def _write(self, user: UserRef, place: Place, replies: list[Reply]) -> None:
        kept = json.dumps([asdict(reply) for reply in replies], separators=(",", ":"))
        await self._carried.keep({_name(user, place): kept}, how_long=LIVES)


def _name(user: UserRef, place: Place) -> str:
    return f"reply {user} {place}"
