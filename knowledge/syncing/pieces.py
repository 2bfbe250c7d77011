"""Pieces: documents that were cut and are ready to be put, and how they are embedded and put."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from desk.article import Chunk, Document
from desk.customer import content_hash
from desk.library import Embedder, Library
from knowledge import chunks
from knowledge.article import Article, Failure
from knowledge.chunks import searchable
from knowledge.vectors import packed

BATCH = 256
"""Chunks embedded together, across documents; what a crash may cost."""
Progress = Callable[[int, int], None]
"""Called with the documents done and the documents to do."""
Ready = tuple["Piece", Mapping[str, bytes]]
"""A piece with the vectors of its chunks, by chunk id."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A document with its chunks; `known` is the one it replaces."""

    document: Document
    chunks: tuple[Chunk, ...]
    known: Document | None = None

    @property
    def is_unchanged(self) -> bool:
        """Tell whether the library has exactly this already."""
        return is_same(self.known, self.document)


def is_same(known: Document | None, document: Document) -> bool:
    """Tell whether a document in the library is exactly this one, from the same place."""
    return known is not None and (known.hash, known.source) == (document.hash, document.source)


def document_of(article: Article, *, source: str, embedder: str) -> Document:
    """Return the document that an article makes; its hash changes with all that is said of it, the way of cutting and the embedder."""
    said = (article.title, article.url, str(article.audience), article.updated, article.language, article.reviewed, article.expires, article.owner)
    return Document(
        article.id,
        source,
        article.title,
        article.url,
        article.audience,
        content_hash(chunks.VERSION, embedder, *said, article.text),
        article.updated,
        article.language,
        reviewed=article.reviewed,
        expires=article.expires,
        owner=article.owner,
        file=article.file,
    )


def cut(article: Article, document: Document, *, known: Document | None) -> Piece | Failure:
    """Cut an article into the chunks of its document."""
    made = chunks.cut(document, article.text)
    return Piece(document, made, known) if made else Failure(article.where, "the article has headings and no text")


async def put(pieces: Sequence[Piece], *, library: Library, embedder: Embedder, progress: Progress | None = None) -> None:
    """Put documents into the library, each in one transaction, embedding one batch while the one before is written.

    Of a document that is known only the chunks that say something else are embedded.
    """
    done = 0

    async def write(batch: Sequence[Ready]) -> None:
        nonlocal done
        for piece, vectors in batch:
            await library.put(piece.document, piece.chunks, vectors, embedder=embedder.id)
            done += 1
            if progress:
                progress(done, len(pieces))

    ready: Sequence[Ready] = ()
    for batch in _batches(pieces):
        _, ready = await asyncio.gather(write(ready), _embedded(batch, library=library, embedder=embedder))
    await write(ready)


async def _embedded(batch: Sequence[Piece], *, library: Library, embedder: Embedder) -> list[Ready]:
    kept: dict[str, bytes] = {}
    pieces: list[Piece] = []
    for piece in batch:
        before = await library.chunks_of(piece.document.id) if piece.known else ()
        kept.update(await _kept(piece, before, library=library, embedder=embedder))
        pieces.append(_still_reviewed(piece, before))
    new = [chunk for piece in pieces for chunk in piece.chunks if chunk.id not in kept]
    vectors = await embedder.embed([searchable(chunk) for chunk in new])
    kept.update((chunk.id, packed(vector)) for chunk, vector in zip(new, vectors, strict=True))
    return [(piece, {chunk.id: kept[chunk.id] for chunk in piece.chunks}) for piece in pieces]


async def _kept(piece: Piece, before: Sequence[Chunk], *, library: Library, embedder: Embedder) -> Mapping[str, bytes]:
    """Return the vectors of chunks that say the same as before."""
    said = {chunk.id: searchable(chunk) for chunk in before}
    same = [chunk.id for chunk in piece.chunks if said.get(chunk.id) == searchable(chunk)]
    return await library.vectors(same, embedder=embedder.id) if same else {}


def _still_reviewed(piece: Piece, before: Sequence[Chunk]) -> Piece:
    """Keep the day somebody reviewed a document while its words are the same: the source does not know of it."""
    known, document = piece.known, piece.document
    # ISO dates: the later one is the greater text.
    if known is None or known.reviewed <= document.reviewed or _words(before) != _words(piece.chunks):
        return piece
    made = tuple(replace(chunk, reviewed=known.reviewed) for chunk in piece.chunks)
    return replace(piece, document=replace(document, reviewed=known.reviewed), chunks=made)


def _words(made: Sequence[Chunk]) -> list[str]:
    """Return the words of chunks one after another, so that another way of cutting makes no difference."""
    return " ".join(chunk.text for chunk in made).split()


def _batches(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    batch: list[Piece] = []
    for piece in pieces:
        batch.append(piece)
        if sum(len(each.chunks) for each in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
