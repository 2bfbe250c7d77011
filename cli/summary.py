"""Summary: what a ticket came to, for whoever takes it over and for the customer record."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.options import AsJson
from cli.output import print_value
from cli.shapes import instant
from cli.start import records, run_async
from cli.why import named_ticket
from desk.summary import TITLES, Summary, SummaryKind

Kind = Annotated[SummaryKind | None, typer.Option(help="Show only this one.")]
NONE_YET = "Nothing was summed up yet: that is done when a person is brought in or takes the ticket over, and when it ends."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(summary)


def summary(
    ticket: Annotated[str, typer.Argument(help="A ticket's id, or the beginning of one.")], kind: Kind = None, as_json: AsJson = False
) -> None:
    """Show what a ticket came to, point by point, with the messages that each point rests on."""
    print_value(run_async(_summaries(ticket, kind)), as_json=as_json, text=_told)


async def _summaries(name: str, kind: SummaryKind | None) -> list[dict[str, Any]]:
    async with records() as kept:
        found = await kept.store.summaries((await named_ticket(kept.store, name)).id)
        return [_shape(one) for one in found if one.points and kind in (None, one.kind)]


def _shape(found: Summary) -> dict[str, Any]:
    points = [{"text": p.text, "messages": list(p.messages), "sources": list(p.sources), "supported": p.supported} for p in found.points]
    return {"ticket": found.ticket, "kind": found.kind, "at": instant(found.at), "turn": found.turn, "by": found.by, "points": points}


def _told(found: list[dict[str, Any]]) -> str:
    return "\n\n".join(map(_paragraph, found)) or NONE_YET


def _paragraph(found: dict[str, Any]) -> str:
    lines = [f"- {'' if point['supported'] else '(not found in the conversation) '}{point['text']}{_rests(point)}" for point in found["points"]]
    return "\n".join([f"{TITLES[SummaryKind(found['kind'])]}  {found['at']}, {found['by']}", *lines])


def _rests(point: dict[str, Any]) -> str:
    rests = [*point["messages"], *(source for source in point["sources"] if source not in point["text"])]
    return f"  [{', '.join(rests)}]" if rests else ""
