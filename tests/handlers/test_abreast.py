"""Work on several things goes on side by side, or in turn where that is asked for."""

import asyncio

import pytest

from handlers.abreast import abreast


class Work:
    """Takes the longer the earlier it begins, and notes what is done to what."""

    def __init__(self, *, fails: str = "") -> None:
        self.done: list[str] = []
        self._fails, self._left = fails, 3

    async def __call__(self, thing: str) -> bool:
        self.done.append(f"begins {thing}")
        self._left -= 1
        await asyncio.sleep(0.01 * self._left)
        if thing == self._fails:
            raise LookupError(thing)
        self.done.append(f"ends {thing}")
        return thing == "b"

    async def between(self) -> None:
        self.done.append("between")


async def test_side_by_side_nothing_waits_for_the_other():
    work = Work()
    assert await abreast(work, ["a", "b"])
    assert work.done == ["begins a", "begins b", "ends b", "ends a"]


async def test_in_turn_each_is_over_before_the_next_begins():
    work = Work()
    assert await abreast(work, ["a", "b"], work.between)
    assert work.done == ["begins a", "ends a", "between", "begins b", "ends b", "between"]


async def test_nothing_moved_where_none_did():
    assert not await abreast(Work(), ["a", "c"])
    assert not await abreast(Work(), ["a", "c"], Work().between)


async def test_of_those_side_by_side_all_end_before_one_failure_is_raised():
    work = Work(fails="b")
    with pytest.raises(LookupError):
        await abreast(work, ["a", "b"])
    assert "ends a" in work.done
