"""Web: Discord's REST API, through discord.py. What Discord answers becomes data or one of the desk's errors."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import discord
from discord.http import Route, json_or_text

from bot.discord.access import Access
from bot.discord.breaker import Breaker
from bot.discord.refusals import refusal
from desk.errors import Misconfigured, PlaceGone, RateLimited, Unavailable

SECONDS = 10.0
"""How long a call may take before nobody knows what became of it. What is waited for because of a rate limit is not counted."""
SHUT_OUT = timedelta(minutes=5)
"""How long to wait after a refusal that is not Discord's own, but of what stands before it."""
LARGEST = 20_000_000
"""Up to how many bytes of a file are fetched; the desk reads nothing larger."""
NO_GUILD = "the bot is on no server: invite it with the address that ./frontdesk invite discord prints"
SHUT = frozenset({0, 50001, 50013})
"""What says something of the channel: a message that is another's, or somebody who took no direct message once, says nothing of what comes next."""
WHICH = "the bot is on several servers: set FRONTDESK_DISCORD_GUILD to the id of the home server"


@dataclass(frozen=True, slots=True)
class Whoami:
    """The home server, who the bot is on it, and its application."""

    guild: str
    guild_name: str
    bot_user: str
    application: str


class _Down(Exception):
    """Discord answered that it has troubles of its own. The library would try again by itself, and what is repeated unseen may have arrived."""

    def __init__(self, status: int) -> None:
        self.status = status


class Web:
    """One bot's REST API. Short rate limits are waited for here; nothing else is tried twice: who calls knows whether that may be done."""

    def __init__(self, client: discord.Client, access: Access) -> None:
        self._client, self._access = client, access
        self._who: Whoami | None = None
        self._breaker = Breaker(time.monotonic)
        self._running: set[asyncio.Task[Any]] = set()
        # At level debug the library writes down what is said.
        logging.getLogger("discord.http").setLevel(max(logging.INFO, logging.getLogger().level))

    async def call(
        self,
        method: str,
        path: str,
        /,
        *,
        json: Mapping[str, Any] | list[Any] | None = None,
        params: Mapping[str, Any] | None = None,
        accept: Collection[int] = (),
        timeout: float = SECONDS,
        **ids: str,
    ) -> Any:
        """Call a path, in which `ids` are filled, and return the answer; None for a refusal with a code of `accept`.

        Raises RateLimited, Unavailable("platform"), PlaceGone, Misconfigured, and Rejected for every other refusal.
        """
        if self._client.http.token is None:
            raise Unavailable("platform", "the bot has not logged in yet")
        given: dict[str, Any] = {"timeout": aiohttp.ClientTimeout(total=timeout)}
        given |= {"json": json} if json is not None else {}
        given |= {"params": {name: str(value) for name, value in params.items()}} if params else {}
        name, room = f"{method} {path}", ids.get("channel_id", "")
        what = f"{name}:{room}" if room else ""
        self._breaker.check(what)
        try:
            return await self._answered(Route(method, path, **ids), given)
        except discord.RateLimited as error:
            raise RateLimited(timedelta(seconds=error.retry_after)) from None
        except discord.HTTPException as error:
            if error.code in accept and error.status < 500:
                return None
            raise self._refused(name, error, what=what) from None
        except _Down as error:
            raise Unavailable("platform", f"{name} was answered with status {error.status}") from None
        except (TimeoutError, aiohttp.ClientError, OSError, RuntimeError, ValueError) as error:
            raise Unavailable("platform", f"{name} failed with {type(error).__name__}") from None

    async def whoami(self) -> Whoami:
        """Return the home server and who the bot is on it; asked once. Raises Misconfigured where a person has to say which server that is."""
        if self._who is None:
            user = self._client.user
            if user is None or self._client.application_id is None:
                raise Unavailable("platform", "the bot has not logged in yet")
            guild = self._access.guild or await self._only_guild()
            try:
                found = await self.call("GET", "/guilds/{guild_id}", guild_id=guild)
            except PlaceGone as error:
                raise Misconfigured(f"{NO_GUILD}; or FRONTDESK_DISCORD_GUILD names another one ({error})") from None
            self._who = Whoami(guild, str(found.get("name") or ""), str(user.id), str(self._client.application_id))
        return self._who

    async def download(self, url: str) -> bytes:
        """Return what a file's address holds. Raises PlaceGone for one that is not there any more, or whose address has run out."""
        try:
            timeout = aiohttp.ClientTimeout(total=SECONDS)
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, allow_redirects=False) as answer:
                if answer.status >= 500 or answer.status == 429:
                    raise Unavailable("platform", f"a file was answered with status {answer.status}")
                if answer.status != 200:
                    raise PlaceGone("the file is not there any more")
                content = await answer.content.read(LARGEST + 1)
                while len(content) <= LARGEST and (more := await answer.content.read(LARGEST + 1 - len(content))):
                    content += more
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise Unavailable("platform", f"a file could not be fetched: {type(error).__name__}") from None
        if len(content) > LARGEST:
            raise PlaceGone(f"the file is larger than {LARGEST // 1_000_000} MB")
        return content

    def forget(self) -> None:
        """Ask again what a channel refused: something may have been mended."""
        self._breaker.forget()

    async def close(self) -> None:
        """Let go of what only waits for its rate limit to pass."""
        for task in list(self._running):
            task.cancel()

    async def _answered(self, route: Route, given: dict[str, Any]) -> Any:
        """Return an answer as soon as it is there. The library keeps one that used up its limit until that is over: it does so by itself, then."""
        arrived: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        async def look(answer: aiohttp.ClientResponse) -> None:
            self._breaker.seen(answer.status, answer.headers)
            if answer.status >= 500:
                raise _Down(answer.status)
            if answer.status < 300 and not arrived.done():
                arrived.set_result(await json_or_text(answer))

        asked = asyncio.create_task(self._client.http.request(route, raise_for_status=look, **given))
        self._running.add(asked)
        asked.add_done_callback(self._running.discard)
        try:
            await asyncio.wait({asked, arrived}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            asked.cancel()
            raise
        return arrived.result() if arrived.done() else await asked

    def _refused(self, name: str, error: discord.HTTPException, *, what: str) -> Exception:
        if error.status == 429:
            return RateLimited(SHUT_OUT)
        told = refusal(name, status=error.status, answer={"code": error.code})
        if error.status == 403 and what and error.code in SHUT and isinstance(told, PlaceGone):
            self._breaker.refused(what, told)
        return told

    async def _only_guild(self) -> str:
        guilds = await self.call("GET", "/users/@me/guilds", params={"limit": 2})
        if len(guilds) != 1:
            raise Misconfigured(WHICH if guilds else NO_GUILD)
        return str(guilds[0]["id"])
