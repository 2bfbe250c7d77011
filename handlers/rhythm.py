"""Rhythm: how often those look who are woken by every commit."""

from __future__ import annotations

import asyncio

APART = 0.05
"""The least seconds between two looks: while much is committed, one look sees what many commits did."""


class Rhythm:
    """Waits until the next look may be; after a calm that is at once."""

    def __init__(self, apart: float = APART) -> None:
        self._apart = apart
        self._looked = float("-inf")

    async def keep(self) -> None:
        """Return when somebody may look again."""
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(max(0.0, self._looked + self._apart - clock()))
        self._looked = clock()
