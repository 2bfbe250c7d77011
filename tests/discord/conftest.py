"""The desk's own memory, for an adapter to be given."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from desk.store import Store
from store.database import open_database
from store.repository import SqlStore
from tests.fakes import FakeClock
from tests.store.databases import migrated, sqlite_url
from tests.world import ScriptedPolicy

__all__ = ["migrated", "sqlite_url"]


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock that the test moves."""
    return FakeClock()


@pytest.fixture
def policy() -> ScriptedPolicy:
    """Return the shipped policy, for the test to change."""
    return ScriptedPolicy()


@pytest_asyncio.fixture
async def store(sqlite_url: str, policy: ScriptedPolicy) -> AsyncIterator[Store]:
    """Return an empty memory."""
    database = await open_database(sqlite_url.replace("sqlite:", "sqlite+aiosqlite:"))
    yield SqlStore(database, policy)
    await database.close()
