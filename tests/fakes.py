"""Fakes: one for each port, kept honest by `tests/contracts`."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from desk.article import Chunk, ChunkChange, Document
from desk.ids import derived
from knowledge.index import Entry, Found
from knowledge.vectors import unpacked


class MemoryLibrary:
    """The articles in dictionaries."""

    def __init__(self):
        self._documents: dict[str, Document] = {}
        self._chunks: dict[str, Chunk] = {}
        self._vectors: dict[tuple[str, str], bytes] = {}
        self._changes: list[ChunkChange] = []

    async def documents(self, source: str | None = None) -> Sequence[Document]:
        return [document for document in self._documents.values() if source in (None, document.source)]

    async def put(self, document: Document, chunks: Sequence[Chunk], vectors: Mapping[str, bytes], *, embedder: str) -> None:
        new = {chunk.id: chunk for chunk in chunks}
        for chunk in await self.chunks_of(document.id):
            if chunk.id not in new:
                self._drop(chunk.id)
        for chunk in chunks:
            if self._chunks.get(chunk.id) != chunk:
                self._note(chunk.id, gone=False)
            self._chunks[chunk.id] = chunk
        self._documents[document.id] = document
        self._vectors.update({(id, embedder): vector for id, vector in vectors.items()})

    async def remove(self, documents: Sequence[str]) -> None:
        for id in documents:
            for chunk in await self.chunks_of(id):
                self._drop(chunk.id)
            self._documents.pop(id, None)

    async def chunks(self, ids: Sequence[str]) -> Mapping[str, Chunk]:
        return {id: self._chunks[id] for id in ids if id in self._chunks}

    async def chunks_of(self, document: str) -> Sequence[Chunk]:
        return sorted((chunk for chunk in self._chunks.values() if chunk.document == document), key=lambda chunk: chunk.n)

    async def vectors(self, ids: Sequence[str], *, embedder: str) -> Mapping[str, bytes]:
        return {id: self._vectors[id, embedder] for id in ids if (id, embedder) in self._vectors}

    async def lacking(self, embedder: str, *, limit: int = 1000) -> Sequence[Chunk]:
        return [chunk for id, chunk in self._chunks.items() if (id, embedder) not in self._vectors][:limit]

    async def add_vectors(self, vectors: Mapping[str, bytes], *, embedder: str) -> None:
        self._vectors.update({(id, embedder): vector for id, vector in vectors.items() if id in self._chunks})

    async def changes(self, after: int, *, limit: int = 5000) -> Sequence[ChunkChange]:
        return self._changes[after : after + limit]

    async def position(self) -> int:
        return len(self._changes)

    def _drop(self, id: str) -> None:
        del self._chunks[id]
        self._vectors = {key: vector for key, vector in self._vectors.items() if key[0] != id}
        self._note(id, gone=True)

    def _note(self, id: str, *, gone: bool) -> None:
        self._changes.append(ChunkChange(len(self._changes) + 1, id, gone))


class WordEmbedder:
    """Vectors that are near when texts share words; `texts` are all it was given."""

    def __init__(self, id: str = "words@1", dimensions: int = 64):
        self.id = id
        self.dimensions = dimensions
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.texts.extend(texts)
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        vector = [0.0] * self.dimensions
        for word in _words(text):
            vector[hash_of(word) % self.dimensions] += 1.0
        length = math.hypot(*vector)
        return [value / length for value in vector] if length else [1.0, *vector[1:]]


class MemoryIndex:
    """An index in a dictionary; words are matched by counting them."""

    def __init__(self):
        self._entries: dict[str, Entry] = {}
        self._position = 0

    def position(self) -> int:
        return self._position

    def apply(self, put: Sequence[Entry], gone: Sequence[str], *, position: int) -> None:
        self._entries.update({entry.id: entry for entry in put})
        for id in gone:
            self._entries.pop(id, None)
        self._position = position

    def near(self, vector: Sequence[float], audiences: Sequence[str] | None, *, k: int) -> list[Found]:
        return self._best({entry.id: _dot(vector, entry.vector) for entry in self._shown(audiences) if entry.vector}, k)

    def matching(self, text: str, audiences: Sequence[str] | None, *, k: int) -> list[Found]:
        asked = set(_words(text))
        scores = {
            entry.id: float(sum(count for word, count in Counter(_words(entry.text)).items() if word in asked)) for entry in self._shown(audiences)
        }
        return self._best({id: score for id, score in scores.items() if score}, k)

    def clear(self) -> None:
        self._entries.clear()
        self._position = 0

    def close(self) -> None:
        pass

    def _shown(self, audiences: Sequence[str] | None) -> list[Entry]:
        return [entry for entry in self._entries.values() if audiences is None or entry.audience in audiences]

    def _best(self, scores: Mapping[str, float], k: int) -> list[Found]:
        return [Found(id, score) for id, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def hash_of(word: str) -> int:
    return sum(ord(character) * (position + 1) for position, character in enumerate(derived("w", word)))


def _dot(vector: Sequence[float], content: bytes) -> float:
    return sum(a * b for a, b in zip(vector, unpacked(content), strict=True))
