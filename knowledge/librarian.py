"""Librarian: what the knowledge base has of each source, and the work that commands ask for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from desk.article import Document
from desk.customer import content_hash
from desk.errors import InvalidInput
from desk.policy import Knowledge
from desk.ports import PolicySource
from desk.source import PREFIX, Source, SyncState, next_due
from desk.tending import NOTHING_HELD, PASTED, DropArticles, PutArticle, Stock
from knowledge.article import Failure, compose
from knowledge.syncing.gentle import Gentle
from knowledge.syncing.pieces import cut, document_of, put
from knowledge.syncing.quality import Ages, Concern, age
from knowledge.syncing.sync import HOLD, REMOVED_AT_ONCE, Busy, Means, Opener, sync

LONGEST_NAME = 60
"""Letters of a title that make the id of a pasted article."""


class SourceLibrarian:
    """Tends the library that sources are synced into, beside the schedule: each holds a source while it works on it."""

    def __init__(self, policy: PolicySource, open: Opener, means: Means) -> None:
        self._policy = policy
        self._open = open
        # A holder of its own: what the schedule of this process reads now is another's, too.
        self._means = replace(means, embedder=Gentle(means.embedder), holder=f"{means.holder}/command")

    async def stock(self) -> Sequence[Stock]:
        """Return the policy's sources in order, then the other places that articles are from."""
        now, rows, knowledge = self._means.clock.now(), self._means.rows, (await self._policy.current()).knowledge
        states, holdings, held = await rows.states(), await rows.holdings(), await rows.held(now)
        old = await self._old(knowledge)
        named = {source.origin: source for source in knowledge.sources}
        return [
            Stock(
                origin,
                source,
                holdings.get(origin, NOTHING_HELD),
                states.get(source.name) if source else None,
                next_due(source, states.get(source.name), now=now) if source else None,
                source is not None and source.name in held,
                old[origin],
            )
            for origin in dict.fromkeys((*named, *holdings))
            for source in (named.get(origin),)
        ]

    async def documents(self) -> Sequence[Document]:
        """Return all articles."""
        return await self._means.library.documents()

    async def sync(self, source: Source) -> SyncState:
        """Read a source now; what went wrong is in the state's `error`. Raises Busy while somebody else reads it."""
        return await sync(source, self._open, self._means)

    async def put(self, article: PutArticle) -> int:
        """Put a pasted article under an id that its title makes; return how many pieces it was cut into."""
        id = f"{PASTED}/{_name(article.title)}"
        fields = {"id": id, "title": article.title, "audience": str(article.audience), "updated": self._means.clock.now().date().isoformat()}
        made = compose(fields, article.text, id=id, where=id, fallback=article.title)
        known = next((document for document in await self._means.library.documents(PASTED) if document.id == id), None)
        piece = cut(made, document_of(made, source=PASTED, embedder=self._means.embedder.id), known=known)
        if isinstance(piece, Failure):
            raise InvalidInput(piece.reason)
        await put([piece], library=self._means.library, embedder=self._means.embedder)
        return len(piece.chunks)

    async def drop(self, chore: DropArticles) -> int:
        """Remove articles and return how many; with all of them goes what was known of the source's syncs."""
        ids = [document.id for document in await self._means.library.documents(chore.origin) if chore.document in ("", document.id)]
        if chore.document or not chore.origin.startswith(PREFIX):
            return await self._remove(ids)
        name, now = chore.origin.removeprefix(PREFIX), self._means.clock.now()
        # What a sync under way puts after this would be back, and nobody would ever read it again.
        if not await self._means.rows.hold(name, self._means.holder, now=now, until=now + HOLD):
            raise Busy(f"another process reads the source {name!r} now: look again later")
        removed = await self._remove(ids)
        await self._means.rows.forget(name)
        return removed

    async def _remove(self, ids: Sequence[str]) -> int:
        for start in range(0, len(ids), REMOVED_AT_ONCE):
            await self._means.library.remove(ids[start : start + REMOVED_AT_ONCE])
        return len(ids)

    async def _old(self, knowledge: Knowledge) -> Counter[str]:
        ages, now = Ages(knowledge.sources, knowledge.review), self._means.clock.now()
        found = ((document.source, age(document, ages, now=now)) for document in await self._means.library.documents())
        return Counter(source for source, finding in found if finding and finding.concern in (Concern.STALE, Concern.EXPIRED))


def _name(title: str) -> str:
    """Return a title as a part of an id; one without a Latin letter gets digits of its own."""
    words = "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:LONGEST_NAME].strip("-")
    return words or content_hash(title)
