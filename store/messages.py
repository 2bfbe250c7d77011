"""Messages: what was said, and what of it still waits for a ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, TextClause, delete, func, insert, or_, select, text

from desk.changes import Expect, RemoveChannel, SaveChannel, SaveEarly, SaveMessage, SaveReading
from desk.errors import Conflict
from desk.ids import MessageId, TicketId
from desk.space import Channel, ChannelRef, MessageRef, Place
from desk.ticket import group_of
from desk.timeline import File, Message, Timeline, ordered
from store.database import Reads
from store.rows import Writer, all_of, one_of, pack, put
from store.schema import channels, early, messages

WAITS = text("messages.waits")
"""In the very words of the index: SQLite does not see that `waits = 1` says the same."""


def save_message(connection: Connection, write: SaveMessage) -> None:
    """Store a message; one that was deleted stays so, and a ticket or a ref it has is kept."""
    stored = find_message(connection, messages.c.id == write.message.id)
    store_message(connection, _joined(stored, write.message) if stored else write.message)
    if write.message.ref:
        # What came early has been applied by now, and nobody's words stay in two places.
        connection.execute(delete(early).where(early.c.ref == str(write.message.ref)))


def save_reading(connection: Connection, write: SaveReading) -> None:
    """Note in a message, as it stands now, what was read of its files."""
    stored = find_message(connection, messages.c.id == write.message)
    if stored is not None:
        store_message(connection, replace(stored, files=tuple(_noted(file, write) for file in stored.files)))


def store_message(connection: Connection, message: Message) -> None:
    """Insert or replace a message as it is."""
    channel = find_channel(connection, message.place.channel)
    author = message.author
    group = "" if author is None else group_of(channel, author) if channel else f"user:{author}"
    put(connection, messages, _columns(message, group))


def save_early(connection: Connection, write: SaveEarly) -> None:
    """Keep an edit or a deletion for the message that it changes."""
    connection.execute(insert(early).values(ref=str(write.ref), at=write.at, words=write.text))


def save_channel(connection: Connection, write: SaveChannel) -> None:
    """Store a declared channel."""
    channel = write.channel
    put(connection, channels, {"ref": str(channel.ref), "kind": channel.kind, "account": channel.account, "doc": pack(channel)})


def remove_channel(connection: Connection, write: RemoveChannel) -> None:
    """Forget how a channel was declared."""
    connection.execute(delete(channels).where(channels.c.ref == str(write.channel)))


def expect_none_pending(connection: Connection, write: Expect) -> None:
    """Raise Conflict when something was said that no ticket has taken in."""
    if connection.execute(select(messages.c.id).where(*_pending(write.channel, write.group)).limit(1)).first():
        raise Conflict(f"a message in {write.channel!r} is not in a ticket yet")


def find_message(connection: Connection, *conditions: ColumnElement[bool] | TextClause) -> Message | None:
    """Return the message that meets the conditions."""
    return one_of(connection, Message, select(messages.c.doc).where(*conditions))


def find_messages(connection: Connection, *conditions: ColumnElement[bool] | TextClause) -> Timeline:
    """Return the messages that meet the conditions, in platform order."""
    return ordered(all_of(connection, Message, select(messages.c.doc).where(*conditions)))


def find_channel(connection: Connection, ref: ChannelRef) -> Channel | None:
    """Return a declared channel."""
    return one_of(connection, Channel, select(channels.c.doc).where(channels.c.ref == str(ref)))


class MessageReads(Reads):
    """The questions asked of messages and channels."""

    async def channel(self, ref: ChannelRef) -> Channel | None:
        """Return a declared channel."""
        return await self.database.read(lambda c: find_channel(c, ref))

    async def channels(self) -> Sequence[Channel]:
        """Return the declared channels by ref."""
        return await self.database.read(lambda c: all_of(c, Channel, select(channels.c.doc).order_by(channels.c.ref)))

    async def message(self, ref: MessageRef) -> Message | None:
        """Return the message that stands at `ref`."""
        return await self.database.read(lambda c: find_message(c, messages.c.ref == str(ref)))

    async def message_by_id(self, id: MessageId) -> Message | None:
        """Return a message by id; a post of ours has its outbox row's."""
        return await self.database.read(lambda c: find_message(c, messages.c.id == id))

    async def early(self, ref: MessageRef) -> Sequence[tuple[datetime, str | None]]:
        """Return edits (text) and deletions (None) that arrived before their message, in order."""
        statement = select(early.c.at, early.c.words).where(early.c.ref == str(ref)).order_by(early.c.at, early.c.seq)
        return await self.database.read(lambda c: [(at, words) for at, words in c.execute(statement)])

    async def pending(self, channel: ChannelRef, group: str) -> Timeline:
        """Return what customers of a group said in a channel that no ticket has taken in yet."""
        return await self.database.read(lambda c: find_messages(c, *_pending(str(channel), group)))

    async def waiting(self, channel: ChannelRef, group: str) -> tuple[datetime, datetime] | None:
        """Return when the first and the last of it was said, without reading it; None where nothing waits."""
        statement = select(func.min(messages.c.at), func.max(messages.c.at)).where(*_pending(str(channel), group))
        first, last = await self.database.read(lambda c: c.execute(statement).one())
        return (first, last) if first else None

    async def timeline(self, ticket: TicketId) -> Timeline:
        """Return everything said in a ticket, in platform order."""
        return await self.database.read(lambda c: find_messages(c, messages.c.ticket == ticket))

    async def thread(self, place: Place) -> Timeline:
        """Return a thread's root and everything under it, in platform order; without a thread the channel's top level."""
        here = messages.c.thread == place.thread
        if place.thread:
            here = or_(here, messages.c.ref == str(MessageRef(place.channel, place.thread)))
        return await self.database.read(lambda c: find_messages(c, messages.c.channel == str(place.channel), here))


def _joined(stored: Message, new: Message) -> Message:
    kept = stored if stored.deleted else new
    return replace(kept, ticket=new.ticket or stored.ticket, ref=new.ref or stored.ref)


def _noted(file: File, write: SaveReading) -> File:
    return replace(file, text=write.texts.get(file.ref, file.text), shown=file.shown or file.ref in write.shown)


def _columns(message: Message, group: str) -> dict[str, Any]:
    return {
        "id": message.id,
        "ref": str(message.ref) if message.ref else None,
        "channel": str(message.place.channel),
        "thread": message.place.thread,
        "author": str(message.author) if message.author else None,
        "role": message.role,
        "ticket": message.ticket,
        "grp": group,
        "waits": message.is_customers and message.ticket is None,
        "at": message.at,
        "doc": pack(message),
    }


def _pending(channel: str, group: str) -> tuple[ColumnElement[bool] | TextClause, ...]:
    return (messages.c.channel == channel, messages.c.grp == group, WAITS)


WRITERS: Mapping[type, Writer] = {
    SaveMessage: save_message,
    SaveReading: save_reading,
    SaveEarly: save_early,
    SaveChannel: save_channel,
    RemoveChannel: remove_channel,
    Expect: expect_none_pending,
}
