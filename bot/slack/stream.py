"""Stream: a text that is shown while it is made, to a teammate, and taken away when it is whole: what counts is posted."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

from bot.slack.web import Web
from desk.errors import FrontdeskError
from desk.space import Place, UserRef

PIECE = 256
"""How many characters are shown at once: Slack takes about two pieces a second."""
log = logging.getLogger("frontdesk.slack")


async def show(web: Web, place: Place, chunks: AsyncIterator[str], *, to: UserRef) -> None:
    """Show chunks in a thread as they come. All are taken, also where Slack shows none."""
    ts, refused = "", False
    try:
        async for piece in _pieces(chunks):
            try:
                ts = ts if refused else await _more(web, place, piece, ts=ts, to=to)
            except FrontdeskError as error:
                log.warning("a stream was given up: %s", error)
                refused = True
    finally:
        if ts:
            await _end(web, place, ts)


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


async def _end(web: Web, place: Place, ts: str) -> None:
    try:
        await web.call("chat.stopStream", channel=place.channel.id, ts=ts)
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
