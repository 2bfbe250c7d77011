"""Search: chunks by meaning and by words, fused, and only those that may be shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from desk.article import Chunk
from desk.audience import INTERNAL, PUBLIC, Audiences, may_show
from desk.draft import Passage
from desk.errors import FrontdeskError, Unavailable
from desk.library import Embedder, Hits, Library
from desk.ports import Clock
from knowledge.duplicates import folded
from knowledge.fusion import BALANCE, Balance, Ranking, best, by_article, fused, relative, with_parts
from knowledge.index import Broken, Follower, Found
from knowledge.queries import parts, shortened, windows
from knowledge.recency import aged, may_answer
from knowledge.rerank import Reranker, reranked

DEPTH = 100
"""Chunks that each leg returns: more than are asked for, since some may be gone by now."""
POOL = 40
"""The fewest chunks that are read from the library, out of which copies are folded and articles weighed."""
ALSO = 8
"""The most further queries of a caller that are searched for."""


@dataclass(slots=True)
class Live:
    """What answers now: an index with the embedder that made its vectors. `users` are the searches under way."""

    embedder: Embedder
    index: Follower
    users: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as it is searched: the windows of its text, and its parts."""

    text: str
    windows: tuple[str, ...]
    parts: tuple[str, ...]
    shown: tuple[str, ...] | None
    depth: int


@dataclass(frozen=True, slots=True)
class Legs:
    """What a search found: for the whole query first and then for each part. None for a leg that is down."""

    dense: Sequence[list[Found]] | None
    lexical: Sequence[list[Found]] | None
    depth: int

    def ranking(self, balance: Balance) -> Ranking:
        """Return all of it in one order."""
        both = [[relative(found, depth=self.depth) for found in leg] for leg in (self.dense, self.lexical) if leg is not None]
        whole, *rest = [fused(*legs, balance=balance) if len(legs) > 1 else legs[0] for legs in zip(*both, strict=True)]
        return with_parts(whole, rest, balance=balance)


class HybridKnowledge:
    """The `KnowledgeBase` on an index and the library.

    What the index returns is joined to the library's live chunks, so that it may lag and never lies.
    """

    def __init__(
        self, library: Library, embedder: Embedder, index: Follower, *, clock: Clock, reranker: Reranker | None = None, balance: Balance = BALANCE
    ) -> None:
        self._library = library
        self._live = Live(embedder, index)
        self._clock = clock
        self._reranker = reranker
        self._balance = balance

    async def search(self, query: str, audiences: Audiences, *, k: int = 10, also: Sequence[str] = ()) -> Hits:
        """Return the best passages that one of `audiences` may show; nothing for an empty query.

        With one of embedder and word search down the other answers, and the hits say so; with both down it raises.
        """
        async with self._used() as live:
            try:
                return await self._search(live, shortened(query), audiences, k=k, also=also)
            except (Broken, Unavailable) as error:
                if isinstance(error, Unavailable) and error.system == "kb":
                    raise
                raise Unavailable("kb", str(error)) from error

    async def search_documents(self, query: str, audiences: Audiences, *, k: int = 10) -> Hits:
        """Return the best documents, each once as its best passage."""
        hits = await self.search(query, audiences, k=max(2 * POOL, 5 * k))
        first: dict[str, Passage] = {}
        for passage in hits.passages:
            first.setdefault(passage.document, passage)
        return replace(hits, passages=tuple(first.values())[:k])

    async def passages(self, ids: Sequence[str]) -> Mapping[str, Passage]:
        """Return live passages by id, without scores."""
        return {id: _passage(chunk) for id, chunk in (await self._library.chunks(ids)).items()}

    async def article(self, document: str, audiences: Audiences) -> Sequence[Passage]:
        """Return the passages of a document in order, those that may be shown."""
        found = [self._shown(chunk, audiences) for chunk in sorted(await self._library.chunks_of(document), key=lambda chunk: chunk.n)]
        return [passage for passage in found if passage]

    async def neighbors(self, id: str, audiences: Audiences) -> tuple[Passage | None, Passage | None]:
        """Return the passages before and after one in its article, None where there is none that may be shown."""
        chunk = (await self._library.chunks([id])).get(id)
        around = {other.n: other for other in await self._library.chunks_of(chunk.document)} if chunk else {}
        before, after = (around.get(chunk.n + step) if chunk else None for step in (-1, 1))
        return self._shown(before, audiences), self._shown(after, audiences)

    async def version(self) -> str:
        """Return the library's position and the id of the embedder that answers."""
        return f"{await self._library.position()}/{self._live.embedder.id}"

    @property
    def embedder(self) -> str:
        """Return the id of the embedder that answers."""
        return self._live.embedder.id

    async def switch(self, embedder: Embedder, index: Follower) -> None:
        """Let another embedder and its index answer from now on, and close the old index once nobody searches it any more."""
        # Searches under way hold the old pair: a query's vector must not meet another embedder's index.
        old, self._live = self._live, Live(embedder, index)
        if old.users:
            await old.idle.wait()
        await old.index.close()

    async def close(self) -> None:
        """Let go of the index."""
        await self._live.index.close()

    @asynccontextmanager
    async def _used(self) -> AsyncIterator[Live]:
        live = self._live
        live.users += 1
        try:
            yield live
        finally:
            live.users -= 1
            if not live.users:
                live.idle.set()

    async def _search(self, live: Live, text: str, audiences: Audiences, *, k: int, also: Sequence[str]) -> Hits:
        reached = await _refreshed(live.index)
        lags, position = reached is None, await self._library.position() if reached is None else reached
        version = f"{position}/{live.embedder.id}"
        if not text or not audiences or k < 1:
            return Hits(version=version)
        asked = _asked(text, audiences, k=k, also=also)
        dense, lexical = await _both(live, asked)
        if dense is None and not any(lexical or ()):
            # "Nothing was found" would be a claim that half a search cannot make.
            raise Unavailable("kb", "meaning cannot be searched now, and no word of this stands in an article")
        chunks = await self._ordered(Legs(dense, lexical, asked.depth), audiences, k=k)
        passages = tuple(
            replace(_passage(chunk), score=score, dense=_strength(chunk.id, dense), lexical=_strength(chunk.id, lexical), copies=copies)
            for chunk, score, copies in chunks
        )
        if self._reranker:  # Last, since what may not be shown is not worth reading.
            passages = await reranked(self._reranker, text, passages)
        return Hits(passages, version, lags or dense is None or lexical is None)

    async def _ordered(self, legs: Legs, audiences: Audiences, *, k: int) -> list[tuple[Chunk, float, tuple[str, ...]]]:
        """Return the best chunks that may be shown, with their scores and the copies that each stands for."""
        now, scores = self._clock.now(), legs.ranking(self._balance).scores
        # More than k are read: some are gone by now, hidden since, or copies of others.
        found = await self._library.chunks(_best_first(scores)[: max(POOL, 2 * k)])
        chunks = {id: chunk for id, chunk in found.items() if self._may_return(chunk, audiences)}
        gained = by_article({id: scores[id] for id in chunks}, {id: chunk.document for id, chunk in chunks.items()}, balance=self._balance)
        final = {id: aged(score, chunks[id], now=now) for id, score in gained.items()}
        ordered = [chunks[id] for id in _best_first(final)]
        return [(chunk, max(final[id] for id in (chunk.id, *copies)), copies) for chunk, copies in folded(ordered, k=k).items()]

    def _shown(self, chunk: Chunk | None, audiences: Audiences) -> Passage | None:
        return _passage(chunk) if chunk and self._may_return(chunk, audiences) else None

    def _may_return(self, chunk: Chunk, audiences: Audiences) -> bool:
        return may_show(audiences, chunk.audience) and may_answer(chunk, audiences, now=self._clock.now())


