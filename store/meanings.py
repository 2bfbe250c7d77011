"""Meanings: the vectors of what customers wrote; they go with the words they were made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select

from desk.changes import SaveMeaning
from desk.ids import MessageId, TicketId
from desk.meaning import Meaning, Meant
from store.database import Reads
from store.rows import Writer, put
from store.schema import meanings, messages


def save_meaning(connection: Connection, write: SaveMeaning) -> None:
    """Store what a message means; one that is in no ticket, or whose words are gone, means nothing."""
    found = connection.execute(select(messages.c.ticket, messages.c.at).where(messages.c.id == write.message)).first()
    if found is None or found.ticket is None:
        return
    meant = write.meaning
    values = {"message": write.message, "embedder": meant.embedder, "ticket": found.ticket, "at": found.at, "vector": meant.vector}
    put(connection, meanings, values)


def drop_meanings(connection: Connection, ids: Collection[MessageId]) -> None:
    """Drop what these messages meant."""
    connection.execute(delete(meanings).where(meanings.c.message.in_(ids)))


class MeaningReads(Reads):
    """The questions asked of meanings."""

    async def meanings(
        self, ticket: TicketId | None = None, *, embedder: str, since: datetime | None = None, most: int | None = None
    ) -> Sequence[Meant]:
        """Return meanings, oldest first; of too many the latest."""
        held = meanings.c
        statement = (
            select(held.message, held.ticket, held.at, held.vector).where(held.embedder == embedder).order_by(held.at.desc(), held.message.desc())
        )
        statement = statement.where(held.ticket == ticket) if ticket else statement
        statement = statement.where(held.at >= since) if since else statement
        statement = statement.limit(most) if most else statement
        return await self.database.read(lambda c: [_meant(embedder, *row) for row in reversed(c.execute(statement).all())])


def _meant(embedder: str, message: str, ticket: str, at: datetime, vector: bytes) -> Meant:
    return Meant(MessageId(message), TicketId(ticket), at, Meaning(embedder, bytes(vector)))


WRITERS: Mapping[type, Writer] = {SaveMeaning: save_meaning}
