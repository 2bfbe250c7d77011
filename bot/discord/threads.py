"""Threads: where a ticket's posts go. A thread is started from its first message when it is not there yet; a forum's post is one by itself."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from bot.discord.kinds import SOLVED, Kinds, Room
from bot.discord.limits import TAGS, THREAD, cut
from bot.discord.refs import channel_ref, thread_of
from bot.discord.refusals import AlreadyStarted, ThreadArchived, ThreadLocked, ThreadsFull
from bot.discord.web import Web
from bot.text.markup import seen
from desk.errors import PlaceGone, Rejected
from desk.instants import plain
from desk.space import MessageRef, Place, Platform
from desk.store import Store
from desk.ticket import Status, Ticket

T = TypeVar("T")
OVER = frozenset({Status.SOLVED, Status.CLOSED})
UNTITLED = "Ticket"
ARCHIVED_AT_ONCE = 10
"""Up to how many solved threads are archived when the server has no room for another one."""
log = logging.getLogger("frontdesk.discord")


class Threads:
    """The threads of the home server."""

    def __init__(self, web: Web, kinds: Kinds, store: Store) -> None:
        self._web, self._kinds, self._store = web, kinds, store

    async def room(self, place: Place) -> Room | None:
        """Return the thread of a place, started if need be; None where the server has no room for another one. Raises PlaceGone for none."""
        thread = thread_of(place) or ""
        if (found := self._kinds.known(thread)) is not None:
            return found
        for once_more in (True, False):
            try:
                made = await self._start(place, thread)
                self._kinds.learn(made)
                break
            except AlreadyStarted:
                break
            except ThreadsFull as error:
                log.warning("no thread could be started: %s", error)
                if not once_more or not await self.make_room():
                    return None
            except PlaceGone:
                # The message a thread was started from may be gone, and the thread still be there.
                break
        return await self._kinds.of(thread)

    async def open(self, room: str, act: Callable[[], Awaitable[T]]) -> T:
        """Do something in a thread. One that is locked is unlocked if the bot may; one that is archived is opened for as long as it takes."""
        try:
            return await act()
        except ThreadLocked as error:
            if await self._changed(room, {"archived": False, "locked": False}) is None:
                raise error from None
            return await act()
        except ThreadArchived:
            await self._web.call("PATCH", "/channels/{channel_id}", json={"archived": False}, channel_id=room)
            done = await act()
            await self._changed(room, {"archived": True})
            return done

    async def mark(self, ticket: Ticket) -> None:
        """Show on a ticket's thread, and on its post in the team's forum, whether it is over: archived, and in a forum tagged `Solved`."""
        thread = thread_of(ticket.place)
        if thread is not None and not (await self._kinds.of(ticket.place.channel.id)).is_direct:
            await self._show(thread, ticket)
        for post in await self._posts_of_team(ticket):
            await self._show(post, ticket)

    async def _posts_of_team(self, ticket: Ticket) -> Sequence[str]:
        """Return the posts in forums of the team that a ticket's cards began."""
        rows = [await self._store.row(card.outbox) for card in await self._store.cards(ticket.id)]
        firsts = {row.ref for row in rows if row and row.ref and row.ref.channel.platform is Platform.DISCORD and "/" not in row.ref.id}
        return [ref.id for ref in sorted(firsts) if ref.id.isdecimal() and (await self._kinds.of(ref.channel.id)).is_forum]

    async def _show(self, thread: str, ticket: Ticket) -> None:
        # How it stands may have been changed by anybody.
        self._kinds.forget(thread)
        try:
            room = await self._kinds.of(thread)
        except PlaceGone:
            return
        forum = await self._forum_of(room)
        tags = _tags(room, forum, solved=ticket.status is Status.SOLVED) if forum else None
        if tags is not None:
            # An archived thread takes no tags.
            await self._web.call("PATCH", "/channels/{channel_id}", json={"archived": False, "applied_tags": tags}, channel_id=thread)
        await self._web.call("PATCH", "/channels/{channel_id}", json={"archived": ticket.status in OVER}, channel_id=thread)

    async def _start(self, place: Place, thread: str) -> Mapping[str, Any]:
        said = await self._store.message(MessageRef(place.channel, thread))
        return await self._web.call(  # type: ignore[no-any-return]
            "POST",
            "/channels/{channel_id}/messages/{message_id}/threads",
            json={"name": title(said.text if said else ""), "auto_archive_duration": 1440},
            channel_id=place.channel.id,
            message_id=thread,
        )

    async def _forum_of(self, room: Room) -> Room | None:
        if not room.parent:
            return None
        # Which tags a forum has may have changed.
        self._kinds.forget(room.parent)
        found = await self._kinds.parent(room)
        return found if found.is_forum else None

    async def make_room(self) -> bool:
        """Archive threads whose tickets are over, those first in which nothing was said for longest; tell whether there were any."""
        here = await self._web.whoami()
        active = await self._web.call("GET", "/guilds/{guild_id}/threads/active", guild_id=here.guild)
        threads = sorted(active.get("threads") or (), key=lambda thread: int(thread.get("last_message_id") or thread["id"]))
        ours = [thread for thread in threads if await self._is_over(thread, here.guild)]
        done = [thread for thread in ours[:ARCHIVED_AT_ONCE] if await self._changed(str(thread["id"]), {"archived": True}) is not None]
        return bool(done)

    async def _is_over(self, thread: Mapping[str, Any], guild: str) -> bool:
        place = Place(channel_ref(guild, str(thread.get("parent_id") or "")), str(thread["id"]))
        tickets = await self._store.tickets_in_thread(place)
        return bool(tickets) and all(ticket.status in OVER for ticket in tickets)

    async def _changed(self, room: str, change: Mapping[str, Any]) -> Any:
        try:
            return await self._web.call("PATCH", "/channels/{channel_id}", json=change, channel_id=room)
        except Rejected as error:
            log.warning("a thread could not be changed: %s", error)
            return None


def title(text: str) -> str:
    """Return what a thread is called by the first words said in it."""
    words = " ".join(seen(plain(text)).split())
    return cut(words, THREAD) or UNTITLED


def _tags(room: Room, forum: Room, *, solved: bool) -> list[str] | None:
    """Return the tags that a post should have; None where they are so already, or the forum knows no such tag."""
    tag = next((id for id, name in forum.names if name.strip().lower() == SOLVED), None)
    if tag is None or (tag in room.tags) == solved or (solved and len(room.tags) >= TAGS):
        return None
    return [*room.tags, tag] if solved else [each for each in room.tags if each != tag]
