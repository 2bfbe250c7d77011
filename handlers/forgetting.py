"""Forgetting: a person's words go wherever we keep them, and our own posts about them are taken back."""

from __future__ import annotations

from desk.audience import INTERNAL
from desk.cards import Card, Fields, Header, Notes, Text
from desk.changes import NOTHING, Changes, Enqueue, write
from desk.customer import Role
from desk.events import ChoreAsked
from desk.ids import OutboxId, derived
from desk.post import Op, Post, Row, RowStatus
from desk.space import Platform, UserRef
from desk.tending import ForgetPerson, Forgotten
from desk.ticket import Ticket
from desk.timeline import Purpose
from handlers import incident_cards
from handlers.services import Services
from handlers.situation import agents_place

STAYS = (
    "What people wrote on a chat platform itself: only its authors, or its admins, can delete it there.",
    "Backups and exports that were made before, and the messages that trained categories were made from.",
    "Decisions: without words, they say what was done and why.",
)
"""What no erasure of ours reaches."""


async def forget(event: ChoreAsked, chore: ForgetPerson, services: Services) -> tuple[Card, Changes]:
    """Empty what somebody wrote, and return a report with counts and the posts to take back."""
    # Before anything goes: these rows are what finds our posts.
    tickets = await theirs(chore.users, services)
    posted = [row for ticket in tickets for row in await _posted(ticket, services)]
    whom = Forgotten(chore.people, chore.users, event.cause)
    counts = {what: await eraser.erase(whom) for what, eraser in services.erasers.items()}
    taken = _taken_back(event, posted)
    pairs = tuple((what[:1].upper() + what[1:], str(count)) for what, count in counts.items())
    shown = (*pairs, ("Posts of ours that are being deleted", str(len(taken.writes))))
    card = Card((Header("Forgotten", f"{sum(counts.values())} rows emptied"), Fields(shown), Notes("This stays", STAYS)))
    return card, taken + await _redrawn(event, tickets, services) + await _announced(event, sum(counts.values()), services)


async def theirs(users: tuple[UserRef, ...], services: Services) -> list[Ticket]:
    """Return the tickets that one of these users opened or wrote in."""
    return [ticket for ticket in await services.store.tickets() if {ticket.customer, *ticket.participants} & set(users)]


async def _posted(ticket: Ticket, services: Services) -> list[Row]:
    """Return what we posted about a ticket and can still take back. The workspace's own file is emptied by itself."""
    said = [message.id for message in await services.store.timeline(ticket.id) if message.role is Role.BOT]
    cards = [card.outbox for card in await services.store.cards(ticket.id)]
    # A page may stand in a message of another ticket's.
    pages = [page.outbox for page in await services.store.pages_of(ticket.id) if page.outbox]
    rows = [await services.store.row(OutboxId(id)) for id in dict.fromkeys([*said, *cards, *pages])]
    return [row for row in rows if row and row.ref and row.status is RowStatus.SENT and row.ref.channel.platform is not Platform.LOCAL]


def _taken_back(event: ChoreAsked, rows: list[Row]) -> Changes:
    def deletion(row: Row) -> Post:
        id = OutboxId(derived("o", event.id, row.post.id))
        # Where a post stands for one person alone, its place is known by now.
        target = row.place or row.post.target
        return Post(id, target, row.post.purpose, row.post.audience, event.at, op=Op.DELETE, ticket=row.post.ticket, changes=row.post.id)

    return write(*(Enqueue(deletion(row)) for row in rows))


async def _redrawn(event: ChoreAsked, tickets: list[Ticket], services: Services) -> Changes:
    """Draw the cards of incidents again that quoted these tickets: they are no ticket's own, so nobody takes them back."""
    ids, changes = {ticket.id for ticket in tickets}, NOTHING
    for incident in await services.store.incidents():
        if ids & set(incident.tickets):
            changes += incident_cards.redrawn(incident.id, cause=event.id, at=event.at)
    return changes


async def _announced(event: ChoreAsked, rows: int, services: Services) -> Changes:
    """Tell the team that it was done and by whom, without naming who is forgotten."""
    place = await agents_place(services)
    if place is None:
        return NOTHING
    card = Card((Text(f"{event.by_name} had everything that one person wrote erased: {rows} rows were emptied."),))
    return write(Enqueue(Post(OutboxId(derived("o", event.id, "told")), place, Purpose.NOTICE, INTERNAL, event.at, card=card)))
