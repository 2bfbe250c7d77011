"""Rooms: what Discord says of the server and its channels, asked again after a short while."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.arrivals.kept import Kept
from bot.discord.web import Web
from desk.errors import Misconfigured, PlaceGone, Rejected
from desk.ports import Clock

Payload = Mapping[str, Any]

FRESH = timedelta(seconds=30)
"""How long the guard of internal posts may rest on what it saw."""
MEMBERS = timedelta(minutes=5)
PAGE = 1000
PAGES = 10
"""Up to how many pages of the server's members are read."""
WROTE = 100
"""How many of a channel's last messages are looked through for who wrote them."""


class Rooms:
    """The home server and its channels."""

    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._infos: Kept[Payload] = Kept(clock, FRESH)
        self._guilds: Kept[Payload] = Kept(clock, FRESH)
        self._members: Kept[Sequence[Payload] | None] = Kept(clock, MEMBERS)
        self._authors: Kept[Sequence[Payload]] = Kept(clock, FRESH)

    async def info(self, channel_id: str) -> Payload:
        """Return a channel or a thread. Raises PlaceGone where the bot is not let in."""

        async def ask() -> Payload:
            return dict(await self._web.call("GET", "/channels/{channel_id}", channel_id=channel_id))

        return await self._infos.get(channel_id, ask)

    async def guild(self) -> Payload:
        """Return the home server with its roles."""

        async def ask() -> Payload:
            return dict(await self._web.call("GET", "/guilds/{guild_id}", guild_id=(await self._web.whoami()).guild))

        return await self._guilds.get("", ask)

    async def members(self) -> Sequence[Payload] | None:
        """Return the server's members; None where Discord does not tell, because the bot lacks the Server Members intent."""

        async def ask() -> Sequence[Payload] | None:
            found: list[Payload] = []
            for _ in range(PAGES):
                after = found[-1]["user"]["id"] if found else "0"
                try:
                    here = (await self._web.whoami()).guild
                    page = await self._web.call("GET", "/guilds/{guild_id}/members", params={"limit": PAGE, "after": after}, guild_id=here)
                except (Rejected, Misconfigured):
                    return None
                found += page
                if len(page) < PAGE:
                    break
            return found

        return await self._members.get("", ask)

    async def authors(self, channel_id: str) -> Sequence[Payload]:
        """Return who wrote the last messages in a channel; nobody where it cannot be read back, as in a forum."""

        async def ask() -> Sequence[Payload]:
            try:
                page = await self._web.call("GET", "/channels/{channel_id}/messages", params={"limit": WROTE}, channel_id=channel_id)
            except PlaceGone:
                raise
            except Rejected:
                return ()
            return [message["author"] for message in page if not message.get("webhook_id")]

        return await self._authors.get(channel_id, ask)

    def forget_members(self) -> None:
        """Ask again who is there."""
        self._members.forget()
        self._authors.forget()

    def forget(self) -> None:
        """Ask again about everything."""
        for kept in (self._infos, self._guilds, self._members, self._authors):
            kept.forget()
