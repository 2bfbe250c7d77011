"""Files: what is in a file that came with a message. Addresses run out after a day, so each time Discord is asked for a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.discord.web import LARGEST, Web
from desk.errors import PlaceGone, Rejected

PARTS = 3


async def content(web: Web, ref: str) -> bytes:
    """Return what is in a file, `channel/message/file`. Raises PlaceGone for one that is not there, Rejected for one too large."""
    parts = ref.split("/")
    if len(parts) != PARTS or not all(part.isdecimal() for part in parts):
        raise PlaceGone("there is no such file")
    channel, message, file = parts
    raw = await web.call("GET", "/channels/{channel_id}/messages/{message_id}", channel_id=channel, message_id=message)
    found = next((each for each in _attached(raw) if str(each.get("id")) == file), None)
    if found is None:
        raise PlaceGone("the file was taken off its message")
    if int(found.get("size") or 0) > LARGEST:
        raise Rejected(f"the file is larger than {LARGEST // 1_000_000} MB")
    return await web.download(str(found["url"]))


def _attached(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from raw.get("attachments") or ()
    for each in raw.get("message_snapshots") or ():
        yield from (each.get("message") or {}).get("attachments") or ()
