"""Runtime: a desk that was put together, whole for serving or in part for commands."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from desk.answering import Answerer, Triager
from desk.errors import FrontdeskError
from desk.events import Event
from desk.library import Embedder, KnowledgeBase
from desk.ports import Actions, ChatPlatform, Crm, Mailer, Pager, Query, View
from desk.store import Store
from desk.tending import Forgotten
from handlers import sealing
from handlers.outbox import Sender
from handlers.rearming import Rearming
from handlers.runner import Runner
from handlers.services import Services
from handlers.timers import ALONE, Sweeper
from handlers.views import Views
from pagers.heartbeat import Heartbeat

if TYPE_CHECKING:
    from agent.alarm import Alarm
    from agent.claude import ClaudeModel
    from agent.metered import Metered
    from bot.discord.connection import Discord
    from bot.slack.connection import Slack
    from bot.web.workspace import LocalWorkspace
    from knowledge.generations import Renewal
    from knowledge.ingestion import Report
    from knowledge.search import HybridKnowledge
    from knowledge.syncing.pieces import Progress
    from knowledge.syncing.reviews import Reviews
    from knowledge.syncing.schedule import Schedule
    from knowledge.syncing.sync import Means, Opener
    from settings import Settings
    from store.customers import SqlCustomers
    from store.database import Database
    from store.engine import DurableEngine
    from store.home import Home
    from store.library import SqlLibrary
    from store.overrides import SqlOverrides
    from store.policy import FilePolicySource
    from store.repository import SqlStore

T = TypeVar("T")
Submit = Callable[[Event], Awaitable[None]]
Look = Callable[[], Awaitable[bool]]
MOST_SLEEP = timedelta(hours=1)
"""The longest sleep at once: a machine that was suspended finds out what is due."""
LONG_DUE = timedelta(minutes=5)
"""How long something may have been due without anybody doing it."""
HOUSEKEEPING = timedelta(hours=6)

log = logging.getLogger("frontdesk")


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, in UTC."""
        return datetime.now(UTC)

    async def wait(self, until: datetime) -> None:
        """Sleep until an instant, or for an hour when that is longer away."""
        await asyncio.sleep(max(0.0, min(until - self.now(), MOST_SLEEP).total_seconds()))


def unwrapped(port: T) -> T:
    """Return a port as it is."""
    return port


@dataclass(frozen=True, slots=True)
class Wrappers:
    """What to put around adapters before they are connected: faults in a play, measurements in a benchmark."""

    store: Callable[[Store], Store] = unwrapped
    chat: Callable[[ChatPlatform], ChatPlatform] = unwrapped
    crm: Callable[[Crm], Crm] = unwrapped
    knowledge: Callable[[KnowledgeBase], KnowledgeBase] = unwrapped
    triager: Callable[[Triager], Triager] = unwrapped
    answerer: Callable[[Answerer], Answerer] = unwrapped
    actions: Callable[[Actions], Actions] = unwrapped
    pager: Callable[[Pager], Pager] = unwrapped
    mailer: Callable[[Mailer | None], Mailer | None] = unwrapped
    """Around what sends mail, None where none is configured."""
    submit: Callable[[Submit], Submit] = unwrapped
    dispatch: Callable[[Submit], Submit] = unwrapped
    model: Callable[[ClaudeModel | None], ClaudeModel | None] = unwrapped
    """Around the language model, None where none is configured."""


UNWRAPPED = Wrappers()
"""Every adapter as it is."""


@dataclass(frozen=True, slots=True)
class Emptying:
    """An eraser that is one function."""

    work: Callable[[Forgotten], Awaitable[int]]

    async def erase(self, whom: Forgotten) -> int:
        """Empty what these people wrote, and return how many rows."""
        return await self.work(whom)


@dataclass(frozen=True, slots=True)
class Records:
    """What is kept, without anything that computes: for commands that look at or tend it."""

    settings: Settings
    home: Home
    database: Database
    store: SqlStore
    overrides: SqlOverrides
    policy: FilePolicySource


