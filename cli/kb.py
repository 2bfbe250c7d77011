"""Knowledge base on the command line: its sources, how their syncs went, and the documents it has of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.kb_check import check
from cli.kb_move import move
from cli.kb_status import status
from cli.kb_sync import sync
from cli.kb_tickets import approve, reject, tickets
from cli.options import AsJson
from cli.output import print_value
from cli.start import records, run_async

if TYPE_CHECKING:
    from desk.article import Document


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="See and tend the knowledge base: sources, syncs, documents.", no_args_is_help=True)
    for name, command in COMMANDS.items():
        group.command(name)(command)
    app.add_typer(group, name="kb")


def show(
    source: Annotated[str, typer.Option(help="Only those of a source, by its name, or of an ingested path.")] = "", as_json: AsJson = False
) -> None:
    """List the documents with where they are from and their dates."""
    print_value(run_async(_show(source)), as_json=as_json, text=_listed)


def reviewed(
    documents: Annotated[list[str], typer.Argument(metavar="DOCUMENT...", help="Ids as `kb list` prints them.")],
    on: Annotated[str, typer.Option(help="The day it was done, such as 2026-11-02; today when it is left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Note that somebody read documents and found them right; it holds until their words change."""
    print_value(run_async(_reviewed(documents, _day(on))), as_json=as_json, text=lambda found: f"{len(found['reviewed'])} reviewed on {found['on']}.")


def forget(
    name: Annotated[str, typer.Argument(metavar="NAME|PATH", help="A source that the policy no longer names, or a path that was ingested.")],
    as_json: AsJson = False,
) -> None:
    """Remove all documents of a source or of an ingested path."""
    print_value(run_async(_forget(name)), as_json=as_json, text=lambda found: f"{found['removed']} documents were removed.")


COMMANDS: dict[str, Callable[..., None]] = {
    "status": status,
    "sync": sync,
    "list": show,
    "reviewed": reviewed,
    "check": check,
    "forget": forget,
    "tickets": tickets,
    "approve": approve,
    "reject": reject,
    "move": move,
}
"""The commands by name, in the order in which help lists them."""


async def _show(source: str) -> list[dict[str, Any]]:
    from store.library import SqlLibrary

    async with records() as kept:
        documents = await SqlLibrary(kept.database).documents()
    return [_row(document) for document in documents if not source or source in (document.source, _place(document))]


async def _reviewed(ids: Sequence[str], on: str) -> dict[str, Any]:
    from store.library import SqlLibrary

    async with records() as kept:
        library = SqlLibrary(kept.database)
        _all_there(ids, {document.id for document in await library.documents()})
        return {"reviewed": list(await library.mark_reviewed(ids, on=on)), "on": on}


async def _forget(name: str) -> dict[str, Any]:
    from desk.errors import InvalidInput
    from desk.source import PREFIX
    from runtime import SystemClock
    from store.library import SqlLibrary
    from store.sources import SqlSources

    async with records() as kept:
        policy, library, rows = await kept.policy.current(), SqlLibrary(kept.database), SqlSources(kept.database)
        if any(source.name == name for source in policy.knowledge.sources):
            raise InvalidInput(f"the policy names the source {name!r}, so it would be read again: take it out of [[knowledge.sources]] first")
        if name in await rows.held(SystemClock().now()):
            # What a sync under way puts after this would be back, and nobody would ever read it again.
            raise InvalidInput(f"the source {name!r} is being read now: forget it when that is done")
        origins = (name, PREFIX + name, _absolute(name))
        ids = [document.id for document in await library.documents() if document.source in origins]
        if not ids and name not in await rows.states():
            raise InvalidInput(f"nothing came from {name!r}: `kb status` lists the sources and paths that anything came from")
        await library.remove(ids)
        await rows.forget(name)
    return {"removed": len(ids)}


def _all_there(ids: Sequence[str], known: set[str]) -> None:
    import difflib

    from desk.errors import InvalidInput

    for id in ids:
        if id not in known:
            near = difflib.get_close_matches(id, known, n=1)
            raise InvalidInput(f"there is no document {id!r}: {f'did you mean {near[0]!r}?' if near else '`kb list` prints the ids'}")


def _day(text: str) -> str:
    from runtime import SystemClock

    today = SystemClock().now().date()
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        raise typer.BadParameter(f"--on {text!r}: write a day such as 2026-11-02") from None
    if day > today:
        raise typer.BadParameter(f"--on {text!r}: this day is still to come")
    return day.isoformat()


def _absolute(path: str) -> str:
    """Return a path as ingestion notes it."""
    import os

    return os.path.realpath(path)


def _place(document: Document) -> str:
    from desk.source import PREFIX

    return document.source.removeprefix(PREFIX)


def _row(document: Document) -> dict[str, Any]:
    names = ("id", "title", "url", "language", "updated", "reviewed", "expires", "owner")
    return {**{name: getattr(document, name) for name in names}, "source": _place(document), "audience": str(document.audience)}


def _listed(rows: list[dict[str, Any]]) -> str:
    return "\n".join(map(_line, rows)) or "There are no documents."


def _line(row: dict[str, Any]) -> str:
    dates = ", ".join(f"{name} {row[name]}" for name in ("updated", "reviewed", "expires") if row[name])
    return f"{row['id']}  {row['title']}  [{row['audience']}]  {dates or 'no dates'}"
