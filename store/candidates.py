"""Candidates: answers of resolved tickets, as far as people have read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from desk.candidate import Candidate, CandidateStatus
from store.database import Reads
from store.rows import add, all_of, pack
from store.schema import candidates


class SqlCandidates(Reads):
    """The `CandidateRows` in SQL. An erased customer's candidates go with their tickets' words."""

    async def candidates(self, status: CandidateStatus | None = None) -> Sequence[Candidate]:
        """Return the candidates, oldest first."""
        statement = select(candidates.c.doc).order_by(candidates.c.solved, candidates.c.ticket)
        statement = statement if status is None else statement.where(candidates.c.status == status)
        return await self.database.read(lambda c: all_of(c, Candidate, statement))

    async def offer(self, candidate: Candidate) -> None:
        """Keep a new candidate."""
        await self.database.write(lambda c: add(c, candidates, _row(candidate)))

    async def judge(self, candidate: Candidate) -> bool:
        """Replace a candidate; one that was erased meanwhile does not come back."""
        statement = update(candidates).where(candidates.c.ticket == candidate.ticket).values(**_row(candidate))
        return bool(await self.database.write(lambda c: c.execute(statement).rowcount))


def _row(candidate: Candidate) -> Mapping[str, Any]:
    return {"ticket": candidate.ticket, "status": candidate.status, "solved": candidate.solved, "doc": pack(candidate)}
