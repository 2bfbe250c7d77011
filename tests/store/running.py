"""A process that runs an engine, and is killed: what it did is in a file, one line an event."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from desk.events import Event, TurnStarted
from desk.ids import EventId, TicketId
from store.engine import DurableEngine

AT = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


def happened(n: int, *, key: str | None = None) -> TurnStarted:
    return TurnStarted(id=EventId(f"e-{n:04}"), ticket=TicketId(key or f"t-{n % 7}"), turn=n, at=AT)


class Ledger:
    """What was handled, kept as the application keeps it: one commit an event, in a file that survives the process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def commit(self, event: Event) -> None:
        with closing(sqlite3.connect(self._path, timeout=10)) as file:
            file.execute("CREATE TABLE IF NOT EXISTS handled (seq INTEGER PRIMARY KEY, event TEXT UNIQUE)")
            file.execute("INSERT OR IGNORE INTO handled (event) VALUES (?)", (event.id,))
            file.commit()

    def handled(self) -> list[str]:
        with closing(sqlite3.connect(self._path, timeout=10)) as file:
            return [event for (event,) in file.execute("SELECT event FROM handled ORDER BY seq")] if self._path.exists() else []


async def run(url: str, ledger: Ledger, *, first: int, count: int, die_after: int) -> None:
    """Submit events and say so; die in the middle, or report that all is settled."""
    handled = 0

    async def dispatch(event: Event) -> None:
        nonlocal handled
        await asyncio.sleep(0.002)
        ledger.commit(event)
        handled += 1
        if handled == die_after:
            os.kill(os.getpid(), signal.SIGKILL)

    engine = DurableEngine(url, dispatch)
    await engine.start()
    for n in range(first, first + count):
        await engine.submit(happened(n))
        print(n, flush=True)
    await engine.settled()
    print("settled", flush=True)
    await engine.stop()


def process(url: str, ledger: Path, *, first: int, count: int, die_after: int) -> tuple[int, list[str]]:
    """Run in a process of its own; return how it ended and what it said."""
    command = [sys.executable, "-m", "tests.store.running", url, str(ledger), *map(str, (first, count, die_after))]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert not ended.stderr, ended.stderr
    return ended.returncode, ended.stdout.split()


if __name__ == "__main__":
    address, path, *numbers = sys.argv[1:]
    start, many, death = map(int, numbers)
    asyncio.run(run(address, Ledger(Path(path)), first=start, count=many, die_after=death))
