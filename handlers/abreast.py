"""Abreast: one piece of work for each of several things, side by side or in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
Between = Callable[[], Awaitable[None]]
"""Awaited between one thing and the next, which then are done in turn: what the first one gave others to do is over by then."""


async def abreast(work: Callable[[T], Awaitable[bool]], things: Sequence[T], between: Between | None = None) -> bool:
    """Work on each thing, in turn if anything is to be awaited between them; return whether any of it moved.

    Side by side all are awaited before one failure is raised: what is still under way must not be tried a second time beside itself.
    """
    if between is not None:
        return await _in_turn(work, things, between)
    moved = await asyncio.gather(*map(work, things), return_exceptions=True)
    if failed := next((result for result in moved if isinstance(result, BaseException)), None):
        raise failed
    return any(moved)


async def _in_turn(work: Callable[[T], Awaitable[bool]], things: Sequence[T], between: Between) -> bool:
    moved = False
    for thing in things:
        moved = await work(thing) or moved
        await between()
    return moved
