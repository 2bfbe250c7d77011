"""Ingestion: bring the library in step with folders and files, document by document."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desk.article import Document
from desk.audience import Audience
from desk.library import Embedder, Library
from desk.source import PREFIX
from knowledge import sources
from knowledge.article import UNFORESEEN, Article, Failure, unread
from knowledge.chunks import searchable
from knowledge.sources import Reading
from knowledge.syncing.missing import missing
from knowledge.syncing.pieces import BATCH, Piece, Progress, cut, document_of, put
from knowledge.vectors import packed


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingestion did: counts of documents, the chunks that the ingested paths now make, and what could not be read."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    chunks: int = 0
    failed: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What ingesting one path comes to."""

    pieces: tuple[Piece, ...]
    gone: tuple[str, ...]
    failed: tuple[Failure, ...]


async def ingest(
    paths: Sequence[Path], *, library: Library, embedder: Embedder, folders: Mapping[str, Audience], progress: Progress | None = None
) -> Report:
    """Read paths and put into the library what is new or changed since they were last ingested; remove what is no longer there.

    Each document is one transaction, so that a run that was killed is finished by the next. Documents of other paths are left alone.
    `folders` are the policy's audiences by folder.
    """
    plans: list[Plan] = []
    known = {document.id: document for document in await library.documents()}
    for path in paths:
        plan = await asyncio.to_thread(_read_and_plan, path, folders, known, embedder.id)
        plans.append(plan)
        known = known | {piece.document.id: piece.document for piece in plan.pieces}
    await put([piece for plan in plans for piece in plan.pieces if not piece.is_unchanged], library=library, embedder=embedder, progress=progress)
    gone = [id for plan in plans for id in plan.gone]
    if gone:
        await library.remove(gone)
    return _report(plans)


async def complete(library: Library, embedder: Embedder, *, progress: Progress | None = None) -> int:
    """Embed the chunks that this embedder has not read yet, after a change of embedder, and return how many; before an index is opened for it."""
    done = 0
    while lacking := await library.lacking(embedder.id, limit=BATCH):
        vectors = await embedder.embed([searchable(chunk) for chunk in lacking])
        await library.add_vectors({chunk.id: packed(vector) for chunk, vector in zip(lacking, vectors, strict=True)}, embedder=embedder.id)
        done += len(lacking)
        if progress:
            progress(done, done + (len(lacking) == BATCH))
    return done


def plan(reading: Reading, known: Mapping[str, Document], *, embedder: str) -> Plan:
    """Compare what a path holds with the documents in the library; nothing is removed that an unreadable file may still hold."""
    made = [_piece(article, source=reading.source, known=known.get(article.id), embedder=embedder) for article in reading.articles]
    pieces = tuple(item for item in made if isinstance(item, Piece))
    failed = (*reading.failures, *(item for item in made if isinstance(item, Failure)))
    mine = {id: document for id, document in known.items() if document.source == reading.source}
    return Plan(pieces, missing(mine, present={piece.document.id for piece in pieces}, failed=failed), failed)


def _read_and_plan(path: Path, folders: Mapping[str, Audience], known: Mapping[str, Document], embedder: str) -> Plan:
    return plan(sources.read(path, folders=folders), known, embedder=embedder)


def _piece(article: Article, *, source: str, known: Document | None, embedder: str) -> Piece | Failure:
    if known and not _may_take(known.source, source):
        return Failure(article.where, f"the id {article.id!r} is taken by a document of {known.source!r}")
    try:
        return cut(article, document_of(article, source=source, embedder=embedder), known=known)
    except UNFORESEEN as error:
        return Failure(article.where, unread(error), frozenset({article.id}))


def _may_take(old: str, new: str) -> bool:
    """Tell whether a path may take over another's document: one lies within the other, or the old one is not there any more."""
    # What a source gave is its source's alone, whose name is no path.
    if old.startswith(PREFIX):
        return False
    a, b = Path(old), Path(new)
    return a.is_relative_to(b) or b.is_relative_to(a) or not a.exists()


def _report(plans: Sequence[Plan]) -> Report:
    pieces = [piece for plan in plans for piece in plan.pieces]
    added = sum(piece.known is None for piece in pieces)
    unchanged = sum(piece.is_unchanged for piece in pieces)
    failed = tuple(failure for plan in plans for failure in plan.failed)
    return Report(
        added, len(pieces) - added - unchanged, unchanged, sum(len(plan.gone) for plan in plans), sum(len(piece.chunks) for piece in pieces), failed
    )
