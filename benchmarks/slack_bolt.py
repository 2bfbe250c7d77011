"""A plain Bolt app on its own server, which acknowledges events and does nothing else: the floor for `slack_events`. A process of its own."""

from __future__ import annotations

import asyncio
import re
import sys
from typing import Any

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from benchmarks.slack_api import BOT, BOT_USER, TEAM


async def authorize() -> AuthorizeResult:
    """Say who the bot is."""
    return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_user_id=BOT_USER, bot_id=BOT)


async def acknowledge(ack: Any) -> None:
    """Do nothing else."""
    await ack()


async def main(secret: str) -> None:
    """Serve until killed; print the address."""
    app = AsyncApp(name="plain", signing_secret=secret, authorize=authorize)
    app.event(re.compile(""))(acknowledge)
    runner = web.AppRunner(app.web_app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
