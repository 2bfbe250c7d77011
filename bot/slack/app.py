"""App: what Slack sends, over HTTP or Socket Mode, on one path: checked by Bolt, kept, and only then acknowledged."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from traceback import extract_tb
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.arrivals.pump import DEFECTS, Pump
from bot.slack import arrivals
from bot.slack.access import Access
from bot.slack.interactive import Interactive
from bot.slack.manifest import COMMAND, OPEN_TICKET
from bot.slack.people import People
from bot.slack.web import Whoami
from desk.errors import FrontdeskError

Payload = Mapping[str, Any]
Answer = tuple[int, Mapping[str, str], bytes]
"""An HTTP status, headers and a body."""

ANY = re.compile("")
REMOVED = frozenset({"app_uninstalled", "tokens_revoked"})
UNSIGNED: Answer = (
    404,
    {"content-type": "text/plain; charset=utf-8"},
    b"Slack's events do not come here: FRONTDESK_SLACK_SIGNING_SECRET is not set.",
)

log = logging.getLogger("frontdesk.slack")


class App:
    """The Bolt app. `me` is who the bot is, once that is known; `on_held_back` is called when Slack kept events from us."""

    def __init__(self, access: Access, pump: Pump, people: People, interactive: Interactive, *, on_held_back: Callable[[], None]) -> None:
        self._signed = bool(access.signing_secret)
        self._pump = pump
        self._people = people
        self._interactive = interactive
        self.me: Whoami | None = None
        self._on_held_back = on_held_back

        # Bolt calls by the names of the parameters, and would take `self` for one of them.
        async def authorize() -> AuthorizeResult:
            return self._authorized()

        self._bolt = _bolt(access, authorize)
        self._bolt.event(ANY)(self._event)
        self._bolt.action(ANY)(self._action)
        self._bolt.view(ANY)(self._view)
        self._bolt.command(COMMAND)(self._command)
        self._bolt.shortcut(OPEN_TICKET)(self._shortcut)
        self._bolt.error(_failed)

    async def request(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request that claims to be Slack's; nothing is believed that the signing secret did not sign."""
        # An empty secret signs too, and everybody has it.
        if not self._signed:
            return UNSIGNED
        if not headers.get("x-slack-request-timestamp", "").isdecimal():
            return 401, {}, b""
        try:
            request = AsyncBoltRequest(body=body.decode(), headers=dict(headers))
        # What is no text, no JSON object, or lacks what every payload has: Slack sends none of these.
        except (AttributeError, KeyError, TypeError, ValueError):
            return 400, {}, b""
        answer = await self.dispatch(request)
        return answer.status, {name: ",".join(values) for name, values in answer.headers.items()}, (answer.body or "").encode()

    async def dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        """Answer what Slack sent; any status but 200 makes Slack send it again."""
        try:
            answer = await self._bolt.async_dispatch(request)
        # Of a payload that is not as it expects it, Bolt raises even where it tells of errors.
        except DEFECTS as error:
            return await _failed(error)
        # The one notice that Bolt has no listener for; what was signed by somebody else got 401.
        if answer.status == 404 and request.body.get("type") == "app_rate_limited":
            log.warning("Slack held back events: there were more than 30,000 in an hour. What was missed is read from history")
            self._on_held_back()
            return BoltResponse(status=200)
        return answer

    def _authorized(self) -> AuthorizeResult:
        me = self.me
        # Nothing of Bolt's calls Slack, so it needs no token.
        return AuthorizeResult(
            enterprise_id=None, team_id=me.team if me else None, bot_user_id=me.bot_user if me else None, bot_id=me.bot if me else None
        )

    async def _event(self, body: dict[str, Any], ack: AsyncAck) -> None:
        event = body["event"]
        if event["type"] in REMOVED:
            log.error("the app was removed from the Slack workspace, or its tokens were: install it again to go on")
        if (user := arrivals.forgotten(event)) is not None:
            self._people.forget(user)
        if event["type"] == "app_home_opened":
            self._interactive.home_opened(event)
        if (arrival := arrivals.of_event(body, self.me)) is not None:
            await self._pump.keep(arrival)
        await ack()

    async def _action(self, body: dict[str, Any], ack: AsyncAck) -> None:
        await self._interactive.clicked(body)
        await ack()

    async def _view(self, body: dict[str, Any], ack: AsyncAck) -> None:
        answer = await self._interactive.submitted(body) if body["type"] == "view_submission" else {}
        await (ack(dict(answer)) if answer else ack())

    async def _command(self, body: dict[str, Any], ack: AsyncAck) -> None:
        await ack(await self._interactive.commanded(body))

    async def _shortcut(self, body: dict[str, Any], ack: AsyncAck) -> None:
        await self._interactive.asked(body)
        await ack()


def _bolt(access: Access, authorize: Callable[[], Awaitable[AuthorizeResult]]) -> AsyncApp:
    """Return an app that answers once its listener is done, and whose own log nobody hears: it writes down what people say."""
    quiet = logging.Logger("slack_bolt", logging.CRITICAL)
    return AsyncApp(
        # Bolt also sets the level of the logger with this name, which must not be one of ours.
        name="slack_bolt.app",
        logger=quiet,
        signing_secret=access.signing_secret,
        authorize=authorize,
        process_before_response=True,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
    )


async def _failed(error: Exception) -> BoltResponse:
    """Have Slack send again what could not be kept. An error that is not ours is told by where it was raised: it may quote people."""
    where = extract_tb(error.__traceback__)[-1]
    told = str(error) if isinstance(error, FrontdeskError) else f"{type(error).__name__} at {where.filename}:{where.lineno}"
    log.error("something from Slack could not be taken: %s", told)
    return BoltResponse(status=500)
