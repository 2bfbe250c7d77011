"""Failures: a defect of ours is no silence; the team hears which event could not be handled, and where."""

from __future__ import annotations

import logging

from desk.audience import INTERNAL
from desk.cards import Card, Style, Text
from desk.changes import Enqueue, write
from desk.errors import FrontdeskError
from desk.events import Event
from desk.ids import EventId, OutboxId, derived
from desk.post import Post
from desk.timeline import Purpose
from handlers.services import Services
from handlers.situation import agents_place

log = logging.getLogger("frontdesk.failures")


async def told(event: Event, error: Exception, services: Services) -> None:
    """Log an event that failed for good, and tell the agents channel once; the words it carried are in neither."""
    log.error("event %s (%s) failed: %s", event.id, type(event).__name__, type(error).__name__, exc_info=not isinstance(error, FrontdeskError))
    where = f"{type(event).__name__}, {event.key}"
    text = f"I could not handle something ({where}): please look there yourself. `./frontdesk doctor` lists it as {event.id}."
    await _tell(text, event.id, services)


async def set_aside(what: str, where: str, services: Services, *, id: str) -> None:
    """Tell the agents channel once of something that came in and could not even be read; `id` tells it from all others."""
    text = f"I could not read something that came in ({what}, {where}): please look there yourself. It is kept, and read again at the next start."
    await _tell(text, id, services)


async def _tell(text: str, id: str, services: Services) -> None:
    place = await agents_place(services)
    if place is None:
        return
    now = services.clock.now()
    post = Post(OutboxId(derived("o", "failed", id)), place, Purpose.NOTICE, INTERNAL, now, card=Card((Text(text, Style.WARNING),)))
    await services.store.commit(EventId(derived("ev", "failed", id)), write(Enqueue(post)), at=now)
    services.bells.ring()
