"""App: the desk's own end of the play's Slack, in the process that may be killed: what Slack sends comes in over HTTP, as it would."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from cli.play.slack.server import Answer, Request, Server
from desk.errors import Unavailable

if TYPE_CHECKING:
    from bot.slack.connection import Slack

PATH = "/slack/events"
SECONDS, PAUSE = 30, 0.002


class App:
    """Listens on a free port for what Slack sends, and hands it to the connection as a web server would."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._stack = AsyncExitStack()
        self.address = ""

    async def __aenter__(self) -> App:
        server = Server(self._answer)
        self.address = await server.start() + PATH
        self._stack.push_async_callback(server.close)
        # What was kept before is handed over from here on.
        running = asyncio.create_task(self._slack.run())
        self._stack.push_async_callback(_stopped, running)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def quiet(self) -> bool:
        """Return when nothing that came is still on its way into the desk; True when anything was. Raises Unavailable when that takes too long."""
        waited = False
        try:
            async with asyncio.timeout(SECONDS):
                while not await self._slack.settled():
                    waited = True
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            raise Unavailable("platform", "what Slack sent is not taken by the desk, as its log says") from None
        return waited

    async def _answer(self, request: Request) -> Answer:
        if request.path != PATH:
            return Answer(404)
        status, headers, body = await self._slack.request(request.headers, request.body)
        return Answer(status, body, headers)


async def _stopped(running: asyncio.Task[None]) -> None:
    running.cancel()
    await asyncio.wait([running])
