"""Acting: the one door through which a customer hears the bot. An action is performed and its decision committed with the ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from desk.audience import PUBLIC
from desk.cards import CardKind
from desk.changes import (
    NOTHING,
    Changes,
    ClearDeadlines,
    RecordDecision,
    RecordGap,
    SaveDraft,
    SaveSummary,
    SaveTicket,
    SetDeadline,
    write,
)
from desk.deadlines import Deadline, DeadlineKind
from desk.decision import (
    Action,
    Ask,
    Close,
    Decision,
    Drop,
    Escalate,
    Hold,
    Ignore,
    Observe,
    Perform,
    Remind,
    Reply,
    StandBy,
    Suggest,
    Warn,
    Withdraw,
    decide,
)
from desk.draft import Draft, DraftStatus
from desk.escalation import Trigger
from desk.explaining import explain
from desk.facts import Facts, Occasion
from desk.ids import OutboxId, derived
from desk.ticket import Holding, Status, awake
from desk.timeline import Purpose
from handlers import answering, ending, internal, noticing, performing, replies, say
from handlers.deed import Deed, Outcome
from handlers.situation import Situation


def perform(facts: Facts, s: Situation, deed: Deed, *, label: str = "") -> Changes:
    """Decide, do it, and record it with the ticket, as one set of changes. `label` tells two decisions of one event apart."""
    action = decide(facts)
    evidence = tuple(replace(item, quote="") for item in deed.draft.proposal.evidence) if deed.draft else ()
    made = deed.draft.proposal if deed.draft else None
    versions = replace(
        s.versions,
        policy=s.policy.version,
        model=(made.model if made else "") or s.versions.model,
        prompt=(made.prompt if made else "") or s.versions.prompt,
    )
    decision = Decision(
        derived("d", s.cause, label),
        s.ticket.id,
        s.now,
        s.ticket.turn,
        s.ticket.revision,
        facts,
        action,
        explain(facts),
        versions,
        evidence=evidence,
        calls=deed.calls,
    )
    deed = noticing.heeded(facts, action, deed)
    ticket, changes = _do(action, s, deed)
    changes += noticing.noticed(action, s, deed)
    if facts.occasion not in (Occasion.MESSAGE, Occasion.PROMISE_PASSED):
        # Somebody decided something: nothing is left to come back for. What a customer says wakes it where it is heard.
        ticket = awake(ticket)
    summed = write(SaveSummary(deed.summary)) if deed.summary else NOTHING
    if not isinstance(action, Observe):
        summed += say.marked(s.ticket, ticket, cause=s.cause, at=s.now)
    return write(RecordDecision(decision), SaveTicket(ticket)) + changes + summed


def renew_promise(facts: Facts, s: Situation) -> Changes:
    """A promised time passed: renew it once; a lead is told each time. In mode observe nothing was promised."""
    return perform(facts, s, Deed(triggers=(Trigger("promise_passed", 2),)))


def _do(action: Action, s: Situation, deed: Deed) -> Outcome:
    match action:
        case Reply():
            return answering.reply(s, deed)
        case Ask(confirm=True):
            return performing.ask_first(s, deed)
        case Ask():
            return answering.ask(s, deed)
        case Perform():
            return performing.perform(s, deed)
        case Drop():
            return performing.drop(s, deed)
        case Suggest():
            return answering.suggest(s, deed)
        case Escalate(quiet=quiet):
            return _escalate(s, deed, quiet=quiet)
        case StandBy():
            return _stand_by(action, s, deed)
        case Ignore():
            return _ignore(s)
        case Observe():
            return _observe(action, s, deed)
        case Hold():
            return ending.renew(s, deed) if deed.triggers else ending.hold(s)
        case Remind():
            text = say.phrase(s, "reminder", name=s.ticket.customer_name)
            drawn = replies.with_help(text, ticket=s.ticket, subject=str(s.ticket.id), policy=s.policy, language=s.language)
            return replace(s.ticket, reminded_at=s.now), say.post(s, "remind", drawn, Purpose.REMINDER, audience=PUBLIC, to=(s.ticket.customer,))
        case Close(confirmed=confirmed):
            return ending.close(s, deed, confirmed=confirmed)
        case Withdraw():
            return answering.withdraw(s, deed)
        case Warn():
            return s.ticket, say.tell_privately(
                s, say.phrase(s, "personal_data"), (s.said[0].author if s.said else None) or s.customer.user, label="personal"
            )
    assert_never(action)


def _escalate(s: Situation, deed: Deed, *, quiet: bool) -> Outcome:
    """Bring in a human; the customer is told once. When somebody is on it already, they and a lead are told instead."""
    draft = _offered(deed.draft, quiet=quiet)
    changes = internal.outdated(s) + (write(SaveDraft(draft)) if draft else NOTHING)
    triggers = deed.triggers or (Trigger("no_answer"),)
    changes += internal.escalation(s, triggers, draft=draft, quiet=quiet) + internal.refreshed(s)
    if any(trigger.rule == "no_answer" for trigger in triggers):
        changes += write(RecordGap(s.ticket.id, tuple(m.id for m in s.said), s.ticket.category, "no_answer", s.now))
    if quiet:
        return s.ticket, changes + internal.tell(s, triggers)
    ticket = replace(s.ticket, status=Status.WAITING_TEAM, escalated=True)
    if s.ticket.escalated:
        return ticket, changes
    drawn = replies.sentence(say.phrase(s, "handed_over", time=say.time(s, s.answer_by)))
    outbox = OutboxId(derived("o", s.cause, "handed_over"))
    said = say.post(s, "handed_over", drawn, Purpose.NOTICE, audience=PUBLIC)
    return say.linked(replace(ticket, holding=Holding(outbox, s.now, s.answer_by, kept=True)), s), changes + said + say.promise(
        s, s.answer_by
    ) + say.links(s)


def _offered(draft: Draft | None, *, quiet: bool) -> Draft | None:
    """Return the draft as the team may take it up; one that is over, because what it asked for failed, only tells what was meant."""
    if draft is None or draft.status is DraftStatus.FAILED:
        return draft
    return replace(draft, status=DraftStatus.QUIET if quiet else DraftStatus.WAITING)


def _stand_by(action: StandBy, s: Situation, deed: Deed) -> Outcome:
    """Stay silent; keep a quiet draft for the team, and tell the owner and a lead what a rule heard."""
    notices = deed.notices if noticing.is_quiet(s.ticket) else ()
    heard = (*(trigger for trigger in deed.triggers if trigger.rule in action.tell), *notices)
    changes = internal.outdated(s, keep=deed.draft.id if deed.draft and deed.draft.status is DraftStatus.REJECTED else None) + internal.refreshed(s)
    if deed.draft is not None and deed.draft.status is not DraftStatus.REJECTED:
        draft = replace(deed.draft, status=DraftStatus.QUIET)
        changes += write(SaveDraft(draft)) + internal.card(s, CardKind.DRAFT, draft.id, draft=draft.id)
    if heard:
        changes += noticing.overheard(s, heard)
    doing = any(draft.status is DraftStatus.RUNNING for draft in s.drafts)
    nobody = s.ticket.guest and not s.ticket.held and not heard and not s.ticket.muted and not doing
    return (replace(s.ticket, status=Status.CLOSED, closed=s.now) if nobody else s.ticket), changes


def _ignore(s: Situation) -> Outcome:
    """Nobody asked anything: a ticket that was never answered is closed without calling it solved."""
    changes = internal.outdated(s) + internal.refreshed(s)
    if s.ticket.status.is_over or s.ticket.held:
        return s.ticket, changes
    if s.ticket.answered_at is None:
        ticket = replace(s.ticket, status=Status.CLOSED, closed=s.now, holding=None)
        return ticket, changes + write(ClearDeadlines(str(s.ticket.id))) + say.unheld(s)
    return replace(s.ticket, status=Status.WAITING_CUSTOMER), changes + say.silence(s)


def _observe(action: Observe, s: Situation, deed: Deed) -> Outcome:
    """Say nothing and remember; whoever addressed the bot gets the one fixed sentence and the team a card."""
    if isinstance(action.would, Close):
        return ending.close_quietly(s, confirmed=action.would.confirmed)
    paging = tuple(trigger for trigger in deed.triggers if trigger.rule in action.pages)
    speaks = action.speaks and "observe" not in s.ticket.heard_once
    seen = speaks or bool(paging)
    draft = replace(deed.draft, status=DraftStatus.WAITING if seen else DraftStatus.OBSERVED) if deed.draft else None
    changes = internal.outdated(s) + (write(SaveDraft(draft)) if draft else NOTHING) + internal.refreshed(s) + _daily(s)
    if not seen:
        return s.ticket, changes
    asked = tuple(trigger for trigger in deed.triggers if trigger.rule == "asks_human")
    changes += internal.escalation(s, paging or asked or (Trigger("observe"),), draft=draft)
    ticket = replace(s.ticket, status=Status.WAITING_TEAM)
    if not speaks:
        return ticket, changes
    said = say.post(s, "observe", replies.sentence(say.phrase(s, "observe")), Purpose.NOTICE, audience=PUBLIC)
    return replace(ticket, heard_once=ticket.heard_once | {"observe"}), changes + said


def _daily(s: Situation) -> Changes:
    """Collect what was observed into the card of the day."""
    hours, minutes = map(int, s.policy.daily.at.split(":"))
    local = s.now.astimezone(ZoneInfo(s.policy.hours.zone))
    due = local.replace(hour=hours, minute=minutes, second=0, microsecond=0)
    due += timedelta(days=1) if due <= local else timedelta()
    return write(SetDeadline(Deadline(derived("daily", due.date()), DeadlineKind.DAILY, f"day:{due.date()}", due.astimezone(UTC))))
