"""Ingestion: its time as a ratio to embedding the same texts and nothing else. Run with `python -m benchmarks.ingestion [PATH]`."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from knowledge.embeddings import OnnxEmbedder
from knowledge.ingestion import Report, ingest
from store.database import open_database
from store.library import SqlLibrary

ARTICLES = Path(__file__).parent.parent.parent / "shared" / "data" / "bank_kb" / "documents.jsonl"
LIMIT = 1.3
ROUNDS = 3


class Listening(OnnxEmbedder):
    """The real embedder, which remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.texts.extend(texts)
        return await super().embed(texts)


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock on the wall, and of processor time, which other programs on the machine do not change."""

    wall: float
    cpu: float


@contextmanager
def stopwatch(into: list[Spent]) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    into.append(Spent(time.perf_counter() - wall, time.process_time() - cpu))


async def measure(source: Path, embedder: Listening) -> tuple[Spent, Spent, Spent, Report]:
    """Return what a first run spends, a second one that finds nothing changed, and bare embedding."""
    spent: list[Spent] = []
    embedder.texts.clear()
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(f"sqlite:///{folder}/frontdesk.db")
        library = SqlLibrary(database)
        with stopwatch(spent):
            report = await ingest([source], library=library, embedder=embedder, folders={})
        with stopwatch(spent):
            await ingest([source], library=library, embedder=embedder, folders={})
        await database.close()
    with stopwatch(spent):
        embedder.embed_now(list(embedder.texts))
    return spent[0], spent[1], spent[2], report


def share(spent: Spent) -> float:
    """Return how much of all processor cores was used, other programs apart."""
    return spent.cpu / spent.wall / (os.cpu_count() or 1)


async def main(source: Path) -> float:
    if not source.exists():
        sys.exit(f"no articles to ingest: {source} is not there")
    embedder = Listening()
    embedder.embed_now(["warm", "up"])
    ratios = []
    for _ in range(ROUNDS):
        first, second, bare, report = await measure(source, embedder)
        ratios.append((first.wall / bare.wall, first.cpu / bare.cpu))
        print(f"{report.added} documents, {report.chunks} chunks in {first.wall:.2f} s; again {second.wall:.2f} s; bare {bare.wall:.2f} s")
        print(f"  of {os.cpu_count()} cores used: {share(first):.0%}; by bare embedding {share(bare):.0%}")
    wall, cpu = (sorted(each)[ROUNDS // 2] for each in zip(*ratios, strict=True))
    print(f"median ratio {wall:.2f} (at most {LIMIT}), of processor time {cpu:.2f}")
    print("bare embedding is embed_now of the same texts in the same process, with the model loaded")
    return wall


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES)) > LIMIT)
