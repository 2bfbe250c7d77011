"""Replay: pages of history told to the desk as if they had just been said, with the ids that they would have had then."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.arrivals.inbox import Arrival
from bot.arrivals.kept import Kept
from bot.arrivals.pump import DEFECTS, defect
from bot.discord import arrivals
from bot.discord.history import PAGE, one, page
from bot.discord.kinds import FORUMS, Kinds
from bot.discord.listener import Listener
from bot.discord.refs import instant, snowflake
from bot.discord.web import Web
from desk.errors import PlaceGone, Rejected
from desk.ports import Clock
from desk.space import ChannelRef
from desk.timeline import Message
from desk.watch import Replies, Unread, WatchRows

Payload = Mapping[str, Any]

ARCHIVES = 5
"""Up to how many pages of a channel's archived threads are looked at."""
SAME = timedelta(seconds=30)
"""How long the list of the server's active threads is good for."""
ARCHIVED = ("/channels/{channel_id}/threads/archived/public", "/channels/{channel_id}/threads/archived/private")

log = logging.getLogger("frontdesk.discord")


class Replay:
    """Reads one page at a time; how far it came is kept after the desk has what the page says."""

    def __init__(self, web: Web, watch: WatchRows, listener: Listener, kinds: Kinds, clock: Clock) -> None:
        self._web, self._watch, self._listener, self._kinds, self._clock = web, watch, listener, kinds, clock
        self._active: Kept[Sequence[Payload]] = Kept(clock, SAME)

    async def step(self, part: Unread) -> None:
        """Read one page of a part; raise what Discord answers."""
        if not part.is_begun:
            part = replace(part, threads=await self._threads(part))
        if not part.whole:
            await self._top(part)
        elif part.threads:
            await self._thread(part, part.threads[0])
        else:
            await self._watch.done(part)

    async def _threads(self, part: Unread) -> tuple[Replies, ...]:
        """Return the threads to read: those of open tickets whole, and the others in which anything was said in the gap."""
        found = {each.root: each for each in part.threads}
        if (await self._kinds.of(part.channel.id)).is_direct:
            return tuple(found.values())
        for thread in [*await self._active_in(part.channel), *[each async for each in self._archived(part)]]:
            self._kinds.learn(thread)
            last = thread.get("last_message_id")
            if last and instant(str(last)) > part.after:
                found.setdefault(str(thread["id"]), Replies(str(thread["id"]), snowflake(max(part.after, instant(str(thread["id"])) - MOMENT))))
        return tuple(found.values())

    async def _active_in(self, channel: ChannelRef) -> Sequence[Payload]:
        async def ask() -> Sequence[Payload]:
            answer = await self._web.call("GET", "/guilds/{guild_id}/threads/active", guild_id=channel.space)
            return list(answer.get("threads") or ())

        return [thread for thread in await self._active.get(channel.space, ask) if str(thread.get("parent_id")) == channel.id]

    async def _archived(self, part: Unread) -> AsyncIterator[Payload]:
        """Yield the threads of a channel that were archived since the gap began, the private ones where the bot may see them."""
        for path in ARCHIVED:
            before: dict[str, Any] = {}
            for _ in range(ARCHIVES):
                try:
                    answer = await self._web.call("GET", path, channel_id=part.channel.id, params={"limit": PAGE, **before})
                except Rejected:
                    break
                threads: Sequence[Payload] = answer.get("threads") or ()
                for thread in threads:
                    yield thread
                stamps = [str(thread["thread_metadata"]["archive_timestamp"]) for thread in threads]
                if not answer.get("has_more") or not stamps or datetime.fromisoformat(min(stamps)) <= part.after:
                    break
                before = {"before": min(stamps)}

    async def _top(self, part: Unread) -> None:
        """Read a page at the top level, beginning with the newest. A forum has none: everything in it stands in threads."""
        if (await self._kinds.of(part.channel.id)).kind in FORUMS:
            return await self._watch.save(replace(part, reached=part.after, whole=True))
        upper = part.reached or part.until
        # Before the page: what is known then and is not in the page was deleted.
        known = await self._watch.known(part.channel, None, after=part.after, until=upper)
        found = await page(self._web, part.channel.id, before=snowflake(upper))
        more = len(found) == PAGE and instant(str(found[0]["id"])) > part.after
        lower = instant(str(found[0]["id"])) if more else part.after
        said = [raw for raw in found if instant(str(raw["id"])) > part.after]
        await self._tell(part.channel.id, said, [m for m in known if m.at >= lower], fresh=part.after)
        await self._watch.save(replace(part, reached=lower, whole=not more))

    async def _thread(self, part: Unread, replies: Replies) -> None:
        """Read a page of a thread, from its root on where it was not begun."""
        after = instant(replies.reached) if replies.reached else instant("0")
        known = await self._watch.known(part.channel, replies.root, after=after)
        try:
            found = await page(self._web, replies.root, after=replies.reached or "0")
        except PlaceGone:
            # The thread was deleted, and what was said in it with it.
            found = ()
        more = len(found) == PAGE
        upper = instant(str(found[-1]["id"])) if more else None
        # Of a forum's post the first message stands in its thread; any other thread hangs under one that stands in the channel.
        is_in_page = any(str(raw["id"]) == replies.root for raw in found)
        if not replies.reached:
            await self._root(part, replies.root, is_in_page=is_in_page)
        here = [m for m in known if m.ref and (is_in_page or m.ref.id != replies.root)]
        await self._tell(replies.root, found, [m for m in here if upper is None or m.at <= upper], fresh=part.after)
        rest = (replace(replies, reached=str(found[-1]["id"])), *part.threads[1:]) if more else part.threads[1:]
        await self._watch.save(replace(part, threads=rest))

    async def _root(self, part: Unread, root: str, *, is_in_page: bool) -> None:
        """Look at the message that a thread hangs under: changed or deleted in the gap, it changes the ticket."""
        known = [m for m in await self._watch.known(part.channel, root, after=instant("0")) if m.ref and m.ref.id == root]
        if known and not is_in_page:
            in_forum = (await self._kinds.of(part.channel.id)).is_forum
            raw = None if in_forum else await one(self._web, part.channel.id, root)
            await self._tell(part.channel.id, [raw] if raw else [], known, fresh=part.after)

    async def _tell(self, room: str, found: Sequence[Payload], known: Sequence[Message], *, fresh: datetime) -> None:
        """Tell what a page says that is not known yet: messages since `fresh`, edits, and what of the known is not there any more."""
        stored = {m.ref.id.rpartition("/")[2]: m for m in known if m.ref}
        for raw in found:
            for kind in _news(raw, stored.get(str(raw["id"])), fresh=fresh):
                await self._take(Arrival(kind, room, arrivals.message({**raw, "channel_id": room})))
        gone = sorted(stored.keys() - {str(raw["id"]) for raw in found})
        # Where the bot may not read what was said before, Discord shows a page with nothing on it; asked for one message it refuses.
        if gone and not found and await one(self._web, room, gone[0]) is not None:
            return
        for id in gone:
            await self._listener.took_away(stored[id], at=self._clock.now())

    async def _take(self, arrival: Arrival) -> None:
        """Have a payload read as an event is; one that nobody can read is passed over, or it would hold up all the others."""
        try:
            await self._listener.take(arrival)
        except (Rejected, *DEFECTS) as error:
            log.error("a message of %s is passed over: %s", arrival.lane, defect(error))


MOMENT = timedelta(milliseconds=1)
"""The first message of a forum's post has the post's own id, and what comes `after` an id is without it."""


def _news(raw: Payload, known: Message | None, *, fresh: datetime) -> Sequence[str]:
    """Return how a message in history is told: as said, as changed, or not at all."""
    stamp = raw.get("edited_timestamp")
    if known is None:
        return (arrivals.SAID,) if instant(str(raw["id"])) > fresh else ()
    return (arrivals.CHANGED,) if stamp and datetime.fromisoformat(str(stamp)) > (known.edited_at or known.at) else ()
