"""Pages: who was called about what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from desk.changes import SavePage
from desk.ids import TicketId
from desk.paging import Page
from desk.space import UserRef
from store.database import Reads
from store.rows import Writer, all_of, pack, put
from store.schema import pages


def save_page(connection: Connection, write: SavePage) -> None:
    """Store a page."""
    held = write.page
    put(connection, pages, {"id": held.id, "person": str(held.person), "ticket": held.ticket, "at": held.at, "doc": pack(held)})


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


WRITERS: Mapping[type, Writer] = {SavePage: save_page}
