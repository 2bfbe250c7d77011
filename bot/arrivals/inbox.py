"""Inbox: what a platform told us, in a file of its own before the platform hears that we have it; it leaves once the desk has it.

What arrives together shares one write to the disk.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from desk.errors import Misconfigured, Unavailable
from desk.ports import Clock

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

VERSION = 1
SCHEMA = """
CREATE TABLE arrivals (n INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, due INTEGER NOT NULL,
    failed TEXT NOT NULL DEFAULT '', value TEXT NOT NULL);
CREATE TABLE marks (mark TEXT PRIMARY KEY, n INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX arrivals_lane ON arrivals (lane, n);
CREATE INDEX marks_at ON marks (at);
"""
# FULL, because what was acknowledged must survive a power cut; secure_delete, because rows hold people's words and must not stay behind.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "secure_delete=ON")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
REMEMBERED = timedelta(hours=2)
"""How long it is known what came already; Slack's last try comes after about six minutes, and Discord sends again what a lost connection missed."""
TIDY = timedelta(minutes=1)
BATCH = 100
"""How many arrivals of a lane are read at once."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something a platform told us. `kind` says how it is read; those of one `lane` are handed over in order.

    Of arrivals that share a mark the desk gets one. A partial one waits for `hold`: the whole one, which may come, takes its place.
    """

    kind: str
    lane: str
    payload: Mapping[str, Any]
    marks: tuple[str, ...] = ()
    hold: timedelta = timedelta()
    at: datetime = EPOCH
    n: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in a lane: arrivals that are due, and when the next one is if none is."""

    arrivals: Sequence[Arrival] = ()
    due: datetime | None = None


class Inbox:
    """A SQLite file behind one thread. A file that is full, locked or unreadable is Unavailable("platform")."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor, clock: Clock) -> None:
        self._connection = connection
        self._thread = thread
        self._clock = clock
        self._queue: list[tuple[Work[Any], asyncio.Future[Any]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._tidied = EPOCH
        self._closed = False

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> Inbox:
        """Open the file, or make it; raise Misconfigured when it is something else or newer than this program."""
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inbox")
        connection = await asyncio.get_running_loop().run_in_executor(thread, _connect, path)
        return cls(connection, thread, clock)

    async def keep(self, arrival: Arrival) -> bool:
        """Return once an arrival is durable, and whether it says anything that was not known."""
        now = self._clock.now()
        value = json.dumps(arrival.payload, separators=(",", ":"))
        forget = now - self._tidied >= TIDY
        self._tidied = now if forget else self._tidied

        def work(db: sqlite3.Connection) -> bool:
            if forget:
                db.execute("DELETE FROM marks WHERE at < ?", (_micros(now - REMEMBERED),))
            return _keep(db, arrival, value, now)

        return await self._run(work)

    async def lanes(self) -> Sequence[str]:
        """Return the lanes in which something waits, the oldest first; what was set aside by an earlier process is tried again."""

        def work(db: sqlite3.Connection) -> Sequence[str]:
            db.execute("UPDATE arrivals SET failed = '' WHERE failed != ''")
            return [lane for (lane,) in db.execute("SELECT lane FROM arrivals GROUP BY lane ORDER BY min(n)")]

        return await self._run(work)

    async def next(self, lane: str, *, done: Sequence[int] = ()) -> Waiting:
        """Take out what the desk has by now, and return what waits in the lane."""
        now = self._clock.now()

        def work(db: sqlite3.Connection) -> Waiting:
            db.executemany("DELETE FROM arrivals WHERE n = ?", [(n,) for n in done])
            rows = db.execute("SELECT n, kind, at, due, value FROM arrivals WHERE lane = ? AND failed = '' ORDER BY n LIMIT ?", (lane, BATCH))
            return _waiting(lane, rows.fetchall(), now)

        return await self._run(work)

    async def set_aside(self, n: int, why: str) -> None:
        """Let an arrival wait for the next start: this program cannot read it."""
        await self._run(lambda db: db.execute("UPDATE arrivals SET failed = ? WHERE n = ?", (why, n)))

    async def erase(self, users: Sequence[str]) -> int:
        """Take out what names one of these users anywhere, whether the desk took it or not; return how many arrivals."""
        return await self._run(lambda db: sum(db.execute("DELETE FROM arrivals WHERE instr(value, ?)", (user,)).rowcount for user in users))

    async def count(self) -> int:
        """Return how many arrivals wait, those set aside among them."""
        return await self._run(lambda db: int(db.execute("SELECT count(*) FROM arrivals").fetchone()[0]))

    async def close(self) -> None:
        """Finish what is under way and close the file; closing it again is fine."""
        if self._closed:
            return
        self._closed = True
        if self._writing is not None:
            await asyncio.wait([self._writing])
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown(wait=False)

    async def _run(self, work: Work[T]) -> T:
        """Run work in the next transaction; whatever is asked for while one is written to the disk goes into the one after it."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.append((work, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await done

    async def _write(self) -> None:
        while self._queue:
            batch, self._queue = self._queue, []
            try:
                works = [work for work, _ in batch]
                results = await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, works)
            except (sqlite3.Error, UnicodeError, RuntimeError) as error:
                results = [Unavailable("platform", f"the inbox's file: {error}")] * len(batch)
            for (_, done), result in zip(batch, results, strict=True):
                _settle(done, result)

    def _transact(self, works: Sequence[Work[Any]]) -> list[Any]:
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            return [work(self._connection) for work in works]


def _settle(done: asyncio.Future[Any], result: object) -> None:
    if done.done():
        return
    if isinstance(result, Exception):
        done.set_exception(result)
    else:
        done.set_result(result)


def _keep(db: sqlite3.Connection, arrival: Arrival, value: str, now: datetime) -> bool:
    """Store what is new; the whole of what was told in part takes the part's place, and its turn."""
    known = [row[0] for mark in arrival.marks if (row := db.execute("SELECT n FROM marks WHERE mark = ?", (mark,)).fetchone())]
    if known:
        n, said = known[0], not arrival.hold and _completed(db, arrival, value, known[0])
    else:
        row = (arrival.kind, arrival.lane, _micros(now), _micros(now + arrival.hold), value)
        n, said = db.execute("INSERT INTO arrivals (kind, lane, at, due, value) VALUES (?, ?, ?, ?, ?)", row).lastrowid or 0, True
    db.executemany("INSERT OR IGNORE INTO marks VALUES (?, ?, ?)", [(mark, n, _micros(now)) for mark in arrival.marks])
    return said


def _completed(db: sqlite3.Connection, arrival: Arrival, value: str, n: int) -> bool:
    partly = "UPDATE arrivals SET kind = ?, value = ?, due = at WHERE n = ? AND due > at"
    return db.execute(partly, (arrival.kind, value, n)).rowcount > 0


def _waiting(lane: str, rows: Sequence[tuple[int, str, int, int, str]], now: datetime) -> Waiting:
    if rows and rows[0][3] > _micros(now):
        return Waiting(due=_instant(rows[0][3]))
    ready = []
    for n, kind, at, due, value in rows:
        if due > _micros(now):
            break
        ready.append(Arrival(kind, lane, json.loads(value), at=_instant(at), n=n))
    return Waiting(ready)


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found == 0:
            connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    except sqlite3.Error as error:
        raise Misconfigured(f"{path} cannot be used as an inbox ({error}): move it away, and a new one is made") from error
    if found > VERSION:
        connection.close()
        raise Misconfigured(f"{path} was written by a newer version of Frontdesk: use that one, or move the file away")
    return connection


def _micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


def _instant(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)
