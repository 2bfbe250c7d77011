"""Ranking: which passages answer a question, and which of their sentences say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from agent.shape import bonus
from agent.units import Unit, units
from agent.wording import content, share, topical
from desk.draft import Passage

FIT_WEIGHTS = (1.0, 0.5, 0.5, 0.4, 0.3)
"""What decides between passages of one article: best sentence, whole passage, headings, the question's words, and exact words such as error codes."""
READ = 6
"""Passages that are read sentence by sentence."""
UNITS = 24
"""Sentences and blocks that are embedded for one question; each takes about 1.5 ms."""
WEIGHTS = (1.0, 0.5, 0.25, 0.2, 0.2)
"""What counts: a passage's own cosine, its best sentence's, its headings', the question's words it contains, and its BM25 score beside the best."""
NEIGHBOR_WEIGHT = 0.2
"""What the best sentence of another passage of the article adds. All of them chosen on demo/faq_eval.jsonl (benchmarks/answers.py)."""


@dataclass(frozen=True, slots=True)
class Read:
    """A passage with its units and how near each, and its headings, come to the question; `coverage` is the
    share of the question's words in it, `headed` that in its headings, `matched` its BM25 score beside the best."""

    passage: Passage
    units: tuple[Unit, ...]
    near: tuple[float, ...]
    score: float = 0.0
    coverage: float = 0.0
    headed: float = 0.0
    matched: float = 0.0

    @property
    def best(self) -> float:
        """Return the nearness of its best unit."""
        return max(self.near, default=0.0)

    @property
    def fit(self) -> float:
        """Return how well it answers beside other passages of the same article."""
        return float(np.dot(FIT_WEIGHTS, (self.best, self.passage.dense, self.headed, self.coverage, self.matched)))


def gists(passages: Sequence[Passage]) -> tuple[str, ...]:
    """Return the texts to embed beside the question: of each passage its headings, then its units, shared out so that each gets its turn."""
    return tuple(
        text for passage in passages[:READ] for text in (_name(passage), *(f"{passage.title}. {unit.gist}" for unit in _read(passage, len(passages))))
    )


def rank(question: str, asked: NDArray[np.float32], vectors: NDArray[np.float32], *, passages: Sequence[Passage]) -> tuple[Read, ...]:
    """Return the first passages, the one that answers best first; `asked` is the question's vector, `vectors` are those of `gists(passages)`."""
    reads, start = [], 0
    top = max((passage.lexical for passage in passages[:READ]), default=0.0) or 1.0
    words, looks = topical(question), bonus(question)
    for passage in passages[:READ]:
        named, *near = (vectors[start : start + 1 + len(_read(passage, len(passages)))] @ asked).tolist()
        start += 1 + len(near)
        found = units(passage)
        near = [value + looks(unit) for value, unit in zip(near, found, strict=False)]
        covered = share(words, content(f"{passage.title} {passage.heading} {passage.text}"))
        cues = (passage.dense, max(near, default=0.0), named, covered, passage.lexical / top)
        reads.append(
            Read(passage, found, tuple(near), float(np.dot(WEIGHTS, cues)), covered, share(words, content(passage.heading)), passage.lexical / top)
        )
    scored = [replace(read, score=read.score + NEIGHBOR_WEIGHT * _neighbor(read, reads)) for read in reads]
    article = {document: max(read.score for read in scored if read.passage.document == document) for document in {r.passage.document for r in scored}}
    # Which article answers shows in all of its text; which of its passages does, in the best sentence and the heading.
    return tuple(sorted(scored, key=lambda read: (-article[read.passage.document], read.passage.document, -read.fit)))


def _neighbor(read: Read, reads: Sequence[Read]) -> float:
    """Return how near the best sentence of another passage of the same article comes."""
    return max((other.best for other in reads if other is not read and other.passage.document == read.passage.document), default=0.0)


def _name(passage: Passage) -> str:
    return f"{passage.title}. {passage.heading}"


def _read(passage: Passage, count: int) -> tuple[Unit, ...]:
    return units(passage)[: max(3, UNITS // max(1, min(count, READ)))]
