"""A knowledge base in memory over a folder of articles, for benchmarks: the real chunks, embedder, index and search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from desk.audience import INTERNAL, PUBLIC, Audience
from desk.customer import Fact
from desk.draft import Passage
from desk.library import Hits
from knowledge.edge import EdgeIndex
from knowledge.embeddings import OnnxEmbedder
from knowledge.index import Follower
from knowledge.ingestion import ingest
from knowledge.search import HybridKnowledge
from runtime import SystemClock
from tests.fakes import MemoryLibrary

DEMO = Path(__file__).parent.parent / "demo"
FOLDERS: Mapping[str, Audience] = {"internal/": INTERNAL}


async def opened(embedder: OnnxEmbedder, folder: Path = DEMO / "knowledge") -> HybridKnowledge:
    """Return a search over every article below a folder."""
    library = MemoryLibrary()
    await ingest([folder], library=library, embedder=embedder, folders=FOLDERS)
    index = EdgeIndex.temporary(embedder=embedder.id, dimensions=embedder.dimensions)
    return HybridKnowledge(library, embedder, Follower(index, library, embedder=embedder.id), clock=SystemClock())


class PublicTools:
    """The tools of an author nobody knows."""

    def __init__(self, knowledge: HybridKnowledge) -> None:
        self._knowledge = knowledge

    async def search(self, query: str, *, k: int = 10, also: Sequence[str] = ()) -> Sequence[Passage]:
        hits: Hits = await self._knowledge.search(query, frozenset({PUBLIC}), k=k, also=also)
        return hits.passages

    async def outranked(self, query: str) -> float:
        found = (await self._knowledge.search(query, frozenset({INTERNAL}))).passages
        hidden = [passage.dense for passage in found if passage.audience == INTERNAL]
        return max(hidden) - max((passage.dense for passage in found if passage.audience != INTERNAL), default=0.0) if hidden else -1.0

    async def record(self) -> Sequence[Fact]:
        return ()
