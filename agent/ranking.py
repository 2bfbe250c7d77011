"""Ranking: which passages answer a question, and which of their sentences say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.sentences import Block, Kind, blocks, sentences
from desk.draft import Passage

READ = 6
"""Passages that are read sentence by sentence."""
UNITS = 24
"""Sentences and blocks that are embedded for one question; each takes about 1.5 ms."""
WORDS_OF_UNIT = 40
UNIT_WEIGHT, LEXICAL_WEIGHT, NEIGHBOR_WEIGHT = 0.5, 0.2, 0.2
"""What the best sentence, the shared words and a second passage of the article count beside a passage's own cosine (benchmarks/answers.py)."""
HEADLINE = re.compile(r"^\*\*[^*]+\*\*:?$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, list, table or code block of a passage, as written. `at` is its place there; `section` counts the bold headlines before it."""

    text: str
    kind: Kind
    at: int
    block: int
    section: int
    headline: str = ""

    @property
    def gist(self) -> str:
        """Return what is embedded of it: its headline and its first words, without the marks of a table."""
        words = re.sub(r"[|*`]|-{3,}", " ", self.text).split()
        return f"{self.headline} {' '.join(words[:WORDS_OF_UNIT])}".strip()


@dataclass(frozen=True, slots=True)
class Read:
    """A passage with its units and how near each comes to the question."""

    passage: Passage
    units: tuple[Unit, ...]
    near: tuple[float, ...]
    score: float = 0.0

    @property
    def best(self) -> float:
        """Return the nearness of its best unit."""
        return max(self.near, default=0.0)


def units(passage: Passage) -> tuple[Unit, ...]:
    """Cut a passage into what can be quoted; its headings and bold headlines are no sentences."""
    found: list[Unit] = []
    headline, section = "", 0
    for n, block in enumerate(blocks(passage.text)):
        if block.kind is Kind.HEADING or HEADLINE.match(block.text.strip()):
            headline, section = block.text.strip("#*: "), section + 1
            continue
        for text in _quotable(block):
            found.append(Unit(text, block.kind, len(found), n, section, headline))
    return tuple(found)


def gists(passages: Sequence[Passage]) -> tuple[str, ...]:
    """Return the texts to embed beside the question: the units of the first passages, shared out so that each gets its turn."""
    return tuple(f"{passage.title}. {unit.gist}" for passage in passages[:READ] for unit in _read(passage, len(passages)))


def rank(question: NDArray[np.float32], vectors: NDArray[np.float32], passages: Sequence[Passage]) -> tuple[Read, ...]:
    """Return the first passages, the one that answers best first; `vectors` are those of `gists(passages)`."""
    reads, start = [], 0
    for passage in passages[:READ]:
        read = _read(passage, len(passages))
        near = vectors[start : start + len(read)] @ question
        reads.append(Read(passage, read, tuple(map(float, near))))
        start += len(read)
    top = max((read.passage.lexical for read in reads), default=0.0) or 1.0
    scored = [Read(read.passage, units(read.passage), read.near, _score(read, reads, top)) for read in reads]
    return tuple(sorted(scored, key=lambda read: -read.score))


def _score(read: Read, reads: Sequence[Read], top: float) -> float:
    neighbors = [other.passage.dense for other in reads if other is not read and other.passage.document == read.passage.document]
    words = read.passage.lexical / top
    return read.passage.dense + UNIT_WEIGHT * read.best + LEXICAL_WEIGHT * words + NEIGHBOR_WEIGHT * max(neighbors, default=0.0)


def _read(passage: Passage, count: int) -> tuple[Unit, ...]:
    return units(passage)[: max(3, UNITS // max(1, min(count, READ)))]


def _quotable(block: Block) -> tuple[str, ...]:
    return sentences(block.text) if block.kind is Kind.TEXT else (block.text,)
