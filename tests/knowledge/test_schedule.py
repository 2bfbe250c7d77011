"""Schedules: sources are read when the policy says so, one after another, and less often while they fail."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.audience import INTERNAL
from desk.errors import Unavailable
from desk.source import AT_ONCE, LEAST, MOST, RETRIES, SyncState, next_due
from knowledge.syncing.gentle import Gentle
from knowledge.syncing.schedule import LOOK, Schedule
from knowledge.syncing.sync import HOLD
from tests.fakes import START, FakeClock, WordEmbedder
from tests.knowledge.syncing import HELP, Bench, article

HOUR = timedelta(hours=1)
BY_HAND = replace(HELP, name="by-hand", every=None)


class Rules:
    """A policy that only names sources."""

    def __init__(self, *sources):
        self.sources = sources
        self.knowledge = self

    async def current(self):
        return self


@pytest.fixture
def bench():
    found = Bench()
    found.site.items = [article("refunds")]
    return found


def schedule(bench, *sources):
    return Schedule(Rules(*(sources or (HELP,))), bench.site.open, bench.means())


DONE = SyncState("help", started=START, finished=START, tried=START, basis=HELP.basis)


@pytest.mark.parametrize(
    ("source", "state", "due"),
    [
        pytest.param(HELP, None, AT_ONCE, id="one that was never read, at once"),
        pytest.param(BY_HAND, None, None, id="one without an interval, never"),
        pytest.param(HELP, DONE, START + 6 * HOUR, id="one that was read, after its interval"),
        pytest.param(HELP, replace(DONE, is_under_way=True), AT_ONCE, id="one that was cut short, at once"),
        pytest.param(HELP, replace(DONE, basis="another"), AT_ONCE, id="one that the policy changed, at once"),
        pytest.param(HELP, replace(DONE, failures=1), START + RETRIES[0], id="one that failed, soon"),
        pytest.param(HELP, replace(DONE, failures=9), START + RETRIES[-1], id="one that fails and fails, now and then"),
        pytest.param(replace(HELP, every=2 * LEAST), replace(DONE, failures=9), START + 2 * LEAST, id="but never later than its interval"),
        pytest.param(replace(HELP, every=timedelta()), DONE, START + LEAST, id="one that asks for it without end, once a minute"),
        pytest.param(HELP, replace(DONE, tried=START + 9 * HOUR, finished=START + 9 * HOUR), AT_ONCE, id="one that was read in the future, at once"),
        pytest.param(replace(HELP, every=timedelta(days=99_999_999)), DONE, START + MOST, id="one that means never, in ten years"),
        pytest.param(HELP, SyncState("help", reminded=START), AT_ONCE, id="one whose owner was reminded before it was ever read, at once"),
    ],
)
def test_a_source_is_due(source, state, due):
    assert next_due(source, state, now=START) == due


async def test_what_is_due_is_read_and_then_not_until_its_time_comes(bench):
    syncs = schedule(bench, HELP, BY_HAND)
    assert await syncs.next_due() == AT_ONCE
    assert await syncs.run_due()
    assert set(await bench.held()) == {"help/refunds"}
    assert not await syncs.run_due()
    assert await syncs.next_due() == START + 6 * HOUR
    bench.clock.at += 6 * HOUR
    assert await syncs.run_due()
    assert bench.site.opened == 2


async def test_all_that_is_due_is_read_the_longest_due_first(bench):
    other = replace(HELP, name="other", every=HOUR)
    await schedule(bench, HELP, other).run_due()
    bench.clock.at += 7 * HOUR
    read = []

    def opened(source):
        read.append(source.name)
        return bench.site.open(source)

    await Schedule(Rules(HELP, other), opened, bench.means()).run_due()
    assert read == ["other", "help"]


async def test_a_source_that_fails_is_tried_less_and_less_often(bench):
    bench.site.down_after = 0
    syncs = schedule(bench)
    waits = []
    for _ in range(5):
        assert await syncs.run_due()
        waits.append(await syncs.next_due() - bench.clock.at)
        assert not await syncs.run_due()
        bench.clock.at += waits[-1]
    assert waits == [*RETRIES, RETRIES[-1]]
    bench.site.down_after = None
    assert await syncs.run_due()
    assert (await bench.state()).failures == 0


async def test_one_source_that_fails_does_not_hold_up_another(bench):
    bad = replace(HELP, name="bad")

    def opened(source):
        if source.name == "bad":
            raise ValueError("no such thing")
        return bench.site.open(source)

    await Schedule(Rules(bad, HELP), opened, bench.means()).run_due()
    assert ((await bench.state("bad")).failures, (await bench.state("help")).added) == (1, 1)


async def test_a_source_that_another_process_reads_is_left_to_it(bench):
    await bench.kept.hold("help", "another", now=START, until=START + HOLD)
    assert not await schedule(bench).run_due()
    assert bench.site.opened == 0


async def test_a_source_that_leaves_the_policy_keeps_its_documents(bench):
    rules = Rules(HELP)
    syncs = Schedule(rules, bench.site.open, bench.means())
    await syncs.run_due()
    rules.sources = ()
    bench.clock.at += 24 * HOUR
    assert not await syncs.run_due()
    assert await syncs.next_due() is None
    assert set(await bench.held()) == {"help/refunds"}


async def test_a_source_that_only_a_command_reads_is_hidden_all_the_same_when_the_policy_says_so(bench):
    await bench.sync(source=BY_HAND)
    rules = Rules(BY_HAND)
    syncs = Schedule(rules, bench.site.open, bench.means())
    rules.sources = (replace(BY_HAND, audience=INTERNAL),)
    assert not await syncs.run_due()
    assert [document.audience for document in await bench.library.documents()] == [INTERNAL]
    position = await bench.library.position()
    await syncs.run_due()
    assert await bench.library.position() == position


async def test_a_source_that_joins_the_policy_is_read_in_the_next_round(bench):
    rules = Rules()
    syncs = Schedule(rules, bench.site.open, bench.means())
    assert not await syncs.run_due()
    rules.sources = (HELP,)
    assert await syncs.run_due()


class Alarm(FakeClock):
    """A clock whose waits are counted and end the test's patience."""

    def __init__(self, patience):
        super().__init__()
        self.waits = []
        self.patience = patience

    async def wait(self, until):
        self.waits.append(until - self.at)
        await super().wait(until)
        if len(self.waits) >= self.patience:
            raise asyncio.CancelledError


