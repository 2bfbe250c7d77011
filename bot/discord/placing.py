"""Placing: in which channel or thread a post stands, as what, and where one is looked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.discord.kinds import Kinds, Room
from bot.discord.posting import Posting
from bot.discord.refs import instant, message_ref, room_of, split, thread_of
from bot.discord.refusals import ThreadsFull
from bot.discord.threads import Threads, title
from bot.discord.web import Web
from desk.cards import Card, Header
from desk.ids import OutboxId
from desk.post import Post
from desk.space import MessageRef, Place
from desk.store import Store

Bodies = Sequence[dict[str, Any]]
SKEW = timedelta(minutes=10)
"""By how much Discord's clock and ours may differ."""


class Placing:
    """Puts what was drawn where it belongs on the server."""

    def __init__(self, web: Web, kinds: Kinds, threads: Threads, *, posting: Posting, store: Store) -> None:
        self._web, self._kinds, self._threads = web, kinds, threads
        self._posting, self._store = posting, store

    async def put(self, place: Place, parent: Room, post: Post, bodies: Bodies) -> MessageRef:
        """Put bodies into the thread of their place, under what they answer, or as a post of their own in a forum."""
        thread = thread_of(place)
        if thread is None and parent.is_forum:
            return await self._new_post(place, post, bodies)
        room, replies_to = parent.id, ""
        if thread is not None:
            under = None if await self._is_beside(place, parent, post) else await self._threads.room(place)
            room, replies_to = (under.id, "") if under else (parent.id, thread)
        stands = await self._begun(room, post, bodies)
        first = await self._threads.open(room, lambda: self._posting.put(room, bodies, post.id, replies_to=replies_to, stands=stands))
        return _ref(place, room, first)

    async def reached(self, ref: MessageRef) -> tuple[str, str]:
        """Return the room in which a message is reached, and its id."""
        in_forum = "/" not in ref.id and (await self._kinds.of(ref.channel.id)).is_forum
        return split(ref, in_forum=in_forum)

    async def find(
        self, id: OutboxId, near: Place, bodies: Bodies, *, since: datetime, carriers: Collection[str], others: Collection[str] = ()
    ) -> MessageRef | None:
        """Return where a post stands whole: in its thread, in the channel where it could stand as a reply, or as a forum's post."""
        for room in await self._rooms(near, since):
            found = await self._posting.standing(room, id, bodies, since=since, carriers=carriers, others=others)
            if found and len(found) >= len(bodies):
                if len(found) > 1:
                    await self._posting.note(found)
                return _ref(near, room, found[0])
        return None

    async def _rooms(self, near: Place, since: datetime) -> Sequence[str]:
        parent = await self._kinds.of(near.channel.id)
        if near.thread is not None:
            return [room_of(near)] if parent.is_forum else [room_of(near), parent.id]
        if not parent.is_forum:
            return [parent.id]
        here = await self._web.whoami()
        active = await self._web.call("GET", "/guilds/{guild_id}/threads/active", guild_id=here.guild)
        return [str(each["id"]) for each in active.get("threads") or () if _may_be_ours(each, parent, here.bot_user, since)]

    async def _is_beside(self, place: Place, parent: Room, post: Post) -> bool:
        """Tell whether a post stands in the channel as a reply: with one person alone, among the team's cards, or away from its own thread."""
        if parent.is_forum:
            return False
        if parent.is_direct or post.under:
            return True
        if self._kinds.known(thread_of(place) or "") is not None:
            return False
        # A message that is answered elsewhere gets a line that says so, and no thread.
        ticket = await self._store.ticket(post.ticket) if post.ticket else None
        return ticket is not None and ticket.place.channel == place.channel and ticket.place.thread != place.thread

    async def _new_post(self, place: Place, post: Post, bodies: Bodies) -> MessageRef:
        """Post in a forum. Its posts carry no nonce, so one of unknown fate is looked for by what it says."""
        head = next((block.text for block in (post.card or Card()).blocks if isinstance(block, Header)), "")
        asked = {"name": title(head), "message": bodies[0], "auto_archive_duration": 10080}
        path = "/channels/{channel_id}/threads"
        try:
            answer = await self._web.call("POST", path, json=asked, channel_id=place.channel.id)
        except ThreadsFull:
            if not await self._threads.make_room():
                raise
            answer = await self._web.call("POST", path, json=asked, channel_id=place.channel.id)
        self._kinds.learn(answer)
        thread = str(answer["id"])
        if bodies[1:]:
            await self._posting.put(thread, bodies, post.id, stands=[thread])
        return message_ref(place.channel, thread)

    async def _begun(self, room: str, post: Post, bodies: Bodies) -> Sequence[str]:
        """Return what of a post of several messages stands already, where an attempt before this one broke off."""
        row = await self._store.row(post.id) if len(bodies) > 1 else None
        if row is None or row.attempts < 2:
            return ()
        found = await self._posting.standing(room, post.id, bodies, since=post.at - SKEW, carriers=())
        return found[: len(bodies) - 1]


def _ref(place: Place, room: str, message: str) -> MessageRef:
    return message_ref(place.channel, message, thread=room if room not in (place.channel.id, message) else None)


def _may_be_ours(thread: Mapping[str, Any], forum: Room, me: str, since: datetime) -> bool:
    return (str(thread.get("parent_id")), str(thread.get("owner_id"))) == (forum.id, me) and instant(str(thread["id"])) >= since
