"""The database: it migrates itself, writes one at a time, and says when it cannot."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from desk.changes import RecordDecision, SaveMessage, SaveTicket
from desk.errors import Misconfigured, Unavailable
from desk.ids import EventId
from store.database import Database, open_database
from store.engine import EngineRows
from store.repository import SqlStore
from store.schema import HEAD, metadata
from tests.store.samples import T1, FixedPolicy, commit, decision, message, one_ticket, ticket

AT_ONCE = timedelta(milliseconds=50)


def differences(connection: Connection) -> list[object]:
    return compare_metadata(MigrationContext.configure(connection), metadata)


async def test_the_migrations_make_the_tables_that_the_code_knows(database: Database):
    assert await database.read(differences) == []


def test_the_newest_migration_is_the_one_the_code_expects():
    assert ScriptDirectory("store/migrations").get_current_head() == HEAD


async def test_a_database_that_is_up_to_date_is_opened_as_it_is(database_url: str):
    first = await open_database(database_url)
    await one_ticket(SqlStore(first, FixedPolicy()))
    await first.close()
    second = await open_database(database_url)
    assert await SqlStore(second, FixedPolicy()).ticket(T1)
    await second.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_two_who_open_an_empty_database_at_once_both_can(kind: str, tmp_path: Path, request: pytest.FixtureRequest):
    url = f"sqlite:///{tmp_path / 'new' / 'frontdesk.db'}" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    both = await asyncio.gather(open_database(url), open_database(url))
    assert [await opened.read(differences) for opened in both] == [[], []]
    await asyncio.gather(*(opened.close() for opened in both))


@pytest.mark.parametrize("way", [open_database, EngineRows], ids=["the store", "the engine's rows"])
async def test_postgres_without_its_driver_is_a_sentence_that_says_what_to_install(way, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Misconfigured, match=r"pip install 'psycopg\[binary\]>=3\.2,<4' \(the extra `postgres`"):
        await way("postgresql://desk:hunter2@127.0.0.1:1/desk")


async def test_a_database_from_the_future_is_left_alone(sqlite_url: str, tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "frontdesk.db")) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
        file.commit()
    with pytest.raises(Misconfigured, match="newer Frontdesk"):
        await open_database(sqlite_url)


async def test_a_file_that_is_no_database_is_named(tmp_path: Path):
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all " * 100)
    with pytest.raises(Misconfigured, match=r"notes\.txt"):
        await open_database(f"sqlite:///{path}")


async def test_an_unknown_kind_of_database_is_refused():
    with pytest.raises(Misconfigured, match="write sqlite"):
        await open_database("mysql://localhost/desk")


async def test_a_server_that_does_not_answer_is_unavailable():
    with pytest.raises(Unavailable, match="store is unavailable"):
        await open_database("postgresql://nobody@127.0.0.1:1/none", busy=AT_ONCE)


async def test_decisions_are_refused_a_change_by_the_database_itself(database: Database, store: SqlStore):
    await commit(store, RecordDecision(decision()))
    for statement in ("UPDATE decisions SET doc = ''", "DELETE FROM decisions"):
        with pytest.raises(DBAPIError, match="decisions are never changed"):
            await database.write(lambda c, s=statement: c.execute(text(s)))
    assert await store.decisions() == [decision()]


async def test_a_locked_database_is_unavailable_and_nothing_is_half_written(sqlite_url: str, tmp_path: Path):
    database = await open_database(sqlite_url, busy=AT_ONCE)
    store = SqlStore(database, FixedPolicy())
    with closing(sqlite3.connect(tmp_path / "frontdesk.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked"):
            await commit(store, SaveTicket(ticket()), event="e")
        assert await store.ticket(T1) is None
        other.execute("ROLLBACK")
    assert await commit(store, SaveTicket(ticket()), event="e")
    await database.close()


async def test_a_locked_postgres_is_unavailable_too(postgres_url: str):
    impatient, other = await open_database(postgres_url, busy=AT_ONCE), await open_database(postgres_url)
    locked, done = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with other._engine.begin() as connection:
            await connection.execute(text("LOCK TABLE tickets IN EXCLUSIVE MODE"))
            locked.set()
            await done.wait()

    holding = asyncio.create_task(hold())
    await locked.wait()
    with pytest.raises(Unavailable, match="lock timeout"):
        await commit(SqlStore(impatient, FixedPolicy()), SaveTicket(ticket()))
    done.set()
    await holding
    assert await SqlStore(impatient, FixedPolicy()).ticket(T1) is None
    await asyncio.gather(impatient.close(), other.close())


async def test_a_full_disk_is_unavailable_and_nothing_is_half_written(sqlite_url: str):
    database = await open_database(sqlite_url)
    store = SqlStore(database, FixedPolicy())
    await fill_up(database)
    with pytest.raises(Unavailable, match="full"):
        await commit(store, SaveTicket(ticket()), SaveMessage(message(text="x" * 1_000_000)), event="e")
    assert await store.ticket(T1) is None
    assert await store.follow_ups(EventId("e")) is None
    await database.write(lambda c: c.execute(text("PRAGMA max_page_count = 100000")))
    assert await commit(store, SaveTicket(ticket()), SaveMessage(message(text="x" * 1_000_000)), event="e")
    await database.close()


async def fill_up(database: Database) -> None:
    """Forbid the file to grow, on every connection of the pool."""
    await database.write(lambda c: c.execute(text("PRAGMA max_page_count = 1")))


async def test_a_mistake_in_a_query_is_not_taken_for_an_outage(sqlite_url: str):
    database = await open_database(sqlite_url)
    with pytest.raises(OperationalError, match="no such table"):
        await database.read(lambda c: c.execute(text("SELECT * FROM nowhere")))
    await database.close()


async def test_what_fails_in_the_middle_of_a_write_takes_the_rest_with_it(database: Database):
    def work(connection: Connection) -> None:
        connection.execute(text("INSERT INTO accounts (id, doc) VALUES ('acme', '{}')"))
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        await database.write(work)
    assert await database.read(lambda c: c.scalar(text("SELECT count(*) FROM accounts"))) == 0


async def test_writers_wait_for_each_other(database: Database):
    def add_one(connection: Connection) -> None:
        seen = connection.scalar(text("SELECT count(*) FROM accounts"))
        connection.execute(text("INSERT INTO accounts (id, doc) VALUES (:id, '{}')"), {"id": f"a-{seen}"})

    await asyncio.gather(*(database.write(add_one) for _ in range(20)))
    assert await database.read(lambda c: c.scalar(text("SELECT count(*) FROM accounts"))) == 20


async def test_sqlite_keeps_what_was_acknowledged_through_a_power_cut(sqlite_url: str):
    database = await open_database(sqlite_url)
    settings = {
        name: await database.read(lambda c, n=name: c.scalar(text(f"PRAGMA {n}"))) for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    await database.close()


async def test_every_table_has_a_primary_key(database: Database):
    tables = await database.read(lambda c: {name: inspect(c).get_pk_constraint(name)["constrained_columns"] for name in metadata.tables})
    assert all(tables.values())


@pytest.mark.parametrize("after", [0, 0.001, 0.003])
async def test_a_write_that_is_given_up_leaves_the_database_usable(database: Database, after: float):
    def add_one(connection: Connection, id: str) -> None:
        connection.execute(text("INSERT INTO accounts (id, doc) VALUES (:id, '{}')"), {"id": id})

    for n in range(10):
        writing = asyncio.create_task(database.write(lambda c, n=n: add_one(c, f"given-up-{n}")))
        await asyncio.wait([writing], timeout=after)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
    await database.write(lambda c: add_one(c, "kept"))
    assert "kept" in await database.read(lambda c: c.execute(text("SELECT id FROM accounts")).scalars().all())
