"""Generations: one embedder's vectors are searched while another's are made."""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from desk.errors import Unavailable
from desk.library import Embedder, Library
from desk.ports import Clock
from knowledge.edge import CURSOR, EdgeIndex
from knowledge.index import Follower, Index
from knowledge.ingestion import complete
from knowledge.qdrant import QdrantIndex
from knowledge.search import HybridKnowledge

Known = Callable[[str], Embedder | None]
"""Loads an embedder by its id; None for one that is not there any more."""
PAUSE = timedelta(minutes=1)
"""How long a renewal waits when something that it needs is down."""

log = logging.getLogger("frontdesk")


class Silent:
    """Stands in for an embedder that is gone: nothing is searched by meaning, and hits say `degraded`."""

    id = "words"

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions

    async def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Raise Unavailable: there is no model."""
        raise Unavailable("kb", "the vectors are being made, until then words are searched only")

    async def embed_queries(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Raise Unavailable: there is no model."""
        return await self.embed(texts)


@dataclass(frozen=True, slots=True)
class Place:
    """Where indexes stand: in a folder for each embedder, or on the Qdrant server at `url` when there is one."""

    folder: Path
    url: str = ""
    key: str = ""

    async def open(self, embedder: Embedder, library: Library) -> Follower:
        """Open an embedder's index; while another process has its folder, one that goes with us is made from the library instead."""
        return Follower(await asyncio.to_thread(self.index, embedder.id, embedder.dimensions), library, embedder=embedder.id)

    def index(self, embedder: str, dimensions: int) -> Index:
        """Open an index, blocking."""
        if self.url:
            return QdrantIndex.connect(self.url, key=self.key, embedder=embedder, dimensions=dimensions)
        if (self.folder / CURSOR).is_file():  # Before there was a folder for each embedder the index stood here. It is a cache.
            shutil.rmtree(self.folder)
        try:
            return EdgeIndex.open(self.folder / _slug(embedder), embedder=embedder, dimensions=dimensions)
        except Unavailable:
            return EdgeIndex.temporary(embedder=embedder, dimensions=dimensions)

    def tidy(self, embedder: str) -> None:
        """Delete the folders of other embedders; collections on a server are left to whoever runs it."""
        for folder in self.folder.glob("*/"):
            if folder.name != _slug(embedder):
                shutil.rmtree(folder, ignore_errors=True)
                folder.with_name(f"{folder.name}.lock").unlink(missing_ok=True)


async def serving(library: Library, wanted: Embedder, known: Known) -> Embedder:
    """Return the embedder to search with: the wanted one once it has read every chunk, until then the one that has read most."""
    if not await library.lacking(wanted.id, limit=1):
        return wanted
    read = await library.embedders()
    others = sorted((id for id in read if id != wanted.id), key=lambda id: -read[id])
    best = next((embedder for embedder in map(known, others) if embedder), None)
    return best or Silent(wanted.dimensions)


class Renewal:
    """Brings the wanted embedder into service: makes the vectors that are missing, then lets it answer."""

    def __init__(self, knowledge: HybridKnowledge, library: Library, *, wanted: Embedder, place: Place, clock: Clock) -> None:
        self._knowledge = knowledge
        self._library = library
        self._wanted = wanted
        self._place = place
        self._clock = clock

    async def run(self) -> None:
        """Do it beside the searches, however often something is down, and return; at once when the wanted embedder answers already."""
        while self._knowledge.embedder != self._wanted.id:
            try:
                await self._renew()
            except Unavailable as error:
                log.warning("the vectors of %s are not complete yet: %s", self._wanted.id, error)
                await self._clock.wait(self._clock.now() + PAUSE)

    async def _renew(self) -> None:
        made = await complete(self._library, self._wanted)
        # Opened and filled before it answers, so that no search waits for it.
        index = await self._place.open(self._wanted, self._library)
        await index.refresh()
        await self._knowledge.switch(self._wanted, index)
        await asyncio.to_thread(self._place.tidy, self._wanted.id)
        log.info("searching with %s now, for which %d chunks were read", self._wanted.id, made)


def _slug(embedder: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", embedder)[:80]
