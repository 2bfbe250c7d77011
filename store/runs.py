"""Runs of actions: a row each, taken by compare-and-set. What a run is given stays in its draft, where erasure finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select, update

from desk.changes import QueueRun, SaveRun, SetDeadline
from desk.deadlines import Deadline
from desk.draft import Draft
from desk.errors import Conflict
from desk.ids import TicketId
from desk.runs import ActionRun, RunId, RunStatus, run_id
from desk.selfservice import RunLimits
from store.database import Reads
from store.deadlines import set_deadline
from store.rows import Writer, add, pack, unpack, unpack_maybe
from store.schema import action_runs, drafts

COUNTED = action_runs.c.status != RunStatus.FAILED


def queue_run(connection: Connection, write: QueueRun) -> None:
    """Append a run, unless it is there."""
    add(connection, action_runs, _columns(write.run))


def save_run(connection: Connection, write: SaveRun) -> None:
    """Store how far a run came; raise Conflict when it was further than it was thought to be."""
    held = (action_runs.c.id == write.run.id) & (action_runs.c.status == write.was)
    if connection.execute(update(action_runs).where(held).values(**_columns(write.run))).rowcount != 1:
        raise Conflict(f"run {write.run.id!r} is no longer {write.was!r}")


class RunReads(Reads):
    """The questions asked of runs, and the runner's claim of one."""

    async def run(self, id: RunId) -> ActionRun | None:
        """Return a run, with what it is given as long as nobody erased it."""
        return await self.database.read(lambda c: next(iter(_find(c, action_runs.c.id == id)), None))

    async def runs(self, ticket: TicketId | None = None, *, since: datetime | None = None) -> Sequence[ActionRun]:
        """Return runs in the order they were asked for."""
        conditions = ([action_runs.c.ticket == ticket] if ticket else []) + ([action_runs.c.at >= since] if since else [])
        return await self.database.read(lambda c: _find(c, *conditions))

    async def runnable(self, now: datetime) -> Sequence[ActionRun]:
        """Return the runs that wait and may be tried now."""
        ready = or_(action_runs.c.not_before.is_(None), action_runs.c.not_before <= now)
        return await self.database.read(lambda c: _find(c, action_runs.c.status == RunStatus.QUEUED, ready))

    async def run_counts(self, action: str, person: str, *, since: datetime) -> tuple[int, int]:
        """Return how often an action was asked for since then, by a person and by everybody; what certainly was not done is not counted."""
        return await self.database.read(lambda c: _counted(c, action, person, COUNTED, action_runs.c.at >= since))

    async def claim_run(self, id: RunId, limits: RunLimits | None, *, now: datetime, watch: Deadline) -> ActionRun | None:
        """Take a waiting run and set the deadline that watches it, in one transaction; None when it does not wait any more.

        A run whose limits are used up by others comes back as it was, still waiting.
        """
        return await self.database.write(lambda c: _claim(c, id, limits, now=now, watch=watch))


def _claim(connection: Connection, id: RunId, limits: RunLimits | None, *, now: datetime, watch: Deadline) -> ActionRun | None:
    run = next(iter(_find(connection, action_runs.c.id == id, action_runs.c.status == RunStatus.QUEUED)), None)
    if run is None or (limits and _used_up(connection, run, limits, now=now)):
        return run
    claimed = replace(run, status=RunStatus.RUNNING, attempts=run.attempts + 1)
    save_run(connection, SaveRun(claimed, was=RunStatus.QUEUED))
    set_deadline(connection, SetDeadline(watch))
    return claimed


def _used_up(connection: Connection, run: ActionRun, limits: RunLimits, *, now: datetime) -> bool:
    """Tell whether others that were taken before leave no room for this run."""
    taken = COUNTED & (action_runs.c.status != RunStatus.QUEUED) & (action_runs.c.id != run.id)
    mine, everybodys = _counted(connection, run.request.action, run.person, taken, action_runs.c.at >= now - limits.within)
    return mine >= limits.person or everybodys >= limits.all


def _counted(connection: Connection, action: str, person: str, *conditions: ColumnElement[bool]) -> tuple[int, int]:
    mine = func.coalesce(func.sum(case((action_runs.c.person == person, 1), else_=0)), 0)
    found = connection.execute(select(mine, func.count()).where(action_runs.c.action == action, *conditions)).one()
    return int(found[0]), int(found[1])


def _find(connection: Connection, *conditions: ColumnElement[bool]) -> Sequence[ActionRun]:
    statement = select(action_runs.c.doc, drafts.c.doc).join(drafts, drafts.c.id == action_runs.c.draft, isouter=True)
    rows = connection.execute(statement.where(*conditions).order_by(action_runs.c.seq))
    return [_whole(unpack(ActionRun, run), unpack_maybe(Draft, draft)) for run, draft in rows]


def _whole(run: ActionRun, draft: Draft | None) -> ActionRun:
    """Return a run with what its draft asks for; nothing of it once the draft was emptied."""
    original = run.undoes or run.id
    requests = draft.proposal.requests if draft else ()
    request = next((request for request in requests if run_id(run.draft, request) == original), None)
    return replace(run, request=request) if request else run


def _columns(run: ActionRun) -> dict[str, Any]:
    bare = replace(run, request=replace(run.request, parameters=(), bound=()))
    return {
        "id": run.id,
        "ticket": run.ticket,
        "draft": run.draft,
        # Taking a run back is no run of the action: it counts for no limit.
        "action": f"undo {run.request.action}" if run.undoes else run.request.action,
        "person": run.person,
        "status": run.status,
        "at": run.at,
        "not_before": run.not_before,
        "doc": pack(bare),
    }


WRITERS: Mapping[type, Writer] = {QueueRun: queue_run, SaveRun: save_run}
