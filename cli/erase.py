"""Erasing: a person's words, and what retention says should be gone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import AsJson
from cli.output import print_value, say
from cli.start import records, run_async
from desk.space import Platform

if TYPE_CHECKING:
    from bootstrap import Erase
    from bot.arrivals.inbox import Inbox
    from bot.web.workspace import LocalWorkspace
    from desk.ids import PersonId
    from desk.space import UserRef
    from desk.tending import Forgotten
    from runtime import Records
    from store.customers import SqlCustomers
    from store.engine import EngineRows


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(erase)
    app.command()(purge)


def erase(
    person: Annotated[str, typer.Argument(help="A person's name or id, or a platform user (platform/space/id).")], as_json: AsJson = False
) -> None:
    """Empty everything a person wrote and their row in the customer record; decisions stay, without text."""
    print_value({"erased": run_async(_erase(person))}, as_json=as_json, text=lambda found: f"{found['erased']} rows were emptied.")


def purge(as_json: AsJson = False) -> None:
    """Drop what retention says should be gone by now; the server does it by itself every few hours."""
    print_value({"purged": run_async(_purge())}, as_json=as_json, text=lambda found: f"{found['purged']} rows were dropped.")


async def _erase(person: str) -> int:
    from bootstrap import erasers
    from desk.tending import Forgotten
    from store.customers import SqlCustomers

    async with records() as kept, _workspace(kept) as workspace, engine_of(kept) as engine, _arrivals(kept) as arrivals:
        customers = SqlCustomers(kept.database)
        ids, users = await _whom(person, customers, workspace)
        whom = Forgotten(tuple(ids), tuple(users))
        emptied = sum([await eraser.erase(whom) for eraser in erasers(kept.store, workspace, engine, customers, arrivals=arrivals).values()])
    _remind_of_trained(kept)
    return emptied


def _remind_of_trained(kept: Records) -> None:
    """Say where a customer's words may lie that nobody can find: rows of trained categories do not tell who wrote them."""
    from agent.shelf import Shelf

    folder = kept.home.trained
    if versions := Shelf(folder).versions():
        say(f"The trained categories {', '.join(versions)} keep the messages they were made from: look through rows.jsonl in {str(folder)!r}.")


async def _purge() -> int:
    from runtime import SystemClock

    now = SystemClock().now()
    async with records() as kept, engine_of(kept) as engine:
        finished = (await kept.policy.current()).retention.engine
        return await kept.store.purge(now) + await engine.purge(now - finished)


async def _whom(person: str, customers: SqlCustomers, workspace: LocalWorkspace) -> tuple[Sequence[PersonId], Sequence[UserRef]]:
    """Return a person's ids in the customer record, and their platform users: those it links, and whoever has the name in the workspace."""
    from desk.errors import InvalidInput
    from desk.space import parse_user

    if person.count("/") == 2:
        named = [parse_user(person)]
    else:
        named = [member.user for member in await workspace.rooms.members() if person in (member.name, member.user.id)]
    links = [identity for user in named if (identity := await customers.identity(user))]
    ids = sorted({*(link.person for link in links), *(await _known(person, customers))})
    linked = [user for id in ids for user in await customers.users(id)]
    if not named and not ids:
        raise InvalidInput(f"there is nobody {person!r}: write a name, an id, or platform/space/id")
    return ids, sorted({*linked, *named})


async def _known(person: str, customers: SqlCustomers) -> Sequence[PersonId]:
    """Return who has this id or name; raise InvalidInput when several share the name, since one of them must not be erased for another."""
    from desk.errors import InvalidInput

    people = await customers.people()
    found = [row.id for row in people if row.id == person] or [row.id for row in people if row.name == person]
    if len(found) > 1:
        raise InvalidInput(f"{len(found)} people are called {person!r}: write the id of one, {' or '.join(map(repr, found))}")
    return found


@asynccontextmanager
async def _arrivals(kept: Records) -> AsyncIterator[Mapping[Platform, Erase]]:
    """Yield what empties the inbox of each platform that was ever listened to."""
    from bot.arrivals.inbox import Inbox
    from runtime import SystemClock

    async with AsyncExitStack() as stack:
        found: dict[Platform, Erase] = {}
        for platform, erased in _erased().items():
            path = kept.home.path / f"{platform}.db"
            if path.exists():
                inbox = await Inbox.open(path, SystemClock())
                stack.push_async_callback(inbox.close)
                found[platform] = partial(erased, inbox)
        yield found


def _erased() -> Mapping[Platform, Callable[[Inbox, Forgotten], Awaitable[int]]]:
    """Return what takes people out of a platform's inbox."""
    from bot.discord import connection as discord
    from bot.slack import connection as slack

    return {Platform.SLACK: slack.erased, Platform.DISCORD: discord.erased}


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
