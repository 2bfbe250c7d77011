"""Slack as a test says it answers, with the desk's own memory beside it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web as http

from bot.slack.access import Access
from bot.slack.people import People
from bot.slack.web import Web
from desk.store import Store
from store.database import open_database
from store.repository import SqlStore
from tests.fakes import FakeClock
from tests.slack.loopback import Loopback, application
from tests.slack.wire import desk, wired
from tests.store.databases import migrated, sqlite_url
from tests.world import ScriptedPolicy

__all__ = ["desk", "migrated", "sqlite_url", "wired"]


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[Loopback]:
    """Serve a Web API on the loopback interface."""
    loopback = Loopback()
    runner = http.AppRunner(application(loopback), access_log=None)
    await runner.setup()
    site = http.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    loopback.port = runner.addresses[0][1]
    yield loopback
    await runner.cleanup()


@pytest_asyncio.fixture
async def web(slack: Loopback) -> AsyncIterator[Web]:
    """Return what calls it."""
    found = Web(Access("xoxb-secret", url=slack.url))
    yield found
    await found.close()


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


@pytest.fixture
def people(web: Web, policy: ScriptedPolicy, store: Store, clock: FakeClock) -> People:
    """Return who is who, as the workspace and the policy say."""
    return People(web, policy, store, clock)
