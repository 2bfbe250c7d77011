"""Library: articles, their chunks and vectors, and the list of changes that every index follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import Connection, delete, func, insert, select, update

from desk.article import Chunk, ChunkChange, Document
from desk.changes import ExpectBasis
from desk.errors import Conflict
from store.database import Reads
from store.rows import Writer, all_of, pack, put
from store.schema import chunk_changes, chunks, documents, vectors

T = TypeVar("T")

AT_ONCE = 500
"""How many ids go into one query; databases limit their parameters."""


def expect_basis(connection: Connection, write: ExpectBasis) -> None:
    """Raise Conflict when a passage that a draft rests on changed or is gone."""
    live = _hashes(connection, write.passages)
    changed = [id for id, hash in write.passages.items() if live.get(id) != hash]
    if changed:
        raise Conflict(f"passage {changed[0]!r} is not what it was")


def drop(connection: Connection, ids: Sequence[str]) -> None:
    """Remove documents with their chunks, and note it in the change list."""
    for part in _parts(ids):
        _forget(connection, connection.execute(select(chunks.c.id).where(chunks.c.document.in_(part))).scalars().all())
        connection.execute(delete(documents).where(documents.c.id.in_(part)))


class SqlLibrary(Reads):
    """The articles in SQL; `put` and `remove` are one transaction each, so that a crash leaves whole documents."""

    async def documents(self, source: str | None = None) -> Sequence[Document]:
        """Return the documents by id, of one source or of all."""
        statement = select(documents.c.doc).order_by(documents.c.id)
        statement = statement.where(documents.c.source == source) if source is not None else statement
        return await self.database.read(lambda c: all_of(c, Document, statement))

    async def put(self, document: Document, chunks: Sequence[Chunk], vectors: Mapping[str, bytes], *, embedder: str) -> None:
        """Replace one document with its chunks and vectors; the change list gets what really changed."""
        await self.database.write(lambda c: _put(c, document, chunks, vectors=vectors, embedder=embedder))

    async def remove(self, documents: Sequence[str]) -> None:
        """Remove documents by id."""
        await self.database.write(lambda c: drop(c, documents))

    async def mark_reviewed(self, documents: Sequence[str], *, on: str) -> Sequence[str]:
        """Note in documents and their chunks when somebody reviewed them; their hashes stay, so that the next ingestion leaves them alone."""
        return await self.database.write(lambda c: _mark_reviewed(c, documents, on=on))

    async def chunks(self, ids: Sequence[str]) -> Mapping[str, Chunk]:
        """Return live chunks by id."""
        return await self.database.read(
            lambda c: {chunk.id: chunk for part in _parts(ids) for chunk in all_of(c, Chunk, select(chunks.c.doc).where(chunks.c.id.in_(part)))}
        )

    async def chunks_of(self, document: str) -> Sequence[Chunk]:
        """Return a document's chunks in order."""
        return await self.database.read(lambda c: all_of(c, Chunk, select(chunks.c.doc).where(chunks.c.document == document).order_by(chunks.c.n)))

    async def vectors(self, ids: Sequence[str], *, embedder: str) -> Mapping[str, bytes]:
        """Return the vectors that this embedder made, by chunk id."""
        return await self.database.read(lambda c: _vectors(c, ids, embedder))

    async def lacking(self, embedder: str, *, limit: int = 1000) -> Sequence[Chunk]:
        """Return chunks without a vector of this embedder."""
        has = select(vectors.c.chunk).where(vectors.c.embedder == embedder)
        return await self.database.read(
            lambda c: all_of(c, Chunk, select(chunks.c.doc).where(chunks.c.id.not_in(has)).order_by(chunks.c.id).limit(limit))
        )

    async def add_vectors(self, vectors: Mapping[str, bytes], *, embedder: str) -> None:
        """Store vectors made later; those of chunks that are gone meanwhile are left out."""
        await self.database.write(lambda c: _add_later(c, vectors, embedder))

    async def embedders(self) -> Mapping[str, int]:
        """Return how many live chunks each embedder has read."""
        live = select(vectors.c.embedder, func.count()).join(chunks, chunks.c.id == vectors.c.chunk).group_by(vectors.c.embedder)
        return await self.database.read(lambda c: {str(embedder): int(count) for embedder, count in c.execute(live)})

    async def changes(self, after: int, *, limit: int = 5000) -> Sequence[ChunkChange]:
        """Return what changed after a position of the change list, in order."""
        statement = select(chunk_changes).where(chunk_changes.c.seq > after).order_by(chunk_changes.c.seq).limit(limit)
        return await self.database.read(lambda c: [ChunkChange(**found) for found in c.execute(statement).mappings()])

    async def position(self) -> int:
        """Return the last position of the change list, 0 when nothing was ever written."""
        return await self.database.read(lambda c: c.scalar(select(func.max(chunk_changes.c.seq))) or 0)


