"""The store contract about runs of actions: each is taken once, within its limits. Run on SQLite and on Postgres."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.changes import QueueRun, SaveDraft, SaveRun
from desk.deadlines import Deadline, DeadlineKind
from desk.errors import Conflict
from desk.ids import DraftId
from desk.runs import ActionRun, RunStatus, run_id, undo_id
from desk.selfservice import ActionRequest, RunLimits
from desk.store import Store
from tests.store.samples import MARA, NOW, T1, YUKI, commit, draft, minutes, one_ticket

ONCE = RunLimits(person=1, all=2, within=timedelta(hours=1))


def request(integration: str = "bank feed", *, user=MARA) -> ActionRequest:
    return ActionRequest("restart", (("integration", integration),), bound=(("email", f"{user.id}@acme.example"),), user=user, person=user.id)


def run(of: str = "d-1", *, asked: ActionRequest | None = None, **fields) -> ActionRun:
    asked = asked or request()
    return ActionRun(run_id(DraftId(of), asked), T1, DraftId(of), asked, asked.user or MARA, fields.pop("at", NOW), **fields)


async def queued(store: Store, *runs: ActionRun) -> None:
    """Store runs, each with a draft that asks for it."""
    for made in runs:
        asking = draft(made.draft)
        kept = replace(asking, proposal=replace(asking.proposal, requests=(made.request,)))
        await commit(store, SaveDraft(kept), QueueRun(made))


def watch(of: ActionRun) -> Deadline:
    return Deadline(f"watch-{of.id}", DeadlineKind.ACTION, of.id, NOW + minutes(1))


async def claimed(store: Store, of: ActionRun, limits: RunLimits | None = None) -> ActionRun | None:
    return await store.claim_run(of.id, limits, now=NOW, watch=watch(of))


async def test_a_run_comes_back_as_it_was_asked_for(store: Store):
    await queued(store, run())
    assert await store.run(run().id) == run()
    assert await store.runs(T1) == [run()]
    assert await store.runs(since=NOW + minutes(1)) == []
    assert await store.run(run("d-2").id) is None


async def test_what_is_queued_again_stays_as_far_as_it_came(store: Store):
    await queued(store, run())
    await claimed(store, run())
    await queued(store, run())
    found = await store.run(run().id)
    assert found
    assert found.status is RunStatus.RUNNING


async def test_of_many_who_claim_a_run_one_gets_it(store: Store):
    await queued(store, run())
    got = [found for found in await asyncio.gather(*(claimed(store, run()) for _ in range(8))) if found]
    assert [(found.status, found.attempts) for found in got] == [(RunStatus.RUNNING, 1)]
    assert await store.runnable(NOW) == []


async def test_a_claim_sets_the_deadline_that_watches_it(store: Store):
    await queued(store, run())
    await claimed(store, run())
    assert await store.deadline(f"watch-{run().id}") == watch(run())


async def test_a_run_that_waits_for_its_next_try_is_not_runnable_before(store: Store):
    await queued(store, run(not_before=NOW + minutes(1)))
    assert await store.runnable(NOW) == []
    assert [found.id for found in await store.runnable(NOW + minutes(1))] == [run().id]


async def test_a_run_is_recorded_only_from_where_it_was(store: Store):
    await queued(store, run())
    done = replace(run(), status=RunStatus.DONE, finished=NOW, result="ok")
    with pytest.raises(Conflict):
        await commit(store, SaveRun(done, was=RunStatus.RUNNING))
    await claimed(store, run())
    await commit(store, SaveRun(done, was=RunStatus.RUNNING))
    assert await store.run(run().id) == done


async def test_the_second_of_one_person_within_the_span_still_waits(store: Store):
    first, second = run("d-1"), run("d-2")
    await queued(store, first, second)
    assert (await claimed(store, first, ONCE)).status is RunStatus.RUNNING
    assert (await claimed(store, second, ONCE)).status is RunStatus.QUEUED
    assert await store.deadline(f"watch-{second.id}") is None


async def test_another_persons_is_taken_until_everybody_together_had_enough(store: Store):
    runs = [run("d-1"), run("d-2", asked=request(user=YUKI)), run("d-3", asked=request(user=replace(MARA, id="third")))]
    await queued(store, *runs)
    assert [(await claimed(store, each, ONCE)).status for each in runs] == [RunStatus.RUNNING, RunStatus.RUNNING, RunStatus.QUEUED]


async def test_what_certainly_was_not_done_and_what_is_long_ago_use_up_nothing(store: Store):
    failed, old, new = run("d-1"), run("d-2", at=NOW - timedelta(hours=2)), run("d-3")
    await queued(store, failed, old, new)
    await claimed(store, failed)
    await commit(store, SaveRun(replace(failed, status=RunStatus.FAILED), was=RunStatus.RUNNING))
    await claimed(store, old)
    assert (await claimed(store, new, ONCE)).status is RunStatus.RUNNING
    assert await store.run_counts("restart", MARA.id, since=NOW - timedelta(hours=1)) == (1, 1)
    assert await store.run_counts("restart", YUKI.id, since=NOW - timedelta(days=1)) == (0, 2)
    assert await store.run_counts("another", MARA.id, since=NOW - timedelta(days=1)) == (0, 0)


async def test_taking_a_run_back_counts_for_no_limit_and_knows_what_it_takes_back(store: Store):
    await queued(store, run())
    back = replace(run(), id=undo_id(run().id), undoes=run().id)
    await commit(store, QueueRun(back))
    assert await store.run(back.id) == back
    assert await store.run_counts("restart", MARA.id, since=NOW) == (1, 1)


async def test_erasure_takes_what_a_run_was_given_and_what_came_of_it(store: Store):
    await one_ticket(store)
    await queued(store, run(status=RunStatus.DONE, result="sent to mara@acme.example"))
    await store.erase([MARA])
    found = await store.run(run().id)
    assert found
    assert (found.request.parameters, found.request.bound, found.result) == ((), (), "")
    assert not found.is_whole
