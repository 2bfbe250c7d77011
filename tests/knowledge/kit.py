"""What the tests of knowledge share: folders of articles, and a knowledge base of fakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desk.article import Chunk, Document
from desk.audience import PUBLIC, Audience
from knowledge.index import Entry, Follower, Index
from knowledge.ingestion import Report, ingest
from knowledge.search import HybridKnowledge
from knowledge.vectors import packed
from tests.fakes import FakeClock, MemoryIndex, MemoryLibrary, WordEmbedder


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, making what is needed."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def document(id: str = "refunds", *, audience: Audience = PUBLIC, title: str = "Refunds", hash: str = "h1", source: str = "/kb") -> Document:
    return Document(id, source, title, f"https://help.example/{id}", audience, hash)


def chunk(id: str, text: str = "Refunds take five days.", *, of: Document | None = None, n: int = 0) -> Chunk:
    parent = of or document()
    return Chunk(id, parent.id, n, parent.title, "", parent.url, parent.audience, text)


def entry(id: str, text: str, vector: Sequence[float] | None = None, *, audience: str = "public") -> Entry:
    return Entry(id, audience, text, packed(vector) if vector else None)


@dataclass
class Shelf:
    """A knowledge base of fakes; `index` may be a real one."""

    index: Index = field(default_factory=MemoryIndex)
    library: MemoryLibrary = field(default_factory=MemoryLibrary)
    embedder: WordEmbedder = field(default_factory=WordEmbedder)
    clock: FakeClock = field(default_factory=FakeClock)

    @property
    def knowledge(self) -> HybridKnowledge:
        return HybridKnowledge(self.library, self.embedder, Follower(self.index, self.library, embedder=self.embedder.id), clock=self.clock)

    async def ingest(self, *paths: Path, folders: Mapping[str, Audience] | None = None) -> Report:
        return await ingest(paths, library=self.library, embedder=self.embedder, folders=folders or {})

    async def add(self, id: str, text: str, *, audience: Audience = PUBLIC) -> None:
        """Put a document of one chunk into the library."""
        parent = document(id, audience=audience, title=id)
        only = chunk(f"c-{id}", text, of=parent)
        vector = (await self.embedder.embed([text]))[0]
        await self.library.put(parent, [only], {only.id: packed(vector)}, embedder=self.embedder.id)
