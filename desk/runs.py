"""Runs: what was asked to be done, each of it at most once, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from desk.ids import DraftId, TicketId, derived
from desk.selfservice import ActionRequest
from desk.space import UserRef

RunId = NewType("RunId", str)


class RunStatus(StrEnum):
    """How far a run came. `running` after a crash means that its fate is unknown: it is never run again by itself."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNDONE = "undone"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will become of it by itself."""
        return self not in (RunStatus.QUEUED, RunStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class ActionRun:
    """One run of an action, at most once. `result` is what the other side said, for the team only; `by` who approved it, None for the bot alone.

    `undoes` names the run that this one takes back. A request whose words were erased has no parameters any more.
    """

    id: RunId
    ticket: TicketId
    draft: DraftId
    request: ActionRequest
    user: UserRef
    at: datetime
    status: RunStatus = RunStatus.QUEUED
    by: UserRef | None = None
    result: str = ""
    finished: datetime | None = None
    by_name: str = ""
    attempts: int = 0
    not_before: datetime | None = None
    undoes: RunId | None = None

    @property
    def person(self) -> str:
        """Return who counts for the limits."""
        return self.request.person or str(self.user)

    @property
    def is_whole(self) -> bool:
        """Tell whether it still has the parameters it was made with: erasure takes them away."""
        return self.id == (undo_id(self.undoes) if self.undoes else run_id(self.draft, self.request))


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What became of one attempt: done, failed (certainly not done) or unknown. `said` is a few words for the team."""

    status: RunStatus
    said: str = ""


def run_id(draft: DraftId, request: ActionRequest) -> RunId:
    """Return the id of the one run of a draft's request, however often it is approved or replayed."""
    return RunId(derived("run", draft, request.action, *(part for pair in sorted(request.values.items()) for part in pair)))


def undo_id(run: RunId) -> RunId:
    """Return the id of the one run that takes another back."""
    return RunId(derived("undo", run))
