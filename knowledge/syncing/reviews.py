"""Reviews: once a day, which sources have articles that their owner should look at again."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from desk.article import Document
from desk.errors import FrontdeskError
from desk.events import ReviewDue
from desk.ids import EventId, derived
from desk.library import Library, SourceRows
from desk.policy import Knowledge
from desk.ports import Clock, PolicySource
from desk.source import Source, SyncState
from knowledge.syncing.quality import Ages, Concern, age

EVERY = timedelta(days=1)
AGAIN = timedelta(days=7)
"""How long an owner is left in peace after a reminder."""

log = logging.getLogger("frontdesk.reviews")


class Reviews:
    """Submits a `ReviewDue` for each source with an owner and articles past their interval, at most once a week for each."""

    def __init__(
        self, policy: PolicySource, library: Library, rows: SourceRows, clock: Clock, submit: Callable[[ReviewDue], Awaitable[None]]
    ) -> None:
        self._policy = policy
        self._library = library
        self._rows = rows
        self._clock = clock
        self._submit = submit
        self._looked: datetime | None = None

    async def run_due(self) -> bool:
        """Look, unless that was done within a day; True when anybody is reminded."""
        now = self._clock.now()
        if self._looked and abs(now - self._looked) < EVERY:
            return False
        knowledge = (await self._policy.current()).knowledge
        owned = [source for source in knowledge.sources if source.owner]
        due = [event for source in owned if (event := await self._due(source, knowledge, now=now))] if owned else []
        for event in due:
            # Durable first: a reminder that was noted and not sent would be silence for a week.
            await self._submit(event)
            await self._rows.remind(event.source, now)
        self._looked = now
        return bool(due)

    async def run(self) -> None:
        """Look for as long as the desk runs."""
        while True:
            now = self._clock.now()
            try:
                await self.run_due()
            # A locked database now must not end the reminders of tomorrow.
            except FrontdeskError as error:
                log.warning("the reviews wait for their next turn: %s", error)
            await self._clock.wait(now + EVERY / 24)

    async def _due(self, source: Source, knowledge: Knowledge, *, now: datetime) -> ReviewDue | None:
        states: Mapping[str, SyncState] = await self._rows.states()
        reminded = states[source.name].reminded if source.name in states else None
        # A clock that was put back must not silence the reminders until it comes there again.
        if reminded and abs(now - reminded) < AGAIN:
            return None
        old = self._old(await self._library.documents(source.origin), knowledge, now=now)
        if not old:
            return None
        id = EventId(derived("ev", "review", source.name, now.date().isoformat()))
        return ReviewDue(
            id=id,
            source=source.name,
            owner=source.owner,
            documents=tuple(document.id for document in old),
            titles=tuple(document.title for document in old),
            at=now,
        )

    @staticmethod
    def _old(documents: Sequence[Document], knowledge: Knowledge, *, now: datetime) -> list[Document]:
        """Return what is due, the oldest first. An article without a date is not: nobody could ever end its reminders by changing it."""
        ages = Ages(knowledge.sources, knowledge.review)
        found = [(finding, document) for document in documents if (finding := age(document, ages, now=now))]
        due = [document for finding, document in found if finding.concern in (Concern.STALE, Concern.EXPIRED)]
        return sorted(due, key=lambda document: (document.updated, document.id))
