"""Answers that are kept for a while."""

import asyncio
from datetime import timedelta

import pytest

from bot.arrivals import kept
from bot.arrivals.kept import Kept
from desk.errors import Unavailable


class Counter:
    """Counts how often it is asked."""

    def __init__(self):
        self.asked = 0

    async def __call__(self):
        self.asked += 1
        return self.asked


@pytest.fixture
def asked():
    return Counter()


async def test_an_answer_is_good_until_its_time_is_over(clock, asked):
    answers = Kept(clock, timedelta(seconds=60))
    assert [await answers.get("a", asked) for _ in range(2)] == [1, 1]
    clock.advance(seconds=59)
    assert await answers.get("a", asked) == 1
    clock.advance(seconds=1)
    assert await answers.get("a", asked) == 2


async def test_each_key_has_its_own(clock, asked):
    answers = Kept(clock, timedelta(seconds=60))
    assert [await answers.get(key, asked) for key in "abab"] == [1, 2, 1, 2]
    answers.forget("a")
    assert [await answers.get(key, asked) for key in "ab"] == [3, 2]
    answers.forget()
    assert [await answers.get(key, asked) for key in "ab"] == [4, 5]


async def test_of_many_who_want_it_at_once_one_asks(clock):
    answers, asked = Kept(clock, timedelta(seconds=60)), []

    async def slow():
        asked.append(1)
        await asyncio.sleep(0)
        return "x"

    assert set(await asyncio.gather(*(answers.get("a", slow) for _ in range(10)))) == {"x"}
    assert len(asked) == 1


async def test_a_failure_is_not_kept_and_each_who_waited_tries(clock, asked):
    answers = Kept(clock, timedelta(seconds=60))

    async def fails():
        raise Unavailable("platform")

    with pytest.raises(Unavailable):
        await answers.get("a", fails)
    assert await answers.get("a", asked) == 1


async def test_what_was_forgotten_while_it_was_asked_for_is_asked_for_again(clock, asked):
    answers = Kept(clock, timedelta(seconds=60))

    async def overtaken():
        answers.forget("a")
        return await asked()

    assert await answers.get("a", overtaken) == 1
    assert await answers.get("a", asked) == 2


async def test_it_does_not_grow_for_ever(clock, asked, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 3)
    answers = Kept(clock, timedelta(seconds=60))
    for n in range(4):
        await answers.get(str(n), asked)
    assert await answers.get("3", asked) == 4
    assert await answers.get("0", asked) == 5
