"""Finishing: what a run came to, and what follows from it for the draft that waited for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from desk.cards import Card, Style, Text
from desk.changes import NOTHING, Changes, ClearDeadlines, Expect, SaveDraft, SaveRun, SetDeadline, write
from desk.deadlines import Deadline, DeadlineKind
from desk.draft import Draft, DraftStatus
from desk.errors import Unavailable
from desk.escalation import Trigger
from desk.events import ActionFinished, DeadlineReached
from desk.facts import Facts, Occasion
from desk.ids import EventId, derived
from desk.runs import ActionRun, RunId, RunStatus
from desk.selfservice import described
from handlers import act, feedback, internal, summing, turn
from handlers.deed import Deed
from handlers.services import Services
from handlers.situation import Situation, load, load_anyway

WATCH = "watch"
NOT_DONE = {RunStatus.FAILED: "action_failed", RunStatus.UNKNOWN: "action_unknown"}
SHORTLY = timedelta(seconds=1)


async def action_finished(event: ActionFinished, services: Services) -> Changes:
    """Record what became of a run. When it was the last of its draft, the draft is sent, or a person comes."""
    run = await services.store.run(event.run)
    # A late word settles an unknown fate; what was done stays done, whatever is heard of it later.
    if run is None or run.status in (event.status, RunStatus.DONE, RunStatus.UNDONE) or not _may_end(run, event):
        return NOTHING
    return await _ended(replace(run, status=event.status, result=event.result, finished=event.at), run.status, services, cause=event.id)


async def watched(event: DeadlineReached, services: Services) -> Changes:
    """A run that still runs when its time is over has an unknown fate, and is never run again; else what waits for it is looked at again."""
    run = await services.store.run(RunId(event.subject))
    if run is None:
        return NOTHING
    if run.status is RunStatus.RUNNING and WATCH in event.values:
        unknown = replace(run, status=RunStatus.UNKNOWN, result="nothing was heard of it any more", finished=event.at)
        return await _ended(unknown, run.status, services, cause=event.id)
    return await _concluded(run, services, cause=event.id)


def watch_of(run: ActionRun, until: datetime) -> Deadline:
    """Return the deadline after which nobody hears any more what became of a run."""
    return Deadline(derived(WATCH, run.id), DeadlineKind.ACTION, str(run.id), until, {WATCH: str(run.id)})


def _may_end(run: ActionRun, event: ActionFinished) -> bool:
    """A run that never began can only fail; one that somebody took since then goes on."""
    return run.status is not RunStatus.QUEUED or event.status is RunStatus.FAILED


async def _ended(run: ActionRun, was: RunStatus, services: Services, *, cause: EventId) -> Changes:
    saved = write(SaveRun(run, was=was), ClearDeadlines(str(run.id)))
    return saved + (await _taken_back(run, services, cause=cause) if run.undoes else await _concluded(run, services, cause=cause))


async def _concluded(run: ActionRun, services: Services, *, cause: EventId) -> Changes:
    """Decide about the draft that waited, once nothing of it is under way any more."""
    ticket = await services.store.ticket(run.ticket)
    if ticket is None:
        return NOTHING
    try:
        s = await load(ticket, services, cause=cause)
    except Unavailable:
        # What was done must be told as it stands in the record, so this waits for the record.
        return _later(run, services, (await services.policy.current()).down.retry)
    s = replace(s, runs=tuple(run if known.id == run.id else known for known in s.runs))
    draft = next((d for d in s.drafts if d.id == run.draft), None)
    if draft is None or draft.status is not DraftStatus.RUNNING:
        return internal.refreshed(s)
    mine = [known for known in s.runs if known.draft == draft.id and not known.undoes]
    if any(not known.status.is_over for known in mine):
        return internal.refreshed(s)
    bad = [known for known in mine if known.status in NOT_DONE]
    return await (_failed(s, draft, bad, services=services) if bad else _performed(s, draft, run, services=services))


async def _failed(s: Situation, draft: Draft, bad: Sequence[ActionRun], *, services: Services) -> Changes:
    """What the draft says is not true, so it is not sent; a person goes on."""
    codes = dict.fromkeys(NOT_DONE[run.status] for run in bad)
    levels = s.policy.escalation.levels
    # By name alone: what one was given may be a customer's words, which an escalation must not keep.
    names = ", ".join(dict.fromkeys(run.request.action for run in bad))
    triggers = tuple(Trigger(code, levels.get(code, 1), (("what", names),)) for code in codes)
    failed = replace(draft, status=DraftStatus.FAILED)
    facts = replace(_facts(s, draft, Occasion.ACTION_FAILED), triggers=tuple(trigger.rule for trigger in triggers))
    deed = await summing.handed_over(facts, s, Deed(draft=failed, triggers=triggers, who=draft.decided_by_name), services)
    return write(SaveDraft(failed, was=DraftStatus.RUNNING)) + act.perform(facts, s, deed)


async def _performed(s: Situation, draft: Draft, run: ActionRun, *, services: Services) -> Changes:
    """Send what is true now. Where the customer wrote meanwhile, it becomes part of the next turn's answer."""
    if s.ticket.merged_into is not None or not any(part.text for part in draft.proposal.parts):
        return _untold(s, draft)
    if await services.store.waiting(s.channel.ref, s.ticket.group):
        return _later(run, services, SHORTLY)
    guard = write(Expect(str(s.channel.ref), s.ticket.group))
    facts = _facts(s, draft, Occasion.PERFORMED)
    # Somebody of ours who has the word by now answers what was written since.
    moved_on = draft.basis.turn != s.ticket.turn and bool(replace(s, since=draft.created).said)
    if moved_on and not (s.ticket.held or s.ticket.muted or facts.paused):
        told = write(SaveDraft(replace(draft, status=DraftStatus.STALE), was=DraftStatus.RUNNING))
        return guard + told + await turn.take(s.ticket, services, cause=s.cause, done=draft)
    facts = replace(facts, teammate="") if moved_on else facts
    return guard + act.perform(facts, s, Deed(draft=draft, who=draft.decided_by_name))


