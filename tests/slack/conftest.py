"""Slack, as a test says it answers."""

from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import web as http

from bot.slack.access import Access
from bot.slack.web import Web
from tests.slack.loopback import Loopback, application


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
