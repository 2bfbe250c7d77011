"""Databases for tests: the same test runs on a SQLite file and on Postgres, each empty and up to date."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import create_engine, text

from store.database import Database, open_database
from store.repository import SqlStore
from store.schema import metadata
from tests.store.samples import FixedPolicy
from tests.support.postgres import Cluster


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the migrations once; a test copies the file."""
    path = tmp_path_factory.mktemp("migrated") / "frontdesk.db"

    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(migrated: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated, tmp_path / 'frontdesk.db')}"


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Cluster) -> str:
    """Run the migrations once; the tests of a process share the database one after another."""
    url = postgres.fresh()
    asyncio.run(_migrate(url))
    return url


@pytest.fixture
def emptied_postgres_url(migrated_postgres: str) -> str:
    engine = create_engine(migrated_postgres)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY"))
    engine.dispose()
    return migrated_postgres


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgres": "emptied_postgres_url"}[request.param])
    return url


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def store(database: Database) -> SqlStore:
    return SqlStore(database, FixedPolicy())


async def _migrate(url: str) -> None:
    await (await open_database(url)).close()