def _best_first(scores: Mapping[str, float]) -> list[str]:
    """Return ids by their scores, equal ones in a lasting order."""
    return sorted(scores, key=lambda id: (-scores[id], id))


def _asked(text: str, audiences: Audiences, *, k: int, also: Sequence[str]) -> Asked:
    shown = None if INTERNAL in audiences else tuple(sorted({str(PUBLIC), *map(str, audiences)}))
    # Whoever cuts a message into its questions knows more than the marks in it say.
    further = tuple(filter(None, map(shortened, also[:ALSO])))
    return Asked(text, tuple(windows(text)), further or tuple(parts(text)), shown, max(DEPTH, 2 * k))


async def _near(live: Live, asked: Asked) -> list[list[Found]]:
    """Return what is near the whole query, which is as near as the nearest of its windows, and what is near each part."""
    vectors = await live.embedder.embed_queries([*asked.windows, *asked.parts])
    found = await live.index.each_near(vectors, asked.shown, k=asked.depth)
    count = len(asked.windows)
    return [found[0] if count == 1 else best(found[:count], k=asked.depth), *found[count:]]


async def _refreshed(index: Follower) -> int | None:
    """Bring an index up to date and return its position; None when that failed and what it has is still worth searching (a full disk)."""
    try:
        return await index.refresh()
    except Unavailable:
        return None


async def _both(live: Live, asked: Asked) -> tuple[list[list[Found]] | None, list[list[Found]] | None]:
    """Return what both legs found, None for one that is down; raise when both are."""
    matching = live.index.each_matching((asked.text, *asked.parts), asked.shown, k=asked.depth)
    dense, lexical = await asyncio.gather(_tried(_near(live, asked)), _tried(matching))
    if isinstance(dense, FrontdeskError) and isinstance(lexical, FrontdeskError):
        raise lexical
    return None if isinstance(dense, FrontdeskError) else dense, None if isinstance(lexical, FrontdeskError) else lexical


async def _tried(leg: Awaitable[list[list[Found]]]) -> list[list[Found]] | FrontdeskError:
    """Return what a leg found, or why it is down."""
    try:
        return await leg
    except (Broken, Unavailable) as error:
        return error


def _strength(id: str, leg: Sequence[list[Found]] | None) -> float:
    """Return a chunk's score in one leg, with the query or that part of it which it fits best."""
    return max((found.score for each in leg or () for found in each if found.id == id), default=0.0)


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
        n=chunk.n,
    )
