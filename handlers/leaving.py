"""Leaving: a ticket whose holder is not of the team any more waits for somebody else as soon as its customer writes."""

from __future__ import annotations

from dataclasses import replace

from desk.cards import Card, Header, Text
from desk.changes import NOTHING, Changes
from desk.customer import TEAM
from desk.errors import Misconfigured, Retryable
from desk.space import UserRef
from desk.ticket import Status
from handlers import internal
from handlers.services import Services
from handlers.situation import Situation


async def left(s: Situation, services: Services) -> tuple[Situation, Changes]:
    """Return the situation without a holder who has left, and the line that tells the team; as it was while nobody can be sure of that."""
    owner = s.ticket.owner
    if owner is None or s.ticket.status.is_over or not await _is_gone(owner, services):
        return s, NOTHING
    # The bot stays silent where a person was: what it would say waits as a quiet draft.
    free = replace(s.ticket, owner=None, owner_name="", escalated=True, status=Status.WAITING_TEAM)
    head = Header(f"{s.ticket.owner_name} left the team: {s.ticket.customer_name} waits for somebody else", s.ticket.priority.level)
    card = Card((head, Text(f"Ticket {s.ticket.id} is nobody's now.")))
    return replace(s, ticket=free), internal.notice(s, card, label="left", to=s.leads[:1])


async def _is_gone(user: UserRef, services: Services) -> bool:
    """Tell whether somebody is certainly of no team: everybody who could know them answers, and none does."""
    try:
        known = dict(await services.crm.team()) | dict(await services.platform(user.platform).team())
    except (Retryable, Misconfigured):
        return False
    return user not in known or known[user].role not in TEAM
