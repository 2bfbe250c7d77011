"""Promises: those that were broken, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from desk.changes import SaveBreach
from desk.ids import TicketId
from desk.sla import Breach
from store.database import Reads
from store.rows import Writer, all_of, one_of, pack, put
from store.schema import breaches


def save_breach(connection: Connection, write: SaveBreach) -> None:
    """Store a broken promise."""
    held = write.breach
    put(connection, breaches, {"id": held.id, "ticket": held.ticket, "at": held.at, "doc": pack(held)})


class BreachReads(Reads):
    """The questions asked of broken promises."""

    async def breaches(self, ticket: TicketId | None = None, *, since: datetime | None = None) -> Sequence[Breach]:
        """Return broken promises, oldest first."""
        statement = select(breaches.c.doc).order_by(breaches.c.at, breaches.c.id)
        statement = statement.where(breaches.c.ticket == ticket) if ticket else statement
        statement = statement.where(breaches.c.at >= since) if since else statement
        return await self.database.read(lambda c: all_of(c, Breach, statement))

    async def breach(self, id: str) -> Breach | None:
        """Return a broken promise."""
        return await self.database.read(lambda c: one_of(c, Breach, select(breaches.c.doc).where(breaches.c.id == id)))


WRITERS: Mapping[type, Writer] = {SaveBreach: save_breach}
