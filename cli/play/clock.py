"""Clock: a time that stands still until somebody moves it, and survives the process in a file."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path


class ControlledClock:
    """A `Clock` whose instant lives in a file; it only ever goes forward."""

    def __init__(self, path: Path, *, start: datetime | None = None) -> None:
        self._path = path
        self._now = start or datetime.fromisoformat(path.read_text(encoding="utf-8"))
        self._moved = asyncio.Event()
        self._keep()

    def now(self) -> datetime:
        """Return the instant it was moved to last."""
        return self._now

    async def wait(self, until: datetime) -> None:
        """Wait until it was moved that far."""
        while self._now < until:
            await self._moved.wait()

    def move(self, to: datetime) -> None:
        """Move it; an earlier instant is ignored."""
        self._now = max(self._now, to)
        self._keep()
        self._moved.set()
        self._moved = asyncio.Event()

    def _keep(self) -> None:
        # Renaming makes a reader after a crash see one instant or the other, never half of one.
        waiting = self._path.with_suffix(".new")
        waiting.write_text(self._now.isoformat(), encoding="utf-8")
        waiting.replace(self._path)
