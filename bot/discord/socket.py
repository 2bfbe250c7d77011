"""Socket: the gateway's connections, one a shard, opened again whenever Discord or the network ends one: resumed first, anew where that fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket, ReconnectWebSocket

from bot.discord.access import Access
from bot.discord.budget import Limits
from bot.discord.client import CONTENT, MEMBERS, Client, without
from bot.discord.web import Web
from desk.errors import FrontdeskError, Misconfigured, RateLimited

PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between tries to connect, doubling up to the longest."""
REFUSED = 60.0
"""Seconds until what only a person mends is tried again."""
OPENING = 60.0
"""Seconds within which a connection is open, and then within which a session on it begins."""
TOKEN = "set FRONTDESK_DISCORD_TOKEN to the token that the bot's page in the developer portal gives"  # noqa: S105
CLOSED = {
    4004: f"Discord does not know the bot's token any more: {TOKEN}",
    4010: "FRONTDESK_DISCORD_SHARDS names a shard that there is not: set it to something like 0/1, or unset it",
    4011: "the bot is on too many servers for one connection: set FRONTDESK_DISCORD_SHARDS to something like 0,1/2",
    4012: "Discord does not serve this version of its gateway any more: update Frontdesk",
    4013: "Discord does not know an intent that the bot asks for: update Frontdesk",
}
"""What a person has to mend, by the code with which Discord ends a connection."""
NOT_GRANTED = 4014
GRANTS = {MEMBERS: 1 << 14 | 1 << 15, CONTENT: 1 << 18 | 1 << 19}
"""The flags of an application that has an intent, as a large or a small one."""
WITHOUT = {
    MEMBERS: "the Server Members intent is switched off on the bot's page in the developer portal: "
    "nobody is told when a customer leaves the server. Switch it on and start Frontdesk again",
    CONTENT: "the Message Content intent is switched off on the bot's page in the developer portal: only direct messages, mentions, replies "
    "that ping the bot, buttons and the menu of a message are heard. Switch it on and start Frontdesk again",
}
BROKEN = (TimeoutError, aiohttp.ClientError, OSError, discord.DiscordException, RuntimeError, ValueError)
LASTING = 10.0
"""Seconds after which a connection was a good one, so that the next is opened at once."""
RESUMABLE = 180.0
"""Seconds after which it is not tried any more to resume a session."""
APART = 5.0
"""Seconds between two new sessions: Discord takes no more."""
GOODBYE = 2.0
"""Seconds that a connection may take to close."""

Room = Callable[[], Awaitable[None]]
"""Returns when there is room for more: what came is durable, but for so much."""

log = logging.getLogger("frontdesk.discord")


class Budget(Protocol):
    """Keeps the instants at which sessions began."""

    async def begin(self, limits: Limits | None) -> timedelta:
        """Note that a session is about to begin, and return how long to wait before."""
        ...


@dataclass(slots=True)
class _Session:
    """What resumes a session: its id, the last event of it that was heard, and where Discord wants to be called for it."""

    id: str | None = None
    sequence: int | None = None
    gateway: yarl.URL | None = None


