"""Rooms: who is in a channel, and whether others than the home company can read it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.arrivals.kept import Kept
from bot.slack.web import Web
from desk.ports import Clock

FRESH = timedelta(seconds=30)
"""How long the guard of internal posts may rest on what it saw."""
MEMBERS = timedelta(seconds=60)
PAGE = 200
PAGES = 50
"""Up to how many pages of a list are read."""
ALSO_SHARED = ("is_ext_shared", "is_pending_ext_shared", "pending_shared", "pending_connected_team_ids")


class Rooms:
    """What Slack says of channels."""

    def __init__(self, web: Web, clock: Clock) -> None:
        self._web = web
        self._infos: Kept[Mapping[str, Any]] = Kept(clock, FRESH)
        self._members: Kept[Sequence[str]] = Kept(clock, MEMBERS)

    async def info(self, channel_id: str) -> Mapping[str, Any]:
        """Return what conversations.info says. Raises PlaceGone where the bot is not."""

        async def ask() -> Mapping[str, Any]:
            return dict((await self._web.call("conversations.info", channel=channel_id)).get("channel") or {})

        return await self._infos.get(channel_id, ask)

    async def members(self, channel_id: str) -> Sequence[str]:
        """Return the ids of who is in a channel, bots too."""

        async def ask() -> Sequence[str]:
            return [str(user) async for user in listed(self._web, "conversations.members", "members", channel=channel_id)]

        return await self._members.get(channel_id, ask)

    async def is_closed(self, channel_id: str) -> bool:
        """Tell whether nobody gets into a channel whom nobody of the home company let in."""
        info = await self.info(channel_id)
        shared = any(info.get(flag) for flag in ALSO_SHARED) or (info.get("is_shared") and not info.get("is_org_shared"))
        return any(info.get(flag) for flag in ("is_private", "is_im", "is_mpim")) and not shared

    def forget(self) -> None:
        """Ask again about every channel."""
        self._infos.forget()
        self._members.forget()


async def listed(web: Web, method: str, items: str, **arguments: Any) -> AsyncIterator[Any]:
    """Yield the items of a list that comes in pages."""
    cursor: str | None = None
    for _ in range(PAGES):
        answer = await web.call(method, cursor=cursor, **{"limit": PAGE, **arguments})
        for item in answer.get(items) or ():
            yield item
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return
