"""Gap child: a whole desk on Slack in a process of its own, which somebody kills while it reads what it missed."""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from bootstrap import open_runtime
from bot.slack.refs import channel_ref, message_ref
from desk.changes import SaveChannel, write
from desk.ids import EventId
from desk.space import Channel, ChannelKind, Platform
from runtime import Runtime
from settings import read_settings
from store.watch import SqlWatch

TEAM, HELP, AGENTS = "T0PELICAN", "C0HELP", "C0AGENTS"
LOOK = 0.05


async def declare(runtime: Runtime) -> None:
    """Declare the channels, once."""
    since = datetime.now(UTC) - timedelta(days=1)
    help_ = Channel(channel_ref(TEAM, HELP), "help", ChannelKind.COMMUNITY, since)
    agents = Channel(channel_ref(TEAM, AGENTS), "agents", ChannelKind.INTERNAL, since, agents=True)
    await runtime.services.store.commit(EventId("declare"), write(SaveChannel(help_), SaveChannel(agents)), at=since)


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again until something is so."""
    for _ in count():
        if await check():
            return
        await asyncio.sleep(LOOK)


async def caught_up(runtime: Runtime, expected: list[str]) -> None:
    """Wait until everything is read and every question has its answer or its card."""
    store, watch = runtime.services.store, SqlWatch(runtime.reading.records.database)

    async def whole() -> bool:
        if await watch.unread(Platform.SLACK, TEAM) or runtime.services.behind(channel_ref(TEAM, HELP)):
            return False
        return all([await store.message(message_ref(TEAM, HELP, ts)) for ts in expected]) and bool(await store.decisions())

    await until(whole)
    await runtime.engine.settled()


async def main(expected: list[str]) -> None:
    async with open_runtime(read_settings()) as runtime:
        await declare(runtime)
        watch = SqlWatch(runtime.reading.records.database)

        async def listening() -> bool:
            return await watch.pulse(Platform.SLACK, TEAM) is not None

        await until(listening)
        print("listening", flush=True)
        if expected:
            await caught_up(runtime, expected)
            print("caught up", flush=True)
        else:
            await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1:]))