def _put(connection: Connection, document: Document, new: Sequence[Chunk], *, vectors: Mapping[str, bytes], embedder: str) -> None:
    put(connection, documents, {"id": document.id, "source": document.source, "doc": pack(document)})
    before = {
        id: (hash, doc)
        for id, hash, doc in connection.execute(select(chunks.c.id, chunks.c.hash, chunks.c.doc).where(chunks.c.document == document.id))
    }
    rows = {chunk.id: {"id": chunk.id, "document": document.id, "n": chunk.n, "hash": chunk.hash, "doc": pack(chunk)} for chunk in new}
    changed = [id for id, row in rows.items() if id not in before or before[id][0] != row["hash"]]
    _forget(connection, before.keys() - rows.keys())
    put(connection, chunks, *(row for id, row in rows.items() if id not in before or before[id][1] != row["doc"]))
    _forget_vectors(connection, [id for id in changed if id in before])
    _append(connection, changed, gone=False)
    _store_vectors(connection, {id: vector for id, vector in vectors.items() if id in rows}, embedder)


def _mark_reviewed(connection: Connection, ids: Sequence[str], *, on: str) -> Sequence[str]:
    found = [document for part in _parts(ids) for document in all_of(connection, Document, select(documents.c.doc).where(documents.c.id.in_(part)))]
    for document in found:
        connection.execute(update(documents).where(documents.c.id == document.id).values(doc=pack(replace(document, reviewed=on))))
        for chunk in all_of(connection, Chunk, select(chunks.c.doc).where(chunks.c.document == document.id)):
            connection.execute(update(chunks).where(chunks.c.id == chunk.id).values(doc=pack(replace(chunk, reviewed=on))))
    return [document.id for document in found]


def _forget(connection: Connection, ids: Iterable[str]) -> None:
    gone = sorted(ids)
    for part in _parts(gone):
        connection.execute(delete(chunks).where(chunks.c.id.in_(part)))
    _append(connection, gone, gone=True)


def _forget_vectors(connection: Connection, ids: Sequence[str]) -> None:
    """A vector of the old text would find the new one."""
    for part in _parts(ids):
        connection.execute(delete(vectors).where(vectors.c.chunk.in_(part)))


def _append(connection: Connection, ids: Sequence[str], *, gone: bool) -> None:
    if ids:
        connection.execute(insert(chunk_changes), [{"chunk": id, "gone": gone} for id in ids])


def _add_vectors(connection: Connection, made: Mapping[str, bytes], embedder: str) -> None:
    _store_vectors(connection, {id: made[id] for id in _hashes(connection, made)}, embedder)


def _store_vectors(connection: Connection, made: Mapping[str, bytes], embedder: str) -> None:
    put(connection, vectors, *({"chunk": id, "embedder": embedder, "vector": vector} for id, vector in made.items()))


def _add_later(connection: Connection, made: Mapping[str, bytes], embedder: str) -> None:
    _add_vectors(connection, made, embedder)
    # An index that was filled before would never look for them.
    _append(connection, list(_hashes(connection, made)), gone=False)


def _vectors(connection: Connection, ids: Sequence[str], embedder: str) -> dict[str, bytes]:
    wanted = select(vectors.c.chunk, vectors.c.vector).where(vectors.c.embedder == embedder)
    return {chunk: bytes(vector) for part in _parts(ids) for chunk, vector in connection.execute(wanted.where(vectors.c.chunk.in_(part)))}


def _hashes(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    live = select(chunks.c.id, chunks.c.hash)
    return {id: hash for part in _parts(list(ids)) for id, hash in connection.execute(live.where(chunks.c.id.in_(part)))}


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


WRITERS: Mapping[type, Writer] = {ExpectBasis: expect_basis}
