"""App: the desk's own end of the play's Slack, in the process that may be killed: what Slack sends comes in over HTTP, as it would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from cli.play.listening import SECONDS, Listening
from cli.play.slack.server import Answer, Request, Server

if TYPE_CHECKING:
    from bot.slack.connection import Slack

PATH = "/slack/events"


class App(Listening):
    """Listens on a free port for what Slack sends, and hands it to the connection as a web server would."""

    def __init__(self, slack: Slack) -> None:
        super().__init__(slack)
        self._slack = slack
        # Whoever waits for the answer here is as patient as it takes, however busy the machine is.
        slack.be_patient(SECONDS)

    async def __aenter__(self) -> Self:
        server = Server(self._answer)
        self.address = await server.start() + PATH
        self._stack.push_async_callback(server.close)
        return await super().__aenter__()

    async def _answer(self, request: Request) -> Answer:
        if request.path != PATH:
            return Answer(404)
        status, headers, body = await self._slack.request(request.headers, request.body)
        return Answer(status, body, headers)
