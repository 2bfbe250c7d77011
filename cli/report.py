"""Reports: what happened, counted: `cost` of the language model, how well `routing` agrees with people, how long they wait (`fairness`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import report_fairness, report_routing
from cli.options import AsJson
from cli.output import print_value
from cli.start import records, run_async

if TYPE_CHECKING:
    from insights.cost import Cost, Report

Shape = dict[str, Any]
HEADS = ("calls", "failed", "read anew", "written to cache", "read from cache", "written", "cached", "USD", "median s", "p95 s")


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="Count what happened.", no_args_is_help=True)
    group.command()(cost)
    group.command()(report_routing.routing)
    group.command()(report_fairness.fairness)
    app.add_typer(group, name="report")


def cost(
    days: Annotated[int, typer.Option(min=1, help="So many days, up to now.")] = 7,
    by: Annotated[str, typer.Option(help="What calls are told apart by: day, model, purpose, channel or ticket.")] = "day",
    as_json: AsJson = False,
) -> None:
    """Say what the language model took: calls, tokens, the share read from its cache, price and time."""
    print_value(run_async(_cost(days, by)), as_json=as_json, text=_told)


async def _cost(days: int, by: str) -> Shape:
    from desk.errors import InvalidInput
    from insights.cost import KEYS, report
    from runtime import SystemClock
    from store.ledger import SqlLedger

    if by not in KEYS:
        raise InvalidInput(f"by {by!r}: write one of {', '.join(KEYS)}")
    until = SystemClock().now()
    since = until - timedelta(days=days)
    async with records() as kept:
        spendings = await SqlLedger(kept.database).bookings(since, until)
        found = report(spendings, await kept.store.decisions(since=since), since=since, until=until, by=by)
        names = {str(channel.ref): f"#{channel.name}" for channel in await kept.store.channels()} if by == "channel" else {}
    return shape(found, names, days=days)


def shape(found: Report, names: Mapping[str, str], *, days: int) -> Shape:
    """Return a report as JSON; `names` are what keys are called, where that is not the key itself."""
    from cli.shapes import instant

    per_answered = found.per_answered
    return {
        "since": instant(found.since),
        "until": instant(found.until),
        "days": days,
        "by": found.by,
        **_cost_shape(found.total),
        "answered": found.answered,
        "price_per_answered": None if per_answered is None else round(per_answered, 6),
        "rows": [{"key": key, "name": names.get(key, key), **_cost_shape(group)} for key, group in found.groups],
    }


def _cost_shape(cost: Cost) -> Shape:
    return {
        "calls": cost.calls,
        "failed": cost.failed,
        "tokens": {"input": cost.input, "cache_write": cost.cache_write, "cache_read": cost.cache_read, "output": cost.output},
        "cached": None if cost.cached is None else round(cost.cached, 4),
        "price": cost.price,
        "seconds": {name: None if value is None else round(value, 3) for name, value in (("median", cost.median), ("p95", cost.high))},
    }


def _told(found: Shape) -> str:
    within = "within " + ("one day" if found["days"] == 1 else f"{found['days']} days")
    if not found["calls"]:
        return f"The language model was not called {within}."
    head = f"{_counted(found['calls'], 'call')} {within}, {found['failed']} failed: USD {found['price']:.4f}, {_per_ticket(found)}."
    rows = [(found["by"], *HEADS), *((row["name"] or "-", *_cells(row)) for row in found["rows"]), ("all", *_cells(found))]
    return "\n".join([head, "", *_table(rows)])


def _per_ticket(found: Shape) -> str:
    if found["price_per_answered"] is None:
        return "and no ticket was answered"
    return f"which is USD {found['price_per_answered']:.4f} a ticket for {_counted(found['answered'], 'ticket')} that it answered"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _cells(row: Shape) -> tuple[str, ...]:
    tokens, seconds = row["tokens"], row["seconds"]
    return (
        f"{row['calls']}",
        f"{row['failed']}",
        *(f"{tokens[name]:,}" for name in ("input", "cache_write", "cache_read", "output")),
        "-" if row["cached"] is None else f"{row['cached']:.0%}",
        f"{row['price']:.4f}",
        *("-" if seconds[name] is None else f"{seconds[name]:.1f}" for name in ("median", "p95")),
    )


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return rows as lines: the first column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join((name.ljust(widths[0]), *map(str.rjust, cells, widths[1:]))) for name, *cells in rows]
