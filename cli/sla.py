"""The SLA on the command line: when something is due, and a ticket's clock, interval by interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import AsJson
from cli.output import answer_all, print_value
from cli.start import records, run_async

if TYPE_CHECKING:
    from handlers.clock_words import Explained

Asked = Annotated[
    str, typer.Argument(metavar="JSON|-", help="start, minutes and hours as a JSON object, or - for one on each line of standard input.")
]
Ticket = Annotated[str, typer.Argument(help="A ticket's id, or the beginning of one.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help="See what was promised to whom, and when it is due.", no_args_is_help=True)
    group.command("due")(due)
    group.command("explain")(explain)
    app.add_typer(group, name="sla")


def due(asked: Asked, as_json: AsJson = False) -> None:
    """Say when minutes of work are used up: {"start": ISO, "minutes": N, "hours": {"zone", "days", "shifts", "holidays"}}."""
    from cli import sla_due

    async def answer(line: str) -> dict[str, str]:
        return sla_due.due(line)

    run_async(answer_all(asked, answer, as_json=as_json, text=lambda found: found["due"]))


def explain(ticket: Ticket, as_json: AsJson = False) -> None:
    """Print a ticket's clock, interval by interval: whose move it was, what was counted, why it paused, and what follows from it."""
    print_value(run_async(_explain(ticket)), as_json=as_json, text=_told)


async def _explain(name: str) -> Explained:
    from cli.why import named_ticket
    from crm.embedded import EmbeddedCrm
    from escalation.clock import courses
    from handlers.clock_words import explained
    from runtime import SystemClock
    from store.customers import SqlCustomers

    async with records() as kept:
        found = await named_ticket(kept.store, name)
        policy, now = await kept.policy.current(), SystemClock().now()
        account = await EmbeddedCrm(SqlCustomers(kept.database), kept.policy).account(found.account) if found.account else None
        channel = await kept.store.channel(found.place.channel)
        promised = courses(found, account, policy, now=now, kind=channel.kind if channel else None)
        return explained(found, promised, policy, now=now, breaches=await kept.store.breaches(found.id))


def _told(found: Explained) -> str:
    from handlers.clock_words import lines

    return "\n".join(lines(found))
