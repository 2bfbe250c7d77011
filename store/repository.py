"""Repository: the store as the desk uses it, one commit per event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from desk.changes import Changes, SaveTicket, Write
from desk.events import Event
from desk.ids import EventId, TicketId
from desk.ports import PolicySource
from desk.space import UserRef
from store import (
    challenges,
    customers,
    deadlines,
    drafts,
    erasure,
    incidents,
    library,
    meanings,
    messages,
    outbox,
    overrides,
    pages,
    promises,
    routes,
    runs,
    summaries,
    tickets,
)
from store.challenges import ChallengeReads
from store.database import Database
from store.deadlines import DeadlineReads
from store.drafts import DraftReads
from store.incidents import IncidentReads
from store.meanings import MeaningReads
from store.messages import MessageReads
from store.outbox import OutboxReads
from store.pages import PageReads
from store.promises import BreachReads
from store.routes import RouteReads
from store.rows import Writer, add, one_of, pack
from store.runs import RunReads
from store.schema import handled
from store.summaries import SummaryReads
from store.tickets import TicketReads


def joined(*tables: Mapping[type, Writer]) -> Mapping[type, Writer]:
    """Return the writers of all tables; raise ValueError when two claim the same write."""
    result: dict[type, Writer] = {}
    for table in tables:
        if twice := result.keys() & table.keys():
            raise ValueError(f"two functions write {sorted(kind.__name__ for kind in twice)}")
        result.update(table)
    return result


WRITERS = joined(
    tickets.WRITERS,
    messages.WRITERS,
    drafts.WRITERS,
    summaries.WRITERS,
    deadlines.WRITERS,
    outbox.WRITERS,
    overrides.WRITERS,
    library.WRITERS,
    runs.WRITERS,
    customers.WRITERS,
    meanings.WRITERS,
    promises.WRITERS,
    pages.WRITERS,
    routes.WRITERS,
    incidents.WRITERS,
    challenges.WRITERS,
)
"""One function for each thing that an event may write."""


class SqlStore(
    TicketReads,
    MessageReads,
    MeaningReads,
    DraftReads,
    SummaryReads,
    DeadlineReads,
    BreachReads,
    PageReads,
    RouteReads,
    IncidentReads,
    OutboxReads,
    RunReads,
    ChallengeReads,
):
    """The desk's memory in SQLite or Postgres; `policy` says how long things are kept."""

    def __init__(self, database: Database, policy: PolicySource) -> None:
        super().__init__(database)
        self._policy = policy

    async def commit(self, event: EventId, changes: Changes, *, at: datetime) -> bool:
        """Write everything and mark the event handled, in one transaction; False when it was handled before.

        Raises Conflict when a compare-and-set or an expectation is lost. A ticket that is saved twice is compared once and kept as it was saved last.
        """
        return await self.database.write(lambda c: _commit(c, event, changes, at=at))

    async def follow_ups(self, event: EventId) -> Sequence[Event] | None:
        """Return the events that followed from a handled event, None when it is not handled."""
        statement = select(handled.c.follow_ups).where(handled.c.event == event)
        return await self.database.read(lambda c: one_of(c, tuple[Event, ...], statement))

    async def erase(self, users: Sequence[UserRef]) -> int:
        """Empty everything these users wrote and the drafts made of it; return how many rows."""
        return await self.database.write(lambda c: erasure.erase(c, users))

    async def purge(self, now: datetime) -> int:
        """Drop what the policy's retention says should be gone; return how many rows."""
        keep = (await self._policy.current()).retention
        return await self.database.write(lambda c: erasure.purge(c, now, keep))


def _commit(connection: Connection, event: EventId, changes: Changes, *, at: datetime) -> bool:
    if not add(connection, handled, {"event": event, "at": at, "follow_ups": pack(changes.events)}):
        return False
    for write in _once_per_ticket(changes.writes):
        WRITERS[type(write)](connection, write)
    return True


def _once_per_ticket(writes: Sequence[Write]) -> Sequence[Write]:
    """Keep each ticket's first save, which carries the revision to compare, with the content of its last."""
    last = {write.ticket.id: write.ticket for write in writes if isinstance(write, SaveTicket)}
    seen: set[TicketId] = set()
    kept: list[Write] = []
    for write in writes:
        if not isinstance(write, SaveTicket):
            kept.append(write)
        elif write.ticket.id not in seen:
            seen.add(write.ticket.id)
            kept.append(SaveTicket(replace(last[write.ticket.id], revision=write.ticket.revision)))
    return kept