class Socket:
    """The connections of one bot. `connected` is called when events flow that did not before and that no resumed session tells of."""

    def __init__(self, access: Access, client: Client, web: Web, *, budget: Budget, room: Room, connected: Callable[[], None]) -> None:
        self._client, self._web = client, web
        self._shards: tuple[int | None, ...] = access.shards.ids if access.shards else (None,)
        self._budget, self._room = budget, room
        self._connected = connected
        self._live: set[int | None] = set()
        self._told = ""
        self._turn = asyncio.Lock()
        self._begun = -APART

    @property
    def is_live(self) -> bool:
        """Tell whether events can come now."""
        return len(self._live) == len(self._shards)

    def ready(self, event: Mapping[str, Any]) -> None:
        """Note that a new session began: what was said since the last one nobody tells us."""
        self._flows(event["shard"][0] if event.get("shard") and self._shards != (None,) else None)
        if self.is_live:
            self._connected()

    def resumed(self, event: Mapping[str, Any]) -> None:
        """Note that a session goes on: Discord told what was missed."""
        self._flows(event.get("__shard_id__"))

    async def run(self) -> None:
        """Listen until canceled."""
        if self._shards == (None,) and (count := await self._recommended()) > 1:
            self._shards = tuple(range(count))
            self._client.split(count)
        try:
            async with asyncio.TaskGroup() as group:
                for shard in self._shards:
                    group.create_task(self._keep_open(shard))
        finally:
            self._live.clear()

    async def _recommended(self) -> int:
        """Return in how many shards Discord wants this bot's connection, which is one below thousands of servers."""
        pause = PAUSE
        while True:
            try:
                return int((await self._web.call("GET", "/gateway/bot")).get("shards") or 1)
            except FrontdeskError as error:
                self._tell(str(error))
                await asyncio.sleep(max(pause, _wait(error)))
                pause = min(pause * 2, LONGEST_PAUSE)

    def _flows(self, shard: int | None) -> None:
        self._live.add(shard)
        self._told = ""

    async def _keep_open(self, shard: int | None) -> None:
        session, pause, clock = _Session(), PAUSE, asyncio.get_running_loop().time
        last = clock()
        while True:
            began = clock()
            try:
                await self._listen(shard, session)
            except ReconnectWebSocket as error:
                session = session if error.resume else _Session()
            except discord.ConnectionClosed as error:
                session = _Session()
                await self._ended(error)
            except FrontdeskError as error:
                self._tell(str(error))
                pause = max(pause, _wait(error))
            except BROKEN as error:
                self._tell(f"the connection failed with {type(error).__name__}")
            if shard in self._live:
                self._live.discard(shard)
                last = clock()
                if last - began >= LASTING:
                    pause = PAUSE
                    continue
            # Where a session is to be resumed nobody may be there any more; and Discord does not keep one for long.
            session = session if clock() - last < RESUMABLE else _Session()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _listen(self, shard: int | None, session: _Session) -> None:
        """Open a connection and hear what comes until it ends, noting how far that was."""
        socket = await self._opened(shard, session)
        self._client.ws = socket
        try:
            async with asyncio.timeout(OPENING):
                while shard not in self._live:
                    await socket.poll_event()
            while True:
                await socket.poll_event()
                await self._room()
        finally:
            session.id, session.sequence, session.gateway = socket.session_id, socket.sequence, socket.gateway
            await _close(socket)

    async def _opened(self, shard: int | None, session: _Session) -> DiscordWebSocket:
        if session.id and session.sequence is not None:
            opening = DiscordWebSocket.from_client(
                self._client, gateway=session.gateway, shard_id=shard, session=session.id, sequence=session.sequence, resume=True
            )
            return await asyncio.wait_for(opening, OPENING)
        # New sessions begin one after another, however many shards there are.
        async with self._turn:
            found = await self._web.call("GET", "/gateway/bot")
            await asyncio.sleep((await self._budget.begin(_limits(found))).total_seconds())
            await asyncio.sleep(max(0.0, self._begun + APART - asyncio.get_running_loop().time()))
            self._begun = asyncio.get_running_loop().time()
            gateway = yarl.URL(str(found["url"]))
            return await asyncio.wait_for(DiscordWebSocket.from_client(self._client, initial=True, gateway=gateway, shard_id=shard), OPENING)

    async def _ended(self, error: discord.ConnectionClosed) -> None:
        """Do without what was not granted; wait for a person where nothing else helps."""
        if error.code == NOT_GRANTED:
            try:
                return await self._do_without()
            except FrontdeskError as failed:
                # Discord ends the next connection in the same way, and is asked again then.
                return self._tell(str(failed))
        self._tell(CLOSED.get(error.code, f"Discord ended the connection with {error.code}"))
        await asyncio.sleep(REFUSED if error.code in CLOSED else 0)

    async def _do_without(self) -> None:
        """Ask for no more than the developer portal grants, and say what is missing."""
        flags = int((await self._web.call("GET", "/applications/@me")).get("flags") or 0)
        lacking = [name for name, bits in GRANTS.items() if not flags & bits]
        # Where the portal says that all is granted and the gateway does not think so, nothing is asked for.
        for name in lacking or list(GRANTS):
            log.error(WITHOUT[name])
        self._client.ask_for_less(without(lacking or list(GRANTS)))

    def _tell(self, sentence: str) -> None:
        """Say once why nothing is heard, until something is."""
        if sentence != self._told:
            self._told = sentence
            log.error("nothing is heard from Discord: %s", sentence)


def _limits(found: Mapping[str, Any]) -> Limits | None:
    given = found.get("session_start_limit")
    return Limits(int(given["remaining"]), timedelta(milliseconds=int(given["reset_after"]))) if given else None


def _wait(error: FrontdeskError) -> float:
    """Return how many seconds to wait after a connection could not be opened."""
    if isinstance(error, RateLimited):
        return error.after.total_seconds()
    return REFUSED if isinstance(error, Misconfigured) else 0.0


async def _close(socket: DiscordWebSocket) -> None:
    """Close a connection so that its session may go on, and wait for no answer: the other side may be gone."""
    with suppress(TimeoutError, OSError, RuntimeError, aiohttp.ClientError):
        await asyncio.wait_for(socket.close(code=4000), GOODBYE)
