"""Routed: how cards say whose a ticket is, whom it was offered, and why."""

from __future__ import annotations

from desk.cards import Card, CardRecord, Field, Form, Header
from desk.routing import Route, Switch
from desk.ticket import Ticket
from handlers.reasons import render
from handlers.services import Services

Pairs = tuple[tuple[str, str], ...]
GIVE_BACK = Form("Give back", (Field("reason", "Why? For the team only.", lines=2),), "Give back")


def fields(ticket: Ticket, route: Route | None) -> Pairs:
    """Return a ticket's team, whom it is offered to and its tags; why nobody has it, where nobody was there."""
    absent = route is not None and route.nobody and route.switch is Switch.ON and ticket.owner is None
    pairs = (
        ("Team", ticket.team),
        ("Offered to", ticket.offered_name if ticket.offered else ""),
        ("Tags", ", ".join(ticket.tags)),
        ("Not routed", told(route) if absent and route else ""),
    )
    return tuple((label, value) for label, value in pairs if value)


def told(route: Route) -> str:
    """Return why a ticket goes where it goes, in words."""
    return ", ".join(render(reason) for reason in route.reasons)


async def moved_card(record: CardRecord, services: Services) -> Card:
    """Draw a card that stands in another channel by now: one line that says where."""
    ticket = await services.store.ticket(record.ticket) if record.ticket else None
    return Card((Header(f"Moved to #{record.moved}{f': {ticket.customer_name}' if ticket else ''}", ticket.priority.level if ticket else ""),))
