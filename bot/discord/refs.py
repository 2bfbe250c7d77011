"""Refs: how Discord's ids are written in the desk.

A thread is a channel of its own on Discord, with the id of the message it was started from, or of its own first message in a forum. The desk
has it as a thread of its parent channel, as on every platform: `Place(parent, thread)`. A message in a thread is written `thread/message`, so
that it can be reached; one that stands in a channel itself, and the message a thread hangs under, by its own id. In a forum, that message is
reached through the thread, which has the same id.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from desk.space import ChannelRef, MessageRef, Place, Platform, UserRef

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""When Discord's ids begin to count."""
LOW_BITS = 22
"""Bits of an id below the milliseconds."""
SERIAL, LAST = 0xFFF, 999
"""The lowest of them, which count what was made in one millisecond in one place; and the last microsecond of one."""


def channel_ref(guild: str, channel: str) -> ChannelRef:
    """Return a channel of a server that is no thread, or a direct message channel: `guild` is the home server's there, too."""
    return ChannelRef(Platform.DISCORD, guild, channel)


def user_ref(guild: str, user: str) -> UserRef:
    """Return somebody as the home server sees them; the same in direct messages."""
    return UserRef(Platform.DISCORD, guild, user)


def message_ref(channel: ChannelRef, message: str, *, thread: str | None = None) -> MessageRef:
    """Return a message in a channel, or in a thread of that channel."""
    return MessageRef(channel, f"{thread}/{message}" if thread else message)


def split(ref: MessageRef, *, in_forum: bool = False) -> tuple[str, str]:
    """Return the id of the channel or thread that a message is reached by, and its own."""
    thread, _, message = ref.id.rpartition("/")
    return thread or (message if in_forum else ref.channel.id), message


def thread_of(place: Place) -> str | None:
    """Return the id of a place's thread; the desk may have it from the ref of a message in the thread."""
    return place.thread.partition("/")[0] if place.thread else None


def room_of(place: Place) -> str:
    """Return the id by which what stands at a place is reached: the thread's, else the channel's."""
    return thread_of(place) or place.channel.id


def instant(snowflake: str) -> datetime:
    """Return when something with this id was made. Raises ValueError for what is none.

    An id says the millisecond, and which one it is of several in it: that is told by microseconds, so that what came later is later.
    """
    number = int(snowflake)
    return EPOCH + timedelta(milliseconds=number >> LOW_BITS, microseconds=min(number & SERIAL, LAST))


def snowflake(at: datetime) -> str:
    """Return the lowest id of an instant: `after` and `before` of Discord's lists take it."""
    return str(max((at - EPOCH) // timedelta(milliseconds=1), 0) << LOW_BITS)
