"""Reranking: a second reading of the best passages, together with the query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from desk.draft import Passage
from desk.errors import Unavailable

READ = 20
"""Passages that are read a second time: a cross encoder takes tens of milliseconds for each."""


class Reranker(Protocol):
    """How well texts answer a query, read together with it. Raises Unavailable."""

    id: str

    async def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """Return one number a text, from 0 to 1, higher for a better answer."""
        ...


async def reranked(reranker: Reranker, query: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return passages with the first ones in the reranker's order; as they are when it is down."""
    first, rest = passages[:READ], passages[READ:]
    try:
        scores = await reranker.scores(query, ["\n".join(filter(None, (each.title, each.heading, each.text))) for each in first])
    except Unavailable:
        return tuple(passages)
    # The first ones stay above the rest, which nobody read again.
    floor = max((each.score for each in rest), default=0.0)
    order = sorted(zip(scores, first, strict=True), key=lambda pair: -pair[0])
    return (*(replace(passage, score=floor + score) for score, passage in order), *rest)
