"""Knowledge on the command line: `ingest` takes articles in, `search` finds them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import AsJson
from cli.output import answer_all, print_value
from cli.start import reading, run_async

MOST = 1000


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(ingest)
    app.command()(search)


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(help="Folders and files: Markdown, HTML, PDF, Word, PowerPoint, text, CSV, JSON.", metavar="PATH...")
    ],
    as_json: AsJson = False,
) -> None:
    """Take articles into the knowledge base; what did not change is left alone, what is gone is removed."""
    if absent := next((path for path in paths if not path.exists()), None):
        raise typer.BadParameter(f"there is no file or folder {str(absent)!r}")
    report = run_async(_ingest(paths, quiet=as_json))
    print_value(report, as_json=as_json, text=_ingested)


def search(
    query: Annotated[str, typer.Argument(help="What to look for, or - for one query a line from standard input.")],
    k: Annotated[int, typer.Option("-k", min=1, max=MOST, help="How many results.")] = 10,
    audience: Annotated[str, typer.Option(help="Who would read it: public, account:ID or internal.")] = "internal",
    by: Annotated[str, typer.Option(help="chunk, or document for each document once with its best chunk.")] = "chunk",
    as_json: AsJson = False,
) -> None:
    """Find passages, best first."""
    from desk.audience import parse

    if by not in ("chunk", "document"):
        raise typer.BadParameter(f"--by {by!r}: write chunk or document")
    run_async(_search(query, audiences=frozenset({parse(audience)}), k=k, by=by, as_json=as_json))


async def _ingest(paths: list[Path], *, quiet: bool) -> dict[str, Any]:
    from cli.progress import bar
    from desk.codec import encode

    async with reading() as desk:
        with bar("Reading articles", hidden=quiet) as progress:
            report = await desk.ingest(paths, progress)
    raw = {"added": 0, "changed": 0, "unchanged": 0, "removed": 0, "chunks": 0, "failed": [], **encode(report)}
    return {**{key: raw[key] for key in ("added", "changed", "unchanged", "removed", "chunks")}, "failed": [_failure(item) for item in raw["failed"]]}


async def _search(query: str, *, audiences: Any, k: int, by: str, as_json: bool) -> None:
    async with reading() as desk:
        find = desk.knowledge.search_documents if by == "document" else desk.knowledge.search

        async def answer(line: str) -> list[dict[str, Any]]:
            hits = await find(line, audiences, k=k)
            return [_passage(passage) for passage in hits.passages]

        await answer_all(query, answer, as_json=as_json, text=_found)


def _passage(passage: Any) -> dict[str, Any]:
    names = ("id", "document", "title", "heading", "url")
    return {
        **{name: getattr(passage, name) for name in names},
        "audience": str(passage.audience),
        "score": round(passage.score, 6),
        "text": passage.text,
    }


def _failure(item: dict[str, Any]) -> dict[str, str]:
    return {"path": str(item["path"]), "reason": str(item["reason"])}


def _ingested(report: dict[str, Any]) -> str:
    counts = ", ".join(f"{report[key]} {key}" for key in ("added", "changed", "unchanged", "removed"))
    failures = "".join(f"\n  {failure['path']}: {failure['reason']}" for failure in report["failed"])
    return f"{counts}; {report['chunks']} chunks in all." + (f"\n{len(report['failed'])} could not be read:{failures}" if failures else "")


def _found(passages: list[dict[str, Any]]) -> str:
    if not passages:
        return "Nothing was found."
    return "\n\n".join(
        f"{n}. {p['title']}{' > ' + p['heading'] if p['heading'] else ''}  [{p['audience']}]\n   {p['url'] or p['document']}\n   {_short(p['text'])}"
        for n, p in enumerate(passages, 1)
    )


def _short(text: str, most: int = 240) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else words[: most - 1] + "…"
