"""Library: the ports of knowledge, what the desk asks of the articles and what keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from desk.article import Chunk, ChunkChange, Document
from desk.audience import Audiences
from desk.candidate import Candidate, CandidateStatus
from desk.draft import Passage
from desk.source import Holding, SyncState


@dataclass(frozen=True, slots=True)
class Hits:
    """The result of a search, best first. `version` is the knowledge's when it was asked; `degraded` says that one of the two legs was missing."""

    passages: tuple[Passage, ...] = ()
    version: str = ""
    degraded: bool = False


class KnowledgeBase(Protocol):
    """The articles. Raises Unavailable("kb")."""

    async def search(self, query: str, audiences: Audiences, *, k: int = 10, also: Sequence[str] = ()) -> Hits:
        """Return the passages that answer a query, among those that one of `audiences` may show; filtered in the index.

        `also` are further queries that belong to it, such as its questions one by one: a passage may fit any of them.
        """
        ...

    async def passages(self, ids: Sequence[str]) -> Mapping[str, Passage]:
        """Return passages by id as they are now; one that is gone is missing from the result."""
        ...

    async def article(self, document: str, audiences: Audiences) -> Sequence[Passage]:
        """Return the passages of a document in order, those that one of `audiences` may show; none for a document that is not there."""
        ...

    async def version(self) -> str:
        """Return what changes when any document does."""
        ...


class Library(Protocol):
    """The articles as SQL keeps them: the truth that every index is a cache of. Vectors are little-endian float32 bytes."""

    async def documents(self, source: str | None = None) -> Sequence[Document]:
        """Return the documents, of one source or of all."""
        ...

    async def put(self, document: Document, chunks: Sequence[Chunk], vectors: Mapping[str, bytes], *, embedder: str) -> None:
        """Replace one document with its chunks and their vectors (by chunk id) in one transaction, noting in the change list what changed."""
        ...

    async def remove(self, documents: Sequence[str]) -> None:
        """Remove documents by id, in one transaction."""
        ...

    async def mark_reviewed(self, documents: Sequence[str], *, on: str) -> Sequence[str]:
        """Note that somebody reviewed documents on a day (ISO date), with their chunks; return the ids that there are. No text changes by it."""
        ...

    async def chunks(self, ids: Sequence[str]) -> Mapping[str, Chunk]:
        """Return live chunks by id."""
        ...

    async def chunks_of(self, document: str) -> Sequence[Chunk]:
        """Return a document's chunks in order."""
        ...

    async def vectors(self, ids: Sequence[str], *, embedder: str) -> Mapping[str, bytes]:
        """Return the vectors that this embedder made."""
        ...

    async def lacking(self, embedder: str, *, limit: int = 1000) -> Sequence[Chunk]:
        """Return chunks without a vector of this embedder."""
        ...

    async def add_vectors(self, vectors: Mapping[str, bytes], *, embedder: str) -> None:
        """Store vectors made later, for a change of embedder; the change list says so, and indexes that already have the chunks fetch them."""
        ...

    async def embedders(self) -> Mapping[str, int]:
        """Return how many live chunks each embedder has read, by its id."""
        ...

    async def changes(self, after: int, *, limit: int = 5000) -> Sequence[ChunkChange]:
        """Return what changed after a position of the change list, in order."""
        ...

    async def position(self) -> int:
        """Return the last position of the change list, 0 when nothing was ever written."""
        ...


class CandidateRows(Protocol):
    """Answers of resolved tickets that wait for a person, or were judged by one."""

    async def candidates(self, status: CandidateStatus | None = None) -> Sequence[Candidate]:
        """Return the candidates, of one status or all, oldest first."""
        ...

    async def offer(self, candidate: Candidate) -> None:
        """Keep a new candidate; one that is known stays as it is, so that nobody's judgment is lost."""
        ...

    async def judge(self, candidate: Candidate) -> bool:
        """Replace a candidate by what a person made of it; False when there is none any more."""
        ...


class SourceRows(Protocol):
    """How far the sync of each source is. One process at a time reads a source: whoever holds it, until the time of the hold is over.

    What a sync has collected is kept as texts by key, in the words of whoever collected it, until it is applied.
    """

    async def states(self) -> Mapping[str, SyncState]:
        """Return the states of all sources that were ever synced, by name, also of those that the policy no longer names."""
        ...

    async def hold(self, source: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take a source, or go on holding it; False while another holds it."""
        ...

    async def release(self, source: str, holder: str) -> None:
        """Let go of a source, if `holder` still has it."""
        ...

    async def held(self, now: datetime) -> frozenset[str]:
        """Return the names of the sources that somebody holds."""
        ...

    async def save(self, state: SyncState, *, holder: str, staged: Mapping[str, str] | None = None, anew: bool = False) -> int:
        """Save a state and, in the same transaction, what was collected with it; return how many items the source has staged now.

        `anew` drops what was staged before. When the owner was reminded is kept. Raises Conflict when `holder` does not hold the source any more.
        """
        ...

    async def staged(self, source: str, *, after: str = "", limit: int = 100) -> Sequence[tuple[str, str]]:
        """Return what was collected behind a key, in order of the keys."""
        ...

    async def remind(self, source: str, at: datetime) -> None:
        """Note that the owner of a source was reminded."""
        ...

    async def forget(self, source: str) -> None:
        """Drop the state of a source and what it has staged."""
        ...

    async def holdings(self) -> Mapping[str, Holding]:
        """Return how much each place gave that documents say they are from: `source:NAME`, or an ingested path."""
        ...


class Embedder(Protocol):
    """Text to vectors. Everything fitted to an embedder's vectors carries its `id`."""

    id: str
    dimensions: int

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one unit vector a text, in order: shape (len(texts), dimensions)."""
        ...

    async def embed_queries(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return the same for texts that search: some models want them marked as such."""
        ...
