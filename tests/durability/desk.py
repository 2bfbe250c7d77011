"""Desk: a whole desk in this process, under a clock that a test moves, for whatever goes wrong around it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bootstrap import open_runtime
from bot.web.log import Entry, messages
from bot.web.rooms import local_channel, local_user
from cli.play.clock import ControlledClock
from cli.seeding import enroll
from desk.audience import INTERNAL
from desk.events import MessageReceived
from desk.space import MessageRef, Place
from runtime import Runtime, Wrappers
from settings import read_settings
from tests.durability.child import ARTICLES, DEMO
from tests.durability.conversations import Plan
from tests.durability.driver import START

QUESTION = "How long does a refund take until it is back on my card?"


class Whole:
    """A desk and the few things that tests do with it."""

    def __init__(self, runtime: Runtime, clock: ControlledClock) -> None:
        self.runtime = runtime
        self.clock = clock

    async def says(self, text: str, *, who: str = "Customer 0", channel: str = "community 0") -> MessageRef:
        """Somebody writes."""
        return (await self.said(text, who=who, channel=channel)).ref

    async def said(self, text: str, *, who: str = "Customer 0", channel: str = "community 0") -> MessageReceived:
        """Somebody writes; return the event."""
        return (await self.runtime.workspace.say(local_user(who), Place(local_channel(channel)), text))[1]

    async def wait(self, seconds: float) -> None:
        """Let time pass, stopping wherever something is due."""
        target, store = self.clock.now() + timedelta(seconds=seconds), self.runtime.services.store
        while True:
            await self.runtime.settle()
            due = [at for at in (await store.next_due(), await store.next_sendable()) if at and self.clock.now() < at < target]
            self.clock.move(min([target, *due]))
            if self.clock.now() == target:
                return await self.runtime.settle()

    async def posts(self) -> Sequence[Entry]:
        """Return what customers can read of ours."""
        standing = await self.runtime.workspace.log.run(lambda db: messages(db, "m.author IS NULL"))
        return [entry for entry in standing if entry.audience != INTERNAL and not entry.deleted]


@asynccontextmanager
async def whole(home: Path, *, wrap: Wrappers | None = None, start: datetime | None = START) -> AsyncIterator[Whole]:
    """Open a desk in auto mode with one customer, a community and a few articles; without a `start` the home's clock goes on."""
    home.mkdir(exist_ok=True)
    (home / "policy.toml").write_text('[modes]\ndefault = "auto"\n[answers]\nwrong_rate = 0.03\n')
    clock = ControlledClock(home / "clock", start=start)
    async with open_runtime(read_settings(home=home), wrap=wrap or Wrappers(), clock=clock, background=False) as runtime:
        await enroll(runtime, Plan(1).cast(START), at=START)
        await runtime.reading.ingest([DEMO / ARTICLES[0]])
        yield Whole(runtime, clock)
