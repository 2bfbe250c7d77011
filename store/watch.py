"""Watching: until when each space was listened to, and how far the reading of each gap came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, exists, or_, select

from desk.space import ChannelRef, MessageRef, Platform
from desk.ticket import Ticket
from desk.timeline import Message
from desk.watch import Unread
from store.database import Reads
from store.messages import find_messages
from store.rows import all_of, pack, put
from store.schema import messages, tickets, unread, watches


class SqlWatch(Reads):
    """The `WatchRows` in SQL. It holds instants and ids, and nobody's words."""

    async def pulse(self, platform: Platform, space: str) -> datetime | None:
        """Return the last pulse."""
        return await self.database.read(lambda c: _pulse(c, _name(platform, space)))

    async def spaces(self, platform: Platform) -> Sequence[str]:
        """Return the spaces that have a pulse."""
        statement = select(watches.c.space).where(watches.c.space.startswith(_name(platform, ""), autoescape=True)).order_by(watches.c.space)
        return await self.database.read(lambda c: [name.partition("/")[2] for name in c.execute(statement).scalars()])

    async def beat(self, platform: Platform, space: str, at: datetime) -> None:
        """Write a pulse; one that comes late changes nothing."""
        await self.database.write(lambda c: _beat(c, _name(platform, space), at))

    async def begin(self, platform: Platform, space: str, gap: Sequence[Unread], at: datetime) -> None:
        """Write a gap with the pulse that ends it, in one transaction, so that no kill loses it."""

        def work(connection: Connection) -> None:
            for part in gap:
                _put(connection, _name(platform, space), part)
            _beat(connection, _name(platform, space), at)

        await self.database.write(work)

    async def unread(self, platform: Platform, space: str) -> Sequence[Unread]:
        """Return what is to be read."""
        statement = select(unread.c.doc).where(unread.c.space == _name(platform, space)).order_by(unread.c.until, unread.c.channel)
        return await self.database.read(lambda c: all_of(c, Unread, statement))

    async def save(self, part: Unread) -> None:
        """Write how far a part came."""
        await self.database.write(lambda c: put(c, unread, _row(_name(part.channel.platform, part.channel.space), part)))

    async def done(self, part: Unread) -> None:
        """Forget a part."""
        await self.database.write(lambda c: c.execute(delete(unread).where(unread.c.channel == str(part.channel), unread.c.until == part.until)))

    async def known(self, channel: ChannelRef, thread: str | None, *, after: datetime, until: datetime | None = None) -> Sequence[Message]:
        """Return people's messages that stand in the store and were not deleted."""
        here = messages.c.thread == thread
        if thread:
            here = or_(here, messages.c.ref == str(MessageRef(channel, thread)))
        span = [messages.c.at > after, *([messages.c.at < until] if until else [])]
        found = await self.database.read(lambda c: find_messages(c, messages.c.channel == str(channel), messages.c.author.is_not(None), here, *span))
        return [message for message in found if not message.deleted]

    async def talks(self, channel: ChannelRef, *, since: datetime) -> Sequence[Ticket]:
        """Return tickets that go on, or may."""
        lately = exists().where(messages.c.ticket == tickets.c.id, messages.c.at >= since)
        statement = (
            select(tickets.c.doc).where(tickets.c.channel == str(channel), or_(tickets.c.is_over.is_(False), lately)).order_by(tickets.c.opened)
        )
        return await self.database.read(lambda c: all_of(c, Ticket, statement))


def _name(platform: Platform, space: str) -> str:
    return f"{platform}/{space}"


def _pulse(connection: Connection, name: str) -> datetime | None:
    return connection.scalar(select(watches.c.pulse).where(watches.c.space == name))


def _beat(connection: Connection, name: str, at: datetime) -> None:
    last = _pulse(connection, name)
    put(connection, watches, {"space": name, "pulse": max(last, at) if last else at})


def _put(connection: Connection, name: str, part: Unread) -> None:
    """Add a part; a channel's earlier one that was not begun becomes part of it, so that nothing is read twice."""
    mine = unread.c.channel == str(part.channel)
    for earlier in all_of(connection, Unread, select(unread.c.doc).where(mine)):
        if not earlier.is_begun:
            part = _both(earlier, part)
            connection.execute(delete(unread).where(mine, unread.c.until == earlier.until))
    put(connection, unread, _row(name, part))


def _both(earlier: Unread, later: Unread) -> Unread:
    threads = tuple({each.root: each for each in (*earlier.threads, *later.threads)}.values())
    return replace(
        later,
        after=min(earlier.after, later.after),
        until=max(earlier.until, later.until),
        floor=min(earlier.floor, later.floor),
        threads=threads,
    )


def _row(name: str, part: Unread) -> dict[str, object]:
    return {"channel": str(part.channel), "until": part.until, "space": name, "doc": pack(part)}
