"""`kb move`: fill the index that the desk will search next, from what the library has stored."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from cli.options import AsJson
from cli.output import print_value
from cli.start import records, run_async

if TYPE_CHECKING:
    from runtime import Records

HOME = "home"


def move(
    to: Annotated[
        str,
        typer.Argument(metavar="[ADDRESS|home]", help="A Qdrant server's address, or home for the index in FRONTDESK_HOME; else what is configured."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Fill an index without embedding anything again, while the desk goes on searching the other; then set FRONTDESK_QDRANT_URL and start again."""
    print_value(run_async(_move(to, quiet=as_json)), as_json=as_json, text=_told)


async def _move(to: str, *, quiet: bool) -> dict[str, Any]:
    from cli.progress import bar
    from knowledge.embedders import wanted
    from knowledge.index import move as fill
    from store.library import SqlLibrary

    async with records() as kept:
        library, place = SqlLibrary(kept.database), _place(to, kept)
        embedder = wanted(kept.settings.embedder, notes=kept.home.path)
        try:
            index = await asyncio.to_thread(place.index, embedder.id, embedder.dimensions)
            try:
                with bar("Filling the index", hidden=quiet) as progress:
                    position = await fill(library, index, embedder=embedder.id, progress=progress)
            finally:
                await asyncio.to_thread(index.close)
        finally:
            embedder.close()
        lacking = bool(await library.lacking(embedder.id, limit=1))
    return {"index": _host(place.url) or HOME, "position": position, "complete": not lacking}


def _place(to: str, kept: Records) -> Any:
    from bootstrap import place_of
    from desk.errors import InvalidInput
    from knowledge.generations import Place

    configured = place_of(kept.settings)
    url = configured.url if not to else "" if to == HOME else to
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise InvalidInput(f"{to!r} is no address of a server: write one such as http://127.0.0.1:6333, or home")
    if not url and not configured.url and kept.home.server():
        raise InvalidInput("the server that runs keeps the index in its home up to date by itself: name the Qdrant server to move to")
    return Place(configured.folder, url, configured.key)


def _host(url: str) -> str:
    """Return an address without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}" if parts.hostname else ""


def _told(found: dict[str, Any]) -> str:
    rest = "" if found["complete"] else " Some chunks have no vector of this embedder yet, and are found by their words: run it again later."
    return f"The index ({found['index']}) stands at change {found['position']} of the library.{rest}"
