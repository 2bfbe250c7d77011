"""Listening: the desk's own end of a platform outside, in the process that may be killed."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Protocol, Self

from desk.errors import Unavailable

SECONDS, PAUSE = 30, 0.002


class Connection(Protocol):
    """What the desk has to a platform."""

    async def run(self) -> None:
        """Listen until canceled."""
        ...

    async def settled(self) -> bool:
        """Tell whether the desk has everything that came in."""
        ...


class Listening:
    """Has a connection listen. `address` is where it takes what is sent, "" where it is the one who calls."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stack = AsyncExitStack()
        self.address = ""

    async def __aenter__(self) -> Self:
        # What was kept before is handed over from here on.
        running = asyncio.create_task(self._connection.run())
        self._stack.push_async_callback(_stopped, running)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def quiet(self) -> bool:
        """Return when nothing that came is still on its way into the desk; True when anything was. Raises Unavailable when that takes too long."""
        waited = False
        try:
            async with asyncio.timeout(SECONDS):
                while not await self._connection.settled():
                    waited = True
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            raise Unavailable("platform", "what was sent is not taken by the desk, as its log says") from None
        return waited


async def _stopped(running: asyncio.Task[None]) -> None:
    running.cancel()
    await asyncio.wait([running])
