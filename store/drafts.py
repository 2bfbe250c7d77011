"""Drafts and what people and the desk decided: drafts change by compare-and-set, decisions never."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from desk.changes import Feedback, RecordDecision, RecordFeedback, RecordGap, SaveDraft, SaveEscalation
from desk.decision import Decision
from desk.draft import Draft, DraftStatus, Verdict
from desk.errors import Conflict
from desk.escalation import Escalation
from desk.ids import DraftId, TicketId
from desk.space import UserRef
from store.database import Reads
from store.rows import Writer, add, all_of, one_of, pack, put
from store.schema import decisions, drafts, escalations, feedback, gaps

APPROVING = (Verdict.APPROVE, Verdict.APPROVE_ANYWAY, Verdict.EDIT)
OLDEST_FIRST = (drafts.c.created, drafts.c.id)


def save_draft(connection: Connection, write: SaveDraft) -> None:
    """Store a draft; raise Conflict when its stored status is not the one it was."""
    values = _draft_columns(write.draft)
    if write.was is None:
        put(connection, drafts, values)
        return
    held = (drafts.c.id == write.draft.id) & (drafts.c.status == write.was)
    if connection.execute(update(drafts).where(held).values(**values)).rowcount != 1:
        raise Conflict(f"draft {write.draft.id!r} is no longer {write.was!r}")


def record_decision(connection: Connection, write: RecordDecision) -> None:
    """Append a decision; its id is derived from what it decides, so that the same one again changes nothing."""
    made = write.decision
    add(connection, decisions, {"id": made.id, "ticket": made.ticket, "at": made.at, "action": made.word, "doc": pack(made)})


def save_escalation(connection: Connection, write: SaveEscalation) -> None:
    """Store an escalation."""
    held = write.escalation
    put(connection, escalations, {"id": held.id, "ticket": held.ticket, "status": held.status, "at": held.at, "doc": pack(held)})


def record_feedback(connection: Connection, write: RecordFeedback) -> None:
    """Append feedback; the same id twice is once."""
    said = write.feedback
    add(connection, feedback, {"id": said.id, "ticket": said.ticket, "by": str(said.by), "at": said.at, "doc": pack(said)})


def record_gap(connection: Connection, write: RecordGap) -> None:
    """Append a question that the articles did not answer."""
    connection.execute(insert(gaps).values(ticket=write.ticket, at=write.at, doc=pack(write)))


class DraftReads(Reads):
    """The questions asked of drafts, decisions, escalations, feedback and gaps."""

    async def draft(self, id: DraftId) -> Draft | None:
        """Return a draft."""
        return await self.database.read(lambda c: one_of(c, Draft, select(drafts.c.doc).where(drafts.c.id == id)))

    async def drafts(self, ticket: TicketId) -> Sequence[Draft]:
        """Return a ticket's drafts, oldest first."""
        return await self.database.read(lambda c: all_of(c, Draft, select(drafts.c.doc).where(drafts.c.ticket == ticket).order_by(*OLDEST_FIRST)))

    async def waiting_drafts(self) -> Sequence[Draft]:
        """Return the drafts somebody should decide, oldest first."""
        waiting = drafts.c.status == DraftStatus.WAITING
        return await self.database.read(lambda c: all_of(c, Draft, select(drafts.c.doc).where(waiting).order_by(*OLDEST_FIRST)))

    async def judged_drafts(self, *, most: int) -> Sequence[Draft]:
        """Return the drafts that people approved or edited last, oldest first; of an edit both what it began with and what was sent."""
        latest = select(drafts.c.doc).where(drafts.c.verdict.in_(APPROVING)).order_by(drafts.c.decided_at.desc(), drafts.c.id.desc()).limit(most)
        return (await self.database.read(lambda c: all_of(c, Draft, latest)))[::-1]

    async def approval_times(self, since: datetime) -> Sequence[tuple[datetime, timedelta]]:
        """Return when drafts were approved or edited since then, and how long each had waited in wall time."""
        statement = select(drafts.c.decided_at, drafts.c.created).where(drafts.c.verdict.in_(APPROVING), drafts.c.decided_at >= since)
        return await self.database.read(lambda c: sorted((decided, decided - created) for decided, created in c.execute(statement)))

    async def decisions(self, ticket: TicketId | None = None, *, since: datetime | None = None) -> Sequence[Decision]:
        """Return decisions in the order they were made."""
        statement = select(decisions.c.doc).order_by(decisions.c.seq)
        statement = statement.where(decisions.c.ticket == ticket) if ticket else statement
        statement = statement.where(decisions.c.at >= since) if since else statement
        return await self.database.read(lambda c: all_of(c, Decision, statement))

    async def escalations(self, ticket: TicketId) -> Sequence[Escalation]:
        """Return a ticket's escalations, oldest first."""
        statement = select(escalations.c.doc).where(escalations.c.ticket == ticket).order_by(escalations.c.at, escalations.c.id)
        return await self.database.read(lambda c: all_of(c, Escalation, statement))

    async def open_escalations(self) -> Sequence[Escalation]:
        """Return the escalations that nobody closed, oldest first."""
        # Written out, because a bound parameter would keep the partial index from being used.
        going_on = text("status <> 'closed'")
        statement = select(escalations.c.doc).where(going_on).order_by(escalations.c.at, escalations.c.id)
        return await self.database.read(lambda c: all_of(c, Escalation, statement))

    async def escalations_since(self, since: datetime) -> Sequence[Escalation]:
        """Return the escalations that fired since then, oldest first."""
        statement = select(escalations.c.doc).where(escalations.c.at >= since).order_by(escalations.c.at, escalations.c.id)
        return await self.database.read(lambda c: all_of(c, Escalation, statement))

    async def escalation(self, id: str) -> Escalation | None:
        """Return an escalation."""
        return await self.database.read(lambda c: one_of(c, Escalation, select(escalations.c.doc).where(escalations.c.id == id)))

    async def feedback(self, ticket: TicketId | None = None, *, by: UserRef | None = None, since: datetime | None = None) -> Sequence[Feedback]:
        """Return feedback in the order it was given."""
        statement = select(feedback.c.doc).order_by(feedback.c.at, feedback.c.seq)
        statement = statement.where(feedback.c.ticket == ticket) if ticket else statement
        statement = statement.where(feedback.c.by == str(by)) if by else statement
        statement = statement.where(feedback.c.at >= since) if since else statement
        return await self.database.read(lambda c: all_of(c, Feedback, statement))

    async def gaps(self, *, since: datetime | None = None) -> Sequence[RecordGap]:
        """Return the questions that the articles did not answer, in order."""
        statement = select(gaps.c.doc).order_by(gaps.c.seq)
        statement = statement.where(gaps.c.at >= since) if since else statement
        return await self.database.read(lambda c: all_of(c, RecordGap, statement))


def _draft_columns(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "ticket": draft.ticket,
        "status": draft.status,
        "created": draft.created,
        "decided_at": draft.decided_at,
        "verdict": draft.verdict,
        "doc": pack(draft),
    }


WRITERS: Mapping[type, Writer] = {
    SaveDraft: save_draft,
    RecordDecision: record_decision,
    SaveEscalation: save_escalation,
    RecordFeedback: record_feedback,
    RecordGap: record_gap,
}
