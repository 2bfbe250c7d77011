"""Summaries: what conversations came to, one a ticket and kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, select

from desk.changes import SaveSummary
from desk.ids import TicketId
from desk.summary import Summary
from store.database import Reads
from store.rows import Writer, all_of, pack, put
from store.schema import summaries


def save_summary(connection: Connection, write: SaveSummary) -> None:
    """Store a summary in place of the one before."""
    _put(connection, write.summary)


def empty_summaries(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    """Take every word out of these summaries; return how many had any."""
    found = [summary for summary in all_of(connection, Summary, select(summaries.c.doc).where(*conditions)) if summary.points]
    for summary in found:
        _put(connection, replace(summary, points=()))
    return len(found)


class SummaryReads(Reads):
    """The question asked of summaries."""

    async def summaries(self, ticket: TicketId) -> Sequence[Summary]:
        """Return a ticket's summaries, by kind."""
        statement = select(summaries.c.doc).where(summaries.c.ticket == ticket).order_by(summaries.c.kind)
        return await self.database.read(lambda c: all_of(c, Summary, statement))


def _put(connection: Connection, summary: Summary) -> None:
    put(connection, summaries, {"ticket": summary.ticket, "kind": summary.kind, "at": summary.at, "doc": pack(summary)})


WRITERS: Mapping[type, Writer] = {SaveSummary: save_summary}
