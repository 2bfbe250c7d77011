"""Pages: who was called about what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from desk.changes import ExpectPages, SavePage
from desk.errors import Conflict
from desk.ids import TicketId
from desk.paging import Page
from desk.space import UserRef
from store.database import Reads
from store.rows import Writer, all_of, pack, put
from store.schema import pages


def save_page(connection: Connection, write: SavePage) -> None:
    """Store a page."""
    held = write.page
    put(connection, pages, {"id": held.id, "person": str(held.person or ""), "ticket": held.ticket, "at": held.at, "doc": pack(held)})


def expect_pages(connection: Connection, write: ExpectPages) -> None:
    """Raise Conflict when somebody was called since, so that nobody is called past their budget by two at once."""
    if connection.dialect.name == "postgresql":
        # Two transactions that count at once would both find it as it was: the second waits for the first.
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"pages:{write.person}"))))
    stands = (pages.c.person == str(write.person), pages.c.at >= write.since)
    if connection.scalar(select(func.count()).where(*stands)) != write.pages:
        raise Conflict(f"{write.person} was called by another escalation")


class PageReads(Reads):
    """The questions asked of pages."""

    async def pages(self, person: UserRef | None = None, *, since: datetime) -> Sequence[Page]:
        """Return pages since then, oldest first."""
        statement = select(pages.c.doc).where(pages.c.at >= since).order_by(pages.c.at, pages.c.id)
        statement = statement.where(pages.c.person == str(person)) if person else statement
        return await self.database.read(lambda c: all_of(c, Page, statement))

    async def pages_of(self, ticket: TicketId) -> Sequence[Page]:
        """Return a ticket's pages, oldest first."""
        statement = select(pages.c.doc).where(pages.c.ticket == ticket).order_by(pages.c.at, pages.c.id)
        return await self.database.read(lambda c: all_of(c, Page, statement))


WRITERS: Mapping[type, Writer] = {SavePage: save_page, ExpectPages: expect_pages}
