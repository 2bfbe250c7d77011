"""Moving: a ticket's cards go where its team reads them; where they stood, a line says where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desk.audience import INTERNAL
from desk.cards import Card, CardKind, CardRecord
from desk.changes import NOTHING, Changes, Enqueue, Refresh, SaveCard, SaveDraft, SaveEscalation, Write, write
from desk.escalation import EscalationStatus
from desk.ids import CardId, EventId, OutboxId, derived
from desk.post import Op, Post
from desk.space import Place, UserRef
from desk.ticket import Ticket
from desk.timeline import Purpose
from handlers import queues
from handlers.internal import PURPOSES, root_of
from handlers.services import Services
from handlers.situation import agents_place


async def home(ticket: Ticket, services: Services) -> Place | None:
    """Return where a ticket's cards go: its team's channel, else the agents channel."""
    near, policy = ticket.place.channel, await services.policy.current()
    return await queues.place_of(ticket.team, policy, services, near=near) or await agents_place(services, near)


async def moved(ticket: Ticket, changes: Changes, services: Services, *, cause: EventId) -> Changes:
    """Return a commit's changes with the ticket's cards in its team's channel: those that are new, and those that somebody may still press."""
    place = await home(ticket, services)
    if place is None:
        return changes
    stored = await services.store.cards(ticket.id)
    new = {w.card.id for w in changes.writes if isinstance(w, SaveCard)}
    changes = _directed(ticket, place, changes, stored)
    live = await _live(ticket, changes, services)
    stands = (card for card in stored if card.id not in new and card.kind is not CardKind.PAGE)
    away = [card for card in stands if card.place != place and not card.moved and card.subject in live]
    name = await _name(place, services)
    for card in away:
        changes += _anew(card, place, name, services, ticket=ticket, cause=cause, stored=stored)
    return changes


async def line(ticket: Ticket, card: Card, services: Services, *, id: OutboxId, to: Sequence[UserRef] = (), changes: Changes = NOTHING) -> Changes:
    """Post a line for the team with the ticket's cards."""
    place = await home(ticket, services)
    if place is None:
        return NOTHING
    cards = (*await services.store.cards(ticket.id), *(w.card for w in changes.writes if isinstance(w, SaveCard) and w.card.ticket == ticket.id))
    under, now = _root(place, cards), services.clock.now()
    return write(Enqueue(Post(id, place, Purpose.NOTICE, INTERNAL, now, card=card, ticket=ticket.id, to=tuple(to), under=under)))


def _directed(ticket: Ticket, place: Place, changes: Changes, stored: Sequence[CardRecord]) -> Changes:
    """Return the changes with the cards that they post for a ticket in a place."""
    cards = (w.card for w in changes.writes if isinstance(w, SaveCard) and w.card.ticket == ticket.id and w.card.kind is not CardKind.PAGE)
    drawn = {card.outbox: card for card in cards if card.place != place}
    under = _root(place, stored)
    writes = [_put(each, place, under) if _outbox(each) in drawn else each for each in changes.writes]
    return Changes(tuple(writes), changes.events)


def _outbox(each: Write) -> OutboxId | None:
    """Return the row by which a card is posted, None for what posts none."""
    if isinstance(each, SaveCard):
        return each.card.outbox
    return each.post.id if isinstance(each, Enqueue) and each.post.op is Op.POST else None


def _put(each: Write, place: Place, under: OutboxId | None) -> Write:
    if isinstance(each, SaveCard):
        return SaveCard(replace(each.card, place=place, under=under))
    return Enqueue(replace(each.post, target=place, under=under)) if isinstance(each, Enqueue) else each


async def _live(ticket: Ticket, changes: Changes, services: Services) -> set[str]:
    """Return what somebody may still decide once the changes are made: drafts and escalations, by id."""
    drafts = {draft.id: draft for draft in await services.store.drafts(ticket.id)}
    drafts |= {w.draft.id: w.draft for w in changes.writes if isinstance(w, SaveDraft)}
    raised = {each.id: each for each in await services.store.escalations(ticket.id)}
    raised |= {w.escalation.id: w.escalation for w in changes.writes if isinstance(w, SaveEscalation)}
    open_ones = {str(draft.id) for draft in drafts.values() if draft.is_open}
    return open_ones | {each.id for each in raised.values() if each.status is not EscalationStatus.CLOSED}


def _anew(card: CardRecord, place: Place, name: str, services: Services, *, ticket: Ticket, cause: EventId, stored: Sequence[CardRecord]) -> Changes:
    """Post a card in another place, and shrink it where it stood."""
    id, outbox, under = CardId(derived("k", card.id, place, cause)), OutboxId(derived("o", card.id, place, cause)), _root(place, stored)
    record, now = replace(card, id=id, outbox=outbox, place=place, under=under), services.clock.now()
    post = Post(outbox, place, PURPOSES[card.kind], INTERNAL, now, card_id=id, ticket=ticket.id, under=under)
    shrunk = Refresh(card.id, OutboxId(derived("o", cause, card.id)), now)
    return write(SaveCard(replace(card, moved=name)), shrunk, SaveCard(record), Enqueue(post))


def _root(place: Place, cards: Sequence[CardRecord]) -> OutboxId | None:
    first = next((card for card in cards if card.place == place), None)
    return root_of(first) if first else None


async def _name(place: Place, services: Services) -> str:
    channel = await services.store.channel(place.channel)
    return channel.name if channel else ""
