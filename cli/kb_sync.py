"""Syncing on the command line: sources read now, or what reading them would change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson
from cli.output import print_value
from cli.start import reading, run_async

if TYPE_CHECKING:
    from desk.policy import Policy
    from desk.source import Source
    from runtime import Reading


def sync(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="Sources by their names in the policy; all when none is given.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read the sources, and only say what would change.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove what is gone even when it is most of a source.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read sources now; what did not change is left alone, what is gone is removed."""
    if dry_run:
        results = run_async(_previews(names or []))
        print_value(results, as_json=as_json, text=_foreseen)
    else:
        results = run_async(_syncs(names or [], remove=remove, quiet=as_json))
        print_value(results, as_json=as_json, text=_told)
    if any(result["error"] for result in results):
        raise typer.Exit(1)


async def _syncs(names: Sequence[str], *, remove: bool, quiet: bool) -> list[dict[str, Any]]:
    async with reading() as desk:
        sources = _chosen(names, await desk.records.policy.current())
        return [await _synced(desk, source, remove=remove, quiet=quiet) for source in sources]


async def _synced(desk: Reading, source: Source, *, remove: bool, quiet: bool) -> dict[str, Any]:
    from cli.progress import bar
    from knowledge.syncing.sync import Busy, sync

    with bar(f"Reading {source.name}", hidden=quiet) as progress:
        try:
            state = await sync(source, desk.open_source, desk.means, remove=remove, progress=progress)
        except Busy as error:
            return {"source": source.name, "error": str(error)}
    counts = {name: getattr(state, name) for name in ("added", "changed", "unchanged", "removed", "documents", "chunks")}
    # A sync that failed has the counts of an earlier one.
    failed = [{"path": missed.path, "reason": missed.reason} for missed in state.failed]
    return {"source": source.name, **({} if state.is_under_way else {**counts, "failed": failed}), "error": state.error}


async def _previews(names: Sequence[str]) -> list[dict[str, Any]]:
    async with reading() as desk:
        return [await _previewed(desk, source) for source in _chosen(names, await desk.records.policy.current())]


async def _previewed(desk: Reading, source: Source) -> dict[str, Any]:
    from desk.errors import FrontdeskError
    from knowledge.syncing.sync import preview

    try:
        diff = await preview(source, desk.open_source, desk.means)
    except FrontdeskError as error:
        return {"source": source.name, "error": str(error)}
    changes = {name: [{"id": id, "title": title} for id, title in getattr(diff, name).items()] for name in ("added", "changed", "removed")}
    failed = [{"path": failure.path, "reason": failure.reason} for failure in diff.failed]
    return {"source": source.name, **changes, "unchanged": diff.unchanged, "failed": failed, "needs_remove": diff.is_drastic, "error": ""}


def _chosen(names: Sequence[str], policy: Policy) -> list[Source]:
    from desk.errors import InvalidInput

    sources = {source.name: source for source in policy.knowledge.sources}
    if unknown := next((name for name in names if name not in sources), None):
        raise InvalidInput(f"the policy names no source {unknown!r}: " + (f"it has {', '.join(sources)}" if sources else "it names none at all"))
    return [sources[name] for name in names or sources]


def _told(results: list[dict[str, Any]]) -> str:
    return "\n".join(map(_line, results)) or "The policy names no sources: write them as [[knowledge.sources]] into policy.toml."


def _line(result: dict[str, Any]) -> str:
    if "documents" not in result:
        return f"{result['source']}: {result['error']}"
    counts = ", ".join(f"{result[name]} {name}" for name in ("added", "changed", "unchanged", "removed"))
    error = f"\n  {result['error']}" if result["error"] else ""
    return f"{result['source']}: {counts}; {result['documents']} documents, {result['chunks']} chunks.{_failures(result['failed'])}{error}"


def _foreseen(results: list[dict[str, Any]]) -> str:
    return "\n".join(map(_outlook, results)) or _told([])


def _outlook(result: dict[str, Any]) -> str:
    if result["error"]:
        return f"{result['source']}: {result['error']}"
    lines = [f"  would be {verb}: {each['title']} ({each['id']})" for verb in ("added", "changed", "removed") for each in result[verb]]
    guard = "\n  This is more than half of the source: only `kb sync --remove` would remove it." if result["needs_remove"] else ""
    head = f"{result['source']}: {result['unchanged']} documents would stay as they are."
    return "\n".join([head, *lines]) + guard + _failures(result["failed"])


def _failures(failed: list[dict[str, str]]) -> str:
    listed = "".join(f"\n    {failure['path']}: {failure['reason']}" for failure in failed)
    return f"\n  {len(failed)} could not be read:{listed}" if failed else ""
