"""Schedule: when sources are read by themselves, one after another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from desk.errors import FrontdeskError
from desk.ports import PolicySource
from desk.source import Source, SyncState, next_due
from knowledge.syncing.gentle import Gentle
from knowledge.syncing.narrowing import narrow
from knowledge.syncing.sync import Busy, Means, Opener, sync

LOOK = timedelta(minutes=1)
"""How often the policy is looked at again, so that a source that was added or changed is read soon."""

log = logging.getLogger("frontdesk.sync")


class Schedule:
    """Syncs what the policy says is due. Every round reads the policy anew; a source that left it is left alone with its documents."""

    def __init__(self, policy: PolicySource, open: Opener, means: Means) -> None:
        self._policy = policy
        self._open = open
        self._means = replace(means, embedder=Gentle(means.embedder))
        self._one_round = asyncio.Lock()
        self._narrowed: dict[str, str] = {}

    async def run_due(self) -> bool:
        """Sync every source that is due; True when any was, whatever came of it. One that another process reads is left to it."""
        async with self._one_round:
            await self._narrow()
            due = await self._due(self._means.clock.now())
            return any([await self._sync(source) for source in due])

    async def next_due(self) -> datetime | None:
        """Return when the next source is due, None when none ever is by itself."""
        states = await self._means.rows.states()
        return min(self._instants(await self._sources(), states, now=self._means.clock.now()).values(), default=None)

    async def run(self) -> None:
        """Sync for as long as the desk runs."""
        while True:
            now = self._means.clock.now()
            try:
                await self.run_due()
                due = await self.next_due()
            # A locked database now must not end the syncs of tomorrow.
            except FrontdeskError as error:
                log.warning("the sources wait for their next turn: %s", error)
                due = None
            # What is still due is another's to read, or was tried just now: looking again at once would spin.
            later = self._means.clock.now() + LOOK
            await self._means.clock.wait(min(due, later) if due and due > now else later)

    async def _narrow(self) -> None:
        """Hide what the policy hides by now, also of a source that is only read by command."""
        states = await self._means.rows.states()
        for source in await self._sources():
            known = states.get(source.name)
            if known and source.basis not in (known.basis, self._narrowed.get(source.name)):
                await narrow(source, self._means.library, embedder=self._means.embedder.id)
                self._narrowed[source.name] = source.basis

    async def _sync(self, source: Source) -> bool:
        try:
            state = await sync(source, self._open, self._means)
        except Busy:
            return False
        if state.error:
            log.warning("the source %r: %s", source.name, state.error)
        return True

    async def _due(self, now: datetime) -> list[Source]:
        sources = await self._sources()
        instants = self._instants(sources, await self._means.rows.states(), now=now)
        return sorted((source for source in sources if source.name in instants and instants[source.name] <= now), key=lambda s: instants[s.name])

    async def _sources(self) -> tuple[Source, ...]:
        return (await self._policy.current()).knowledge.sources

    @staticmethod
    def _instants(sources: tuple[Source, ...], states: Mapping[str, SyncState], *, now: datetime) -> dict[str, datetime]:
        found = {source.name: next_due(source, states.get(source.name), now=now) for source in sources}
        return {name: due for name, due in found.items() if due is not None}
