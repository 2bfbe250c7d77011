"""Outbox: what goes out, in the order of its lane, and the cards that stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, or_, select, text, update

from desk.cards import Card, CardRecord
from desk.changes import Enqueue, Refresh, SaveCard, Unsend
from desk.errors import Conflict
from desk.ids import CardId, OutboxId, TicketId
from desk.post import Op, Post, Row, RowStatus
from desk.space import MessageRef, Place
from desk.timeline import Purpose, tombstone
from store.database import Reads
from store.messages import find_message, store_message
from store.rows import Writer, add, all_of, one_of, pack, put, unpack, unpack_maybe
from store.schema import cards, messages, outbox

TO_CUSTOMERS = (Purpose.ANSWER, Purpose.PART, Purpose.HOLDING, Purpose.QUESTION, Purpose.REMINDER, Purpose.CSAT, Purpose.NOTICE)
"""What a turn that starts again takes back before it was sent."""
WAITING = text("outbox.status IN ('queued', 'sending')")
"""In the very words of the index: SQLite does not see that a parameter says the same."""
UNSENT = (outbox.c.status == RowStatus.QUEUED) & (outbox.c.attempts == 0)
EMPTIED = (RowStatus.SENT, RowStatus.DROPPED)
"""Rows that nobody will send again: the words leave them."""


def enqueue(connection: Connection, write: Enqueue) -> None:
    """Append a post, unless its id is known or it changes a row that nobody has tried to send: then it changes that row."""
    post = write.post
    original = _find(connection, outbox.c.id == post.changes, UNSENT) if post.changes else None
    if original and post.op is Op.EDIT:
        _rewrite(
            connection,
            replace(
                original.post, card=post.card, card_id=post.card_id, audience=post.audience, purpose=post.purpose, to=post.to or original.post.to
            ),
        )
    elif original and post.op is Op.DELETE:
        _drop(connection, outbox.c.id == post.changes)
    else:
        add(connection, outbox, {**_post_columns(post), "status": RowStatus.QUEUED, "attempts": 0, "error": ""})


def refresh(connection: Connection, write: Refresh) -> None:
    """Append an edit of a card, unless it will be drawn anyway or does not stand anywhere."""
    card = one_of(connection, CardRecord, select(cards.c.doc).where(cards.c.id == write.card))
    original = _find(connection, outbox.c.id == card.outbox) if card else None
    if original is None or original.status not in (RowStatus.SENT, RowStatus.SENDING, RowStatus.QUEUED):
        return
    waits = _find(connection, outbox.c.card_id == write.card, UNSENT)
    if waits is None:
        post = original.post
        edit = replace(post, id=write.id, op=Op.EDIT, at=write.at, card=None, card_id=write.card, changes=post.id, to=())
        enqueue(connection, Enqueue(edit))


def unsend(connection: Connection, write: Unsend) -> None:
    """Drop a ticket's rows to customers that nobody has tried to send; what was never posted was never said.

    A whisper answers somebody's own click or command, whatever became of the ticket since.
    """
    _drop(connection, outbox.c.ticket == write.ticket, outbox.c.purpose.in_(TO_CUSTOMERS), outbox.c.op != Op.WHISPER, UNSENT)


def save_card(connection: Connection, write: SaveCard) -> None:
    """Store where a card stands."""
    card = write.card
    put(connection, cards, {"id": card.id, "ticket": card.ticket, "outbox": card.outbox, "doc": pack(card)})


def save_row(connection: Connection, row: Row) -> None:
    """Store how far a row came; what was posted is not kept. A dropped row stays dropped.

    Raises Conflict for an attempt at a row that was dropped or rewritten since it was read.
    """
    stored = _find(connection, outbox.c.id == row.post.id, outbox.c.status != RowStatus.DROPPED)
    if row.status is RowStatus.SENDING and (stored is None or stored.post != row.post):
        raise Conflict(f"outbox row {row.post.id!r} is not what it was: read it again")
    values = {
        "status": row.status,
        "attempts": row.attempts,
        "attempted_at": row.attempted_at,
        "not_before": row.not_before,
        "ref": pack(row.ref) if row.ref else None,
        "place": pack(row.place) if row.place else None,
        "error": row.error,
        **({"card": None} if row.status in EMPTIED else {}),
    }
    connection.execute(update(outbox).where(outbox.c.id == row.post.id, outbox.c.status != RowStatus.DROPPED).values(**values))
    if row.status is RowStatus.SENT and row.ref:
        _confirm(connection, row)


class OutboxReads(Reads):
    """The questions asked of the outbox and of cards, and the sender's word on a row."""

    async def row(self, id: OutboxId) -> Row | None:
        """Return a row; its card is gone once it was sent."""
        return await self.database.read(lambda c: _find(c, outbox.c.id == id))

    async def sendable(self, now: datetime) -> Sequence[Row]:
        """Return the first unsent row of each lane that may be tried now, `sending` ones included; held rows stand aside."""
        ready = or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now)
        statement = select(outbox).where(outbox.c.seq.in_(_heads()), ready).order_by(outbox.c.seq)
        return await self.database.read(lambda c: [_row(found) for found in c.execute(statement).mappings()])

    async def next_sendable(self) -> datetime | None:
        """Return when the soonest waiting row may be tried."""
        statement = select(func.min(func.coalesce(outbox.c.not_before, outbox.c.at), type_=outbox.c.at.type)).where(outbox.c.seq.in_(_heads()))
        return await self.database.read(lambda c: c.scalar(statement))

    async def save_row(self, row: Row) -> None:
        """Record how far a row came; a sent post's message gets its ref.

        Raises Conflict for an attempt (`sending`) at a row that was dropped or rewritten since it was read: read again.
        """
        await self.database.write(lambda c: save_row(c, row))

    async def card(self, id: CardId) -> CardRecord | None:
        """Return where a card stands."""
        return await self.database.read(lambda c: one_of(c, CardRecord, select(cards.c.doc).where(cards.c.id == id)))

    async def cards(self, ticket: TicketId) -> Sequence[CardRecord]:
        """Return a ticket's cards in the order they were posted."""
        statement = (
            select(cards.c.doc)
            .join(outbox, outbox.c.id == cards.c.outbox, isouter=True)
            .where(cards.c.ticket == ticket)
            .order_by(outbox.c.seq, cards.c.id)
        )
        return await self.database.read(lambda c: all_of(c, CardRecord, statement))

    async def card_at(self, ref: MessageRef) -> CardRecord | None:
        """Return the card that stands at a message."""
        statement = select(cards.c.doc).join(outbox, outbox.c.id == cards.c.outbox).where(outbox.c.ref == pack(ref))
        return await self.database.read(lambda c: one_of(c, CardRecord, statement))