@dataclass(frozen=True, slots=True)
class Reading:
    """What a command has that asks or ingests: everything but the engine and the chat."""

    records: Records
    customers: SqlCustomers
    library: SqlLibrary
    embedder: Embedder
    knowledge: HybridKnowledge
    services: Services
    means: Means
    open_source: Opener
    renewal: Renewal
    metered: Metered | None = None
    """The language model with its meter, None where none is configured."""
    alarm: Alarm | None = None

    def schedule(self) -> Schedule:
        """Return what syncs the policy's sources when they are due."""
        from knowledge.syncing.schedule import Schedule

        return Schedule(self.records.policy, self.open_source, self.means)

    def reviews(self, submit: Submit) -> Reviews:
        """Return what reminds the owners of sources."""
        from knowledge.syncing.reviews import Reviews

        return Reviews(self.records.policy, self.library, self.means.rows, self.services.clock, submit)

    async def ingest(self, paths: Sequence[Path], progress: Progress | None = None) -> Report:
        """Bring the library in step with these paths; a server that runs beside notices by the library's position."""
        from knowledge.ingestion import ingest

        folders = (await self.records.policy.current()).audience.folders
        return await ingest(paths, library=self.library, embedder=self.embedder, folders=folders, progress=progress)


class Runtime:
    """The desk at work. It is the `Desk` that chat adapters are given."""

    def __init__(
        self,
        reading: Reading,
        workspace: LocalWorkspace,
        engine: DurableEngine,
        services: Services,
        submit: Submit,
        *,
        slack: Slack | None = None,
        discord: Discord | None = None,
    ) -> None:
        self.reading = reading
        self.customers = reading.customers
        self.workspace = workspace
        self.slack = slack
        self.discord = discord
        self.engine = engine
        self.services = services
        self._submit = submit
        # On a server's database other workers sweep too; on a file nobody does, so that what a killed process held is taken up at once.
        many = reading.records.settings.in_postgres
        self.sweeper = Sweeper(services, submit, holder=f"{socket.gethostname()}/{os.getpid()}" if many else ALONE)
        self.rearming = Rearming(services, submit)
        self.sender = Sender(services)
        self.runner = Runner(services, submit)
        self.syncs = reading.schedule()
        self.reviews = reading.reviews(submit)
        self.heartbeat = Heartbeat(reading.records.settings.heartbeat_url.get_secret_value(), services.clock, self.works)
        self._views = Views(services)

    @property
    def connections(self) -> tuple[Slack | Discord, ...]:
        """Return the chat platforms outside this program that it is connected to."""
        return tuple(connection for connection in (self.slack, self.discord) if connection is not None)

    async def emit(self, event: Event) -> None:
        """Make an event durable; acknowledge the platform when this returns."""
        await self._submit(await sealing.safe(event, self.services))

    async def view(self, query: Query) -> View:
        """Return what to show, read only and permission checked."""
        return await self._views.view(query)

    async def check(self, query: Query, values: Mapping[str, str]) -> Mapping[str, str]:
        """Return what is wrong with the values of a form, as sentences by field."""
        return await self._views.check(query, values)

    async def settle(self, *, in_turn: bool = False) -> None:
        """Return when nothing runs, is due or can be sent; a row that awaits its retry counts as settled.

        `in_turn` does one thing after another: what falls due in one instant then ends in one way, however busy the machine is.
        """
        between = self.engine.settled if in_turn else None
        own: list[Look] = [partial(look, between) for look in (self.sweeper.sweep, self.runner.drain, self.sender.drain)]
        looks: list[Look] = [self.syncs.run_due, self.reviews.run_due, self.rearming.look, *own]
        busy = True
        while busy:
            # Each of them can give work to the others, so all must be idle in one round.
            await self.engine.settled()
            busy = False
            for look in looks:
                busy = await look() or busy
                if in_turn:
                    await self.engine.settled()

    async def works(self) -> bool:
        """Tell whether the store answers and what is due is done; a desk that stands still is as good as one that is down."""
        due = await self.services.store.next_due()
        return due is None or due > self.services.clock.now() - LONG_DUE

    async def keep_house(self) -> None:
        """Drop what retention says should be gone, every few hours, for as long as the desk runs."""
        while True:
            now = self.services.clock.now()
            try:
                await self.services.store.purge(now)
                await self.engine.purge(now - (await self.services.policy.current()).retention.engine)
            # A locked database today must not end the purge of tomorrow.
            except FrontdeskError as error:
                log.warning("the purge waits for its next turn: %s", error)
            await self.services.clock.wait(now + HOUSEKEEPING)
