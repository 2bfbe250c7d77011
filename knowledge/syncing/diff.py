"""Diff: what a source holds, compared with the documents the library has of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace

from desk.article import Document
from desk.errors import InvalidInput
from desk.source import Source
from knowledge.article import UNFORESEEN, Article, Failure, compose, strictest, unread
from knowledge.syncing.missing import missing
from knowledge.syncing.pieces import Piece, cut, document_of, is_same
from knowledge.syncing.staging import Items

FEW = 20
"""A source with fewer documents may lose any of them at once."""
LONGEST_ID = 1_000
"""Bytes of a document's id; databases index no more than some thousands."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What applying a sync comes to. `added`, `changed` and `removed` are titles by the ids of documents.

    `held` says how many documents the source has by now; nothing is removed while a failure may hide what is missing.
    """

    added: Mapping[str, str]
    changed: Mapping[str, str]
    unchanged: int
    removed: Mapping[str, str]
    failed: tuple[Failure, ...]
    held: int = 0

    @property
    def is_drastic(self) -> bool:
        """Tell whether more than half of a source would go: an empty listing or a wrong token looks just like that."""
        return self.held >= FEW and 2 * len(self.removed) > self.held


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a source's articles are compared with: all documents by id, and the embedder that the library is filled by."""

    source: Source
    known: Mapping[str, Document]
    embedder: str

    def judge(self, items: Items) -> list[Document | Piece | Failure]:
        """Return a Document for what is there already, a Piece for what has to be put, and why the rest can't be. Blocking: it cuts."""
        return [self._failure(item) if isinstance(item, Failure) else self._judged(item) for item in items]

    def _judged(self, article: Article) -> Document | Piece | Failure:
        placed = place(article, self.source)
        if isinstance(placed, Failure):
            return placed
        known = self.known.get(placed.id)
        # Whoever ingested an article under such an id did so by hand, and would not see it go.
        if known and known.source != self.source.origin:
            return Failure(placed.where, f"the id {placed.id!r} is taken by a document of {known.source!r}")
        document = document_of(placed, source=self.source.origin, embedder=self.embedder)
        if is_same(known, document):
            return document
        try:
            return cut(placed, document, known=known)
        except UNFORESEEN as error:
            return Failure(placed.where, unread(error), frozenset({placed.id}))

    def _failure(self, failure: Failure) -> Failure:
        return failure if failure.ids is None else replace(failure, ids=frozenset(map(self.source.document, failure.ids)))


def place(article: Article, source: Source) -> Article | Failure:
    """Return an article as a document of its source: its id behind the source's name, its audience within the source's.

    It is composed again, so that what no article may have (an address that runs a script, a title that says "internal" on a public one) comes
    in through no source.
    """
    names = ("title", "url", "updated", "reviewed", "expires", "owner")
    fields = {name: getattr(article, name) for name in names}
    narrowed = strictest(article.audience, source.audience)
    fields |= {"audience": str(narrowed), "language": article.language or source.language}
    id = source.document(article.id)
    if len(id.encode()) > LONGEST_ID:
        return Failure(article.where, f"its id has more than {LONGEST_ID} bytes")
    try:
        return replace(compose(fields, article.text, id=id, where=article.where, fallback=article.id), id=id, file=article.file)
    except InvalidInput as error:
        return Failure(article.where, str(error), frozenset({id}))


async def compare(shelf: Shelf, portions: AsyncIterator[Items]) -> Diff:
    """Compare everything a source holds with what the library has of it."""
    seen = _Seen()
    async for items in portions:
        seen.take(await asyncio.to_thread(shelf.judge, items))
    mine = {id: document for id, document in shelf.known.items() if document.source == shelf.source.origin}
    gone = missing(mine, present=seen.ids, failed=seen.failed)
    return Diff(
        added={piece.document.id: piece.document.title for piece in seen.pieces if piece.known is None},
        changed={piece.document.id: piece.document.title for piece in seen.pieces if piece.known is not None},
        unchanged=seen.unchanged,
        removed={id: mine[id].title for id in gone},
        failed=tuple(seen.failed),
        held=len(mine),
    )


class _Seen:
    """What came so far, without the texts."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.unchanged = 0
        self.pieces: list[Piece] = []
        self.failed: list[Failure] = []

    def take(self, judged: Sequence[Document | Piece | Failure]) -> None:
        for item in judged:
            match item:
                case Document():
                    self.ids.add(item.id)
                    self.unchanged += 1
                case Piece():
                    self.ids.add(item.document.id)
                    # A first sync of thousands of articles would keep all of their texts until they are put.
                    self.pieces.append(replace(item, chunks=()))
                case Failure():
                    self.failed.append(item)
