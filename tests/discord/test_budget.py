"""Budget: a bot that fails at every start begins no more sessions than Discord allows."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.discord.budget import FREE, LONGEST, KeptBudget, Limits, wait
from bot.discord.carried import Carried
from tests.fakes import START, FakeClock

NOW, HOUR = START, timedelta(hours=1)


@pytest.mark.parametrize(
    ("begun", "limits", "pause"),
    [
        pytest.param([], None, 0, id="the first session begins at once"),
        pytest.param([timedelta(seconds=1)], None, 0, id="a restart begins at once"),
        pytest.param([timedelta(minutes=n + 1) for n in range(FREE)], None, 0, id="a minute after the last one is long enough at first"),
        pytest.param([timedelta(seconds=n) for n in range(FREE)], None, 10, id="many restarts wait"),
        pytest.param([timedelta(seconds=n) for n in range(FREE + 3)], None, 80, id="each waits twice as long"),
        pytest.param([timedelta(seconds=n) for n in range(60)], None, 600, id="up to ten minutes"),
        pytest.param([timedelta(hours=2)] * 60, None, 0, id="what was hours ago does not count"),
        pytest.param([], Limits(900, HOUR), 0, id="Discord has many left"),
        pytest.param([], Limits(0, HOUR), 3600, id="Discord has none left"),
        pytest.param([], Limits(5, HOUR), 600, id="the last ones are spared"),
    ],
)
def test_how_long_a_new_session_waits(begun, limits, pause):
    assert wait(sorted(NOW - ago for ago in begun), limits, now=NOW) == timedelta(seconds=pause)


def test_a_program_that_fails_at_every_start_stays_far_below_a_thousand_a_day():
    begun, now = [], NOW
    while now < NOW + timedelta(days=1):
        now += wait(begun, None, now=now) + timedelta(seconds=1)
        begun.append(now)
    assert len(begun) < 400
    assert max(b - a for a, b in pairwise(begun)) <= LONGEST + timedelta(seconds=1)


async def test_the_instants_outlive_a_restart(tmp_path):
    clock, path = FakeClock(), tmp_path / "carried.db"
    for n in range(FREE + 1):
        carried = await Carried.open(path, clock)
        pause = await KeptBudget(carried, clock).begin(None)
        await carried.close()
        assert pause == (timedelta() if n < FREE else timedelta(seconds=10))


async def test_a_day_later_they_are_forgotten(tmp_path):
    clock = FakeClock()
    carried = await Carried.open(tmp_path / "carried.db", clock)
    budget = KeptBudget(carried, clock)
    for _ in range(FREE + 5):
        await budget.begin(None)
    clock.at += timedelta(days=1, hours=1)
    assert await budget.begin(None) == timedelta()
    await carried.close()
