"""Rhythm: those who are woken by every commit look now and then."""

import asyncio

from handlers.rhythm import Rhythm


async def test_looks_keep_apart():
    clock, rhythm = asyncio.get_running_loop().time, Rhythm(apart=0.01)
    await rhythm.keep()
    began = clock()
    for _ in range(3):
        await rhythm.keep()
    assert clock() - began >= 0.029
