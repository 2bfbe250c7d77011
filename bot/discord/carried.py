"""Carried: what is too long for a `custom_id`, and what was typed into a form that is not sent yet, in a file beside the inbox."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from desk.errors import Misconfigured, Unavailable
from desk.ports import Clock

T = TypeVar("T")
FOREVER = timedelta(days=366)
"""How long a button that carries too much works; every other one works as long as it stands."""
TYPED = timedelta(minutes=15)
"""How long it is kept what was typed into a form that was wrong or has more pages."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS carried (name TEXT PRIMARY KEY, value TEXT NOT NULL, by TEXT NOT NULL DEFAULT '', until REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS carried_until ON carried (until);
"""
# secure_delete, because what was typed are people's words.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "secure_delete=ON")


class Carried:
    """A table of values by name, behind one thread. A file that is full, locked or unreadable is Unavailable("platform")."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor, clock: Clock) -> None:
        self._connection = connection
        self._thread = thread
        self._clock = clock

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> Carried:
        """Open the file, or make it; raise Misconfigured when it is something else."""
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="carried")
        connection = await asyncio.get_running_loop().run_in_executor(thread, _connect, path)
        return cls(connection, thread, clock)

    async def keep(self, values: Mapping[str, str], *, by: str = "", how_long: timedelta = FOREVER) -> None:
        """Return once values are durable under their names; `by` is the id of the user whose words they are. Nothing to keep costs nothing."""
        if not values:
            return
        now = self._clock.now()
        rows = [(name, value, by, (now + how_long).timestamp()) for name, value in values.items()]

        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM carried WHERE until < ?", (now.timestamp(),))
            db.executemany("INSERT OR REPLACE INTO carried VALUES (?, ?, ?, ?)", rows)

        await self._run(work)

    async def get(self, name: str, *, by: str = "") -> str | None:
        """Return what is kept under a name; None once it is over, or where it is somebody else's."""
        now = self._clock.now().timestamp()
        asked = "SELECT value FROM carried WHERE name = ? AND until >= ? AND by IN ('', ?)"
        row = await self._run(lambda db: db.execute(asked, (name, now, by)).fetchone())
        return str(row[0]) if row else None

    async def drop(self, name: str) -> None:
        """Forget what is kept under a name."""
        await self._run(lambda db: db.execute("DELETE FROM carried WHERE name = ?", (name,)))

    async def erase(self, user: str) -> int:
        """Take out what somebody typed; return how much it was."""
        return await self._run(lambda db: db.execute("DELETE FROM carried WHERE by = ? OR (by != '' AND instr(value, ?))", (user, user)).rowcount)

    async def close(self) -> None:
        """Close the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        def transact() -> T:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                return work(self._connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, transact)
        except (sqlite3.Error, UnicodeError, RuntimeError) as error:
            raise Unavailable("platform", f"the file of what buttons carry: {error}") from error


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(SCHEMA)
    except sqlite3.Error as error:
        raise Misconfigured(f"{path} cannot be used ({error}): move it away, and a new one is made") from error
    return connection
