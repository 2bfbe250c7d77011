"""A desk that is killed at every few pages while it reads what it missed on Slack goes on where it was, and loses nothing."""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web as http

from bot.slack.refs import message_ref, stamp
from desk.customer import Role
from store.database import open_database
from store.repository import SqlStore
from tests.durability.gap_child import HELP, TEAM
from tests.slack.loopback import Answer, application
from tests.slack.past import READS, Past
from tests.store.samples import FixedPolicy

ROOT = Path(__file__).resolve().parents[2]
MARA = {"team_id": "T0ACME", "name": "mara", "profile": {"real_name": "Mara Voss"}}
PATIENCE = 100
PACE = timedelta(milliseconds=50)


@dataclass
class Deadly(Past):
    """Kills whoever reads its history at every so many pages, before it answers."""

    every: int = 0
    kills: int = 0
    victim: asyncio.subprocess.Process | None = None
    pages: int = 0

    def _known(self, name: str, given: Mapping[str, Any]) -> Answer:
        if name in READS:
            self.pages += 1
            if self.kills and self.victim and self.pages % self.every == 0:
                self.kills -= 1
                self.victim.kill()
        return super()._known(name, given)


async def started(home: Path, slack: Deadly, *expected: str) -> asyncio.subprocess.Process:
    """Start a desk that waits for these messages."""
    environment = {
        **os.environ,
        "FRONTDESK_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "FRONTDESK_SLACK_BOT_TOKEN": "xoxb-secret",
        "FRONTDESK_SLACK_SIGNING_SECRET": "a-signing-secret",
        "FRONTDESK_SLACK_URL": slack.url,
    }
    with (home / "log").open("ab") as log:
        slack.victim = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.durability.gap_child", *expected, cwd=ROOT, env=environment, stderr=log, stdout=asyncio.subprocess.PIPE
        )
    return slack.victim


async def says(process: asyncio.subprocess.Process, line: str, home: Path) -> bool:
    """Wait until a desk says a line; False when it was killed before."""
    assert process.stdout
    async with asyncio.timeout(PATIENCE):
        while said := (await process.stdout.readline()).decode().strip():
            if said == line:
                return True
    assert await process.wait() == -9, (home / "log").read_text()[-3000:]
    return False


def talk(slack: Deadly, now: datetime) -> list[str]:
    """Let a customer ask in a few threads, and say more in them."""
    times = iter(stamp(now + n * PACE) for n in range(100))
    roots = [slack.says(HELP, next(times), f"How long does a refund take, number {n}?")["ts"] for n in range(12)]
    replies = [slack.says(HELP, next(times), f"It is about invoice {n}", under=root)["ts"] for root in roots[:3] for n in range(6)]
    return [*roots, *replies]


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_kill_at_any_page_of_the_gap_leaves_no_trace(tmp_path):
    (tmp_path / "policy.toml").write_text('[modes]\ndefault = "draft"\n')
    slack = Deadly(users={"U0MARA": MARA}, cap=4, every=3)
    runner = http.AppRunner(application(slack), access_log=None)
    await runner.setup()
    site = http.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.port = runner.addresses[0][1]
    first = await started(tmp_path, slack)
    assert await says(first, "listening", tmp_path)
    first.kill()
    await first.wait()
    assert slack.pages == 0

    expected = talk(slack, datetime.now(UTC))
    slack.kills = 3
    while not await says(await started(tmp_path, slack, *expected), "caught up", tmp_path):
        pass
    await slack.victim.wait()
    await runner.cleanup()
    assert slack.kills == 0
    # Four pages of roots, two of each of three threads, and each kill costs one page again; a start reads its own minute beside.
    assert slack.pages <= 4 + 6 + 3 + 3 * 4 * 2 + 8

    database = await open_database(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    store = SqlStore(database, FixedPolicy())
    stored = [await store.message(message_ref(TEAM, HELP, ts)) for ts in expected]
    assert [message.ref.id for message in stored if message] == expected
    assert all(message.role is Role.CUSTOMER and message.ticket for message in stored if message)
    for ticket in await store.tickets():
        said = [m.at for m in await store.timeline(ticket.id) if m.role is Role.CUSTOMER]
        assert said == sorted(said)
        # Everything of its thread was there when its turn came.
        (decision,) = await store.decisions(ticket.id)
        assert decision.turn == len(said)
    await database.close()
