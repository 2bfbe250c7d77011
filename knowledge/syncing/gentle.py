"""Gentle: an embedder for work in the background, which leaves the machine to whoever is answering."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from desk.library import Embedder

REST = 1.0
"""Seconds of rest for each second of embedding."""


class Gentle:
    """One text at a time instead of as many as there are cores, with a rest behind each as long as the text took."""

    def __init__(self, embedder: Embedder, *, rest: float = REST) -> None:
        self._embedder = embedder
        self._rest = rest
        self.id = embedder.id
        self.dimensions = embedder.dimensions

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return one unit vector a text, in order."""
        vectors: list[Sequence[float]] = []
        for text in texts:
            began = time.perf_counter()
            vectors += await self._embedder.embed([text])
            await asyncio.sleep(self._rest * (time.perf_counter() - began))
        return vectors

    async def embed_queries(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return the same for texts that search."""
        return await self._embedder.embed_queries(texts)
