"""Attention: what counts for whether the bot may speak in a ticket, which is everything ours said in its thread."""

from __future__ import annotations

from desk.customer import TEAM, Role
from desk.ticket import Ticket
from desk.timeline import Message, Timeline, ordered
from handlers.services import Services


async def heard(ticket: Ticket, services: Services, *new: Message) -> Timeline:
    """Return what was said in a ticket, and what ours said in its thread to whomever, with these messages as they are about to be stored.

    Several tickets share a thread when a bystander asks something of their own; one of ours who writes there speaks to all of them.
    """
    thread = [m for m in await services.store.thread(ticket.place) if m.role in TEAM | {Role.COLLEAGUE}]
    said = {m.id: m for m in (*thread, *await services.store.timeline(ticket.id), *new)}
    return ordered(said.values())
