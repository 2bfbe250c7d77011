"""Rearming: when the policy changes, the deadlines of what is promised in open tickets move with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from desk.changes import Changes, SetDeadline, follow, write
from desk.errors import FrontdeskError
from desk.events import Event, PolicyChanged
from desk.ids import EventId, derived
from desk.ticket import Ticket
from handlers import clockwork
from handlers.services import Services

MOST = 200
"""Tickets that one event looks at."""
EVERY = timedelta(seconds=5)
log = logging.getLogger("frontdesk.rearming")


async def policy_changed(event: PolicyChanged, services: Services) -> Changes:
    """Set the deadlines of some open tickets anew, and go on with the next ones.

    Only to earlier instants: a deadline that comes too early looks at the policy itself, and goes to where it belongs.
    """
    tickets = await services.store.open_tickets(after=event.after, most=MOST)
    changes = Changes()
    for ticket in tickets:
        changes += await _earlier(ticket, services)
    if len(tickets) < MOST:
        return changes
    last = str(tickets[-1].id)
    return changes + follow(PolicyChanged(id=EventId(derived("ev", event.id, last)), version=event.version, at=event.at, after=last))


async def _earlier(ticket: Ticket, services: Services) -> Changes:
    slots = await clockwork.rows(ticket, services, now=services.clock.now())
    return write(*(SetDeadline(slot.wanted) for slot in slots if slot.wanted and (slot.known is None or slot.wanted.due < slot.known.due)))


class Rearming:
    """Notices that the policy is another one than before, which nobody need have told this process."""

    def __init__(self, services: Services, submit: Callable[[Event], Awaitable[None]], *, seen: str = "") -> None:
        self._services = services
        self._submit = submit
        self._seen = seen

    async def look(self) -> bool:
        """Submit what follows from a changed policy; True when it was. At first it counts as changed: it may have been while nothing ran."""
        version = (await self._services.policy.current()).version
        if version == self._seen:
            return False
        now = self._services.clock.now()
        # A policy that is taken back is a change again, so that the version alone does not name it.
        id = EventId(derived("ev", "policy", self._seen, version, now.isoformat()))
        await self._submit(PolicyChanged(id=id, version=version, at=now))
        self._seen = version
        return True

    async def run(self) -> None:
        """Look every few seconds until cancelled."""
        while True:
            try:
                await self.look()
            except FrontdeskError as error:
                log.warning("the policy could not be looked at: %s", error)
            await asyncio.sleep(EVERY.total_seconds())
