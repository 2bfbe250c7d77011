"""History: what stands in a channel or a thread, read back page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.slack.files import files_of
from bot.slack.people import People
from bot.slack.refs import channel_ref, instant, message_ref, stamp
from bot.slack.spoken import markdown, mentioned, mentions
from bot.slack.web import Web, Whoami
from desk.customer import TEAM
from desk.ids import OutboxId
from desk.ports import PolicySource
from desk.space import MessageRef, Place, Platform
from desk.timeline import Message, Purpose, message_id, ordered

EVENT = "frontdesk_post"
"""The type of the metadata by which our posts are found again."""
PAGE = 200
PAGES = 20
"""Up to how many pages are read of one place."""
WRITTEN = frozenset({"", "file_share", "thread_broadcast", "me_message", "bot_message"})
"""Subtypes of messages that somebody wrote."""


def metadata(outbox_id: OutboxId) -> dict[str, Any]:
    """Return what travels with a post, unseen, so that it can be found again."""
    return {"event_type": EVENT, "event_payload": {"id": outbox_id}}


async def find(web: Web, outbox_id: OutboxId, near: Place, *, since: datetime) -> MessageRef | None:
    """Return where our post with this id stands, in a thread or channel; it was not posted before `since`."""
    here = await web.whoami()
    async for message in standing(web, near, after=since):
        marked: Mapping[str, Any] = message.get("metadata") or {}
        ours = here.bot_user == message.get("user") or (here.bot and here.bot == message.get("bot_id"))
        # Any app may write metadata, so only a message of our own is taken for our post.
        if ours and marked.get("event_type") == EVENT and (marked.get("event_payload") or {}).get("id") == outbox_id:
            return message_ref(here.team, near.channel.id, str(message["ts"]))
    return None


async def said(web: Web, people: People, policy: PolicySource, *, place: Place, after: datetime) -> Sequence[Message]:
    """Return what people wrote in a thread (its root included), or top-level in a channel, since an instant, in order."""
    bots = (await policy.current()).intake.bots
    here = await web.whoami()
    found = [raw async for raw in standing(web, place, after=after) if is_written(raw, here, bots=bots) and instant(str(raw["ts"])) > after]
    return ordered([await _message(raw, people, here, place=place) for raw in found])


async def standing(web: Web, place: Place, *, after: datetime) -> AsyncIterator[Mapping[str, Any]]:
    """Yield the messages of a thread, oldest first, or of a channel, newest first, not much older than `after`."""
    oldest = stamp(after)
    method = "conversations.replies" if place.thread else "conversations.history"
    where = {"channel": place.channel.id, **({"ts": place.thread} if place.thread else {})}
    cursor = None
    for _ in range(PAGES):
        answer = await web.call(
            method, accept=("thread_not_found",), cursor=cursor, limit=PAGE, oldest=oldest, include_all_metadata=True, inclusive=True, **where
        )
        page: Sequence[Mapping[str, Any]] = answer.get("messages") or ()
        for message in page:
            yield message
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor or (not place.thread and page and instant(str(page[-1]["ts"])) < after):
            return


def is_written(raw: Mapping[str, Any], here: Whoami, *, bots: Sequence[str]) -> bool:
    """Tell whether a message is somebody's words: not ours, not Slack's own, and another bot's only where policy takes it in."""
    if raw.get("subtype", "") not in WRITTEN or raw.get("user") == here.bot_user or raw.get("hidden"):
        return False
    bot = raw.get("bot_id")
    return not bot or f"{Platform.SLACK}/{here.team}/{bot}" in bots


async def _message(raw: Mapping[str, Any], people: People, here: Whoami, *, place: Place) -> Message:
    author = await people.who(str(raw.get("user") or raw.get("bot_id") or ""), raw)
    text = str(raw.get("text") or "")
    names = {user: (await people.who(user)).name for user in mentioned(text)}
    ref = message_ref(here.team, place.channel.id, str(raw["ts"]))
    thread = str(raw.get("thread_ts") or "") or None
    edited: Mapping[str, Any] = raw.get("edited") or {}
    return Message(
        id=message_id(ref),
        ref=ref,
        place=Place(channel_ref(here.team, place.channel.id), thread if thread != ref.id else None),
        author=author.ref,
        author_name=author.name,
        role=author.role,
        text=markdown(text, names),
        at=instant(ref.id),
        purpose=Purpose.TEAMMATE if author.role in TEAM else Purpose.CUSTOMER,
        files=files_of(raw),
        mentions_bot=mentions(text, here.bot_user),
        edited_at=instant(str(edited["ts"])) if edited.get("ts") else None,
    )