def _find(connection: Connection, *conditions: ColumnElement[bool]) -> Row | None:
    found = connection.execute(select(outbox).where(*conditions).order_by(outbox.c.seq)).mappings().first()
    return _row(found) if found else None


def _heads() -> Any:
    return select(func.min(outbox.c.seq)).where(WAITING).group_by(outbox.c.lane)


def _rewrite(connection: Connection, post: Post) -> None:
    connection.execute(update(outbox).where(outbox.c.id == post.id).values(**_post_columns(post)))


def _drop(connection: Connection, *conditions: ColumnElement[bool]) -> None:
    ids = connection.execute(select(outbox.c.id).where(*conditions)).scalars().all()
    connection.execute(update(outbox).where(outbox.c.id.in_(ids)).values(status=RowStatus.DROPPED, card=None))
    for message in filter(None, (find_message(connection, messages.c.id == id, messages.c.ref.is_(None)) for id in ids)):
        store_message(connection, tombstone(message, message.at))


def _confirm(connection: Connection, row: Row) -> None:
    """Give the message of a post the ref it got, and the place that was opened for it."""
    message = find_message(connection, messages.c.id == row.post.id)
    if message and message.ref is None:
        store_message(connection, replace(message, ref=row.ref, place=row.place or message.place))


def _post_columns(post: Post) -> dict[str, Any]:
    return {
        "id": post.id,
        "lane": post.lane,
        "op": post.op,
        "purpose": post.purpose,
        "ticket": post.ticket,
        "card_id": post.card_id,
        "at": post.at,
        "doc": pack(replace(post, card=None)),
        "card": pack(post.card) if post.card else None,
    }


def _row(found: RowMapping | Mapping[str, Any]) -> Row:
    return Row(
        post=replace(unpack(Post, found["doc"]), card=unpack_maybe(Card, found["card"])),
        seq=found["seq"],
        status=RowStatus(found["status"]),
        attempts=found["attempts"],
        attempted_at=found["attempted_at"],
        not_before=found["not_before"],
        ref=unpack_maybe(MessageRef, found["ref"]),
        place=unpack_maybe(Place, found["place"]),
        error=found["error"],
    )


WRITERS: Mapping[type, Writer] = {Enqueue: enqueue, Refresh: refresh, Unsend: unsend, SaveCard: save_card}
