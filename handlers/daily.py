"""The daily card: what the bot would have said while it observed, for a teammate to call right or wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from desk.audience import INTERNAL
from desk.cards import CardKind, CardRecord
from desk.changes import NOTHING, Changes, Enqueue, SaveCard, write
from desk.decision import Decision, Observe
from desk.events import DeadlineReached
from desk.ids import CardId, OutboxId, derived
from desk.post import Post
from desk.timeline import Purpose
from handlers.services import Services
from handlers.situation import agents_place

DAY = timedelta(days=1)


async def day_ended(event: DeadlineReached, services: Services) -> Changes:
    """Post the card of the day that ends; nothing when nothing was observed."""
    place = await agents_place(services)
    day = event.subject.removeprefix("day:")
    if place is None or not await observed(event.at - DAY, event.at, services=services):
        return NOTHING
    outbox = OutboxId(derived("o", "daily", day))
    card = CardRecord(CardId(derived("k", "daily", day)), CardKind.DAILY, None, event.at.isoformat(), outbox, place)
    post = Post(outbox, place, Purpose.NOTICE, INTERNAL, services.clock.now(), card_id=card.id)
    return write(SaveCard(card), Enqueue(post))


async def observed(since: datetime, until: datetime, *, services: Services) -> tuple[Decision, ...]:
    """Return what was observed between two instants and would have been said."""
    decisions = await services.store.decisions(since=since)
    return tuple(d for d in decisions if isinstance(d.action, Observe) and d.facts.draft and d.at <= until)
