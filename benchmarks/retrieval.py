"""Retrieval: recall@10 and MRR over questions whose articles are known. Run with `python -m benchmarks.retrieval [--tune | --without]`."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from itertools import pairwise, product
from pathlib import Path

from desk.audience import INTERNAL
from knowledge.edge import EdgeIndex
from knowledge.embeddings import OnnxEmbedder
from knowledge.fusion import Balance
from knowledge.index import Follower
from knowledge.ingestion import ingest
from knowledge.search import HybridKnowledge
from runtime import SystemClock
from tests.fakes import MemoryLibrary

PROJECT = Path(__file__).parent.parent
BANK = PROJECT.parent / "shared" / "data" / "bank_kb"
K = 10
TEAM = frozenset({INTERNAL})
SPLITS = 200


@dataclass(frozen=True, slots=True)
class Question:
    """A query and the documents that it needs."""

    text: str
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one query: the needed documents among the first ten, how many it needs, the reciprocal rank of the first, and milliseconds."""

    found: int
    needed: int
    reciprocal: float
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Set:
    """Questions over one folder or file of articles."""

    name: str
    source: Path
    questions: tuple[Question, ...]


class Remembering(OnnxEmbedder):
    """The real embedder, which reads no query twice: for trying many balances."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Sequence[float]] = {}

    async def embed_queries(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, await self.embed(new), strict=True))
        return [self._known[text] for text in texts]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Ingested articles, to be searched in any balance."""

    library: MemoryLibrary
    embedder: OnnxEmbedder
    follower: Follower

    async def ask(self, questions: Sequence[Question], balance: Balance) -> list[Outcome]:
        knowledge = HybridKnowledge(self.library, self.embedder, self.follower, clock=SystemClock(), balance=balance)
        await knowledge.search("warm up", TEAM)
        return [await _outcome(knowledge, question) for question in questions]


@asynccontextmanager
async def opened(source: Path, embedder: OnnxEmbedder) -> AsyncIterator[Shelf]:
    library = MemoryLibrary()
    await ingest([source], library=library, embedder=embedder, folders={})
    follower = Follower(EdgeIndex.temporary(embedder=embedder.id, dimensions=embedder.dimensions), library, embedder=embedder.id)
    try:
        yield Shelf(library, embedder, follower)
    finally:
        await follower.close()


async def _outcome(knowledge: HybridKnowledge, question: Question) -> Outcome:
    start = time.perf_counter()
    hits = await knowledge.search_documents(question.text, TEAM, k=K)
    spent = (time.perf_counter() - start) * 1000
    ranked = [passage.document for passage in hits.passages]
    first = next((1 / rank for rank, document in enumerate(ranked, start=1) if document in question.needs), 0.0)
    return Outcome(len(question.needs.intersection(ranked)), len(question.needs), first, spent)


def sets() -> list[Set]:
    """Return the demo's questions alone and in pairs, and the bank scenarios where they are."""
    demo, single = PROJECT / "demo" / "knowledge", _asked("faq_eval.jsonl")
    found = [Set("demo questions", demo, single), Set("two of them in one message", demo, tuple(_pairs(single)))]
    if BANK.exists():
        tasks = json.loads((BANK / "tasks.json").read_text())
        scenarios = tuple(Question(task["scenario"], frozenset(task["required_documents"])) for task in tasks)
        found.append(Set("bank scenarios", BANK / "documents.jsonl", scenarios))
    return found


def unseen() -> list[Set]:
    """Return the demo's questions that no balance was chosen on."""
    return [Set("demo questions never tuned on", PROJECT / "demo" / "knowledge", _asked("faq_dev.jsonl"))]


def _asked(name: str) -> tuple[Question, ...]:
    rows = [json.loads(line) for line in (PROJECT / "demo" / name).read_text().splitlines()]
    return tuple(Question(row["question"], frozenset({row["article"]})) for row in rows if row.get("article"))


def _pairs(questions: Sequence[Question]) -> Iterator[Question]:
    order = random.Random(1).sample(questions, len(questions))
    for one, other in pairwise(order):
        if one.needs != other.needs:
            yield Question(f"{one.text.rstrip('.?! ')}? {other.text}", one.needs | other.needs)


