"""Commands about the queue: what waits for the team, most urgent first."""

from __future__ import annotations

from desk.cards import Card, Header, Text
from desk.changes import NOTHING, Changes
from desk.events import CommandInvoked
from desk.ticket import Status, Ticket
from handlers import team_cards
from handlers.dossier import dossier
from handlers.services import Services


async def next_(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Open the most urgent card that waits for you."""
    waiting = await _waiting(services)
    mine = [t for t in waiting if t.owner in (None, event.by)]
    for ticket in mine:
        d = await dossier(ticket.id, services)
        if d is None:
            continue
        open_ones = [e for e in d.escalations if e.closed_at is None]
        drafts = [x for x in d.drafts if x.is_open]
        if open_ones:
            return team_cards.escalation_card(open_ones[-1], d), NOTHING
        if drafts:
            return team_cards.draft_card(drafts[-1], d), NOTHING
    return Card((Text("Nothing waits. Well done."),)), NOTHING


async def queue(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """List what waits for the team, most urgent first."""
    lines = [
        f"{t.priority.level} {t.priority.score}  {t.id}  {t.customer_name}  {t.category}{f'  held by {t.owner_name}' if t.owner else ''}"
        for t in await _waiting(services)
    ]
    return Card((Header("Waiting for the team", str(len(lines))), Text("\n".join(lines) or "Nothing waits."))), NOTHING


async def _waiting(services: Services) -> list[Ticket]:
    tickets = [t for t in await services.store.tickets(open_only=True) if t.status is Status.WAITING_TEAM and t.merged_into is None]
    return sorted(tickets, key=lambda t: (-t.priority.score, t.opened, t.id))
