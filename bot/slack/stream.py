"""Stream: a text that is shown to a teammate while it is made. What counts is posted, in its place when it came to its end."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from bot.slack.history import metadata
from bot.slack.web import Web
from desk.errors import FrontdeskError
from desk.ids import OutboxId
from desk.space import Place, UserRef

PIECE = 256
"""How many characters are shown at once: Slack takes about two pieces a second."""
log = logging.getLogger("frontdesk.slack")


async def show(web: Web, place: Place, chunks: AsyncIterator[str], *, to: UserRef, id: OutboxId) -> None:
    """Show chunks in a thread as they come; whole, they are found by `id`. All are taken, also where Slack shows none; what broke off goes."""
    ts, broken, whole = "", False, False
    try:
        async for piece in _pieces(chunks):
            if not broken:
                try:
                    ts = await _more(web, place, piece, ts=ts, to=to)
                except FrontdeskError as error:
                    log.warning("a stream was given up: %s", error)
                    broken = True
        whole = not broken
    finally:
        if ts:
            await _end(web, place, ts, id=id if whole else None)


async def drain(chunks: AsyncIterator[str]) -> None:
    """Take what comes and show nothing."""
    async for _ in chunks:
        pass


async def _more(web: Web, place: Place, text: str, *, ts: str, to: UserRef) -> str:
    """Begin a stream or go on with it; return its timestamp."""
    if ts:
        await web.call("chat.appendStream", channel=place.channel.id, ts=ts, markdown_text=text)
        return ts
    begun = await web.call(
        "chat.startStream", channel=place.channel.id, thread_ts=place.thread, recipient_team_id=to.space, recipient_user_id=to.id, markdown_text=text
    )
    return str(begun.get("ts") or "")


async def _end(web: Web, place: Place, ts: str, *, id: OutboxId | None) -> None:
    """End a stream; without an id it is also taken away."""
    try:
        await web.call("chat.stopStream", channel=place.channel.id, ts=ts, metadata=metadata(id) if id else None)
        if id:
            return
    except FrontdeskError as error:
        log.warning("a stream could not be ended: %s", error)
    try:
        await web.call("chat.delete", channel=place.channel.id, ts=ts, accept=("message_not_found",))
    except FrontdeskError as error:
        log.warning("a stream could not be taken away: %s", error)


async def _pieces(chunks: AsyncIterator[str]) -> AsyncIterator[str]:
    waiting = ""
    async for chunk in chunks:
        # It is Markdown to Slack, in which nothing may ping anybody.
        waiting += chunk.replace("&", "&amp;").replace("<", "&lt;")
        if len(waiting) >= PIECE:
            yield waiting
            waiting = ""
    if waiting:
        yield waiting