def recall(outcomes: Sequence[Outcome]) -> float:
    """Return the share of all needed documents that are among the first ten of their query."""
    return sum(outcome.found for outcome in outcomes) / sum(outcome.needed for outcome in outcomes)


def mrr(outcomes: Sequence[Outcome]) -> float:
    """Return the mean reciprocal rank of the first needed document."""
    return sum(outcome.reciprocal for outcome in outcomes) / len(outcomes)


async def report() -> None:
    embedder = OnnxEmbedder(remembered=1)
    for each in (*sets(), *unseen()):
        async with opened(each.source, embedder) as shelf:
            outcomes = await shelf.ask(each.questions, Balance())
        times = sorted(outcome.milliseconds for outcome in outcomes)
        scores = f"recall@10 {recall(outcomes):.3f}   MRR {mrr(outcomes):.3f}"
        print(f"{each.name + ',':31} {len(outcomes):3}:   {scores}   {times[len(times) // 2]:.1f} ms a query")
    if not BANK.exists():
        print(f"no bank scenarios: {BANK} is not there")
        return
    print("reference for the scenarios, whole articles and one query: recall@10 0.224 (fused), MRR 0.571 (BM25); attainable recall@10 0.884")


def grid() -> list[Balance]:
    return [Balance(*each) for each in product((0.4, 0.5, 0.58, 0.66, 0.75), (0.0, 0.25, 0.5, 0.75), (0.0, 0.3, 0.6))]


WITHOUT = {
    "as it is": Balance(),
    "words alone": Balance(meaning=0.0),
    "meaning alone": Balance(meaning=1.0),
    "the whole query alone": Balance(part=0.0),
    "its parts alone": Balance(part=1.0),
    "without an article's second passage": Balance(second=0.0),
}


async def without() -> None:
    """Print what each part of the search is worth."""
    found = await _tried(list(WITHOUT.values()))
    print("recall@10 and MRR of", ", ".join(each.name for each in sets()))
    for what, balance in WITHOUT.items():
        print(f"{what:36} {_figures(found[balance])}")


async def _tried(balances: Sequence[Balance]) -> dict[Balance, list[list[Outcome]]]:
    embedder = Remembering()
    found: dict[Balance, list[list[Outcome]]] = {balance: [] for balance in balances}
    for each in sets():
        async with opened(each.source, embedder) as shelf:
            for balance, outcomes in found.items():
                outcomes.append(await shelf.ask(each.questions, balance))
    return found


async def tune() -> None:
    """Print the best balances on everything, and what choosing on one half gives on the other."""
    found = await _tried(grid())
    print("  ".join(field.name for field in fields(Balance)), " | recall@10 and MRR of", ", ".join(each.name for each in sets()))
    for balance in sorted(found, key=lambda balance: -_worth(found[balance]))[:8]:
        print(balance, _figures(found[balance]))
    held = [_held_out(found, seed) for seed in range(SPLITS)]
    print(f"chosen on one half, measured on the other, mean of {SPLITS} splits: {_means(held)}")


def _worth(outcomes: Sequence[Sequence[Outcome]]) -> float:
    return sum(recall(each) + mrr(each) for each in outcomes)


def _held_out(found: dict[Balance, list[list[Outcome]]], seed: int) -> list[float]:
    dice = random.Random(seed)
    halves = [set(dice.sample(range(len(each)), len(each) // 2)) for each in next(iter(found.values()))]
    kept = {
        balance: [[o for n, o in enumerate(each) if n in half] for each, half in zip(every, halves, strict=True)] for balance, every in found.items()
    }
    chosen = max(kept, key=lambda balance: _worth(kept[balance]))
    rest = [[o for n, o in enumerate(each) if n not in half] for each, half in zip(found[chosen], halves, strict=True)]
    return [figure(each) for each in rest for figure in (recall, mrr)]


def _figures(outcomes: Sequence[Sequence[Outcome]]) -> str:
    return "  ".join(f"{recall(each):.3f} {mrr(each):.3f}" for each in outcomes)


def _means(rows: Sequence[Sequence[float]]) -> str:
    return "  ".join(f"{sum(column) / len(rows):.3f}" for column in zip(*rows, strict=True))


if __name__ == "__main__":
    asyncio.run({"--tune": tune, "--without": without}.get(sys.argv[-1], report)())