def _untold(s: Situation, draft: Draft) -> Changes:
    """It was done, and there is nowhere to say so any more: the team hears of it."""
    text = f"What was asked for in ticket {s.ticket.id} was done, but its answer cannot be sent any more: tell the customer yourself."
    told = internal.notice(s, Card((Text(text, Style.WARNING),)), label="untold")
    return write(SaveDraft(replace(draft, status=DraftStatus.STALE), was=DraftStatus.RUNNING)) + told + internal.refreshed(s)


async def _taken_back(run: ActionRun, services: Services, *, cause: EventId) -> Changes:
    """Note on what was run that it was taken back; where that failed, the team hears of it."""
    ticket, original = await services.store.ticket(run.ticket), await services.store.run(run.undoes) if run.undoes else None
    if ticket is None or original is None:
        return NOTHING
    s = await load_anyway(ticket, services, cause=cause)
    name = described(original.request.action, original.request.parameters)
    if run.status is RunStatus.DONE:
        return write(SaveRun(replace(original, status=RunStatus.UNDONE), was=original.status)) + internal.refreshed(s)
    how = "could not be undone" if run.status is RunStatus.FAILED else "may or may not have been undone, nobody knows"
    text = f"{name} of ticket {ticket.id} {how}{f' ({run.result})' if run.result else ''}: please look there yourself."
    return internal.notice(s, Card((Text(text, Style.WARNING),)), label="not_undone") + internal.refreshed(s)


def _later(run: ActionRun, services: Services, span: timedelta) -> Changes:
    due = services.clock.now() + span
    return write(SetDeadline(Deadline(derived("conclude", run.id), DeadlineKind.ACTION, str(run.id), due)))


def _facts(s: Situation, draft: Draft, occasion: Occasion) -> Facts:
    return replace(
        feedback.occasion_facts(s, occasion),
        draft=draft.id,
        confidence=round(draft.proposal.confidence, 4),
        threshold=s.policy.answers.threshold_of(s.ticket.category, calibrated=draft.proposal.threshold),
        claims=len(draft.proposal.claims),
        unsupported=draft.proposal.unsupported,
        paused=s.policy.paused.holds(s.ticket.category, s.channel.name, now=s.now),
        teammate="teammate" if draft.decided_by else "",
    )
