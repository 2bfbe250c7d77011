"""Database: one place to open it, to read and write it, and to say that it is not there."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from desk.errors import Misconfigured, Unavailable
from store.schema import HEAD, is_at_head

T = TypeVar("T")

BUSY = timedelta(seconds=5)
"""How long a write waits for another process before the store counts as unavailable."""
LOOK = 0.02
"""Seconds between two tries of what SQLite does not wait for by itself."""
READERS = 4
"""Threads that read a SQLite file beside the one that writes it."""
PATIENT = 30_000
"""Milliseconds that the engine waits for its own file."""
# WAL lets readers pass a writer; FULL keeps a commit that was acknowledged through a power cut.
CAREFUL = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL")
ONE_WRITER = 70_7119
"""The advisory lock that makes Postgres take one commit at a time, as SQLite does: outbox rows then become visible in the order of their `seq`."""
PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
    }
)
"""SQLite's primary codes for what may be over later."""
NO_DRIVER = (
    "the database address names Postgres, and its driver psycopg cannot be imported: "
    "run .venv/bin/python -m pip install 'psycopg[binary]>=3.2,<4' (the extra `postgres` in pyproject.toml)"
)


class Database(Protocol):
    """The application database. Work is a plain function of a connection, run in one transaction; one write runs at a time."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run queries; raise Unavailable("store") when the database does not answer."""
        ...

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run queries and writes that become visible together or not at all; raise Unavailable("store") when the database does not take them."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...


class SqliteDatabase:
    """A file. A transaction runs in a thread from its first statement to its last: a hop for each of them costs more than SQLite itself."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store writer")
        self._readers = ThreadPoolExecutor(max_workers=READERS, thread_name_prefix="store reader")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run queries; raise Unavailable("store") when the database does not answer."""
        with translated():
            return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run queries and writes that become visible together or not at all; raise Unavailable("store") when the database does not take them."""
        with translated():
            return await asyncio.get_running_loop().run_in_executor(self._writer, self._write, work)

    async def close(self) -> None:
        """Let what is under way end, and let go of every connection."""
        for threads in (self._writer, self._readers):
            await asyncio.to_thread(threads.shutdown)
        self._engine.dispose()

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return work(connection)

    def _write(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                return work(connection)


class PostgresDatabase:
    """A server."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run queries; raise Unavailable("store") when the database does not answer."""
        with translated():
            async with self._engine.connect() as connection:
                return await connection.run_sync(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run queries and writes that become visible together or not at all; raise Unavailable("store") when the database does not take them."""
        with translated():
            async with self._engine.connect() as connection, connection.begin():
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_WRITER})"))
                return await connection.run_sync(work)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._engine.dispose()


class Reads:
    """What asks questions of a database; each kind of row has a class of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database


async def open_database(url: str, *, busy: timedelta = BUSY) -> Database:
    """Open `sqlite:///PATH` or `postgresql://...` and bring its tables up to date.

    Raises Misconfigured for an address or a file that is no database of ours, Unavailable when it does not answer.
    """
    database = _opened(url, busy)
    try:
        if not await database.read(is_at_head):
            await database.write(_upgrade)
    except DatabaseError as error:
        await database.close()
        raise Misconfigured(f"the database at {_shown(url)!r} cannot be used: {error.orig}") from error
    except (Misconfigured, Unavailable):
        await database.close()
        raise
    return database


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the driver says of a locked, full or absent database into Unavailable("store")."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if not _is_passing(error):
            raise
        raise Unavailable("store", str(error.orig).splitlines()[0]) from error
    except PoolTimeout as error:
        raise Unavailable("store", "every connection is in use") from error


def blocking_engine(url: URL) -> Engine:
    """Return a pool of connections for a library that brings threads of its own; the same care is taken of SQLite."""
    if url.get_backend_name() != "sqlite":
        with _driver():
            return create_engine(url.set(drivername="postgresql+psycopg"), pool_size=5, pool_pre_ping=True)
    engine = create_engine(url.set(drivername="sqlite"), pool_size=5)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in (f"busy_timeout={PATIENT}", *CAREFUL):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _is_passing(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code is None or code & 0xFF in PASSING


def _opened(url: str, busy: timedelta) -> Database:
    address = make_url(url)
    milliseconds = int(busy.total_seconds() * 1000)
    match address.get_backend_name():
        case "sqlite":
            return SqliteDatabase(_sqlite_engine(address.set(drivername="sqlite"), milliseconds))
        case "postgresql":
            arguments = {"options": f"-c lock_timeout={milliseconds}", "connect_timeout": max(1, milliseconds // 1000)}
            with _driver():
                engine = create_async_engine(address.set(drivername="postgresql+psycopg"), pool_size=5, pool_pre_ping=True, connect_args=arguments)
            return PostgresDatabase(engine)
        case other:
            raise Misconfigured(f"the database address begins with {other!r}: write sqlite:///PATH or postgresql://USER@HOST/NAME")


def _set(cursor: Any, pragma: str, patience: float) -> None:
    """Set a pragma. SQLite itself waits for nobody while it changes how a new file keeps its journal."""
    until = time.monotonic() + patience
    while True:
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(LOOK)
        else:
            return


@contextmanager
def _driver() -> Iterator[None]:
    # SQLAlchemy imports it when an engine is made; a wheel without its C library fails there too.
    try:
        yield
    except ImportError as error:
        raise Misconfigured(NO_DRIVER) from error


def _sqlite_engine(url: URL, milliseconds: int) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=READERS + 1)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={milliseconds}", *CAREFUL):
            _set(cursor, pragma, milliseconds / 1000)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred transaction that wants to write after reading fails at once when another process wrote in between.
        if connection.get_execution_options().get("writes"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _upgrade(connection: Connection) -> None:
    """Run the migrations; another process may have run them while this one waited for the lock."""
    if is_at_head(connection):
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    try:
        command.upgrade(config, HEAD)
    except CommandError as error:
        raise Misconfigured(f"the database was written by a newer Frontdesk: update this one ({error})") from error


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
