"""Watching: since when a space of a platform is listened to, and what was said meanwhile that is still to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from desk.space import ChannelRef, Platform
from desk.ticket import Ticket
from desk.timeline import Message


@dataclass(frozen=True, slots=True)
class Replies:
    """A thread whose replies are to be read: its root, and the last one that was; empty when none was."""

    root: str
    reached: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """One channel's part of a gap: what was said there between two instants and nobody told us of, read from the newest to the oldest.

    `reached` is how far back that is; None when it was not begun. Back to `floor` the roots of older threads are looked at for replies.
    """

    channel: ChannelRef
    after: datetime
    until: datetime
    floor: datetime
    reached: datetime | None = None
    whole: bool = False
    """Everything at the top level was read, so that only threads are left."""
    threads: tuple[Replies, ...] = ()
    looks: int = 0
    """How many pages from before the gap were looked at for threads."""

    @property
    def is_begun(self) -> bool:
        """Tell whether anything of it was read."""
        return self.reached is not None or self.whole


class WatchRows(Protocol):
    """What is kept of watching. Raises Unavailable("store")."""

    async def pulse(self, platform: Platform, space: str) -> datetime | None:
        """Return when a space was certainly listened to last, None when it never was."""
        ...

    async def spaces(self, platform: Platform) -> Sequence[str]:
        """Return the spaces that were ever listened to."""
        ...

    async def beat(self, platform: Platform, space: str, at: datetime) -> None:
        """Note that a space is being listened to."""
        ...

    async def begin(self, platform: Platform, space: str, gap: Sequence[Unread], at: datetime) -> None:
        """Note a gap and that the space is listened to again, at once; what was not begun of an earlier gap becomes part of this one."""
        ...

    async def unread(self, platform: Platform, space: str) -> Sequence[Unread]:
        """Return what is to be read of a space, the oldest gap first."""
        ...

    async def save(self, unread: Unread) -> None:
        """Note how far a channel's part came."""
        ...

    async def done(self, unread: Unread) -> None:
        """Note that a channel's part was read."""
        ...

    async def known(self, channel: ChannelRef, thread: str | None, *, after: datetime, until: datetime | None = None) -> Sequence[Message]:
        """Return what people said in a thread (its root included) or at the top level of a channel after an instant, as we were told of it."""
        ...

    async def talks(self, channel: ChannelRef, *, since: datetime) -> Sequence[Ticket]:
        """Return the tickets of a channel that are open, or in which anything was said since an instant."""
        ...
