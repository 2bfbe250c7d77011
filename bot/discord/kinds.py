"""Kinds: what each channel is, and under which one a thread hangs: the gateway says it, and Discord is asked where it did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.discord.web import Web

Payload = Mapping[str, Any]

MOST = 20_000
"""How many channels and threads are known at once; what was learned first is asked for again."""


class Kind(IntEnum):
    """Discord's types of channels that the desk tells apart."""

    TEXT = 0
    DIRECT = 1
    NEWS = 5
    NEWS_THREAD = 10
    THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15
    MEDIA = 16


THREADS = frozenset({Kind.NEWS_THREAD, Kind.THREAD, Kind.PRIVATE_THREAD})
FORUMS = frozenset({Kind.FORUM, Kind.MEDIA})
DIRECT = frozenset({Kind.DIRECT, 3})
"""A private conversation, and one of several people, which bots are never in."""
SOLVED = "solved"
"""The tag of a forum that shows that a post is solved, in any case."""


@dataclass(frozen=True, slots=True)
class Room:
    """A channel or a thread. `parent` is what a thread hangs under; `tags` are the ids a forum's post carries, or the names a forum has for them."""

    id: str
    kind: int
    name: str = ""
    guild: str = ""
    parent: str = ""
    tags: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()

    @property
    def is_thread(self) -> bool:
        """Tell whether it hangs under a channel."""
        return self.kind in THREADS

    @property
    def is_forum(self) -> bool:
        """Tell whether everything in it is a thread."""
        return self.kind in FORUMS

    @property
    def is_direct(self) -> bool:
        """Tell whether it is a private conversation with the bot."""
        return self.kind in DIRECT


def room(payload: Payload) -> Room:
    """Read a channel or a thread as Discord describes it."""
    return Room(
        id=str(payload["id"]),
        kind=int(payload.get("type") or 0),
        name=str(payload.get("name") or ""),
        guild=str(payload.get("guild_id") or ""),
        parent=str(payload.get("parent_id") or ""),
        tags=tuple(str(tag) for tag in payload.get("applied_tags") or ()),
        names=tuple((str(tag["id"]), str(tag["name"])) for tag in payload.get("available_tags") or ()),
    )


class Kinds:
    """What is known of channels. `learn` takes what the gateway says of one, so that a thread is known before what is said in it."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._known: dict[str, Room] = {}

    def learn(self, payload: Payload) -> None:
        """Note what the gateway says of a channel or a thread."""
        found = room(payload)
        self._known.pop(found.id, None)
        if len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        self._known[found.id] = found

    def forget(self, id: str) -> None:
        """Ask Discord again about a channel."""
        self._known.pop(id, None)

    def known(self, id: str) -> Room | None:
        """Return what is known of a channel without asking."""
        return self._known.get(id)

    async def of(self, id: str) -> Room:
        """Return what a channel is. Raises PlaceGone for one that is not there, or that the bot may not see."""
        if (found := self._known.get(id)) is None:
            self.learn(await self._web.call("GET", "/channels/{channel_id}", channel_id=id))
            found = self._known[id]
        return found

    async def parent(self, found: Room) -> Room:
        """Return the channel a thread hangs under, and any other channel as it is."""
        return await self.of(found.parent) if found.is_thread and found.parent else found
