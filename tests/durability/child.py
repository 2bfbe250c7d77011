"""Child: a whole desk in a process of its own, which somebody kills; requests come as JSON lines, several at once."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from bootstrap import open_runtime
from cli.play.clock import ControlledClock
from cli.seeding import enroll
from desk.codec import decode
from desk.errors import Retryable
from desk.events import Event
from runtime import Runtime
from settings import read_settings
from tests.durability.conversations import Plan

DEMO = Path(__file__).resolve().parents[2] / "demo" / "knowledge"
ARTICLES = ("billing/refund-times.md", "billing/invoice-copies.md", "billing/duplicate-charge.md", "account/password-reset.md", "bugs/sync-stuck.md")
LINE = 64 * 1024 * 1024


class Desk:
    """A running desk under a clock that stands still."""

    def __init__(self, runtime: Runtime, clock: ControlledClock) -> None:
        self.runtime = runtime
        self.clock = clock

    async def begin(self, conversations: int) -> None:
        """Furnish the desk."""
        now = self.clock.now()
        await enroll(self.runtime, Plan(conversations).cast(now), at=now)
        await self.runtime.reading.ingest([DEMO / name for name in ARTICLES])

    async def emit(self, event: dict[str, Any]) -> None:
        """Take an event in; the answer is the acknowledgment."""
        await self.runtime.emit(decode(Event, event))

    async def move(self, to: str) -> None:
        """Move the clock and wake whoever waits on it."""
        self.clock.move(datetime.fromisoformat(to))
        self.runtime.services.bells.ring()

    async def quiet(self) -> str | None:
        """Wait until nothing runs, is due or can be sent; return when something will be, None when nothing ever is, or an event was given up."""
        store = self.runtime.services.store
        while await self._is_busy():
            if await self.runtime.engine.failed():
                return None
            await asyncio.sleep(0.01)
        due = [at for at in (await store.next_due(), await store.next_sendable()) if at is not None]
        return min(due).isoformat() if due else None

    async def _is_busy(self) -> bool:
        store, now = self.runtime.services.store, self.clock.now()
        await self.runtime.engine.settled()
        if await store.due(now) or await store.sendable(now):
            return True
        # What was committed just before that look may have been followed by more.
        await self.runtime.engine.settled()
        return bool(await store.due(now) or await store.sendable(now))


async def main() -> None:
    settings = read_settings()
    clock = ControlledClock(settings.home / "clock")
    reader = asyncio.StreamReader(limit=LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with open_runtime(settings, clock=clock) as runtime:
        desk = Desk(runtime, clock)
        _answer({"ready": True})
        async with asyncio.TaskGroup() as group:
            while line := await reader.readline():
                group.create_task(_perform(getattr(desk, (request := json.loads(line)).pop("act")), request))


async def _perform(act: Callable[..., Awaitable[Any]], request: dict[str, Any]) -> None:
    number = request.pop("id")
    try:
        _answer({"id": number, "result": await act(**request)})
    except Retryable as error:
        _answer({"id": number, "error": str(error)})


def _answer(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
