"""Keeping: what listens to a platform goes on after a defect."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.arrivals.pump import defect

PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until what failed begins again, doubling up to the longest; what went well for that long begins with the first again."""

log = logging.getLogger("frontdesk.arrivals")


async def kept_up(work: Callable[[], Awaitable[None]], *, platform: str) -> None:
    """Do something to its end, however often it fails on the way: a defect in what listens to a platform must not end the desk for all others."""
    pause, clock = PAUSE, asyncio.get_running_loop().time
    while True:
        began = clock()
        try:
            return await work()
        except Exception as error:  # noqa: BLE001
            pause = PAUSE if clock() - began > LONGEST_PAUSE else pause
            log.error("something that listens to %s failed, so it begins again in %.0f s: %s", platform, pause, defect(error))
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
