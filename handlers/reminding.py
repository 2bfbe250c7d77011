"""Reminding: the owner of a source is told which of its articles nobody has looked at for too long."""

from __future__ import annotations

from desk.audience import INTERNAL
from desk.cards import Card, Fields, Header, Text
from desk.changes import NOTHING, Changes, Enqueue, write
from desk.errors import Unavailable
from desk.events import ReviewDue
from desk.ids import OutboxId, derived
from desk.post import Post
from desk.space import UserRef
from desk.timeline import Purpose
from handlers.services import Services
from handlers.situation import agents_place

NAMED = 8
"""Articles that are listed; the command names them all."""


async def review_due(event: ReviewDue, services: Services) -> Changes:
    """Post a card in the agents channel that mentions the owner, by name where the platform does not know them."""
    place = await agents_place(services)
    if place is None:
        return NOTHING
    owner = await _owner(event.owner, services)
    post = Post(
        OutboxId(derived("o", event.id)),
        place,
        Purpose.NOTICE,
        INTERNAL,
        services.clock.now(),
        card=_card(event),
        to=(owner,) if owner else (),
    )
    return write(Enqueue(post))


async def _owner(named: str, services: Services) -> UserRef | None:
    """Return the owner's platform user, None for somebody who is not of the team or while the customer record is down."""
    said = named.casefold()
    try:
        team = await services.crm.team()
    except Unavailable:
        return None
    return next((user for user, person in team if said in (person.name.casefold(), person.email.casefold())), None)


def _card(event: ReviewDue) -> Card:
    count = len(event.documents)
    what = "1 article is" if count == 1 else f"{count} articles are"
    listed = tuple(zip(event.titles[:NAMED], event.documents[:NAMED], strict=True))
    more = f" {count - NAMED} more are listed by `frontdesk kb check`." if count > NAMED else ""
    how = f"Look whether they still hold; then change them at the source, or mark them with `frontdesk kb reviewed ID`.{more}"
    return Card((Header(f"{what} due for review in {event.source}", f"owner {event.owner}"), Fields(listed), Text(how)))
