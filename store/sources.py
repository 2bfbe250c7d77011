"""Sources: how far the sync of each is, who reads it now, and what was collected and not applied yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from desk.errors import Conflict
from desk.source import LONGEST_HOLD, Holding, SyncState
from store.database import Reads
from store.rows import all_of, one_of, pack, put
from store.schema import chunks, documents, sources, staged


class SqlSources(Reads):
    """The `SourceRows` in SQL. A hold is a row with an end, so that a process that was killed holds nothing for long."""

    async def states(self) -> Mapping[str, SyncState]:
        """Return the states by name."""
        statement = select(sources.c.doc).where(sources.c.doc.is_not(None)).order_by(sources.c.name)
        return await self.database.read(lambda c: {state.source: state for state in all_of(c, SyncState, statement)})

    async def hold(self, source: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take a source; writes run one after another, so that of two who ask at once the second finds the first."""
        return await self.database.write(lambda c: _hold(c, source, holder, now=now, until=until))

    async def release(self, source: str, holder: str) -> None:
        """Let go of a source."""
        mine = update(sources).where(sources.c.name == source, sources.c.holder == holder)
        await self.database.write(lambda c: c.execute(mine.values(holder=None, held_until=None)))

    async def held(self, now: datetime) -> frozenset[str]:
        """Return the sources that are being read."""
        statement = select(sources.c.name).where(sources.c.held_until > now)
        return await self.database.read(lambda c: frozenset(c.execute(statement).scalars()))

    async def save(self, state: SyncState, *, holder: str, staged: Mapping[str, str] | None = None, anew: bool = False) -> int:
        """Save a state with what was collected by it."""
        return await self.database.write(lambda c: _save(c, state, staged or {}, holder=holder, anew=anew))

    async def staged(self, source: str, *, after: str = "", limit: int = 100) -> Sequence[tuple[str, str]]:
        """Return a portion of what was collected."""
        rows = select(staged.c.item, staged.c.doc).where(staged.c.source == source, staged.c.item > after).order_by(staged.c.item).limit(limit)
        return await self.database.read(lambda c: [(item, doc) for item, doc in c.execute(rows)])

    async def remind(self, source: str, at: datetime) -> None:
        """Note a reminder."""
        await self.database.write(lambda c: _remember(c, replace(_state(c, source) or SyncState(source), reminded=at)))

    async def forget(self, source: str) -> None:
        """Drop everything about a source but its documents."""
        await self.database.write(lambda c: _forget(c, source))

    async def holdings(self) -> Mapping[str, Holding]:
        """Return how much is from each place."""
        per_document = select(documents.c.source, func.count(chunks.c.id).label("n")).select_from(documents.outerjoin(chunks))
        counted = per_document.group_by(documents.c.id, documents.c.source).subquery()
        statement = select(counted.c.source, func.count(), func.sum(counted.c.n)).group_by(counted.c.source).order_by(counted.c.source)
        return await self.database.read(lambda c: {source: Holding(n, int(made)) for source, n, made in c.execute(statement)})


def _hold(connection: Connection, source: str, holder: str, *, now: datetime, until: datetime) -> bool:
    is_held = (sources.c.held_until > now) & (sources.c.held_until <= now + LONGEST_HOLD)
    if connection.scalar(select(sources.c.holder).where(sources.c.name == source, sources.c.holder != holder, is_held)) is not None:
        return False
    put(connection, sources, {"name": source, "holder": holder, "held_until": until})
    return True


def _save(connection: Connection, state: SyncState, items: Mapping[str, str], *, holder: str, anew: bool) -> int:
    if connection.scalar(select(sources.c.holder).where(sources.c.name == state.source)) != holder:
        raise Conflict(f"the source {state.source!r} is read by another process now")
    if anew:
        connection.execute(delete(staged).where(staged.c.source == state.source))
    put(connection, staged, *({"source": state.source, "item": key, "doc": text} for key, text in items.items()))
    # The reminder is another's to note, and may have been noted since this state was read.
    known = _state(connection, state.source)
    _remember(connection, replace(state, reminded=known.reminded if known else state.reminded))
    return connection.scalar(select(func.count()).where(staged.c.source == state.source)) or 0


def _state(connection: Connection, source: str) -> SyncState | None:
    return one_of(connection, SyncState, select(sources.c.doc).where(sources.c.name == source, sources.c.doc.is_not(None)))


def _remember(connection: Connection, state: SyncState) -> None:
    put(connection, sources, {"name": state.source, "doc": pack(state)})


def _forget(connection: Connection, source: str) -> None:
    connection.execute(delete(staged).where(staged.c.source == source))
    connection.execute(delete(sources).where(sources.c.name == source))
