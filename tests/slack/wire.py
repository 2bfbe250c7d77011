"""Wire: a connection to the loopback Slack, which hears what is signed and sent to it, and a desk that keeps what it is told."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from slack_sdk.signature import SignatureVerifier

from bot.slack.access import Access
from bot.slack.connection import Slack
from desk.ports import Query, View
from store.repository import SqlStore
from store.watch import SqlWatch
from tests.fakes import FakeClock, FakeDesk
from tests.slack.loopback import Loopback
from tests.slack.test_people import MARA, OWNER
from tests.world import ScriptedPolicy

SECRET = "a-signing-secret"
FORM = "application/x-www-form-urlencoded"


@dataclass
class ScriptedDesk(FakeDesk):
    """A desk whose views wait for `gate` and whose forms are found wrong as a test says."""

    wrong: Callable[[Query, Mapping[str, str]], Mapping[str, str]] = lambda query, values: {}
    checked: list[tuple[Query, Mapping[str, str]]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def view(self, query: Query) -> View:
        await self.gate.wait()
        return await super().view(query)

    async def check(self, query: Query, values: Mapping[str, str]) -> Mapping[str, str]:
        await self.gate.wait()
        self.checked.append((query, values))
        return self.wrong(query, values)


@dataclass
class Wired:
    """The connection, as Slack reaches it."""

    slack: Slack

    async def post(self, body: Mapping[str, Any], **headers: str) -> tuple[int, str]:
        """Send a payload as Slack does: events as JSON, commands as a form, everything else as JSON in a form. Return status and body."""
        if "command" in body:
            return await self.raw(urlencode(body), FORM, **headers)
        if body["type"] in ("event_callback", "url_verification", "app_rate_limited"):
            return await self.raw(json.dumps(body), "application/json", **headers)
        return await self.raw(urlencode({"payload": json.dumps(body)}), FORM, **headers)

    async def raw(self, text: str, kind: str, *, secret: str = SECRET, late: float = 0.0, **headers: str) -> tuple[int, str]:
        """Send a body that is signed, `late` seconds ago or with another secret."""
        stamp = str(int(time.time() - late))
        signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=text)
        given = {"content-type": kind, "x-slack-request-timestamp": stamp, "x-slack-signature": signature or "", **headers}
        status, _, body = await self.slack.request(given, text.encode())
        return status, body.decode()

    async def settled(self) -> None:
        """Return when the desk has everything, and nothing of what follows a press is under way."""
        async with asyncio.timeout(10):
            while True:
                if await self.slack.settled():
                    return
                await asyncio.sleep(0)


@asynccontextmanager
async def running(slack: Slack) -> AsyncIterator[Slack]:
    """Run a connection for a while."""
    task = asyncio.create_task(slack.run())
    try:
        yield slack
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await slack.close()


@asynccontextmanager
async def opened(access: Access, inbox: Path, desk: FakeDesk, *, policy: ScriptedPolicy, store: SqlStore, clock: FakeClock) -> AsyncIterator[Wired]:
    """Open a connection and run it for a while."""
    slack = await Slack.open(access, inbox=inbox, policy=policy, store=store, watch=SqlWatch(store.database), clock=clock)
    slack.connect(desk)
    async with running(slack):
        yield Wired(slack)


@pytest.fixture
def desk() -> ScriptedDesk:
    """Return a desk that keeps what it is told."""
    return ScriptedDesk()


@pytest_asyncio.fixture
async def wired(
    slack: Loopback, tmp_path: Path, desk: ScriptedDesk, policy: ScriptedPolicy, store: SqlStore, clock: FakeClock
) -> AsyncIterator[Wired]:
    """Connect a workspace where Mara is a customer and Tim is of the team, over HTTP."""
    slack.users |= {"U0MARA": MARA, "U0TIM": OWNER}
    access = Access("xoxb-secret", signing_secret=SECRET, url=slack.url)
    async with opened(access, tmp_path / "slack.db", desk, policy=policy, store=store, clock=clock) as found:
        yield found
