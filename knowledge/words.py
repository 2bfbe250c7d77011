"""Words: texts as the sparse vectors of BM25, the same for every index."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from knowledge.queries import sentences

AVERAGE_WORDS = 60.0
"""For BM25's length normalization: the usual length of a chunk after stop words."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A sparse vector: terms as numbers (a hash of the stem), each with its weight. The inverse document frequency is the index's part."""

    terms: list[int]
    weights: list[float]


def of_chunk(text: str) -> Weights:
    """Return BM25's term weights of a text that is searched; a term's frequency counts less and less."""
    made = _model().embed_document(text)
    return Weights(list(made.indices), list(made.values))


def of_query(text: str) -> Weights:
    """Return the terms of a query, each counting as often as there are sentences that say it; empty for a text of stop words."""
    # What a long message is about it says again and again; what it says once is often aside (benchmarks/retrieval.py).
    counts: Counter[int] = Counter()
    for sentence in sentences(text):
        counts.update(set(_model().embed_query(sentence).indices))
    return Weights(list(counts), [float(count) for count in counts.values()])


def _model() -> Any:
    import qdrant_edge as edge

    return edge.Bm25(edge.Bm25Config(language="english", avg_len=AVERAGE_WORDS))
