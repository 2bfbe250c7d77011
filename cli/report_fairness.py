"""Report of fairness: how long customers wait for a person, by tier, mood, loudness, language and platform."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson
from cli.output import print_value
from cli.start import records, run_async

if TYPE_CHECKING:
    from desk.ticket import Ticket
    from insights.fairness import Group, Report, Seen
    from runtime import Records

Shape = dict[str, Any]
NEVER = "not yet"


def fairness(
    since: Annotated[str, typer.Option(help="How far back tickets were opened, such as 90d or 36h.")] = "90d",
    as_json: AsJson = False,
) -> None:
    """Say how long customers wait for their first person, whoever they are and however they write, and who asks politely in vain."""
    print_value(run_async(_fairness(since)), as_json=as_json, text=told)


async def _fairness(since: str) -> Shape:
    from desk.policy_values import read_duration
    from insights.fairness import report
    from runtime import SystemClock

    until = SystemClock().now()
    start = until - read_duration(since)
    async with records() as kept:
        opened = [ticket for ticket in await kept.store.tickets() if ticket.opened >= start]
        found = report([await _seen(kept, ticket) for ticket in opened], since=start, until=until)
    return shape(found)


async def _seen(kept: Records, ticket: Ticket) -> Seen:
    from insights.fairness import Seen
    from store.customers import SqlCustomers

    account = await SqlCustomers(kept.database).account(ticket.account) if ticket.account else None
    timeline, drafts = await kept.store.timeline(ticket.id), await kept.store.drafts(ticket.id)
    decisions = await kept.store.decisions(ticket.id)
    return Seen(ticket, timeline, drafts, decisions, account.tier if account else "", account.name if account else ticket.customer_name)


def shape(found: Report) -> Shape:
    """Return a report as JSON; times are in minutes, None for what was not reached while anybody looked."""
    from cli.shapes import instant

    return {
        "since": instant(found.since),
        "until": instant(found.until),
        "tickets": found.counted,
        "without_need": found.apart,
        "groups": [_group(group) for group in found.groups],
        "gaps": [{"by": gap.by, "sooner": gap.sooner, "later": gap.later} for gap in found.gaps],
        "polite_in_vain": [
            {"who": each.who, "tickets": list(each.tickets), "messages": each.messages, "since": instant(each.since)} for each in found.neglected
        ],
    }


def _group(found: Group) -> Shape:
    interval = [_minutes(found.interval[0]), _minutes(found.interval[1])] if found.interval else None
    return {
        "by": found.by,
        "name": found.name,
        "count": found.count,
        "waiting": found.waiting,
        "median": _minutes(found.median),
        "p90": _minutes(found.p90),
        "interval": interval,
    }


def _minutes(time: timedelta | None) -> float | None:
    return None if time is None else round(time.total_seconds() / 60, 1)


def told(found: Shape) -> str:
    """Return a report as text."""
    if not found["tickets"]:
        return "No ticket of that time wanted a person."
    head = f"Time to the first person: {found['tickets']} tickets; {found['without_need']} more wanted none."
    rows = [("by", "", "tickets", "still waiting", "median", "95 % interval", "p90"), *map(_cells, found["groups"])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([head, "", *table, "", *_gaps(found), *_polite(found)])


def _cells(group: Shape) -> tuple[str, ...]:
    low, high = group["interval"] or (None, None)
    interval = "not known" if low is None else f"{_time(low)} to {'longer than seen' if high is None else _time(high)}"
    return (group["by"], group["name"], str(group["count"]), str(group["waiting"]), _time(group["median"]), interval, _time(group["p90"]))


def _time(minutes: float | None) -> str:
    if minutes is None:
        return NEVER
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h" if minutes < 2880 else f"{minutes / 1440:.1f} d"


def _gaps(found: Shape) -> list[str]:
    if not found["gaps"]:
        return ["No two groups differ by more than chance may do."]
    return [f"By {gap['by']}: {gap['sooner']} hear from a person sooner than {gap['later']}; chance alone hardly does that." for gap in found["gaps"]]


def _polite(found: Shape) -> list[str]:
    if not found["polite_in_vain"]:
        return ["Nobody asks politely again and again without a solution."]
    lines = [
        f"  {each['who']}: {len(each['tickets'])} unsolved ({', '.join(each['tickets'])}), {each['messages']} messages since {each['since'][:10]}"
        for each in found["polite_in_vain"]
    ]
    return ["Who asks politely again and again without a solution:", *lines]
