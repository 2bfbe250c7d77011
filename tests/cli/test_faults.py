"""What goes wrong on purpose in a play, without a process to kill: the kill is looked at instead."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cli.play.faults import Faults
from desk.errors import Unavailable
from desk.events import TypingSeen
from desk.ids import EventId
from desk.space import ChannelRef, Place, Platform, UserRef

AT = datetime(2026, 11, 2, 10, tzinfo=UTC)
EVENT = TypingSeen(id=EventId("ev-1"), place=Place(ChannelRef(Platform.LOCAL, "main", "c")), author=UserRef(Platform.LOCAL, "main", "u"), at=AT)


class Thing:
    """Stands for any port: something to await, something to read."""

    pace = 3

    def __init__(self, *, writes: bool = True) -> None:
        self._writes = writes
        self.done: list[str] = []

    async def commit(self, *args, **named) -> bool:
        self.done.append("commit")
        return self._writes

    async def send(self, post) -> str:
        self.done.append("send")
        return "ref"

    async def search(self) -> str:
        return "found"

    async def run(self, spec, run) -> str:
        self.done.append("run")
        return "done"


@pytest.fixture
def kills() -> list[str]:
    """Return what would have ended the process."""
    return []


@pytest.fixture
def fault(kills) -> Faults:
    return Faults(kill=lambda: kills.append("killed"))


async def test_a_system_that_is_down_does_not_answer_and_the_others_do(fault):
    wrap = fault.wrappers()
    knowledge, crm = wrap.knowledge(Thing()), wrap.crm(Thing())
    fault.down = frozenset({"kb"})
    with pytest.raises(Unavailable) as caught:
        await knowledge.search()
    assert caught.value.system == "kb"
    assert await crm.search() == "found"


async def test_a_system_that_is_up_again_answers(fault):
    knowledge = fault.wrappers().knowledge(Thing())
    fault.down = frozenset({"kb"})
    fault.down = frozenset()
    assert await knowledge.search() == "found"


def test_what_is_no_call_can_be_read_while_the_platform_is_down(fault):
    fault.down = frozenset({"platform"})
    assert fault.wrappers().chat(Thing()).pace == 3


async def test_the_process_is_killed_after_a_commit_and_not_before(fault, kills):
    thing = Thing()
    store = fault.wrappers().store(thing)
    fault.arm("committed")
    await store.commit(EventId("ev-1"), None, at=AT)
    assert (thing.done, kills) == (["commit"], ["killed"])


async def test_a_commit_that_wrote_nothing_is_not_the_point(fault, kills):
    store = fault.wrappers().store(Thing(writes=False))
    fault.arm("committed")
    await store.commit(EventId("ev-1"), None, at=AT)
    assert kills == []


async def test_the_process_is_killed_after_a_send(fault, kills):
    thing = Thing()
    chat = fault.wrappers().chat(thing)
    fault.arm("sent")
    await chat.send(None)
    assert (thing.done, kills) == (["send"], ["killed"])


async def test_an_event_that_became_durable_is_not_worked_on_before_the_kill(fault, kills):
    done: list[str] = []

    async def dispatch(event):
        done.append("dispatched")

    async def submit(event):
        working.append(asyncio.create_task(work(event)))
        await asyncio.sleep(0)
        done.append("durable")

    working: list[asyncio.Task] = []
    wrap = fault.wrappers()
    work = wrap.dispatch(dispatch)
    fault.arm("acknowledged")
    await wrap.submit(submit)(EVENT)
    assert (done, kills) == (["durable"], ["killed"])
    fault.arm(None)
    for task in working:
        task.cancel()


async def test_events_are_worked_on_one_after_another_in_the_order_in_which_they_came(fault):
    done: list[str] = []

    async def dispatch(event):
        done.append(f"begins {event.id}")
        # The first takes longest, as on a machine that is busy just then.
        await asyncio.sleep(0.05 if event is EVENT else 0)
        done.append(f"ends {event.id}")

    work = fault.wrappers().dispatch(dispatch)
    await asyncio.gather(work(EVENT), work(replace(EVENT, id=EventId("ev-2"))))
    assert done == ["begins ev-1", "ends ev-1", "begins ev-2", "ends ev-2"]


async def test_nothing_is_killed_unless_it_was_asked_for(fault, kills):
    wrap = fault.wrappers()
    await wrap.store(Thing()).commit(EventId("ev-1"), None, at=AT)
    await wrap.chat(Thing()).send(None)
    assert kills == []


async def test_the_process_is_killed_after_an_action_ran_and_before_anybody_heard_of_it(fault, kills):
    thing = Thing()
    actions = fault.wrappers().actions(thing)
    fault.arm("ran")
    await actions.run(None, None)
    assert (thing.done, kills) == (["run"], ["killed"])


async def test_while_actions_are_down_nothing_runs(fault):
    thing = Thing()
    actions = fault.wrappers().actions(thing)
    fault.down = frozenset({"actions"})
    with pytest.raises(Unavailable) as caught:
        await actions.run(None, None)
    assert (caught.value.system, thing.done) == ("actions", [])
