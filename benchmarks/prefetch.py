"""Prefetch: how often what a prompt shows at first holds the answer, on the demo's questions. Run with `python -m benchmarks.prefetch`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from statistics import mean

from agent import calibration, ranking
from agent.asking import Asked
from agent.memo import Memo
from agent.ranking import Read
from agent.wording import question_of
from agent.worth import worth
from benchmarks.faq import Known, answers, known
from benchmarks.help_center import opened
from desk.audience import PUBLIC
from desk.draft import Passage
from knowledge.embeddings import OnnxEmbedder

SETS = (("faq200", "test"), ("faq200", "dev"), ("faq_dev", "dev"))
FIXED = (2, 3, 4, 6)
"""Numbers of passages, in the order of the search, that it is compared with."""
Found = tuple[Known, Sequence[Passage], Sequence[Read]]


async def read(name: str, split: str) -> list[Found]:
    """Return the questions that have an answer, with what a search finds for them and how it is read."""
    embedder = OnnxEmbedder()
    knowledge, memo, weights = await opened(embedder), Memo(embedder), calibration.fitted().ranking
    found: list[Found] = []
    for one in (each for each in known(name, split=split) if each.answers):
        words = question_of(one.question)
        asked = Asked(words, words)
        passages = (await knowledge.search(words, frozenset({PUBLIC}), k=10)).passages
        vectors = await memo.vectors(ranking.texts(asked, passages))
        found.append((one, passages, ranking.rank(asked, vectors, passages=passages, weights=weights)))
    return found


def hits(found: Sequence[tuple[Known, Sequence[Passage]]]) -> float:
    """Return the share of questions whose answer stands in one of their passages."""
    return mean(answers(one, [(passage.document, passage.text) for passage in passages]) for one, passages in found)


def main() -> int:
    for name, split in SETS:
        found = asyncio.run(read(name, split))
        shown = [(one, worth([reads])) for one, _, reads in found]
        fixed = ", ".join(f"{n} of them {hits([(one, passages[:n]) for one, passages, _ in found]):.3f}" for n in FIXED)
        print(f"{name}, {split}: {hits(shown):.3f} with {mean(len(passages) for _, passages in shown):.1f} passages; by the search alone {fixed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
