"""The alarm tells the team once a day of each thing that only a person can mend."""

import pytest

from agent.alarm import Alarm
from desk.errors import Unavailable
from tests.fakes import START, FakeClock, FakeDesk


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def desk():
    return FakeDesk()


@pytest.fixture
def alarm(clock, desk):
    made = Alarm(clock)
    made.connect(desk.emit)
    return made


async def test_it_says_what_stopped_which_model_and_when(alarm, desk):
    await alarm.ring("model_key", "claude")
    (event,) = desk.heard
    assert (event.why, event.model, event.at, event.key) == ("model_key", "claude", START, "model")


async def test_it_tells_each_thing_once_a_day(alarm, desk, clock):
    for _ in range(3):
        await alarm.ring("model_key", "claude")
        await alarm.ring("budget_day", "claude")
        clock.advance(hours=2)
    assert [event.why for event in desk.heard] == ["model_key", "budget_day"]


async def test_the_next_day_it_tells_it_again(alarm, desk, clock):
    await alarm.ring("model_key", "claude")
    clock.advance(days=1)
    await alarm.ring("model_key", "claude")
    assert len({event.id for event in desk.heard}) == 2


async def test_another_process_tells_of_the_same_day_under_the_same_id(alarm, desk, clock):
    other = Alarm(clock)
    other.connect(desk.emit)
    await alarm.ring("model_key", "claude")
    clock.advance(hours=1)
    await other.ring("model_key", "claude-small")
    assert len({event.id for event in desk.heard}) == 1


async def test_what_could_not_be_told_is_told_the_next_time(alarm, desk):
    desk.refusals = 1
    await alarm.ring("model_key", "claude")
    assert desk.heard == []
    await alarm.ring("model_key", "claude")
    assert len(desk.heard) == 1


async def test_without_a_desk_it_is_silent(clock):
    await Alarm(clock).ring("model_key", "claude")


async def test_a_defect_is_not_swallowed(alarm, clock):
    async def broken(event):
        raise KeyError("defect")

    alarm.connect(broken)
    with pytest.raises(KeyError, match="defect"):
        await alarm.ring("model_key", "claude")


async def test_a_store_that_is_down_does_not_reach_the_call_that_rang(alarm):
    async def down(event):
        raise Unavailable("store")

    alarm.connect(down)
    await alarm.ring("model_key", "claude")
