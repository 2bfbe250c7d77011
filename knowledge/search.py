"""Search: chunks by meaning and by words, fused, and only those that may be shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace

from desk.article import Chunk
from desk.audience import INTERNAL, PUBLIC, Audiences, may_show
from desk.draft import Passage
from desk.errors import Unavailable
from desk.ports import Embedder, Hits, Library
from knowledge.article import clean
from knowledge.index import Broken, Follower, Found

QUERY = 4_000
"""Characters of a query that are used."""
OPENING = 2_600
"""How many of them are from its beginning; the others are from its end, where people often ask."""
WINDOW = 120
"""Words of a query that are searched for at once. A longer one has several topics, which its one vector would blur: a chunk is as good as for
the window that it fits best (benchmarks/retrieval.py: recall 0.24 against 0.22, MRR 0.67 against 0.50)."""
STRIDE = 80
RANK = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009): how little the first ranks stand out."""
DENSE_WEIGHT = 1.0
LEXICAL_WEIGHT = 1.0
"""How much each leg counts. On both question sets of benchmarks/retrieval.py other weights changed less than the questions' number can tell."""
DEPTH = 50
"""Chunks that each leg returns at least: more than are asked for, since some may be gone by now."""


class HybridKnowledge:
    """The `KnowledgeBase` on an index and the library.

    What the index returns is joined to the library's live chunks, so that it may lag and never lies.
    """

    def __init__(self, library: Library, embedder: Embedder, index: Follower) -> None:
        self._library = library
        self._embedder = embedder
        self._index = index

    async def search(self, query: str, audiences: Audiences, *, k: int = 10) -> Hits:
        """Return the best passages that one of `audiences` may show; nothing for an empty query.

        With one of embedder and word search down the other answers, and the hits say so; with both down it raises.
        """
        text = shortened(query)
        try:
            lags = await self._lags()
            version = await self.version()
            if not text or not audiences or k < 1:
                return Hits(version=version)
            legs, degraded = await self._legs(text, audiences, k=k)
            return Hits((await self._passages(legs, audiences))[:k], version, degraded or lags)
        except (Broken, Unavailable) as error:
            raise Unavailable("kb", str(error)) from error

    async def search_documents(self, query: str, audiences: Audiences, *, k: int = 10) -> Hits:
        """Return the best documents, each once as its best passage."""
        hits = await self.search(query, audiences, k=max(DEPTH, 5 * k))
        best: dict[str, Passage] = {}
        for passage in hits.passages:
            best.setdefault(passage.document, passage)
        return replace(hits, passages=tuple(best.values())[:k])

    async def passages(self, ids: Sequence[str]) -> Mapping[str, Passage]:
        """Return live passages by id, without scores."""
        return {id: _passage(chunk) for id, chunk in (await self._library.chunks(ids)).items()}

    async def version(self) -> str:
        """Return the library's position and the embedder's id."""
        return f"{await self._library.position()}/{self._embedder.id}"

    async def close(self) -> None:
        """Let go of the index."""
        await self._index.close()

    async def _lags(self) -> bool:
        """Bring the index up to date; tell whether that failed, when what it has is still worth searching (a full disk)."""
        try:
            await self._index.refresh()
        except Unavailable:
            return True
        return False

    async def _legs(self, text: str, audiences: Audiences, *, k: int) -> tuple[tuple[list[Found], list[Found]], bool]:
        """Return what each leg found; raise when both are down."""
        shown = None if INTERNAL in audiences else sorted({str(PUBLIC), *map(str, audiences)})
        depth = max(DEPTH, 2 * k)
        parts = windows(text)
        near, matching = await asyncio.gather(_tried(self._near(parts, shown, depth)), _tried(self._matching(parts, shown, depth)))
        if near is None and matching is None:
            raise Unavailable("kb", "neither meaning nor words can be searched")
        return (near or [], matching or []), near is None or matching is None

    async def _near(self, parts: Sequence[str], shown: Sequence[str] | None, depth: int) -> list[Found]:
        vectors = await self._embedder.embed(parts)
        return best([await self._index.near(vector, shown, k=depth) for vector in vectors], k=depth)

    async def _matching(self, parts: Sequence[str], shown: Sequence[str] | None, depth: int) -> list[Found]:
        return best([await self._index.matching(part, shown, k=depth) for part in parts], k=depth)

    async def _passages(self, legs: tuple[list[Found], list[Found]], audiences: Audiences) -> tuple[Passage, ...]:
        dense, lexical = ({found.id: found.score for found in leg} for leg in legs)
        scores = fused(legs[0], legs[1])
        chunks = await self._library.chunks(list(scores))
        return tuple(
            replace(_passage(chunks[id]), score=score, dense=dense.get(id, 0.0), lexical=lexical.get(id, 0.0))
            for id, score in scores.items()
            if id in chunks and may_show(audiences, chunks[id].audience)
        )


def fused(dense: Sequence[Found], lexical: Sequence[Found]) -> dict[str, float]:
    """Return chunk ids with their scores by weighted reciprocal rank fusion, best first; equal scores in order of id."""
    scores: dict[str, float] = {}
    for weight, leg in ((DENSE_WEIGHT, dense), (LEXICAL_WEIGHT, lexical)):
        for rank, found in enumerate(leg, start=1):
            scores[found.id] = scores.get(found.id, 0.0) + weight / (RANK + rank)
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def best(lists: Sequence[Sequence[Found]], *, k: int) -> list[Found]:
    """Return what any of the searches found at its highest score, best first."""
    scores: dict[str, float] = {}
    for found in (found for each in lists for found in each):
        scores[found.id] = max(found.score, scores.get(found.id, found.score))
    return [Found(id, score) for id, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]]


def windows(query: str) -> list[str]:
    """Return a query in overlapping windows of words, a short one whole."""
    words = query.split()
    starts = range(0, max(1, len(words) - (WINDOW - STRIDE)), STRIDE)
    return [" ".join(words[start : start + WINDOW]) for start in starts]


def shortened(query: str) -> str:
    """Return a query as one line; of a very long one the beginning and the end, cut between words where there are any."""
    if len(query) > 8 * QUERY:  # A 10 MB message is not worth cleaning as a whole.
        query = f"{query[: 4 * QUERY]} {query[-4 * QUERY :]}"
    text = " ".join(clean(query).split())
    if len(text) <= QUERY:
        return text
    opening, ending = text[:OPENING], text[OPENING - QUERY + 1 :]
    return f"{opening.rpartition(' ')[0] or opening} {ending.partition(' ')[2] or ending}"


async def _tried(leg: Awaitable[list[Found]]) -> list[Found] | None:
    """Return what a leg found, None when it is down."""
    try:
        return await leg
    except (Broken, Unavailable):
        return None


def _passage(chunk: Chunk) -> Passage:
    return Passage(
        chunk.id,
        chunk.document,
        chunk.title,
        chunk.heading,
        chunk.url,
        chunk.audience,
        chunk.text,
        chunk.hash,
        updated=chunk.updated,
        language=chunk.language,
        reviewed=chunk.reviewed,
        expires=chunk.expires,
    )
