"""Pump: every lane in its order, many lanes at once, and nothing given up that somebody may still take."""

import asyncio
import logging
from collections import defaultdict
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.arrivals.inbox import Inbox
from bot.arrivals.pump import Pump
from desk.errors import InvalidInput, Misconfigured, RateLimited, Unavailable
from tests.arrivals.test_inbox import HOLD, arrival


class Taker:
    """Takes arrivals, after as many refusals as it was told; `most` counts how many it was given at once."""

    def __init__(self):
        self.taken = []
        self.refusals = defaultdict(list)
        self.gate = asyncio.Event()
        self.gate.set()
        self.now = self.most = 0
        self._changed = asyncio.Condition()

    async def take(self, arrival):
        self.now += 1
        self.most = max(self.most, self.now)
        await self._tell()
        try:
            await self.gate.wait()
            n = arrival.payload["n"]
            if self.refusals[n]:
                raise self.refusals[n].pop(0)
            self.taken.append(n)
        finally:
            self.now -= 1
            await self._tell()

    async def _tell(self):
        async with self._changed:
            self._changed.notify_all()

    async def until(self, ready):
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(ready)


@pytest.fixture
def taker():
    return Taker()


@pytest_asyncio.fixture
async def inbox(tmp_path, clock):
    found = await Inbox.open(tmp_path / "slack.db", clock)
    yield found
    await found.close()


@pytest_asyncio.fixture
async def pump(inbox, taker, clock):
    found = Pump(inbox, taker.take, clock, bound=4, pause=0.001)
    running = asyncio.create_task(found.run())
    yield found
    running.cancel()
    await asyncio.wait([running])


async def emptied(inbox, *, but=0):
    async with asyncio.timeout(10):
        while await inbox.count() > but:
            pass


async def test_a_lane_keeps_its_order(pump, inbox, taker):
    for n in range(50):
        await pump.keep(arrival(n, lane=f"C{n % 3}"))
    await emptied(inbox)
    assert [[n for n in taker.taken if n % 3 == lane] for lane in range(3)] == [list(range(lane, 50, 3)) for lane in range(3)]


async def test_what_is_run_again_after_it_failed_hands_over_every_lane(inbox, taker, clock):
    await inbox.keep(arrival(1))
    taker.refusals[1].append(OSError())
    pump = Pump(inbox, taker.take, clock)
    with pytest.raises(ExceptionGroup):
        await pump.run()
    running = asyncio.create_task(pump.run())
    await emptied(inbox)
    running.cancel()
    assert taker.taken == [1]


async def test_so_many_lanes_at_once_and_no_more(pump, inbox, taker):
    taker.gate.clear()
    for n in range(10):
        await pump.keep(arrival(n, lane=f"C{n}"))
    await taker.until(lambda: taker.now == 4)
    taker.gate.set()
    await emptied(inbox)
    assert (taker.most, sorted(taker.taken)) == (4, list(range(10)))


async def test_what_an_earlier_process_left_is_handed_over(inbox, taker, clock):
    await inbox.keep(arrival(1))
    await inbox.keep(arrival(2, lane="C2"))
    running = asyncio.create_task(Pump(inbox, taker.take, clock).run())
    await emptied(inbox)
    running.cancel()
    assert sorted(taker.taken) == [1, 2]


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(Unavailable("store", "locked"), id="something is down"),
        pytest.param(RateLimited(timedelta(milliseconds=1)), id="Slack asks to wait"),
        pytest.param(Misconfigured("set a token"), id="a person has to mend it"),
    ],
)
async def test_what_cannot_be_taken_now_is_tried_again_before_what_came_after_it(pump, inbox, taker, error):
    taker.refusals[1] = [error, error, error]
    await pump.keep(arrival(1))
    await pump.keep(arrival(2))
    await emptied(inbox)
    assert taker.taken == [1, 2]


async def test_what_a_person_must_mend_is_said_once(pump, inbox, taker, caplog):
    taker.refusals[1] = [Misconfigured("set a token")] * 3
    with caplog.at_level(logging.ERROR, "frontdesk.arrivals"):
        await pump.keep(arrival(1))
        await emptied(inbox)
    assert [record.message for record in caplog.records] == ["what people write waits: set a token"]


