"""Chosen: the trained categories in use, read anew when other ones are trained or chosen while the desk runs."""

from __future__ import annotations

import asyncio
import logging

from agent.shelf import Shelf
from agent.training import Trained, named, train
from desk.errors import Misconfigured
from desk.library import Embedder

log = logging.getLogger("frontdesk.agent")


class Chosen:
    """What triage asks before each message; between two changes that costs two looks at the file system."""

    def __init__(self, shelf: Shelf, embedder: Embedder) -> None:
        self._shelf = shelf
        self._embedder = embedder
        self._seen: tuple[int, ...] | None = None
        self._found: Trained | None = None
        self._trouble = ""
        self._lock = asyncio.Lock()

    async def current(self) -> Trained | None:
        """Return the categories in use, None for those that ship.

        Categories that were fitted to another embedder are fitted again from their rows, which takes seconds and then is kept. Raises Misconfigured
        when that is not possible, the same until somebody changes it.
        """
        async with self._lock:
            state = self._shelf.state()
            if state != self._seen:
                self._found, self._trouble = await self._look()
                # Fitting again writes into a version's folder, not here, so what was seen before is still what counts.
                self._seen = state
        if self._trouble:
            raise Misconfigured(self._trouble)
        return self._found

    async def _look(self) -> tuple[Trained | None, str]:
        try:
            version = self._shelf.in_use()
            return (await self._load(version) if version else None), ""
        except Misconfigured as error:
            log.error("%s; until then no message gets a category", error)
            return None, str(error)

    async def _load(self, version: str) -> Trained:
        loaded = await asyncio.to_thread(self._shelf.load, version, self._embedder.id)
        if loaded:
            return loaded
        table = self._shelf.rows(version)
        if not table:
            told = f"the embedder {self._shelf.about(version)['embedder']!r}, and this one is {self._embedder.id!r}"
            raise Misconfigured(f"the categories {version!r} were fitted to {told}; their rows are gone: train them again")
        log.warning("the categories %r were fitted to another embedder: fitting them again to %r", version, self._embedder.id)
        again, _ = await train(table, self._embedder, seed=int(self._shelf.about(version)["seed"]))
        self._shelf.keep(named(again, version))
        return named(again, version)
