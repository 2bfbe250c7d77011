"""The questions with known answers: what the local answerer finds for each, and whether what it would quote answers."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent import ranking
from agent.asking import Asked
from agent.fit import ready
from agent.heads import Heads
from agent.memo import Memo
from agent.quoting import Quote, text_of
from agent.ranking import Read
from agent.triage import LocalTriager
from agent.wording import question_of
from benchmarks.help_center import DEMO
from desk.audience import PUBLIC
from desk.draft import Passage
from desk.library import Embedder, KnowledgeBase
from desk.policy import Triage
from desk.triage import CATEGORIES, Classification

SETS: Mapping[str, Path] = {name: DEMO / f"{name}.jsonl" for name in ("faq_eval", "faq_dev", "faq_near", "faq200")}
"""faq_eval knows the article only, the others the sentence that answers; faq_near asks about what stands next to an article and in none, and half
of faq200 is kept back for the last figure."""
DEVELOPING = tuple(SETS)
THRESHOLDS = Triage(CATEGORIES, request=0.5, out_of_scope=0.6, signal=0.7, language=0.75, order=("local",), sure=1.0)
MARKS = re.compile(r"[*`]")


@dataclass(frozen=True, slots=True)
class Known:
    """A question with its answers: each an article and a sentence of it, "" for anything in the article. None where nothing may be answered."""

    question: str
    answers: tuple[tuple[str, str], ...]
    exact: bool = True
    """Whether the sentence is known, or out of scope; False when all we know is the article."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A known question with the passages read for it, and its classification."""

    known: Known
    asked: Asked
    reads: tuple[Read, ...]
    classification: Classification

    @property
    def cues(self) -> NDArray[np.float64]:
        """Return the cues of its passages: shape (passages, cues)."""
        return np.array([[getattr(read.cues, name) for name in ranking.CUES] for read in self.reads])

    @property
    def right(self) -> NDArray[np.bool_]:
        """Return which of its passages answer."""
        return np.array([answers(self.known, [(read.passage.document, read.passage.text)]) for read in self.reads], dtype=bool)

    def quoted_right(self, quotes: Sequence[Quote]) -> bool:
        """Tell whether quotes answer."""
        return answers(self.known, [(quote.read.passage.document, text_of(quote.units)) for quote in quotes])


def known(name: str, *, split: str = "dev") -> list[Known]:
    """Return the questions of a set that are for developing, or those of another split."""
    rows = [json.loads(line) for line in SETS[name].read_text(encoding="utf-8").splitlines()]
    return [_known(row) for row in rows if row.get("split", "dev") == split]


def answers(known: Known, quoted: Sequence[tuple[str, str]]) -> bool:
    """Tell whether one of the texts (with its article) contains one of the answers, marks of emphasis and spaces aside."""
    return any(article == document and _flat(sentence) in _flat(text) for article, sentence in known.answers for document, text in quoted)


async def tried(questions: Sequence[Known], knowledge: KnowledgeBase, embedder: Embedder, *, heads: Heads | None = None) -> list[Tried]:
    """Search and read for every question, each as a message of its own by somebody nobody knows."""
    memo = Memo(embedder)
    triager = LocalTriager(embedder, heads or await ready(embedder, Path(tempfile.mkdtemp())), THRESHOLDS)
    found = []
    for one in questions:
        words = question_of(one.question)
        asked = Asked(words, words)
        passages: Sequence[Passage] = (await knowledge.search(words, frozenset({PUBLIC}), k=10)).passages
        vectors = await memo.vectors(ranking.texts(asked, passages))
        reads = await asyncio.to_thread(ranking.rank, asked, vectors, passages=passages, weights={})
        found.append(Tried(one, asked, reads, await triager.triage(one.question)))
    return found


def _known(row: Mapping[str, Any]) -> Known:
    if row["article"] is None:
        return Known(row["question"], ())
    return Known(row["question"], tuple((each["article"], each.get("sentence", "")) for each in (row, *row.get("or", ()))), exact="sentence" in row)


def _flat(text: str) -> str:
    return " ".join(MARKS.sub("", text).split()).lower()
