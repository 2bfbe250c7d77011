"""Bootstrap: the only module that names every adapter, and puts them together."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desk.decision import Versions
from desk.events import Event
from desk.library import Embedder
from desk.ports import ChatPlatform, Clock, Mailer
from desk.space import Platform
from desk.store import Store
from desk.tending import Erasers, Forgotten
from handlers.services import Services
from handlers.styles import Styles
from runtime import UNWRAPPED, Emptying, Reading, Records, Runtime, SystemClock, Wrappers
from settings import Settings

if TYPE_CHECKING:
    from agent.claude import ClaudeModel
    from agent.heads import Heads
    from agent.minds import Minds
    from bot.arrivals.inbox import Arrival
    from bot.discord.access import Access as DiscordAccess
    from bot.discord.connection import Discord
    from bot.slack.access import Access
    from bot.slack.connection import Slack
    from bot.web.workspace import LocalWorkspace
    from desk.policy import Triage
    from knowledge.generations import Place
    from knowledge.rerank import Reranker
    from store.customers import SqlCustomers
    from store.engine import EngineRows
    from store.home import Home

ROOT = Path(__file__).resolve().parent
SHIPPED = ROOT / "policy.toml"
CODE = "0.1.0"
Erase = Callable[[Forgotten], Awaitable[int]]
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


@asynccontextmanager
async def open_records(settings: Settings) -> AsyncIterator[Records]:
    """Open what is kept; works beside a server that runs on the same home."""
    async with AsyncExitStack() as stack:
        yield await _records(stack, settings)


@asynccontextmanager
async def open_reading(settings: Settings, *, wrap: Wrappers = UNWRAPPED, clock: Clock | None = None) -> AsyncIterator[Reading]:
    """Open what commands need that serve nobody; works beside a server that runs on the same home."""
    async with AsyncExitStack() as stack:
        yield await _read(stack, settings, wrap, clock or SystemClock())


@asynccontextmanager
async def open_runtime(
    settings: Settings, *, wrap: Wrappers = UNWRAPPED, clock: Clock | None = None, background: bool = True
) -> AsyncIterator[Runtime]:
    """Start the desk: everything is connected, and what an earlier process left unfinished is under way.

    Without `background` nothing is swept or sent unless `settle` is called. Raises Misconfigured when another server has this home.
    """
    async with AsyncExitStack() as stack:
        # The three slow parts of a start run side by side: importing DBOS, loading the model, opening the database.
        imported = asyncio.create_task(asyncio.to_thread(_import_engine))
        stack.enter_context(home_of(settings).serving())
        reading = await _read(stack, settings, wrap, clock or SystemClock())
        await imported
        runtime = await _connect(stack, reading, wrap)
        await runtime.workspace.redeliver()
        async with asyncio.TaskGroup() as group:
            works = (
                (
                    runtime.sweeper.run,
                    runtime.rearming.run,
                    runtime.sender.run,
                    runtime.runner.run,
                    runtime.keep_house,
                    runtime.heartbeat.run,
                    runtime.syncs.run,
                    runtime.reviews.run,
                    reading.renewal.run,
                    runtime.workspace.keep_delivering,
                    *(connection.run for connection in runtime.connections),
                )
                if background
                else ()
            )
            tasks = [group.create_task(work()) for work in works]
            try:
                yield runtime
            finally:
                for task in tasks:
                    task.cancel()


async def _connect(stack: AsyncExitStack, reading: Reading, wrap: Wrappers) -> Runtime:
    """Put the engine and the workspace to what was opened."""
    from bot.web.workspace import open_workspace
    from handlers import failures
    from handlers.dispatch import dispatch
    from store.engine import DurableEngine

    policy = await reading.records.policy.current()
    workspace = await open_workspace(reading.records.home.workspace, reading.services.clock, bot=policy.company.bot)
    stack.push_async_callback(workspace.close)
    slack, discord = await _slack(stack, reading), await _discord(stack, reading)
    connections: dict[Platform, Slack | Discord] = {
        **({Platform.SLACK: slack} if slack else {}),
        **({Platform.DISCORD: discord} if discord else {}),
    }
    chats: dict[Platform, ChatPlatform] = {Platform.LOCAL: workspace, **{platform: found.chat for platform, found in connections.items()}}
    services = replace(reading.services, chat={platform: wrap.chat(chat) for platform, chat in chats.items()})

    async def handle(event: Event) -> None:
        await dispatch(event, services, submit)

    engine = DurableEngine(engine_url(reading.records.settings), wrap.dispatch(handle))
    arrivals = {platform: found.erase for platform, found in connections.items()}
    services = replace(services, erasers=erasers(services.store, workspace, engine, reading.customers, arrivals=arrivals))
    services = replace(
        services,
        behind=lambda channel: any(found.is_behind(channel) for found in connections.values()),
        crowded=lambda channel: any(found.is_crowded(channel) for found in connections.values()),
    )
    submit = wrap.submit(engine.submit)
    if reading.alarm is not None:
        reading.alarm.connect(submit)
    await engine.start()
    stack.push_async_callback(engine.stop)
    runtime = Runtime(reading, workspace, engine, services, submit, slack=slack, discord=discord)
    workspace.connect(runtime.emit)
    for platform, connection in connections.items():

        async def given_up(arrival: Arrival, platform: Platform = platform) -> None:
            await failures.set_aside(arrival.kind, arrival.lane, services, id=f"{platform}/{arrival.lane}/{arrival.n}")

        connection.connect(runtime, given_up)
    return runtime


async def _slack(stack: AsyncExitStack, reading: Reading) -> Slack | None:
    """Return the connection to the Slack workspace that the settings name, not yet opened."""
    found = reading.records.settings
    if not found.has_slack:
        return None
    from bot.slack.connection import Slack
    from store.watch import SqlWatch

    slack = await Slack.open(
        slack_access(found),
        inbox=reading.records.home.path / "slack.db",
        policy=reading.records.policy,
        store=reading.records.store,
        watch=SqlWatch(reading.records.database),
        clock=reading.services.clock,
    )
    stack.push_async_callback(slack.close)
    return slack


async def _discord(stack: AsyncExitStack, reading: Reading) -> Discord | None:
    """Return the connection to the Discord server that the settings name, not yet opened."""
    found = reading.records.settings
    if not found.has_discord:
        return None
    from bot.discord.connection import Discord
    from store.watch import SqlWatch

    discord = await Discord.open(
        discord_access(found),
        inbox=reading.records.home.path / "discord.db",
        policy=reading.records.policy,
        store=reading.records.store,
        watch=SqlWatch(reading.records.database),
        clock=reading.services.clock,
    )
    stack.push_async_callback(discord.close)
    return discord


def mailer_of(settings: Settings) -> Mailer | None:
    """Return what sends mail, None where the environment names no server."""
    from mail.smtp import SmtpMailer

    return SmtpMailer(settings.smtp_url.get_secret_value(), settings.smtp_from) if settings.has_mail else None


def discord_access(settings: Settings) -> DiscordAccess:
    """Return what the environment gives to reach Discord."""
    from bot.discord.access import Access, Shards

    return Access(settings.discord_token.get_secret_value(), settings.discord_guild, settings.discord_url, Shards.parse(settings.discord_shards))


def slack_access(settings: Settings) -> Access:
    """Return what the environment gives to reach Slack."""
    from bot.slack.access import Access

    given = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    bot, app, secret = (token.get_secret_value() for token in given)
    return Access(bot, app, secret, settings.slack_url)


async def _records(stack: AsyncExitStack, settings: Settings) -> Records:
    from escalation.calendars.days_off import with_days_off
    from store.database import open_database
    from store.overrides import SqlOverrides
    from store.policy import FilePolicySource
    from store.repository import SqlStore

    database = await open_database(database_url(settings))
    stack.push_async_callback(database.close)
    overrides = SqlOverrides(database)
    policy = FilePolicySource(SHIPPED, settings.policy_file, overrides, complete=with_days_off)
    await policy.current()
    return Records(settings, home_of(settings), database, SqlStore(database, policy), overrides, policy)


async def _read(stack: AsyncExitStack, settings: Settings, wrap: Wrappers, clock: Clock) -> Reading:
    from agent.fit import ready
    from agent.redaction import redacted
    from crm.embedded import EmbeddedCrm
    from escalation.calendars.files import CalendarFiles
    from knowledge.attachments import AttachmentReader
    from knowledge.connectors import Surroundings, opened
    from knowledge.embedders import known, wanted
    from knowledge.generations import Renewal, serving
    from knowledge.librarian import SourceLibrarian
    from knowledge.search import HybridKnowledge
    from knowledge.syncing.sync import Means
    from knowledge.tickets import ResolvedTickets
    from pagers.phones import Phones
    from selfservice.builtin import Shelves
    from selfservice.declared import DeclaredActions
    from selfservice.signed import SignedCalls
    from store.candidates import SqlCandidates
    from store.customers import SqlCustomers
    from store.library import SqlLibrary
    from store.sources import SqlSources

    home = home_of(settings)
    embedder = wanted(settings.embedder, notes=home.path)
    stack.callback(embedder.close)
    warm = asyncio.create_task(_warmed(embedder))
    stack.push_async_callback(_finished, warm)
    records = await _records(stack, settings)
    policy = await records.policy.current()
    library, customers = SqlLibrary(records.database), SqlCustomers(records.database)
    live, place = await serving(library, embedder, known(home.path)), place_of(settings)
    knowledge = HybridKnowledge(library, live, await place.open(live, library), clock=clock, reranker=_reranker(settings))
    stack.push_async_callback(knowledge.close)
    renewal = Renewal(knowledge, library, wanted=embedder, place=place, clock=clock)
    heads = await ready(embedder, records.home.heads)
    minds = await _minds(stack, records, embedder, heads=heads, wrap=wrap, clock=clock)
    files = AttachmentReader()
    stack.callback(files.close)
    found = wrap.knowledge(knowledge)
    services = Services(
        store=wrap.store(records.store),
        clock=clock,
        crm=wrap.crm(EmbeddedCrm(customers, records.policy)),
        knowledge=found,
        triager=wrap.triager(minds.triager),
        answerer=wrap.answerer(minds.answerer),
        chat={},
        policy=records.policy,
        styles=Styles(records.store, clock),
        summarizer=minds.summarizer,
        advisor=minds.advisor,
        versions=Versions(policy=policy.version, heads=heads.version, embedder=embedder.id, code=CODE),
        files=files,
        looks=minds.metered is not None,
        actions=wrap.actions(DeclaredActions(SignedCalls(os.environ, clock), Shelves(found, records.policy, clock))),
        pager=wrap.pager(Phones(os.environ)),
        mailer=wrap.mailer(mailer_of(settings)),
        calendars=CalendarFiles(settings.policy_file.parent, records.home.calendars),
    )
    await warm
    means = Means(library, SqlSources(records.database), embedder, clock, f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}")
    tickets = ResolvedTickets(records.store, SqlCandidates(records.database), customers, redacted)
    around = Surroundings(settings.policy_file.parent, records.home.cache, records.policy, os.environ, lambda _: tickets)
    opener = partial(opened, around=around)
    services = replace(services, librarian=SourceLibrarian(records.policy, opener, means))
    return Reading(records, customers, library, embedder, knowledge, services, means, opener, renewal, minds.metered, minds.alarm)


async def _minds(stack: AsyncExitStack, records: Records, embedder: Embedder, *, heads: Heads, wrap: Wrappers, clock: Clock) -> Minds:
    from agent.advisor import ExtractiveAdvisor
    from agent.alarm import Alarm
    from agent.chosen import Chosen
    from agent.extractive import ExtractiveAnswerer
    from agent.metered import Metered
    from agent.minds import Minds
    from agent.shelf import Shelf
    from agent.summary import ExtractiveSummarizer
    from agent.triage import LocalTriager
    from store.ledger import SqlLedger

    policy, shelf = await records.policy.current(), Shelf(records.home.trained)
    local = LocalTriager(embedder, heads, policy.triage, chosen=Chosen(shelf, embedder), current=partial(_thresholds, records))
    minds = Minds(local, ExtractiveAnswerer(embedder, heads), ExtractiveSummarizer(), ExtractiveAdvisor())
    if model := wrap.model(language_model(records.settings)):
        stack.push_async_callback(model.close)
        stack.push_async_callback(_finished, asyncio.create_task(model.warm()))
        alarm = Alarm(clock)
        metered = Metered(model, SqlLedger(records.database), clock, alarm=alarm.ring)
        minds = minds.written(metered, alarm, embedder, policy=records.policy, shelf=shelf, measured=records.home.triage)
    return minds


def erasers(store: Store, workspace: LocalWorkspace, engine: EngineRows, customers: SqlCustomers, *, arrivals: Mapping[Platform, Erase]) -> Erasers:
    """Return everything that keeps people's words, in the order in which it is emptied; `arrivals` empties what platforms told us and nobody took."""

    async def events(whom: Forgotten) -> int:
        # The engine's rows are whole events: those that name this person anywhere go, and the command that named them.
        return await engine.erase([*map(str, whom.users), *(user.id for user in whom.users), *filter(None, (whom.cause,))])

    return {
        **{f"arrivals from {platform.title()}": Emptying(erase) for platform, erase in arrivals.items()},
        "messages, drafts and summaries": Emptying(lambda whom: store.erase(whom.users)),
        "entries of the workspace's own file": Emptying(lambda whom: workspace.erase(whom.users)),
        "events of the engine": Emptying(events),
        # Last, because these rows are what finds the others: a call that failed half way can be given again.
        "rows of the customer record": Emptying(lambda whom: customers.forget(whom.people)),
    }


