"""Gentle: an embedder for work in the background, which leaves a core to whoever is answering."""

from __future__ import annotations

from collections.abc import Sequence

from desk.ports import Embedder


class Gentle:
    """One text at a time instead of as many as there are cores; what is asked meanwhile waits for one text at most."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.id = embedder.id
        self.dimensions = embedder.dimensions

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one unit vector a text, in order."""
        return [vector for text in texts for vector in await self._embedder.embed([text])]

    async def embed_queries(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return the same for texts that search."""
        return await self._embedder.embed_queries(texts)
