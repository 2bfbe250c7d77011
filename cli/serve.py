"""Serving: `run` starts every platform there is, `demo` does so for the demo company."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import say
from cli.start import run_async, settings

if TYPE_CHECKING:
    from bootstrap import Runtime

DEMO = Path(__file__).resolve().parents[1] / "demo"
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="The port; the next free one is taken when it is in use.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(run)
    app.command()(demo)


def run(port: Port = None) -> None:
    """Serve: start every platform that has tokens, and the workspace on this machine."""
    run_async(_serve(settings(**_given(port=port)), title="Frontdesk"))


def demo(port: Port = None) -> None:
    """Serve the demo company: its customers, its articles and its team, on this machine only."""
    from settings import default_home, home_is_set

    home = None if home_is_set() else default_home() / "demo"
    found = settings(**_given(port=port, home=home))
    policy = found.policy_file or DEMO / "policy.toml"
    run_async(_serve(found.model_copy(update={"policy": policy}), title="Pelican Ledger", seed=True))


async def _serve(found: Settings, *, title: str, seed: bool = False) -> None:
    from bootstrap import open_runtime

    async with open_runtime(found) as desk:
        if seed:
            await _seed(desk)
        async with _listening(desk, title=title) as address:
            print(address, flush=True)
            await _stopped()
    say("Stopped.")
