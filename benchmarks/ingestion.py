"""Ingestion: its time as a ratio to embedding the same texts and nothing else. Run with `python -m benchmarks.ingestion [PATH]`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from knowledge.embeddings import OnnxEmbedder
from knowledge.ingestion import Report, ingest
from store.database import open_database
from store.library import SqlLibrary

ARTICLES = Path(__file__).parent.parent.parent / "shared" / "data" / "bank_kb" / "documents.jsonl"
LIMIT = 1.5
ROUNDS = 3


class Listening(OnnxEmbedder):
    """The real embedder, which remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.texts.extend(texts)
        return await super().embed(texts)


async def ingested(source: Path, embedder: Listening) -> tuple[Report, float, float]:
    """Return the report, the seconds of a first run, and of a second one that finds nothing changed."""
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(f"sqlite:///{folder}/frontdesk.db")
        library = SqlLibrary(database)
        start = time.perf_counter()
        report = await ingest([source], library=library, embedder=embedder, folders={})
        middle = time.perf_counter()
        await ingest([source], library=library, embedder=embedder, folders={})
        end = time.perf_counter()
        await database.close()
    return report, middle - start, end - middle


async def main(source: Path) -> float:
    if not source.exists():
        sys.exit(f"no articles to ingest: {source} is not there")
    embedder = Listening()
    embedder.embed_now(["warm", "up"])
    ratios = []
    for _ in range(ROUNDS):
        embedder.texts.clear()
        report, first, second = await ingested(source, embedder)
        start = time.perf_counter()
        embedder.embed_now(list(embedder.texts))
        bare = time.perf_counter() - start
        ratios.append(first / bare)
        print(f"{report.added} documents, {report.chunks} chunks in {first:.2f} s; again {second:.2f} s; bare {bare:.2f} s; ratio {first / bare:.2f}")
    ratio = sorted(ratios)[len(ratios) // 2]
    print(f"median ratio {ratio:.2f} (at most {LIMIT}); bare embedding is embed_now of the same texts in the same process, with the model loaded")
    return ratio


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES)) > LIMIT)
