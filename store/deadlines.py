"""Deadlines: rows that become events when their instant comes. Whoever makes an event of one holds it for a while, so that nobody else does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from desk.changes import ClearDeadlines, DropDeadline, SetDeadline
from desk.deadlines import Deadline
from store.database import Reads
from store.rows import Writer, all_of, one_of, pack, put
from store.schema import deadlines


def set_deadline(connection: Connection, write: SetDeadline) -> None:
    """Set a deadline, replacing one of the same id."""
    held = write.deadline
    row = {"id": held.id, "kind": held.kind, "key": held.key, "due": held.due, "leased_until": None, "holder": None, "doc": pack(held)}
    put(connection, deadlines, row)


def clear_deadlines(connection: Connection, write: ClearDeadlines) -> None:
    """Drop the deadlines of a key, of these kinds or of all."""
    statement = delete(deadlines).where(deadlines.c.key == write.key)
    connection.execute(statement.where(deadlines.c.kind.in_(write.kinds)) if write.kinds else statement)


def drop_deadline(connection: Connection, write: DropDeadline) -> None:
    """Drop a deadline, if it is still set to this instant."""
    connection.execute(delete(deadlines).where(deadlines.c.id == write.id, deadlines.c.due == write.due))


class DeadlineReads(Reads):
    """The questions asked of deadlines."""

    async def due(self, now: datetime) -> Sequence[Deadline]:
        """Return the deadlines whose instant has come, soonest first."""
        statement = select(deadlines.c.doc).where(deadlines.c.due <= now).order_by(deadlines.c.due, deadlines.c.id)
        return await self.database.read(lambda c: all_of(c, Deadline, statement))

    async def next_due(self) -> datetime | None:
        """Return when the soonest deadline is due that nobody holds, or the soonest lease ends."""
        return await self.database.read(_next_due)

    async def claim(self, now: datetime, *, most: int, holder: str, until: datetime, again: bool = False) -> Sequence[Deadline]:
        """Take deadlines whose instant has come, soonest first, and hold them until an instant; those that somebody else holds are left alone.

        `again` also takes what `holder` itself holds, as a process does that begins where another ended.
        """
        ready = (deadlines.c.leased_until.is_(None)) | (deadlines.c.leased_until <= now)
        ready = ready | (deadlines.c.holder == holder) if again else ready
        found = (deadlines.c.due <= now) & ready
        # Most often nothing is due, and a look writes nothing.
        if not await self.database.read(lambda c: c.scalar(select(deadlines.c.id).where(found).limit(1))):
            return ()
        ids = select(deadlines.c.id).where(found).order_by(deadlines.c.due, deadlines.c.id).limit(most)
        taking = update(deadlines).where(deadlines.c.id.in_(ids)).values(leased_until=until, holder=holder).returning(deadlines.c.doc)
        taken = await self.database.write(lambda c: all_of(c, Deadline, taking))
        return sorted(taken, key=lambda deadline: (deadline.due, deadline.id))

    async def deadline(self, id: str) -> Deadline | None:
        """Return a deadline that is still set."""
        return await self.database.read(lambda c: one_of(c, Deadline, select(deadlines.c.doc).where(deadlines.c.id == id)))


def _next_due(connection: Connection) -> datetime | None:
    free = connection.scalar(select(func.min(deadlines.c.due)).where(deadlines.c.leased_until.is_(None)))
    leased = connection.scalar(select(func.min(deadlines.c.leased_until)).where(deadlines.c.leased_until.is_not(None)))
    return min((at for at in (free, leased) if at is not None), default=None)


WRITERS: Mapping[type, Writer] = {SetDeadline: set_deadline, ClearDeadlines: clear_deadlines, DropDeadline: drop_deadline}
