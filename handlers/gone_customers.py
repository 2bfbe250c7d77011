"""Gone customers: who leaves a server takes their tickets with them for nobody; the team is told, and decides what becomes of each."""

from __future__ import annotations

from desk.cards import Card, Header, Text
from desk.changes import NOTHING, Changes
from desk.events import CustomerLeft
from handlers import internal
from handlers.services import Services
from handlers.situation import load_anyway

TOLD = "They can still be reached only where else they are known. Nothing was resolved by that, so the ticket stays as it is."


async def customer_left(event: CustomerLeft, services: Services) -> Changes:
    """Tell the team, on each open ticket of somebody who left: they read nothing there any more."""
    result = NOTHING
    for ticket in await services.store.tickets(open_only=True):
        if ticket.customer == event.user and ticket.merged_into is None:
            s = await load_anyway(ticket, services, cause=event.id)
            card = Card((Header(f"{ticket.customer_name} left the server", ticket.priority.level), Text(TOLD)))
            result += internal.notice(s, card, label=f"left {ticket.id}", to=(ticket.owner,) if ticket.owner else ())
    return result
