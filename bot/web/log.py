"""Log: the workspace's own file. Every operation is one entry, and a message is what its latest entry says."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from desk.audience import Audience
from desk.cards import Card
from desk.codec import decode, encode
from desk.customer import Role
from desk.errors import Misconfigured, PlaceGone, Unavailable
from desk.ids import CardId, OutboxId, TicketId
from desk.ports import Clock
from desk.post import Op
from desk.space import ChannelRef, MessageRef, Place, UserRef
from desk.timeline import File, Purpose

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

VERSION = 1
SCHEMA = """
CREATE TABLE members (user TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE channels (id TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE seats (channel TEXT NOT NULL, user TEXT NOT NULL, PRIMARY KEY (channel, user));
CREATE TABLE log (n INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, message TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE messages (channel TEXT NOT NULL, id TEXT NOT NULL, thread TEXT, posted INTEGER NOT NULL, author TEXT, ticket TEXT, outbox TEXT,
    head INTEGER NOT NULL, PRIMARY KEY (channel, id));
CREATE TABLE reactions (channel TEXT NOT NULL, message TEXT NOT NULL, emoji TEXT NOT NULL, user TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (channel, message, emoji, user));
CREATE TABLE marks (channel TEXT NOT NULL, message TEXT NOT NULL, ticket TEXT NOT NULL, status TEXT NOT NULL, PRIMARY KEY (channel, message, ticket));
CREATE TABLE inbox (id TEXT PRIMARY KEY, at INTEGER NOT NULL, user TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE instant (id INTEGER PRIMARY KEY, micros INTEGER NOT NULL);
CREATE INDEX log_message ON log (channel, message, n);
CREATE INDEX messages_outbox ON messages (outbox);
CREATE INDEX messages_thread ON messages (channel, thread, posted);
CREATE INDEX messages_ticket ON messages (ticket);
"""
# FULL, because what was acknowledged must survive a power cut; secure_delete, because erased words must leave the pages of the file too.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "secure_delete=ON")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CACHED = 20_000
"""Entries up to this many characters of JSON are kept decoded."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation, with the whole message as it stands after it.

    `at` is when the operation happened and `posted` when the message was; `author` is None for the bot. A person's message has
    `text`, the bot's has `card`. `n` is the position in the log, 0 before it was appended.
    """

    op: Op
    at: datetime
    ref: MessageRef
    thread: str | None
    posted: datetime
    author: UserRef | None
    author_name: str
    role: Role
    purpose: Purpose
    audience: Audience
    text: str = ""
    files: tuple[File, ...] = ()
    mentions_bot: bool = False
    card: Card | None = None
    card_id: CardId | None = None
    outbox: OutboxId | None = None
    ticket: TicketId | None = None
    to: tuple[UserRef, ...] = ()
    whisper: bool = False
    n: int = 0

    @property
    def deleted(self) -> bool:
        """Tell whether the message is gone."""
        return self.op is Op.DELETE

    @property
    def edited(self) -> bool:
        """Tell whether the message was changed after it was posted."""
        return self.op is Op.EDIT

    def seen_by(self, user: UserRef) -> bool:
        """Tell whether somebody in the channel sees it: a whisper has one reader."""
        return not self.whisper or user in self.to


class Log:
    """A SQLite file behind one thread. Work is a function of the connection, run as one transaction.

    A file that is full, locked or unreadable is Unavailable("platform").
    """

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor, clock: Clock) -> None:
        self._connection = connection
        self._thread = thread
        self._closed = False
        self.clock = clock

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> Log:
        """Open the file, or make it; raise Misconfigured when it is something else or newer than this program."""
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="workspace")
        connection = await asyncio.get_running_loop().run_in_executor(thread, _connect, path)
        return cls(connection, thread, clock)

    async def run(self, work: Work[T]) -> T:
        """Run `work` in a transaction and return what it returns; nothing is half written."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, work)

    async def close(self) -> None:
        """Finish what is under way and close the file; closing it again is fine."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown(wait=False)

    def tick(self, db: sqlite3.Connection) -> datetime:
        """Return the present instant, later by at least a microsecond than any before it: the platform's order."""
        # In the file rather than in memory: a clock that was set back while we were down must not reorder anything either.
        raised = "INSERT INTO instant VALUES (0, ?) ON CONFLICT (id) DO UPDATE SET micros = max(micros + 1, excluded.micros) RETURNING micros"
        return EPOCH + timedelta(microseconds=db.execute(raised, (micros(self.clock.now()),)).fetchone()[0])

    def _transact(self, work: Work[T]) -> T:
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                return work(self._connection)
        except sqlite3.OperationalError as error:
            raise Unavailable("platform", f"the workspace's file: {error}") from error


def micros(at: datetime) -> int:
    """Return an instant as the file orders it: microseconds since 1970."""
    return (at - EPOCH) // timedelta(microseconds=1)


def message_name(at: datetime) -> str:
    """Return the id of the message posted at an instant; instants never repeat, so ids do not either, even in a new file."""
    return f"{micros(at):x}"


def append(db: sqlite3.Connection, entry: Entry) -> Entry:
    """Write an entry and make it what its message says; return it with its position."""
    # The log never gives a number twice, so that a position a browser remembers stays the card it saw.
    key = (str(entry.ref.channel), entry.ref.id)
    n = db.execute("INSERT INTO log (channel, message, value) VALUES (?, ?, ?)", (*key, _json(entry))).lastrowid
    db.execute(
        "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, id) DO UPDATE SET head = excluded.head",
        (*key, entry.thread, micros(entry.posted), str(entry.author) if entry.author else None, entry.ticket, entry.outbox, n),
    )
    return replace(entry, n=n or 0)


def rewrite(db: sqlite3.Connection, entry: Entry) -> None:
    """Replace an entry where it stands; erasure is the only reason to."""
    db.execute("UPDATE log SET value = ? WHERE n = ?", (_json(replace(entry, n=0)), entry.n))


def entries(db: sqlite3.Connection, where: str, *values: object) -> list[Entry]:
    """Return entries of the log, in order. `where` is a condition of ours on `log` (l) joined to `messages` (m)."""
    query = "SELECT l.n, l.value FROM log l JOIN messages m ON m.channel = l.channel AND m.id = l.message WHERE {} ORDER BY l.n"
    return [_entry(n, value) for n, value in db.execute(query.format(where), values)]


def messages(db: sqlite3.Connection, where: str, *values: object) -> list[Entry]:
    """Return messages as they stand now, by the time they were posted. `where` is a condition of ours on `messages` (m)."""
    query = "SELECT l.n, l.value FROM messages m JOIN log l ON l.n = m.head WHERE {} ORDER BY m.posted, m.id"
    return [_entry(n, value) for n, value in db.execute(query.format(where), values)]


def message(db: sqlite3.Connection, ref: MessageRef, seen: int | None = None) -> Entry | None:
    """Return a message as it stands, or as it stood at position `seen`; None when it never was."""
    found = entries(db, "l.channel = ? AND l.message = ? AND l.n <= ?", str(ref.channel), ref.id, seen or 2**62)
    return found[-1] if found else None


def thread_of(db: sqlite3.Connection, place: Place) -> str | None:
    """Return the root of the thread that a post in this place belongs to: a reply to a reply hangs under the root of both.

    None is the channel itself. Raises PlaceGone when there is no such message.
    """
    if place.thread is None:
        return None
    parent = message(db, MessageRef(place.channel, place.thread))
    if parent is None:
        raise PlaceGone(f"there is no message {place.thread!r} to reply to")
    return parent.thread or parent.ref.id


def position(db: sqlite3.Connection) -> int:
    """Return the position of the last entry."""
    return int(db.execute("SELECT coalesce(max(n), 0) FROM log").fetchone()[0])


def latest(db: sqlite3.Connection, channel: ChannelRef, *, roots: int) -> Sequence[Entry]:
    """Return the last `roots` top-level messages of a channel with everything under them."""
    top = "SELECT id FROM messages WHERE channel = ? AND thread IS NULL ORDER BY posted DESC LIMIT ?"
    return messages(db, f"m.channel = ? AND coalesce(m.thread, m.id) IN ({top})", str(channel), str(channel), roots)


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        connection.close()
        raise Misconfigured(f"{str(path)!r} is not a workspace file ({error}): move it away, and a new one is made") from error
    if version > VERSION:
        connection.close()
        raise Misconfigured(f"{str(path)!r} was written by a newer Frontdesk: update this one")
    if version == 0:
        connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    return connection


def _json(entry: Entry) -> str:
    return json.dumps(encode(entry), ensure_ascii=False, separators=(",", ":"))


def _entry(n: int, value: str) -> Entry:
    return replace(_decoded(value) if len(value) <= CACHED else _decode(value), n=n)


def _decode(value: str) -> Entry:
    found: Entry = decode(Entry, json.loads(value))
    return found


_decoded = lru_cache(maxsize=1024)(_decode)
