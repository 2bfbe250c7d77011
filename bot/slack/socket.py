"""Socket: events over a connection that this program opens, and opens again whenever Slack or the network ends it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.access import Access
from bot.slack.web import Web
from desk.errors import FrontdeskError, Misconfigured, RateLimited, Unavailable

Dispatch = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
Connection = aiohttp.ClientWebSocketResponse

HEARTBEAT = 15.0
"""Seconds after which silence is asked about; half as long again, and the connection is taken for dead."""
PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between tries to connect, doubling up to the longest."""
REFUSED = 60.0
"""Seconds until a token that Slack refused is tried again: somebody may have mended it."""
HELLO = 20.0
"""Seconds within which Slack says hello on a connection."""
LINGER = 60.0
"""Seconds in which a connection may still bring events after Slack said that it will end it."""
LASTING = 10.0
"""Seconds after which a connection was a good one, so that the next is opened at once."""
APP_TOKEN = "set FRONTDESK_SLACK_APP_TOKEN to an app-level token of the Slack app that has connections:write"  # noqa: S105
TURNED_OFF = "Socket Mode is turned off in the Slack app's settings: turn it on, or unset FRONTDESK_SLACK_APP_TOKEN to get events over HTTP"

log = logging.getLogger("frontdesk.slack")


class Socket:
    """Socket Mode. `connected` is called when events flow that did not before; what was said meanwhile Slack may never send."""

    def __init__(self, access: Access, dispatch: Dispatch, connected: Callable[[], None]) -> None:
        # The app-level token opens connections, and is for nothing else.
        self._web = Web(replace(access, bot_token=access.app_token))
        self._dispatch = dispatch
        self._connected = connected
        self._live: set[asyncio.Task[None]] = set()
        self._told = ""

    @property
    def is_live(self) -> bool:
        """Tell whether events can come now."""
        return bool(self._live)

    async def run(self) -> None:
        """Listen until canceled."""
        try:
            async with aiohttp.ClientSession(trust_env=True) as session, asyncio.TaskGroup() as group:
                await self._keep_open(session, group)
        finally:
            await self._web.close()

    async def _keep_open(self, session: aiohttp.ClientSession, group: asyncio.TaskGroup) -> None:
        """Open a connection when the last one ends, or says that it will: the new one is there before the old one is gone."""
        pause, clock = PAUSE, asyncio.get_running_loop().time
        while True:
            try:
                connection = await self._opened(session)
            except FrontdeskError as error:
                self._tell(error)
                await asyncio.sleep(_wait(error, pause))
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            self._told = ""
            if not self._live:
                self._connected()
            began, ending = clock(), asyncio.Event()
            task = group.create_task(self._listen(connection, ending))
            self._live.add(task)
            task.add_done_callback(self._live.discard)
            await ending.wait()
            if clock() - began >= LASTING:
                pause = PAUSE
            elif task.done():
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _opened(self, session: aiohttp.ClientSession) -> Connection:
        """Return a connection on which Slack said hello. Each has an address of its own, which is good for a short while only."""
        url = str((await self._web.call("apps.connections.open")).get("url") or "")
        try:
            connection = await session.ws_connect(url, heartbeat=HEARTBEAT, timeout=aiohttp.ClientWSTimeout(ws_close=5.0))
            first = await connection.receive(timeout=HELLO)
        # The error's own words hold the address, which is a secret.
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise Unavailable("platform", f"the connection failed with {type(error).__name__}") from None
        told = _told(first)
        if told.get("type") == "hello":
            return connection
        await connection.close()
        if told.get("reason") == "link_disabled":
            raise Misconfigured(TURNED_OFF)
        raise Unavailable("platform", f"instead of hello there came {told.get('reason') or first.type.name!r}")

    async def _listen(self, connection: Connection, ending: asyncio.Event) -> None:
        """Answer what comes until the connection ends; `ending` is set when it does, or is about to."""
        try:
            async with asyncio.timeout(None) as patience, asyncio.TaskGroup() as answers:
                async for message in connection:
                    told = _told(message)
                    if told.get("type") == "disconnect":
                        log.info("Slack renews the connection: %s", told.get("reason"))
                        patience.reschedule(asyncio.get_running_loop().time() + LINGER)
                        ending.set()
                    elif request := SocketModeRequest.from_dict(dict(told)):
                        answers.create_task(self._answer(connection, request))
        except TimeoutError:
            log.debug("a connection that Slack left open was closed")
        finally:
            ending.set()
            await connection.close()

    async def _answer(self, connection: Connection, request: SocketModeRequest) -> None:
        """Acknowledge an envelope, unless what is in it could not be kept: then Slack sends it again."""
        body = AsyncBoltRequest(mode="socket_mode", body=request.payload, headers=build_headers(request))
        answer = await self._dispatch(body)
        if answer.status != 200:
            return
        payload = _payload(answer) if request.accepts_response_payload else None
        try:
            await connection.send_json(SocketModeResponse(request.envelope_id, payload).to_dict())
        except (ConnectionError, aiohttp.ClientError) as error:
            log.info("an envelope could not be acknowledged, so Slack sends it again: %s", type(error).__name__)

    def _tell(self, error: FrontdeskError) -> None:
        """Say once why there is no connection, until there is one."""
        told = f"{error}. {APP_TOKEN}" if isinstance(error, Misconfigured) and str(error) != TURNED_OFF else str(error)
        if told != self._told:
            self._told = told
            log.error("nothing is heard from Slack: %s", told)


def _told(message: aiohttp.WSMessage) -> Mapping[str, Any]:
    """Return what a frame says; nothing for one that is no JSON object."""
    if message.type is not aiohttp.WSMsgType.TEXT:
        return {}
    try:
        found = json.loads(message.data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _payload(answer: BoltResponse) -> dict[str, Any] | None:
    if not answer.body:
        return None
    is_json = answer.headers.get("content-type", [""])[0].startswith("application/json")
    return dict(json.loads(answer.body)) if is_json else {"text": answer.body}


def _wait(error: FrontdeskError, pause: float) -> float:
    """Return how many seconds to wait after a connection could not be opened."""
    if isinstance(error, RateLimited):
        return error.after.total_seconds()
    return pause if isinstance(error, Unavailable) else REFUSED
