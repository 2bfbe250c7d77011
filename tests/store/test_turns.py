"""Turns: one at a time per key, in order, and nothing left behind."""

import asyncio

from store.turns import Turns


async def visit(turns: Turns, key: str, name: str, seen: list[str]) -> None:
    async with turns.of(key):
        seen.append(f"{name} in")
        await asyncio.sleep(0)
        seen.append(f"{name} out")


async def fail(turns: Turns, key: str) -> None:
    async with turns.of(key):
        await asyncio.sleep(0)
        raise ValueError("oops")


async def test_those_of_one_key_go_in_the_order_they_came():
    turns, seen = Turns(), list[str]()
    await asyncio.gather(*(visit(turns, "t-1", name, seen) for name in "abc"))
    assert seen == ["a in", "a out", "b in", "b out", "c in", "c out"]


async def test_another_key_waits_for_nobody():
    turns, seen = Turns(), list[str]()
    await asyncio.gather(visit(turns, "t-1", "a", seen), visit(turns, "t-2", "b", seen))
    assert seen == ["a in", "b in", "a out", "b out"]


async def test_a_key_nobody_waits_for_is_forgotten():
    turns = Turns()
    async with turns.of("t-1"):
        assert len(turns) == 1
    assert len(turns) == 0


async def test_whoever_fails_or_gives_up_lets_the_next_one_in():
    turns, seen = Turns(), list[str]()
    failing = asyncio.create_task(fail(turns, "t-1"))
    impatient, patient = (asyncio.create_task(visit(turns, "t-1", name, seen)) for name in "ab")
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.wait([failing, impatient, patient])
    assert isinstance(failing.exception(), ValueError)
    assert seen == ["b in", "b out"]
    assert len(turns) == 0
