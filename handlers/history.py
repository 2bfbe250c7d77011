"""History: what one person asked before, as that person alone may hear it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from desk.answering import PastTicket
from desk.audience import PUBLIC, may_show
from desk.customer import Author, Role
from desk.ids import TicketId
from desk.ticket import Ticket
from desk.timeline import SPOKEN, Timeline
from handlers.services import Services
from handlers.situation import private_of

MOST = 5
"""Earlier tickets that are told of."""
SHOWN = 1400
"""Characters of each of their texts: more than anybody is shown, since what is cut in two is not recognized as a card or a key."""
EVER = datetime(1970, 1, 1, tzinfo=UTC)


async def past_tickets(author: Author, services: Services, *, but: TicketId | None) -> Sequence[PastTicket]:
    """Return the latest tickets of a verified person with what they themselves asked and were answered, newest first."""
    found = sorted(await _theirs(author, services, but=but), key=lambda ticket: ticket.opened, reverse=True)
    return [_past(ticket, await services.store.timeline(ticket.id), author) for ticket in found[:MOST]]


async def contacts(author: Author, services: Services, *, but: TicketId | None) -> int:
    """Return how many tickets somebody had before this one; 0 for whom we do not know."""
    return len(await _theirs(author, services, but=but))


async def _theirs(author: Author, services: Services, *, but: TicketId | None) -> list[Ticket]:
    if not (author.verified and author.person):
        return []
    tickets = await services.store.tickets_of_account(None, author.person.id, since=EVER)
    return [t for t in tickets if t.id != but and t.person == author.person.id and t.merged_into is None]


def _past(ticket: Ticket, timeline: Timeline, author: Author) -> PastTicket:
    asked = next((m.text for m in timeline if m.is_customers and m.author == ticket.customer), "")
    # A colleague in the same thread may have been told something alone.
    mine = private_of(author) or frozenset({PUBLIC})
    spoken = [m for m in timeline if not m.deleted and may_show(mine, m.audience)]
    answers = [m.text for m in spoken if (m.role is Role.BOT and m.purpose in SPOKEN) or m.role in (Role.TEAMMATE, Role.LEAD, Role.ADMIN)]
    return PastTicket(str(ticket.id), ticket.opened, ticket.category, str(ticket.status), asked[:SHOWN], (answers or [""])[-1][:SHOWN])
