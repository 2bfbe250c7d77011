"""Status of the knowledge base: each source, how its last sync went, and what nobody claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cli.options import AsJson
from cli.output import print_value
from cli.start import records, run_async

if TYPE_CHECKING:
    from desk.article import Document
    from desk.policy import Policy
    from desk.source import Holding, Source, SyncState

UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def status(as_json: AsJson = False) -> None:
    """Show each source with its last sync and its next one, what could not be read, and what is due for review."""
    print_value(run_async(_status()), as_json=as_json, text=_told)


async def _status() -> dict[str, Any]:
    from desk.source import PREFIX
    from runtime import SystemClock
    from store.library import SqlLibrary
    from store.sources import SqlSources

    now = SystemClock().now()
    async with records() as kept:
        policy, rows = await kept.policy.current(), SqlSources(kept.database)
        states, holdings, held = await rows.states(), await rows.holdings(), await rows.held(now)
        documents = await SqlLibrary(kept.database).documents()
    ages = _ages(documents, policy, now=now)
    claimed = {source.origin for source in policy.knowledge.sources}
    others = [(place, holding) for place, holding in holdings.items() if place not in claimed]
    return {
        "sources": [
            _source(source, states.get(source.name), holdings.get(source.origin), now=now) | ages[source.origin] | {"running": source.name in held}
            for source in policy.knowledge.sources
        ],
        "unclaimed": [_holding("source", place.removeprefix(PREFIX), holding) | ages[place] for place, holding in others if place.startswith(PREFIX)],
        "paths": [_holding("path", place, holding) | ages[place] for place, holding in others if not place.startswith(PREFIX)],
    }


def _ages(documents: Sequence[Document], policy: Policy, *, now: datetime) -> Mapping[str, dict[str, int]]:
    """Return how many documents of each place are due for review, expired and without any date."""
    from collections import defaultdict

    from knowledge.syncing.quality import Ages, Concern, age

    ages = Ages(policy.knowledge.sources, policy.knowledge.review)
    found: defaultdict[str, Counter[Concern]] = defaultdict(Counter)
    for document in documents:
        if finding := age(document, ages, now=now):
            found[document.source][finding.concern] += 1
    names = {"due_for_review": Concern.STALE, "expired": Concern.EXPIRED, "undated": Concern.UNDATED}
    places = {document.source for document in documents} | {source.origin for source in policy.knowledge.sources}
    return {place: {name: found[place][concern] for name, concern in names.items()} for place in places}


def _source(source: Source, state: SyncState | None, holding: Holding | None, *, now: datetime) -> dict[str, Any]:
    from desk.source import SyncState, next_due

    last = state or SyncState(source.name)
    due = next_due(source, state, now=now)
    return {
        "name": source.name,
        "kind": source.kind.value,
        "at": source.address,
        "every": _span(source.every) if source.every else None,
        "owner": source.owner,
        "audience": str(source.audience),
        "started": _instant(last.started),
        "finished": _instant(last.finished),
        "next": _instant(max(due, now)) if due else None,
        "documents": holding.documents if holding else 0,
        "chunks": holding.chunks if holding else 0,
        **{name: getattr(last, name) for name in ("added", "changed", "unchanged", "removed")},
        "failed": [{"path": missed.path, "reason": missed.reason} for missed in last.failed],
        "error": last.error,
    }


def _holding(kind: str, name: str, holding: Holding) -> dict[str, Any]:
    return {kind: name, "documents": holding.documents, "chunks": holding.chunks}


def _told(found: dict[str, Any]) -> str:
    parts = [_of_source(row) for row in found["sources"]]
    parts += [f"{row['source']}: no source of the policy claims {_held(row)}; `kb forget {row['source']}` removes them" for row in found["unclaimed"]]
    parts += [f"{row['path']}: ingested, {_held(row)}{_review(row)}" for row in found["paths"]]
    return "\n".join(parts) or "There are no sources: write [[knowledge.sources]] into policy.toml, or ingest a folder with ./frontdesk ingest PATH."


def _of_source(row: dict[str, Any]) -> str:
    every = f"every {row['every']}" if row["every"] else "by command only"
    last = f"last read {_short(row['finished'])}" if row["finished"] else "never read whole"
    following = "being read now" if row["running"] else f"next {_short(row['next'])}" if row["next"] else ""
    changes = ", ".join(f"{row[name]} {name}" for name in ("added", "changed", "removed"))
    lines = [
        f"{row['name']}  {row['kind']}  {row['at']}  {every}",
        f"  {', '.join(filter(None, (last, following)))}; {_held(row)} ({changes})",
        *([f"  owner {row['owner'] or 'nobody'}{_review(row)}"] if row["owner"] or _review(row) else []),
        *([f"  {row['error']}"] if row["error"] else []),
        *([f"  {len(row['failed'])} could not be read:"] if row["failed"] else []),
        *(f"    {failure['path']}: {failure['reason']}" for failure in row["failed"]),
    ]
    return "\n".join(lines)


def _held(row: dict[str, Any]) -> str:
    return f"{row['documents']} documents, {row['chunks']} chunks"


def _review(row: dict[str, Any]) -> str:
    names = (("due_for_review", "due for review"), ("expired", "expired"), ("undated", "without a date"))
    return "".join(f"; {row[name]} {said}" for name, said in names if row[name])


def _instant(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _short(at: str) -> str:
    return at[:16].replace("T", " ") + " UTC"


def _span(span: timedelta) -> str:
    """Return a duration as the policy writes it."""
    seconds, said = int(span.total_seconds()), ""
    for unit, size in UNITS:
        number, seconds = divmod(seconds, size)
        said += f"{number}{unit}" if number else ""
    return said or "0s"
