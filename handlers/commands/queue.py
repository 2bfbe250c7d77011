"""Commands about the queue: what waits for the team, most urgent first."""

from __future__ import annotations

from datetime import datetime

from desk.cards import Card, Header, Notes, Text
from desk.changes import NOTHING, Changes, Feedback, RecordFeedback, write
from desk.events import CommandInvoked
from desk.ids import derived
from desk.ticket import Ticket
from handlers import team_cards
from handlers.dossier import Dossier, dossier
from handlers.services import Services

OPENED = "opened"
"""The kind of feedback that remembers who was shown which ticket, so that the following one comes next."""

MOST = 25
"""Tickets that the list shows."""


async def next_(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Open the most urgent card that waits for you, then the following one."""
    shown = {f.ticket: f.at for f in await services.store.feedback(by=event.by) if f.kind == OPENED}
    mine = [t for t in await _waiting(services) if t.owner in (None, event.by)]
    found = [(ticket, *item) for ticket in mine if (item := _item(await dossier(ticket.id, services)))]
    fresh = [item for item in found if item[0].id not in shown or shown[item[0].id] < item[1]]
    if not found:
        return Card((Text("Nothing waits. Well done."),)), NOTHING
    ticket, _, card = fresh[0] if fresh else min(found, key=lambda item: shown[item[0].id])
    return card, write(RecordFeedback(Feedback(derived("f", event.id), ticket.id, OPENED, event.by, event.at)))


async def queue(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """List what waits for the team, most urgent first."""
    return await waiting(services), NOTHING


async def waiting(services: Services) -> Card:
    """Return what waits for the team as a card."""
    lines = [
        f"{t.priority.level} {t.priority.score}  {t.id}  {t.customer_name}  {t.category}{f'  held by {t.owner_name}' if t.owner else ''}"
        for t in await _waiting(services)
    ]
    if not lines:
        return Card((Header("Waiting for the team", "0"), Text("Nothing waits.")))
    rest = (f"and {len(lines) - MOST} more: `next` opens the most urgent one",) if len(lines) > MOST else ()
    return Card((Notes(f"Waiting for the team   {len(lines)}", (*lines[:MOST], *rest)),))


def _item(d: Dossier | None) -> tuple[datetime, Card] | None:
    """Return what waits in a ticket, since when and as a card: an escalation before a draft."""
    open_ones = [e for e in d.escalations if e.closed_at is None] if d else []
    drafts = [x for x in d.drafts if x.is_open] if d else []
    if d and open_ones:
        return open_ones[-1].at, team_cards.escalation_card(open_ones[-1], d)
    return (drafts[-1].created, team_cards.draft_card(drafts[-1], d)) if d and drafts else None


async def _waiting(services: Services) -> list[Ticket]:
    tickets = [t for t in await services.store.tickets(open_only=True) if t.is_queued]
    return sorted(tickets, key=lambda t: (-t.priority.score, t.opened, t.id))