def database_url(settings: Settings) -> str:
    """Return the application database's address with the driver it is used through."""
    url = settings.database_url.get_secret_value() or home_of(settings).database
    scheme, _, rest = url.partition("://")
    return f"{DRIVERS.get(scheme, scheme)}://{rest}"


def engine_url(settings: Settings) -> str:
    """Return the engine's database: a file of its own beside SQLite, the same database with Postgres."""
    return settings.database_url.get_secret_value() if settings.in_postgres else home_of(settings).engine


def home_of(settings: Settings) -> Home:
    """Return the files of the home."""
    from store.home import Home

    return Home(settings.home)


def place_of(settings: Settings) -> Place:
    """Return where indexes stand: on the Qdrant server that the settings name, else in the home."""
    from knowledge.generations import Place

    return Place(home_of(settings).index, settings.qdrant_url.get_secret_value(), settings.qdrant_api_key.get_secret_value())


def language_model(settings: Settings) -> ClaudeModel | None:
    """Return the language model that the environment gives access to, if any."""
    from agent.claude import Access, ClaudeModel

    if not settings.has_model:
        return None
    return ClaudeModel(
        Access(settings.model_provider, settings.model_key.get_secret_value(), settings.model_token.get_secret_value(), settings.model_url)
    )


def _reranker(settings: Settings) -> Reranker | None:
    from knowledge.torch_models import CrossEncoderReranker

    return CrossEncoderReranker(settings.reranker) if settings.reranker else None


async def _thresholds(records: Records) -> Triage:
    """Return what triage goes by now; a policy may change while the desk runs."""
    return (await records.policy.current()).triage


async def _warmed(embedder: Embedder) -> None:
    """Load the model before the first question needs it."""
    await embedder.embed(["ready"])


async def _finished(task: asyncio.Task[object]) -> None:
    """Let a task end before what it uses is closed, however it ends."""
    await asyncio.wait([task])


def _import_engine() -> None:
    import store.engine  # noqa: F401
