"""Erasing: a person's words, and what retention says should be gone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import AsJson
from cli.output import print_value
from cli.start import records, run_async

if TYPE_CHECKING:
    from bot.web.workspace import LocalWorkspace
    from desk.space import UserRef
    from runtime import Records
    from store.engine import EngineRows


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(erase)
    app.command()(purge)


def erase(
    person: Annotated[str, typer.Argument(help="A person's name or id, or a platform user (platform/space/id).")], as_json: AsJson = False
) -> None:
    """Empty everything a person wrote, wherever it is kept; decisions stay, without text."""
    print_value({"erased": run_async(_erase(person))}, as_json=as_json, text=lambda found: f"{found['erased']} rows were emptied.")


def purge(as_json: AsJson = False) -> None:
    """Drop what retention says should be gone by now; the server does it by itself every few hours."""
    print_value({"purged": run_async(_purge())}, as_json=as_json, text=lambda found: f"{found['purged']} rows were dropped.")


async def _erase(person: str) -> int:
    async with records() as kept, _workspace(kept) as workspace, engine_of(kept) as engine:
        users = await _users(person, kept, workspace)
        # The engine's rows are whole events: those that name this person anywhere go.
        words = [*map(str, users), *(user.id for user in users)]
        return await kept.store.erase(users) + await workspace.erase(users) + await engine.erase(words)


async def _purge() -> int:
    from runtime import SystemClock

    now = SystemClock().now()
    async with records() as kept, engine_of(kept) as engine:
        finished = (await kept.policy.current()).retention.engine
        return await kept.store.purge(now) + await engine.purge(now - finished)


async def _users(person: str, kept: Records, workspace: LocalWorkspace) -> Sequence[UserRef]:
    """Return the platform users of a person: those the customer record links, and whoever has the name in the workspace."""
    from desk.errors import InvalidInput
    from desk.space import parse_user
    from store.customers import SqlCustomers

    if person.count("/") == 2:
        return [parse_user(person)]
    customers = SqlCustomers(kept.database)
    known = [row.id for row in await customers.people() if person in (row.id, row.name)]
    linked = [user for id in known for user in await customers.users(id)]
    named = [member.user for member in await workspace.rooms.members() if person in (member.name, member.user.id)]
    if not linked + named:
        raise InvalidInput(f"there is nobody {person!r}: write a name, an id, or platform/space/id")
    return sorted({*linked, *named})


@asynccontextmanager
async def _workspace(kept: Records) -> AsyncIterator[LocalWorkspace]:
    from bot.web.workspace import open_workspace
    from runtime import SystemClock

    workspace = await open_workspace(kept.home.workspace, SystemClock())
    try:
        yield workspace
    finally:
        await workspace.close()


@asynccontextmanager
async def engine_of(kept: Records) -> AsyncIterator[EngineRows]:
    """Open the engine's rows to look at or tend them; nothing is run, so a server beside is not disturbed."""
    from bootstrap import engine_url
    from store.engine import EngineRows

    rows = EngineRows(engine_url(kept.settings))
    try:
        yield rows
    finally:
        await rows.close()
