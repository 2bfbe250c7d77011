"""Waiting and ending: what is said when it takes longer, and when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from desk.audience import INTERNAL, PUBLIC
from desk.changes import NOTHING, ClearDeadlines, Feedback, RecordFeedback, write
from desk.customer import TEAM
from desk.draft import DraftStatus
from desk.escalation import Trigger
from desk.ids import OutboxId, derived
from desk.ticket import Containment, Holding, Status
from desk.timeline import Purpose
from handlers import internal, replies, say, summing
from handlers.deed import Deed, Outcome
from handlers.situation import Situation


def close(s: Situation, deed: Deed, *, confirmed: bool) -> Outcome:
    """Close the ticket and ask how it was when that is due. The bot says a sentence of its own only where no human has the word."""
    ticket, changes = close_quietly(s, confirmed=confirmed)
    # What the team closes says nothing of whether the automatic answer helped.
    ticket = replace(ticket, containment=s.ticket.containment) if deed.who else ticket
    ours = not confirmed and (s.ticket.held or deed.who)
    text = "" if ours else say.phrase(s, "thanks_solved" if confirmed else "closed_silent")
    if deed.csat_due:
        drawn = replies.csat(f"{text} {say.phrase(s, 'csat_ask')}".strip(), ticket=s.ticket, policy=s.policy, language=s.language)
        asked = RecordFeedback(Feedback(derived("f", "csat_asked", ticket.id), ticket.id, "csat_asked", s.ticket.customer, s.now))
        return ticket, changes + write(asked) + say.post(s, "csat", drawn, Purpose.CSAT, audience=PUBLIC)
    purpose = Purpose.FEEDBACK if confirmed else Purpose.NOTICE
    return ticket, changes + (say.post(s, "closed", replies.sentence(text), purpose, audience=PUBLIC) if text else NOTHING)


def close_quietly(s: Situation, *, confirmed: bool) -> Outcome:
    """Close the ticket without a word; what was called re-contacted stays so."""
    ticket = replace(
        s.ticket,
        status=Status.SOLVED if confirmed else Status.CLOSED,
        closed=s.now,
        containment=_contained(s, confirmed=confirmed),
        holding=None,
        not_solved=0,
        topic_since=s.now,
        escalated=False,
    )
    return ticket, write(ClearDeadlines(str(ticket.id))) + internal.outdated(s) + internal.refreshed(s) + summing.ended(s)


def _contained(s: Situation, *, confirmed: bool) -> Containment | None:
    """Return what became of an automatic first answer; nothing where a human answered after it."""
    if s.ticket.containment is Containment.RECONTACTED:
        return s.ticket.containment
    written = any(m.role in TEAM and m.audience != INTERNAL for m in s.timeline)
    decided = any(draft.status is DraftStatus.SENT and draft.decided_by for draft in s.drafts)
    if not s.ticket.deflected or written or decided:
        return None
    return Containment.CONFIRMED if confirmed else Containment.SILENT


def renew(s: Situation, deed: Deed) -> Outcome:
    """Renew a promise that passed, once; tell a lead each time. Who took the ticket over says so themselves, and is told too."""
    assert s.ticket.holding is not None, "only a holding answer promises"
    told = internal.tell(s, deed.triggers)
    if s.ticket.holding.renewed or s.ticket.owner:
        return s.ticket, told
    holding = replace(s.ticket.holding, renewed=True, promised=s.answer_by)
    said = say.post(s, "renewed", replies.sentence(say.phrase(s, "holding_renewed", time=say.time(s, s.answer_by))), Purpose.HOLDING, audience=PUBLIC)
    return replace(s.ticket, holding=holding), said + told + say.promise(s, s.answer_by)


def hold(s: Situation) -> Outcome:
    """Say once that a part of us is down, with a time; tell a human; try again."""
    by = _rounded(s.now + s.policy.down.expect)
    drawn = replies.with_help(
        say.phrase(s, "down", time=say.time(s, by)), ticket=s.ticket, subject=str(s.ticket.id), policy=s.policy, language=s.language
    )
    holding = s.ticket.holding or Holding(OutboxId(derived("o", s.cause, "down")), s.now, by)
    ticket = replace(s.ticket, holding=holding, status=Status.WAITING_TEAM, heard_once=s.ticket.heard_once | {"down"})
    said = say.post(s, "down", drawn, Purpose.HOLDING, audience=PUBLIC) + say.promise(s, by)
    return ticket, said + internal.escalation(s, (Trigger("down", 2),), quiet=True)


def _rounded(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)
