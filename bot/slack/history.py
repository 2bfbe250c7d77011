"""History: what stands in a channel or a thread, read back page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.arrivals.told import message_of
from bot.slack.inbound import SAID, Here, author_of, received, text_of
from bot.slack.people import People
from bot.slack.refs import instant, message_ref, stamp
from bot.slack.spoken import mentioned
from bot.slack.web import Web
from desk.ids import OutboxId
from desk.ports import PolicySource
from desk.space import MessageRef, Place
from desk.timeline import Message, ordered

EVENT = "frontdesk_post"
"""The type of the metadata by which our posts are found again."""
PAGE = 200
PAGES = 20
"""Up to how many pages are read of one place."""


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
    now = await policy.current()
    here = Here(await web.whoami(), now.company.bot, bots=frozenset(now.intake.bots))
    found = [raw async for raw in standing(web, place, after=after) if raw.get("subtype", "") in SAID and here.hears(raw)]
    return ordered([await _message(raw, people, here, place=place) for raw in found if instant(str(raw["ts"])) > after])


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


async def _message(raw: Mapping[str, Any], people: People, here: Here, *, place: Place) -> Message:
    by = await people.who(author_of(raw), raw)
    names = {user: (await people.who(user)).name for user in mentioned(text_of(raw))}
    event = received(raw, place.channel.id, by=by, here=replace(here, names=names))
    changed: Mapping[str, Any] = raw.get("edited") or {}
    return message_of(event, edited_at=instant(str(changed["ts"])) if changed.get("ts") else None)
