"""Files: what came with a message, and what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.slack.web import LARGEST, Web
from desk.errors import PlaceGone, Rejected
from desk.timeline import File

GONE = frozenset({"tombstone", "hidden_by_limit"})
"""Modes of files whose content Slack does not give away any more."""
UNKNOWN = "application/octet-stream"


def files_of(message: Mapping[str, Any]) -> tuple[File, ...]:
    """Return the files of a message; of one that another organization sent Slack tells little more than its id, and the rest when it is fetched."""
    return tuple(_file(item) for item in message.get("files") or () if item.get("id") and item.get("mode") not in GONE)


async def content(web: Web, file_id: str) -> bytes:
    """Return what is in a file. Raises PlaceGone for one that is not there, Rejected for one too large or kept elsewhere than at Slack."""
    found: Mapping[str, Any] = (await web.call("files.info", file=file_id)).get("file") or {}
    if found.get("mode") in GONE:
        raise PlaceGone("Slack does not keep the file any more")
    if int(found.get("size") or 0) > LARGEST:
        raise Rejected(f"the file is larger than {LARGEST // 1_000_000} MB")
    address = str(found.get("url_private_download") or found.get("url_private") or "")
    if not address:
        raise PlaceGone("Slack gives no address for the file")
    return await web.download(address)


def _file(item: Mapping[str, Any]) -> File:
    name = str(item.get("name") or item.get("title") or "file")
    return File(name, str(item.get("mimetype") or UNKNOWN), int(item.get("size") or 0), ref=str(item["id"]))
