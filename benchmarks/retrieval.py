"""Retrieval: recall@10 and MRR over questions whose articles are known. Run with `python -m benchmarks.retrieval`."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desk.audience import INTERNAL
from knowledge.edge import EdgeIndex
from knowledge.embeddings import OnnxEmbedder
from knowledge.index import Follower
from knowledge.ingestion import ingest
from knowledge.search import HybridKnowledge
from runtime import SystemClock
from store.database import open_database
from store.library import SqlLibrary

PROJECT = Path(__file__).parent.parent
BANK = PROJECT.parent / "shared" / "data" / "bank_kb"
K = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A query and the documents that it needs."""

    text: str
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Quality:
    """Recall of all needed documents among the first ten, mean reciprocal rank of the first one, and milliseconds a query (median)."""

    recall: float
    mrr: float
    milliseconds: float


async def measure(source: Path, questions: Sequence[Question]) -> Quality:
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(f"sqlite:///{folder}/frontdesk.db")
        library, embedder = SqlLibrary(database), OnnxEmbedder()
        await ingest([source], library=library, embedder=embedder, folders={})
        index = EdgeIndex.open(Path(folder, "index"), embedder=embedder.id, dimensions=embedder.dimensions)
        knowledge = HybridKnowledge(library, embedder, Follower(index, library, embedder=embedder.id), clock=SystemClock())
        await knowledge.search("warm up", frozenset({INTERNAL}))
        found, needed, reciprocal, times = 0, 0, 0.0, []
        for question in questions:
            start = time.perf_counter()
            hits = await knowledge.search_documents(question.text, frozenset({INTERNAL}), k=K)
            times.append((time.perf_counter() - start) * 1000)
            ranked = [passage.document for passage in hits.passages]
            found += len(question.needs.intersection(ranked))
            needed += len(question.needs)
            reciprocal += next((1 / rank for rank, document in enumerate(ranked, start=1) if document in question.needs), 0.0)
        await knowledge.close()
        await database.close()
    return Quality(found / needed, reciprocal / len(questions), sorted(times)[len(times) // 2])


def demo_questions() -> list[Question]:
    rows = [json.loads(line) for line in (PROJECT / "demo" / "faq_eval.jsonl").read_text().splitlines()]
    return [Question(row["question"], frozenset({row["article"]})) for row in rows if row.get("article")]


def bank_questions() -> list[Question]:
    return [Question(task["scenario"], frozenset(task["required_documents"])) for task in json.loads((BANK / "tasks.json").read_text())]


async def main() -> None:
    demo = await measure(PROJECT / "demo" / "knowledge", demo_questions())
    print(
        f"demo articles, {len(demo_questions())} questions:   recall@10 {demo.recall:.3f}   MRR {demo.mrr:.3f}   {demo.milliseconds:.1f} ms a query"
    )
    if not BANK.exists():
        print(f"no bank articles: {BANK} is not there")
        return
    bank = await measure(BANK / "documents.jsonl", bank_questions())
    print(
        f"bank articles, {len(bank_questions())} scenarios:   recall@10 {bank.recall:.3f}   MRR {bank.mrr:.3f}   {bank.milliseconds:.1f} ms a query"
    )
    print("reference, whole articles and one query: recall@10 0.224 (fused), MRR 0.571 (BM25); attainable recall@10 0.884")


if __name__ == "__main__":
    asyncio.run(main())
