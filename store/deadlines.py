"""Deadlines: rows that become events when their instant comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from desk.changes import ClearDeadlines, DropDeadline, SetDeadline
from desk.deadlines import Deadline
from store.database import Reads
from store.rows import Writer, all_of, one_of, pack, put
from store.schema import deadlines


def set_deadline(connection: Connection, write: SetDeadline) -> None:
    """Set a deadline, replacing one of the same id."""
    held = write.deadline
    put(connection, deadlines, {"id": held.id, "kind": held.kind, "key": held.key, "due": held.due, "doc": pack(held)})


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
        """Return when the soonest deadline is due."""
        return await self.database.read(lambda c: c.scalar(select(func.min(deadlines.c.due))))

    async def deadline(self, id: str) -> Deadline | None:
        """Return a deadline that is still set."""
        return await self.database.read(lambda c: one_of(c, Deadline, select(deadlines.c.doc).where(deadlines.c.id == id)))


WRITERS: Mapping[type, Writer] = {SetDeadline: set_deadline, ClearDeadlines: clear_deadlines, DropDeadline: drop_deadline}
