"""Coming back: an account that asks about the same thing again soon was not helped by the first, automatic answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from desk.changes import Changes, SaveTicket, write
from desk.ids import TicketId
from desk.ticket import Containment, Ticket
from handlers import drafting
from handlers.services import Services
from handlers.situation import Situation

LAST_WORDS = 3
"""How many of a ticket's messages tell what it is about."""


async def came_back(s: Situation, services: Services) -> Changes:
    """Call the automatic answers re-contacted that this ticket, its first turn, comes back about, on whatever platform they were given."""
    if s.ticket.answered_at is not None:
        return write()
    before = [ticket for ticket in _deflected(await _recent(s, services), s) if await _is_about_it(ticket, s, services)]
    return write(*(SaveTicket(replace(ticket, containment=Containment.RECONTACTED)) for ticket in before))


async def _recent(s: Situation, services: Services) -> Sequence[Ticket]:
    """Return the account's tickets, and those of a customer nobody knows in the same channel."""
    since = s.now - s.policy.tickets.recontact
    person = s.customer.person.id if s.customer.person else None
    known = await services.store.tickets_of_account(s.account.id if s.account else None, person, since=since)
    here = await services.store.tickets_of_group(s.channel.ref, s.ticket.group, since=since)
    return list({ticket.id: ticket for ticket in (*known, *here)}.values())


def _deflected(tickets: Iterable[Ticket], s: Situation) -> list[Ticket]:
    since = s.now - s.policy.tickets.recontact
    own: tuple[TicketId | None, ...] = (s.ticket.id, s.ticket.merged_into)
    return [
        t
        for t in tickets
        if t.id not in own and t.deflected and t.containment is not Containment.RECONTACTED and (t.closed or t.answered_at or t.opened) >= since
    ]


async def _is_about_it(ticket: Ticket, s: Situation, services: Services) -> bool:
    said = [m for m in await services.store.timeline(ticket.id) if m.is_customers]
    alike = await services.triager.similarity(drafting.words_of(s.said), drafting.words_of(said[-LAST_WORDS:]))
    return bool(said) and alike >= s.policy.tickets.same_topic
