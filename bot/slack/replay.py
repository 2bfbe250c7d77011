"""Replay: pages of history told to the desk as if they had just been said, with the ids that they would have had then."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.arrivals.inbox import Arrival
from bot.arrivals.pump import DEFECTS, defect
from bot.slack import arrivals
from bot.slack.listener import Listener
from bot.slack.refs import instant, stamp
from bot.slack.web import Web
from desk.errors import PlaceGone, Rejected
from desk.ports import Clock
from desk.space import ChannelRef
from desk.timeline import Message
from desk.watch import Replies, Unread, WatchRows

Raw = Mapping[str, Any]

PAGE, SMALLEST = 200, 15
"""How many messages are asked for at once, and how many Slack gives to apps that are sold without its review."""
LOOKS = 5
"""Up to how many pages from before the gap are looked at for threads that went on in it."""
NO_THREAD = frozenset({"thread_not_found", "message_not_found"})
TOMBSTONE = "tombstone"
"""What the root of a thread becomes when it is deleted."""

log = logging.getLogger("frontdesk.slack")


class Replay:
    """Reads one page at a time; how far it came is kept after the desk has what the page says."""

    def __init__(self, web: Web, watch: WatchRows, listener: Listener, clock: Clock) -> None:
        self._web = web
        self._watch = watch
        self._listener = listener
        self._clock = clock
        self._limit = PAGE

    async def step(self, part: Unread) -> None:
        """Read one page of a part; raise what Slack answers."""
        if not part.whole:
            await self._top(part)
        elif part.threads:
            await self._thread(part, part.threads[0])
        else:
            await self._watch.done(part)

    async def _top(self, part: Unread) -> None:
        """Read a page at the top level, beginning with the newest; below the gap only for threads that went on."""
        upper = part.reached or part.until
        # Before the page: what is known then and is not in the page was deleted.
        known = await self._watch.known(part.channel, None, after=part.after, until=upper) if upper > part.after else ()
        page, more = await self._page("conversations.history", part.channel, oldest=stamp(part.floor), latest=stamp(upper))
        lower = instant(page[0]["ts"]) if more and page else part.floor
        said = [raw for raw in page if instant(raw["ts"]) > part.after]
        await self._tell(part.channel, said, [m for m in known if m.at >= max(lower, part.after)], fresh=part.after)
        looks = part.looks + (lower < part.after)
        whole = not more or not page or looks > LOOKS
        await self._watch.save(replace(part, reached=lower, whole=whole, looks=looks, threads=_with(part, page)))

    async def _thread(self, part: Unread, replies: Replies) -> None:
        """Read a page of a thread, beginning with its root."""
        after = instant(replies.reached) if replies.reached else instant("0")
        known = await self._watch.known(part.channel, replies.root, after=after)
        page, more = await self._page("conversations.replies", part.channel, ts=replies.root, oldest=replies.reached or None)
        page = [raw for raw in page if instant(raw["ts"]) > after]
        upper = instant(page[-1]["ts"]) if more and page else None
        await self._tell(part.channel, page, [m for m in known if upper is None or m.at <= upper], fresh=part.after)
        rest = (replace(replies, reached=page[-1]["ts"]), *part.threads[1:]) if more and page else part.threads[1:]
        await self._watch.save(replace(part, threads=rest))

    async def _page(self, method: str, channel: ChannelRef, **where: Any) -> tuple[Sequence[Raw], bool]:
        """Return a page in order, and whether there is more; a thread that is gone has nothing in it."""
        try:
            answer = await self._web.call(method, accept=NO_THREAD, channel=channel.id, limit=self._limit, **where)
        except PlaceGone:
            raise
        except Rejected:
            if self._limit == SMALLEST:
                raise
            self._limit = SMALLEST
            return await self._page(method, channel, **where)
        page = sorted(answer.get("messages") or (), key=lambda raw: instant(raw["ts"]))
        return page, bool(answer.get("has_more"))

    async def _tell(self, channel: ChannelRef, page: Sequence[Raw], known: Sequence[Message], *, fresh: datetime) -> None:
        """Tell what a page says that is not known yet: messages since `fresh`, edits, and what of the known is not there any more."""
        stored = {m.ref.id: m for m in known if m.ref}
        for raw in page:
            for payload in _news(raw, stored.get(raw["ts"]), fresh=fresh, at=self._clock.now()):
                await self._take(channel, payload)
        for ts in stored.keys() - {raw["ts"] for raw in page}:
            await self._take(channel, {"subtype": "message_deleted", "deleted_ts": ts, "event_ts": stamp(self._clock.now())})

    async def _take(self, channel: ChannelRef, payload: Raw) -> None:
        """Have a payload read as an event is; one that nobody can read is passed over, or it would hold up all the others."""
        event = {**payload, "type": arrivals.MESSAGE, "channel": channel.id}
        try:
            await self._listener.take(Arrival(arrivals.MESSAGE, channel.id, event))
        except (Rejected, *DEFECTS) as error:
            log.error("a message of %s is passed over: %s", channel, defect(error))


def _news(raw: Raw, known: Message | None, *, fresh: datetime, at: datetime) -> list[Raw]:
    """Return the events that a message in history stands for."""
    edited = (raw.get("edited") or {}).get("ts")
    if raw.get("subtype") == TOMBSTONE:
        return [{"subtype": "message_changed", "message": raw, "event_ts": stamp(at)}] if known else []
    change: list[Raw] = [{"subtype": "message_changed", "message": raw, "event_ts": edited}] if edited else []
    if known:
        return change if edited and instant(edited) > (known.edited_at or known.at) else []
    return [raw, *change] if instant(raw["ts"]) > fresh else []


def _with(part: Unread, page: Sequence[Raw]) -> tuple[Replies, ...]:
    """Return the threads to read, with those of a page in which anything was said in the gap."""
    found = {each.root: each for each in part.threads}
    for raw in page:
        if raw.get("reply_count") and (instant(raw["ts"]) > part.after or instant(raw.get("latest_reply") or raw["ts"]) > part.after):
            found.setdefault(raw["ts"], Replies(raw["ts"]))
    return tuple(found.values())
