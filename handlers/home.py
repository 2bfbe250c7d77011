"""Home: the page of whoever asks, by their role: a teammate's queue, a lead's tickets at risk, an admin's set-up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from desk.cards import Block, Button, Buttons, Card, Header, Style, Text
from desk.customer import LEADS, TEAM, Role
from desk.escalation import EscalationStatus
from desk.ids import TicketId
from desk.policy import Policy
from desk.ports import Query
from desk.sla import Standing
from desk.space import ChannelRef, Place
from desk.ticket import Ticket
from handlers import dues, linking
from handlers.commands import setup
from handlers.services import Services
from handlers.times import timed, until

MOST = 10
"""Tickets that each list shows; the rest is counted."""
SOON = timedelta(minutes=30)
"""How long before a promise is due a ticket is at risk, also where it was made long ago."""
PRESSING = (Standing.AT_RISK, Standing.BREACHED)
STRANGER = (
    "Write to me here, or in a channel that I am in, and I answer from our articles or bring in a person of our team. "
    "To reach a person at any time, write “get a human”."
)
COLLEAGUE = "This is a page of the support team. An admin adds you to it with `/frontdesk team add`: until then it has nothing to show you."
NOTHING_WAITS = "Nothing waits for you. Well done."


async def home(query: Query, services: Services) -> Card:
    """Return the page of whoever asks; somebody who is not of the team reads how to be helped, and nothing else."""
    if query.role not in TEAM:
        policy = await services.policy.current()
        if query.role is Role.COLLEAGUE:
            return Card((Header(policy.company.bot), Text(COLLEAGUE)))
        return Card((Header(policy.company.bot), Text(STRANGER), *await linking.on_page(query, policy, services)))
    blocks = [*await _queue(query, services)]
    blocks += await _at_risk(services) if query.role in LEADS else ()
    blocks += await _set_up(query, services) if query.role is Role.ADMIN else ()
    return Card(tuple(blocks))


async def _queue(query: Query, services: Services) -> Sequence[Block]:
    """Return what waits for somebody: what they hold, and what nobody holds; most urgent first."""
    waiting = [t for t in await services.store.tickets(open_only=True) if t.is_queued and t.owner in (None, query.by)]
    drafts = {draft.ticket for draft in await services.store.waiting_drafts()}
    lines = [_line(ticket, "an approval" if ticket.id in drafts else "a person") for ticket in sorted(waiting, key=_urgency)]
    row = Buttons((_command("Next", "next", style=Style.PRIMARY), _command("Queue", "queue")))
    offered = [f"{_line(ticket, 'you to accept it')}" for ticket in sorted(waiting, key=_urgency) if query.by and ticket.offered == query.by]
    mine = (Header("Offered to you", str(len(offered))), *_listed(offered, "")) if offered else ()
    return (*mine, Header("Waiting for you", str(len(waiting))), *_listed(lines, NOTHING_WAITS), row)


async def _at_risk(services: Services) -> Sequence[Block]:
    """Return the tickets of which a promise is broken, at risk or due soon, and those whose page nobody has acknowledged."""
    policy, now = await services.policy.current(), services.clock.now()
    lines = []
    for ticket in sorted([t for t in await services.store.tickets(open_only=True) if t.merged_into is None], key=_urgency):
        owed = await dues.owed_to(ticket, services, now=now)
        raised = [e for e in await services.store.escalations(ticket.id) if e.status is EscalationStatus.OPEN]
        if owed and owed[0].due and (owed[0].standing in PRESSING or owed[0].due - now <= SOON):
            what = owed[0].promise.target.replace("_", " ")
            lines.append(_line(ticket, f"a {what} by {timed(owed[0].due, now=now, zone=policy.hours.zone)}, {until(owed[0].due, now)}"))
        elif raised:
            rules = ", ".join(rule.replace("_", " ") for rule in raised[-1].rules)
            lines.append(_line(ticket, f"somebody to acknowledge it: {rules}"))
    return (Header("At risk", str(len(lines))), *_listed(lines, "No ticket is at risk."))


async def _set_up(query: Query, services: Services) -> Sequence[Block]:
    """Return how the desk is set up and what that lacks."""
    policy = await services.policy.current()
    # Of the workspace they look at it in: each has an agents channel of its own.
    steps = await setup.steps(Place(ChannelRef(query.by.platform, query.by.space, "")), services) if query.by else ()
    lacking = [step for step in steps if step.missing]
    lines = [f"- **{step.title}**: missing {step.missing}" for step in lacking]
    told = Text("\n".join(lines) if lines else "Nothing is missing in the set-up.")
    return (Header("The desk", _mode(policy)), told, Buttons((_command("Set-up", "setup"), _command("Status", "status"))))


def _mode(policy: Policy) -> str:
    rules = f", {len(policy.modes.rules)} rules" if policy.modes.rules else ""
    return f"{policy.modes.default.word}{rules}{', paused' if policy.paused.everything else ''}"


def _line(ticket: Ticket, waits_for: str) -> str:
    category = f", {ticket.category}" if ticket.category else ""
    return f"- **{ticket.priority.level}** {ticket.customer_name}{category} waits for {waits_for} (`{ticket.id}`)"


def _listed(lines: Sequence[str], nothing: str) -> Sequence[Block]:
    more = (Text(f"and {len(lines) - MOST} more", Style.QUIET),) if len(lines) > MOST else ()
    return (Text("\n".join(lines[:MOST]) or nothing), *more)


def _command(label: str, command: str, *, style: Style = Style.PLAIN) -> Button:
    return Button("command", label, TicketId(""), subject=command, style=style)


def _urgency(ticket: Ticket) -> tuple[int, object, str]:
    return (-ticket.priority.score, ticket.opened, str(ticket.id))
