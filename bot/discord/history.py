"""History: what stands in a channel or a thread, read back page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.arrivals.told import message_of
from bot.discord import arrivals
from bot.discord.listener import Listener
from bot.discord.refs import instant, room_of, snowflake
from bot.discord.web import Web
from desk.errors import PlaceGone
from desk.events import MessageReceived
from desk.space import Place
from desk.timeline import Message, ordered

Payload = Mapping[str, Any]

PAGE = 100
"""How many messages Discord gives at once."""
PAGES = 20
"""Up to how many pages are read of one place."""
NOT_THERE = (10003, 10008)
"""Discord's codes for a channel, and a message, that there is not."""


async def page(web: Web, room: str, **where: str) -> Sequence[Payload]:
    """Return a page of a channel or a thread, oldest first: `before` or `after` a message."""
    found = await web.call("GET", "/channels/{channel_id}/messages", channel_id=room, params={"limit": PAGE, **where})
    return sorted(found, key=lambda raw: int(raw["id"]))


async def one(web: Web, room: str, message: str) -> Payload | None:
    """Return one message; None where it is not there any more."""
    path = "/channels/{channel_id}/messages/{message_id}"
    found: Payload | None = await web.call("GET", path, accept=NOT_THERE, channel_id=room, message_id=message)
    return found


async def standing(web: Web, place: Place, *, after: datetime) -> AsyncIterator[Payload]:
    """Yield the messages of a thread or a channel since an instant, oldest first."""
    last = snowflake(after)
    for _ in range(PAGES):
        found = await page(web, room_of(place), after=last)
        for raw in found:
            yield raw
        if len(found) < PAGE:
            return
        last = str(found[-1]["id"])


async def said(web: Web, listener: Listener, place: Place, after: datetime) -> Sequence[Message]:
    """Return what people wrote in a thread (its root included), or top-level in a channel, since an instant, in order."""
    found = [raw async for raw in standing(web, place, after=after)]
    # In a text channel the message that a thread hangs under is not in the thread.
    if place.thread and not any(str(raw["id"]) == place.thread for raw in found) and instant(place.thread) > after:
        root = await _root(web, place)
        found = [*([root] if root else []), *found]
    read = [(raw, await listener.read(arrivals.message(raw))) for raw in found]
    return ordered([_message(raw, event) for raw, event in read if event is not None and event.at > after])


async def _root(web: Web, place: Place) -> Payload | None:
    try:
        return await one(web, place.channel.id, str(place.thread))
    except PlaceGone:
        return None


def _message(raw: Payload, event: MessageReceived) -> Message:
    changed = raw.get("edited_timestamp")
    return message_of(event, edited_at=datetime.fromisoformat(str(changed)) if changed else None)
