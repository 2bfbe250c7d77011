"""Handover: what many people wrote at once is told the desk at once, no faster than it is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby

from bot.arrivals.inbox import Arrival
from desk.customer import Role
from desk.events import Event, MessageReceived, MessagesReceived
from desk.ids import EventId, derived
from desk.store import Store

Emit = Callable[[Event], Awaitable[None]]
Events = Callable[[Arrival], Awaitable[Sequence[Event]]]
"""Returns what an arrival says to the desk; raises Retryable for what cannot be looked up now."""

LOOK, LOOKS = 0.05, 200
"""Seconds between two looks whether the desk has stored what many wrote, and how many there are before more is handed over all the same."""


class Handover:
    """Tells the desk what many arrivals say."""

    def __init__(self, events: Events, emit: Emit, store: Store) -> None:
        self._events, self._emit, self._store = events, emit, store

    async def take_many(self, arrivals: Sequence[Arrival]) -> None:
        """Tell what arrivals of a lane say, with what customers wrote one after another as one event; return once that is stored.

        So what is not stored yet waits in the inbox, where it is seen that the channel is crowded, and not in the engine.
        """
        read = await asyncio.gather(*map(self._events, arrivals))
        for event in gathered([event for events in read for event in events]):
            await self._emit(event)
            if isinstance(event, MessagesReceived):
                await self._stored(event)

    async def _stored(self, event: MessagesReceived) -> None:
        """Wait until the desk has stored many messages; not for ever, for it goes on by itself."""
        for _ in range(LOOKS):
            if await self._store.follow_ups(event.id) is not None:
                return
            await asyncio.sleep(LOOK)


def gathered(events: Sequence[Event]) -> Sequence[Event]:
    """Return events with those that may be stored together as one: what customers wrote in a channel, one after another."""
    found: list[Event] = []
    for together, run in groupby(events, key=_may_be_gathered):
        each = list(run)
        if together and len(each) > 1:
            said = tuple(event for event in each if isinstance(event, MessageReceived))
            found.append(MessagesReceived(id=EventId(derived("ev", "many", *(event.id for event in said))), messages=said))
        else:
            found += each
    return found


def _may_be_gathered(event: Event) -> bool:
    return isinstance(event, MessageReceived) and event.role is Role.CUSTOMER and event.kind is None
