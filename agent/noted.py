"""Noted: tools that remember what was looked up with them, so that nothing is looked up twice in one turn."""

from __future__ import annotations

from collections.abc import Sequence

from desk.answering import PastTicket, Tools
from desk.customer import Fact
from desk.draft import Evidence, Passage
from desk.selfservice import ActionRequest


class Noted:
    """`Tools` around other tools, for one turn."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._searched: dict[str, tuple[Passage, ...]] = {}
        self._facts: tuple[Fact, ...] | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return the record, as far as it was read."""
        return self._facts or ()

    async def search(self, query: str, *, k: int = 10, also: Sequence[str] = ()) -> Sequence[Passage]:
        """Search, or return what the same query found before."""
        known = self._searched.get(query)
        if known is None or len(known) < k:
            known = self._searched[query] = tuple(await self._tools.search(query, k=k, also=also))
        return known[:k]

    async def article(self, document: str) -> Sequence[Passage]:
        """Return an article's passages."""
        return await self._tools.article(document)

    async def record(self) -> Sequence[Fact]:
        """Return the author's own record, read once."""
        if self._facts is None:
            self._facts = tuple(await self._tools.record())
        return self._facts

    async def past_tickets(self) -> Sequence[PastTicket]:
        """Return the author's earlier tickets."""
        return await self._tools.past_tickets()

    async def outranked(self, query: str) -> float:
        """Return by how much something hidden is nearer."""
        return await self._tools.outranked(query)

    async def look_up(self, request: ActionRequest) -> Sequence[Passage | Evidence]:
        """Return what an action that only looks something up finds."""
        return await self._tools.look_up(request)
