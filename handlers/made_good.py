"""Made good: what ends once a promise is kept, and who is asked why one was broken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from desk.changes import NOTHING, Changes, Refresh, SaveBreach, SaveDraft, SaveEscalation, Write, write
from desk.draft import DraftStatus
from desk.escalation import Escalation, EscalationStatus
from desk.ids import EventId, OutboxId, TicketId, derived
from desk.sla import Breach, Standing
from desk.space import UserRef
from desk.ticket import Reason, Ticket
from escalation.clock import Course
from handlers import causes
from handlers.services import Services
from handlers.situation import team_of, zone_of

AT_RISK, BREACHED = "sla_at_risk", "sla_breached"
"""The escalation rules that a promise sets off."""
RULES = frozenset({AT_RISK, BREACHED})
DANGER = frozenset({Standing.AT_RISK, Standing.BREACHED})


def breach_id(ticket: TicketId, course: Course) -> str:
    """Return the id of a promise's breach, of which there is one at most."""
    return derived("br", ticket, course.promise.target, course.since.isoformat())


async def settled(
    before: Ticket | None, ticket: Ticket, found: Sequence[Course], writes: Sequence[Write], *, services: Services, cause: EventId
) -> Changes:
    """Return what ends with a saved ticket: broken promises that were kept late, and escalations about promises that are in danger no more.

    Whoever takes a ticket or answers it is asked why its promise was broken where nobody was.
    """
    if before is None or (before.clock == ticket.clock and before.owner == ticket.owner):
        return NOTHING
    now = services.clock.now()
    breaches = await services.store.breaches(ticket.id)
    result = _kept_late(ticket, found, breaches)
    if not any(course.standing in DANGER for course in found):
        result += await _over(ticket, writes, services, cause=cause, at=now)
    taker = ticket.owner if ticket.owner != before.owner else _answerer(ticket, writes)
    untold = [breach for breach in breaches if not breach.cause and breach.owner is None]
    if taker is None or not untold:
        return result
    policy = await services.policy.current()
    zone = zone_of(taker, await team_of(services))
    return result + sum((causes.asked(ticket, breach, policy, whom=taker, zone=zone, at=now) for breach in untold), NOTHING)


def _kept_late(ticket: Ticket, found: Iterable[Course], breaches: Sequence[Breach]) -> Changes:
    ended = {breach_id(ticket.id, course): course.ended for course in found if course.ended}
    late = [replace(breach, met_at=ended[breach.id]) for breach in breaches if breach.met_at is None and breach.id in ended]
    return write(*map(SaveBreach, late))


async def _over(ticket: Ticket, writes: Iterable[Write], services: Services, *, cause: EventId, at: datetime) -> Changes:
    """Close what was raised about promises alone, as this event leaves it, and draw its card again."""
    written = {w.escalation.id: w.escalation for w in writes if isinstance(w, SaveEscalation)}
    raised = {e.id: e for e in await services.store.escalations(ticket.id)} | written
    mine = [e for e in raised.values() if e.ticket == ticket.id and e.status is not EscalationStatus.CLOSED and set(e.rules) <= RULES]
    closed = write(*(SaveEscalation(_closed(e, at)) for e in mine))
    subjects = {e.id for e in mine}
    cards = [card for card in await services.store.cards(ticket.id) if card.subject in subjects] if subjects else []
    return closed + write(*(Refresh(card.id, OutboxId(derived("o", cause, card.id)), at) for card in cards))


def _closed(escalation: Escalation, at: datetime) -> Escalation:
    return replace(escalation, status=EscalationStatus.CLOSED, closed_at=at, steps=(*escalation.steps, Reason("kept")))


def _answerer(ticket: Ticket, writes: Iterable[Write]) -> UserRef | None:
    """Return who answered by this event, None where nobody of the team did."""
    sent = (w.draft for w in writes if isinstance(w, SaveDraft) and w.draft.ticket == ticket.id and w.draft.status is DraftStatus.SENT)
    return next((draft.decided_by for draft in sent if draft.decided_by), None)
