"""Why: a ticket's decisions, in order, with what they saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import AsJson
from cli.output import print_value
from cli.start import records, run_async

if TYPE_CHECKING:
    from desk.store import Store
    from desk.ticket import Ticket


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(why)


def why(ticket: Annotated[str, typer.Argument(help="A ticket's id, or the beginning of one.")], as_json: AsJson = False) -> None:
    """Show what was decided about a ticket, why, and on what evidence."""
    print_value(run_async(_why(ticket)), as_json=as_json, text=_told)


async def _why(name: str) -> list[dict[str, Any]]:
    from cli.shapes import explained

    async with records() as kept:
        found = await named_ticket(kept.store, name)
        return [explained(decision, n) for n, decision in enumerate(await kept.store.decisions(found.id), 1)]


async def named_ticket(store: Store, name: str) -> Ticket:
    """Return the ticket of an id or the beginning of one; raise InvalidInput when there is none or several."""
    from desk.errors import InvalidInput

    matching = [ticket for ticket in await store.tickets() if ticket.id.startswith(name) or ticket.id.removeprefix("t-").startswith(name)]
    exact = [ticket for ticket in matching if ticket.id == name]
    if len(exact or matching) == 1:
        return (exact or matching)[0]
    if matching:
        raise InvalidInput(f"{len(matching)} tickets begin with {name!r}: write more of the id, such as {matching[0].id!r}")
    raise InvalidInput(f"there is no ticket {name!r}")


def _told(decisions: list[dict[str, Any]]) -> str:
    return "\n\n".join(map(_paragraph, decisions)) or "Nothing was decided about it yet."


def _paragraph(found: dict[str, Any]) -> str:
    would = f" (would {found['would']})" if found["would"] else ""
    seen = f"mode {found['mode']}, {found['category'] or 'no category'}, confidence {found['confidence']:.2f} of {found['threshold']:.2f}"
    head = f"{found['n']}. {found['at']}  {found['action']}{would}  {seen}"
    because = [f"   because {reason['text']}" for reason in found["reasons"]]
    although = [f"   although {shortfall['text']}" for shortfall in found["degraded"]]
    rests = [f"   [{item['n']}] {item['title'] or item['id']}  {item['audience']}  {_where(item)}" for item in found["evidence"]]
    return "\n".join([head, *because, *although, *rests, *map(_asked, found["calls"])])


def _where(item: dict[str, Any]) -> str:
    return f"saved text {item['id']}" if item["source"] == "macro" else str(item["url"])


def _asked(call: dict[str, Any]) -> str:
    who = f"   {call['purpose']} by {call['model']}: "
    if call["outcome"] != "ok":
        return f"{who}{call['outcome'].replace('_', ' ')} after {call['seconds']:.1f} s"
    read = f"{call['input']:,} tokens read anew, {call['cache_write']:,} into the cache, {call['cache_read']:,} from it"
    return f"{who}{read}, {call['output']:,} written; USD {call['price']:.4f}, {call['seconds']:.1f} s"
