"""Serving: `run` starts every platform there is, `demo` does so for the demo company."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import say
from cli.start import run_async
from cli.start import settings as read
from desk.errors import Misconfigured

if TYPE_CHECKING:
    from bot.web.suggestions import Suggestion
    from runtime import Runtime
    from settings import Settings

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="The port; the next free one is taken when it is in use.")]
Prepare = Callable[["Runtime"], Awaitable[Sequence["Suggestion"]]]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(run)
    app.command()(demo)


def run(port: Port = None) -> None:
    """Serve: start every platform that has tokens, and the workspace on this machine."""
    from cli.demo import furnish

    run_async(serve(_settings(port), prepare=furnish, title="Frontdesk"))


def demo(port: Port = None) -> None:
    """Serve the demo company: its customers, its articles and its team, on this machine only."""
    from cli.demo import lay_out, move_in
    from settings import default_home, home_is_set

    found = _settings(port)
    home = found.home if home_is_set() else default_home() / "demo"
    lay_out(home)
    run_async(serve(found.model_copy(update={"home": home}), prepare=move_in, title="Pelican Ledger"))


async def serve(settings: Settings, *, prepare: Prepare, title: str) -> None:
    """Serve until the process is asked to stop; the address is the only line on standard output."""
    from bootstrap import open_runtime

    stopping = _stopping()
    async with open_runtime(settings) as desk:
        suggestions = await prepare(desk)
        async with _listening(desk, title=title, suggestions=suggestions) as address, _model_checked(desk):
            print(address, flush=True)
            once = " Open it once with /?token=... and your FRONTDESK_TOKEN." if settings.token.get_secret_value() else ""
            say(f"{title} is at {address}; Ctrl+C stops it.{once}")
            await stopping.wait()
    say("Stopped.")


@asynccontextmanager
async def _model_checked(desk: Runtime) -> AsyncIterator[None]:
    """Say on the side, once, when the language model that was configured cannot be used; nobody waits for that."""
    from cli.model_check import QUOTED, checked

    async def check() -> None:
        policy = await desk.services.policy.current()
        try:
            await checked(desk.reading.records.settings, policy.model, desk.reading.metered)
        except Misconfigured as error:
            say(f"The language model cannot be used: {error}. Until then {QUOTED}.")

    checking = asyncio.create_task(check())
    try:
        yield
    finally:
        checking.cancel()
        await asyncio.wait([checking])


@asynccontextmanager
async def _listening(desk: Runtime, *, title: str, suggestions: Sequence[Suggestion]) -> AsyncIterator[str]:
    from bot.slack.manifest import EVENTS_PATH
    from bot.web.app import create_app
    from bot.web.door import Door
    from bot.web.pages import Site
    from bot.web.server import serve as listen
    from cli.readiness import readiness

    async def mode() -> str:
        return (await desk.services.policy.current()).modes.default.word

    async def health() -> Mapping[str, object]:
        return {"policy": (await desk.services.policy.current()).version, "knowledge": await desk.services.knowledge.version()}

    settings = desk.reading.records.settings
    token = settings.token.get_secret_value()
    door = Door(token, settings.hosts if token else frozenset())
    hooks = {EVENTS_PATH: desk.slack.request} if desk.slack else {}
    app = create_app(desk.workspace, desk, site=Site(title, suggestions, mode=mode, health=health, ready=readiness(desk)), door=door, hooks=hooks)
    async with listen(app, settings.host, settings.port) as address:
        desk.reading.records.home.announce(address)
        yield address


def _stopping() -> asyncio.Event:
    """Return what is set when somebody asks the process to stop."""
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    return asked


def _settings(port: int | None) -> Settings:
    return read() if port is None else read(port=port)
