"""Run cards: what the team's cards show of the actions a draft asks for: what will run, who must agree, and what became of it."""

from __future__ import annotations

from desk.cards import Block, Button, Fields
from desk.draft import Draft, DraftStatus
from desk.runs import ActionRun, RunStatus, run_id
from desk.selfservice import ActionRequest, Confirm, described
from handlers.dossier import Dossier
from handlers.times import timed

AGREED = {
    Confirm.NONE: "once, when approved",
    Confirm.CUSTOMER: "once, when approved and the customer confirmed",
    Confirm.TEAMMATE: "once, when a teammate approved",
    Confirm.LEAD: "once, when a lead approved",
}
STATES = {
    RunStatus.QUEUED: "will run now",
    RunStatus.RUNNING: "is running",
    RunStatus.DONE: "was done",
    RunStatus.FAILED: "was not done",
    RunStatus.UNKNOWN: "may or may not have been done, nobody knows: look there before anybody tries again",
    RunStatus.UNDONE: "was done and undone again",
}
LONGEST = 120


def lines(draft: Draft, d: Dossier) -> tuple[Block, ...]:
    """Return a line for each action of a draft, nothing for a draft without any."""
    pairs = tuple(_line(each, request, d) for each in _told(draft, d) for request in each.proposal.requests)
    return (Fields(pairs),) if pairs else ()


def undo(draft: Draft, d: Dossier) -> tuple[Button, ...]:
    """Return a button for the latest action of a draft that was done and can be taken back."""
    mine = {run_id(each.id, request) for each in _told(draft, d) for request in each.proposal.requests}
    tried = {run.undoes for run in d.runs}
    found = [run for run in d.runs if run.id in mine and run.status is RunStatus.DONE and run.request.action in d.undoable and run.id not in tried]
    return tuple(Button("undo", f"Undo {run.request.action}", d.ticket.id, subject=run.id, english="Undo") for run in found[-1:])


def _told(draft: Draft, d: Dossier) -> tuple[Draft, ...]:
    """Return the drafts whose actions a draft tells of: the one that it follows, and itself."""
    return (*(other for other in d.drafts if other.id == draft.follows), draft)


def _line(draft: Draft, request: ActionRequest, d: Dossier) -> tuple[str, str]:
    run = next((run for run in d.runs if run.id == run_id(draft.id, request)), None)
    name = _cut(described(request.action, request.parameters))
    if run is None:
        when = AGREED[request.confirm] if draft.is_open else "once, when the customer confirms" if draft.status is DraftStatus.ASKED else ""
        return ("Will run", f"{name}, {when}") if when else ("Did not run", name)
    return ("Action", f"{name} {STATES[run.status]}{_when(run, d)}{_back(run, d)}")


def _when(run: ActionRun, d: Dossier) -> str:
    done = run.finished if run.status is RunStatus.DONE else None
    at = f" {timed(done, now=done, zone=d.zone, lead='at ')}" if done else ""
    said = f" ({_cut(run.result)})" if run.result and run.status is not RunStatus.UNDONE else ""
    return at + said


def _back(run: ActionRun, d: Dossier) -> str:
    """Say what came of taking it back."""
    back = next((other for other in d.runs if other.undoes == run.id), None)
    if back is None:
        return ""
    by = f" by {back.by_name}" if back.by_name else ""
    if run.status is RunStatus.UNDONE:
        return by
    return f"; undoing it{by} {STATES[back.status]}{f' ({_cut(back.result)})' if back.result else ''}"


def _cut(text: str) -> str:
    """Return a line of text: what a model or another system wrote stays on its own line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
