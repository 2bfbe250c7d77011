"""Search speed: milliseconds of a hybrid query without embedding it. Run with `python -m benchmarks.search_speed [CHUNKS...]`."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import qdrant_edge as edge

from benchmarks.serving import questions, stock
from desk.audience import PUBLIC
from knowledge import words
from knowledge.edge import AUDIENCE, DENSE, WORDS, EdgeIndex
from knowledge.embeddings import MINILM
from knowledge.index import Follower
from knowledge.search import DEPTH, HybridKnowledge
from runtime import SystemClock
from store.database import open_database
from store.library import SqlLibrary

LIMITS = {10_000: 10.0, 100_000: 60.0}
"""The mark for the 95th percentile of an ordinary question, in milliseconds, by the number of chunks."""
EVERYBODY = frozenset({PUBLIC})
K = 10
ROUNDS = 3


class Given:
    """An embedder that takes no time: vectors in random directions, one a text."""

    id = MINILM.id
    dimensions = MINILM.dimensions

    def __init__(self) -> None:
        self._dice = np.random.default_rng(7)

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        rows = self._dice.standard_normal((len(texts), self.dimensions))
        unit: list[list[float]] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).tolist()
        return unit

    async def embed_queries(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return await self.embed(texts)


@asynccontextmanager
async def opened(chunks: int) -> AsyncIterator[tuple[HybridKnowledge, EdgeIndex]]:
    with tempfile.TemporaryDirectory() as folder:
        await stock(Path(folder), chunks=chunks)
        database = await open_database(f"sqlite:///{folder}/frontdesk.db")
        library, embedder = SqlLibrary(database), Given()
        index = EdgeIndex.open(Path(folder, "index"), embedder=embedder.id, dimensions=embedder.dimensions)
        knowledge = HybridKnowledge(library, embedder, Follower(index, library, embedder=embedder.id), clock=SystemClock())
        await knowledge.search("warm up", EVERYBODY)
        yield knowledge, index
        await knowledge.close()
        await database.close()


def plain(shard: Any, text: str, vector: Sequence[float]) -> None:
    """Ask the shard itself for both legs, fused by it, and for nothing else."""
    asked = words.of_query(text)
    shown = edge.Filter(must=[edge.FieldCondition(AUDIENCE, match=edge.MatchAny(any=["public"]))])
    legs = ((list(vector), DENSE), (edge.SparseVector(asked.terms, asked.weights), WORDS))
    prefetches = [edge.Prefetch(limit=DEPTH, query=edge.Query.Nearest(leg, using=name), filter=shown) for leg, name in legs]
    shard.query(edge.QueryRequest(limit=K, prefetches=prefetches, query=edge.Fusion.Rrf(60)))


async def timed(asks: Sequence[Callable[[int], Awaitable[object]]], count: int) -> list[tuple[float, float]]:
    """Return the 50th and the 95th percentile of each in milliseconds, as medians of some rounds; they take turns, to meet the same noise."""
    rounds = []
    for _ in range(ROUNDS):
        times: list[list[float]] = [[] for _ in asks]
        for n in range(count):
            for spent, ask in zip(times, asks, strict=True):
                start = time.perf_counter()
                await ask(n)
                spent.append((time.perf_counter() - start) * 1000)
        rounds.append([(sorted(spent)[count // 2], sorted(spent)[int(count * 0.95)]) for spent in times])
    return [(median(p50 for p50, _ in each), median(p95 for _, p95 in each)) for each in zip(*rounds, strict=True)]


async def measure(chunks: int) -> float:
    asked = [text for text in questions() if text.count("?") < 2]
    dice = random.Random(1)
    pairs = [f"{one.rstrip('.?! ')}? {dice.choice(asked)}" for one in asked]
    vectors = await Given().embed(asked)
    async with opened(chunks) as (knowledge, index):
        asks = (
            lambda n: asyncio.to_thread(plain, index._shard, asked[n], vectors[n]),
            lambda n: knowledge.search(asked[n], EVERYBODY, k=K),
            lambda n: knowledge.search(pairs[n], EVERYBODY, k=K),
        )
        floor, one, two = await timed(asks, len(asked))
    print(f"{chunks} chunks, {len(asked)} questions, at most {LIMITS.get(chunks, float('inf')):.0f} ms at p95 (load {os.getloadavg()[0]:.0f}):")
    print(f"  a question            p50 {one[0]:5.1f}   p95 {one[1]:5.1f}   to the plain query {one[0] / floor[0]:.2f} and {one[1] / floor[1]:.2f}")
    print(f"  two in one message    p50 {two[0]:5.1f}   p95 {two[1]:5.1f}")
    print(f"  plain qdrant-edge     p50 {floor[0]:5.1f}   p95 {floor[1]:5.1f}   both legs fused by the shard, no library, no folding, no dates")
    return one[1]


async def main(sizes: Sequence[int]) -> bool:
    return any([await measure(size) > LIMITS.get(size, float("inf")) for size in sizes])


if __name__ == "__main__":
    sys.exit(asyncio.run(main([int(size) for size in sys.argv[1:]] or list(LIMITS))))