async def test_it_sleeps_until_something_is_due_and_looks_at_the_policy_meanwhile(bench):
    bench.clock = Alarm(patience=3)
    source = replace(HELP, every=timedelta(seconds=90))
    with pytest.raises(asyncio.CancelledError):
        await schedule(bench, source).run()
    assert bench.clock.waits == [LOOK, timedelta(seconds=30), LOOK]
    assert bench.site.opened == 2


async def test_a_store_that_is_away_for_a_while_does_not_end_the_schedule(bench):
    class Away:
        calls = 0

        async def current(self):
            Away.calls += 1
            if Away.calls < 3:
                raise Unavailable("store", "locked")
            return Rules(HELP)

    bench.clock = Alarm(patience=4)
    with pytest.raises(asyncio.CancelledError):
        await Schedule(Away(), bench.site.open, bench.means()).run()
    assert set(await bench.held()) == {"help/refunds"}


async def test_in_the_background_one_text_is_embedded_at_a_time():
    class Counting(WordEmbedder):
        def __init__(self):
            super().__init__()
            self.sizes = []

        async def embed(self, texts):
            self.sizes.append(len(texts))
            return await super().embed(texts)

    embedder = Counting()
    gentle = Gentle(embedder)
    assert await gentle.embed(["one", "two", "three"]) == list(await WordEmbedder().embed(["one", "two", "three"]))
    assert (embedder.sizes, gentle.id, gentle.dimensions) == ([1, 1, 1], embedder.id, embedder.dimensions)
    assert await gentle.embed([]) == []
