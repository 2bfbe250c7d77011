"""Offering: what somebody who takes no direct messages may read, offered to them in the thread of their ticket."""

from __future__ import annotations

from datetime import datetime

from bot.discord.kinds import Kinds
from bot.discord.posting import Posting
from bot.discord.private import OFFERED, Private, whom
from bot.discord.refs import room_of
from bot.discord.refusals import CLOSED, DirectClosed
from bot.discord.threads import Threads
from desk.audience import Scope
from desk.post import Direct, Post
from desk.space import MessageRef
from desk.store import Store


class Offering:
    """Where a button stands that shows one person what is theirs."""

    def __init__(self, kinds: Kinds, threads: Threads, private: Private, *, posting: Posting, store: Store) -> None:
        self._kinds, self._threads, self._private = kinds, threads, private
        self._posting, self._store = posting, store

    async def offer(self, post: Post) -> MessageRef:
        """Offer a post in its ticket's thread. Raises DirectClosed where there is none, and for the team's own, which is no matter for customers."""
        ticket = await self._store.ticket(post.ticket) if post.ticket else None
        if ticket is None or post.audience.scope is Scope.INTERNAL or ticket.place.channel.platform is not whom(post).platform:
            raise DirectClosed(CLOSED)
        parent = await self._kinds.of(ticket.place.channel.id)
        if parent.is_direct:
            raise DirectClosed(CLOSED)
        room = await self._threads.room(ticket.place)
        at = room.id if room else parent.id
        return await self._threads.open(at, lambda: self._private.offer(at, post, ticket.place))

    async def find(self, post: Post, *, since: datetime) -> MessageRef | None:
        """Return where a post was offered, None where it was not."""
        ticket = await self._store.ticket(post.ticket) if post.ticket and isinstance(post.target, Direct) else None
        if ticket is None:
            return None
        room = room_of(ticket.place)
        found = await self._posting.standing(room, self._private.offer_id(post), (), since=since, carriers={post.id})
        return MessageRef(ticket.place.channel, f"{OFFERED}{room}/{found[0]}") if found else None