@pytest.mark.parametrize(
    "error", [InvalidInput("an old button"), KeyError("private words"), ValueError("private words")], ids=["refused", "lacks", "odd"]
)
async def test_what_nobody_can_read_is_set_aside_without_its_words(pump, inbox, taker, caplog, error):
    taker.refusals[1] = [error]
    await pump.keep(arrival(1))
    await pump.keep(arrival(2))
    await taker.until(lambda: taker.taken == [2])
    await emptied(inbox, but=1)
    assert "private words" not in caplog.text
    assert "set aside" in caplog.text
    await inbox.lanes()
    assert [each.payload["n"] for each in (await inbox.next("C1")).arrivals] == [1]


async def test_people_hear_of_what_is_set_aside_and_what_came_after_it_is_taken_though_they_cannot(inbox, taker, clock):
    heard = []

    async def tell(arrival):
        heard.append((arrival.kind, arrival.lane, arrival.payload["n"]))
        raise Unavailable("store", "locked")

    running = asyncio.create_task(Pump(inbox, taker.take, clock, pause=0.001, on_given_up=tell).run())
    taker.refusals[1] = [KeyError("private words")]
    for n in (1, 2):
        await inbox.keep(arrival(n))
    await taker.until(lambda: taker.taken == [2])
    running.cancel()
    await asyncio.wait([running])
    assert heard == [(arrival(1).kind, "C1", 1)]


async def test_a_part_is_taken_when_its_time_has_come(pump, inbox, taker):
    await pump.keep(arrival(1, hold=HOLD))
    await emptied(inbox)
    assert taker.taken == [1]


async def test_keeping_goes_on_after_the_pump_stopped(inbox, taker, clock):
    pump = Pump(inbox, taker.take, clock)
    running = asyncio.create_task(pump.run())
    await pump.keep(arrival(1))
    await emptied(inbox)
    running.cancel()
    await asyncio.wait([running])
    await pump.keep(arrival(2))
    assert (taker.taken, await inbox.count()) == ([1], 1)


class Crowd(Taker):
    """Takes many at once, unless it is told to refuse them."""

    def __init__(self):
        super().__init__()
        self.together = []
        self.refuses = None

    async def take_many(self, arrivals):
        if self.refuses:
            raise self.refuses
        self.together.append([arrival.payload["n"] for arrival in arrivals])
        self.taken += self.together[-1]


@pytest_asyncio.fixture
async def crowd(tmp_path, clock):
    inbox, taker = await Inbox.open(tmp_path / "inbox.db", clock), Crowd()
    yield inbox, taker, Pump(inbox, taker.take, clock, take_many=taker.take_many, pause=0.001)
    await inbox.close()


async def pumped(pump, taker, count):
    task = asyncio.create_task(pump.run())
    async with asyncio.timeout(10):
        while len(taker.taken) < count or await pump._inbox.count():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_has_piled_up_is_handed_over_together_and_in_order(crowd):
    inbox, taker, pump = crowd
    for n in range(250):
        await inbox.keep(arrival(n))
    await pumped(pump, taker, 250)
    assert taker.taken == list(range(250))
    assert [len(each) for each in taker.together] == [100, 100, 50]


async def test_a_few_are_handed_over_one_by_one(crowd):
    inbox, taker, pump = crowd
    for n in range(5):
        await inbox.keep(arrival(n))
    await pumped(pump, taker, 5)
    assert (taker.taken, taker.together) == (list(range(5)), [])


@pytest.mark.parametrize("error", [Unavailable("store"), InvalidInput("no"), KeyError("id")], ids=["down", "refused", "not as expected"])
async def test_those_who_cannot_go_together_go_alone(crowd, error):
    inbox, taker, pump = crowd
    taker.refuses = error
    for n in range(20):
        await inbox.keep(arrival(n))
    await pumped(pump, taker, 20)
    assert (taker.taken, taker.together) == (list(range(20)), [])


async def test_a_lane_is_crowded_while_more_waits_than_is_read_at_once(crowd):
    inbox, taker, pump = crowd
    for n in range(205):
        await inbox.keep(arrival(n))
    seen, take_many = [], taker.take_many

    async def looked(arrivals):
        seen.append(pump.is_crowded("C1"))
        await take_many(arrivals)

    pump._take_many = looked
    await pumped(pump, taker, 205)
    assert (seen, pump.is_crowded("C1")) == ([True, True], False)
