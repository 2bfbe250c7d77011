"""Similar tickets: what solved a problem like this before. For the team only: never another customer's words or name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.draft import Draft, DraftStatus
from desk.ids import TicketId
from desk.space import MessageRef
from desk.ticket import Containment, Status, Ticket
from escalation.incidents import center
from escalation.nearest import nearest
from handlers import meant
from handlers.services import Services

SHOWN = 3
LOOKED_AT = 30
"""Tickets that are looked at, the likest first."""
READ = 5000
"""Messages that are compared, the latest."""
SPAN = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Similar:
    """A ticket whose customer said that it was solved: what about, when, and by which article, or by whose words of ours."""

    ticket: TicketId
    category: str
    at: datetime
    by: str
    anchor: MessageRef


async def similar(ticket: Ticket, services: Services) -> tuple[Similar, ...]:
    """Return the solved tickets whose customers said nearly the same, the likest first."""
    embedder = await meant.embedder(services)
    mine = [m.meaning for m in await services.store.meanings(ticket.id, embedder=embedder) if m.meaning.vector] if embedder else []
    middle = center(mine)
    if middle is None:
        return ()
    now, least = services.clock.now(), (await services.policy.current()).incidents.similar
    others = [m for m in await services.store.meanings(embedder=embedder, since=now - SPAN, most=READ) if m.ticket != ticket.id]
    ids = list(dict.fromkeys(m.ticket for _, m in nearest(middle, others, least=least)))[:LOOKED_AT]
    return await _solved(ids, services)


async def _solved(ids: Sequence[TicketId], services: Services) -> tuple[Similar, ...]:
    found: list[Similar] = []
    for id in ids:
        ticket = await services.store.ticket(id)
        if ticket and _is_solved(ticket) and (by := _solution(await services.store.drafts(id))):
            found.append(Similar(id, ticket.category, ticket.closed or ticket.opened, by, ticket.anchor))
        if len(found) == SHOWN:
            break
    return tuple(found)


def _is_solved(ticket: Ticket) -> bool:
    return ticket.merged_into is None and (ticket.status is Status.SOLVED or ticket.containment is Containment.CONFIRMED)


def _solution(drafts: Sequence[Draft]) -> str:
    """Return what the last answer rested on, else whose words it was; "" where nothing was answered."""
    sent = next((draft for draft in reversed(drafts) if draft.status is DraftStatus.SENT), None)
    if sent is None:
        return ""
    titles = dict.fromkeys(item.title for item in sent.proposal.evidence if item.source == "passage" and item.title)
    return ", ".join(list(titles)[:2]) or (f"a reply of {sent.decided_by_name}" if sent.decided_by_name else "")
