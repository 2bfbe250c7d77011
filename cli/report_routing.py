"""Report of routing: how often it named the team that took a ticket, by category."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson
from cli.output import print_value
from cli.start import records, run_async

if TYPE_CHECKING:
    from insights.agreement import Agreement

Shape = dict[str, Any]


def routing(
    days: Annotated[int, typer.Option(min=1, help="So many days, up to now.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Say how well routing agrees with who really took the tickets, by category, with how far that may be off."""
    print_value(run_async(_routing(days)), as_json=as_json, text=_told)


async def _routing(days: int) -> Shape:
    from insights.agreement import agreements
    from runtime import SystemClock

    since = SystemClock().now() - timedelta(days=days)
    async with records() as kept:
        routes = await kept.store.routes(since=since)
        policy = await kept.policy.current()
    found = agreements(routes)
    switches = {category: policy.routing.switch_of(category).value for category in policy.triage.categories}
    return {"days": days, "default": policy.routing.default.value, "switches": switches, "rows": [_row(each) for each in found]}


def _row(found: Agreement) -> Shape:
    low, high = found.interval
    return {
        "category": found.category,
        "switch": found.switch.value,
        "routed": found.routed,
        "taken": found.taken,
        "team": found.team,
        "share": None if found.share is None else round(found.share, 4),
        "interval": [round(low, 4), round(high, 4)],
        "named": found.named,
        "person": found.person,
        "instead": [{"team": team or None, "count": count} for team, count in found.instead],
    }


def _told(found: Shape) -> str:
    if not found["rows"]:
        return f"Nothing was routed within {found['days']} days; `/frontdesk route shadow` keeps where tickets would go, and changes nothing else."
    return "\n".join(map(_line, found["rows"]))


def _line(row: Shape) -> str:
    head = f"{row['category'] or '-'} ({row['switch']}): {row['routed']} routed"
    if row["share"] is None:
        return f"{head}, none taken yet"
    low, high = row["interval"]
    instead = ", ".join(f"{each['team'] or 'no team'} {each['count']}" for each in row["instead"])
    person = f", the very person {row['person']} of {row['named']}" if row["named"] else ""
    taken = f"{head}, {row['taken']} taken, {row['team']} by the team that it named ({row['share']:.0%}, between {low:.0%} and {high:.0%})"
    return f"{taken}{person}{f'; instead {instead}' if instead else ''}"
