"""Timers: deadlines that came become events, and each kind of them does one thing. Late after a restart, but once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from desk.changes import NOTHING, Changes, Expect, SetDeadline, write
from desk.deadlines import Deadline, DeadlineKind
from desk.errors import Retryable
from desk.events import DeadlineReached, Event
from desk.facts import Occasion
from desk.ids import EventId, OutboxId, TicketId, derived
from desk.ticket import Status, Ticket
from handlers import (
    act,
    alerting,
    asked,
    catching_up,
    daily,
    feedback,
    finishing,
    gather,
    mailing,
    offering,
    promises,
    snoozing,
    stepping,
    turn,
    waiting_on,
    weekly,
)
from handlers.abreast import Between
from handlers.deed import Deed
from handlers.rhythm import Rhythm
from handlers.services import Services
from handlers.situation import load_anyway

LONGEST_SLEEP = timedelta(seconds=1)
PAUSED_RETRY = timedelta(hours=1)
MOST = 500
"""Deadlines that are taken at once."""
EVERY = 1_000_000_000
LEASE = timedelta(seconds=60)
"""How long a deadline is held by whoever made an event of it: much longer than that takes."""
ALONE = "server"
"""Who holds the deadlines of a home that one server works on: the next one takes them up at once."""
log = logging.getLogger("frontdesk.timers")


async def deadline_reached(event: DeadlineReached, services: Services) -> Changes:
    """Do what this kind of deadline is for, once everything is read that was said before it."""
    again, now = Deadline(event.deadline, DeadlineKind(event.kind), event.subject, event.at, event.values), services.clock.now()
    if await catching_up.holds(event, services.store, services.behind):
        return catching_up.postponed(again, now=now)
    if await catching_up.holds(event, services.store, services.crowded):
        return catching_up.put_off(again, now=now)
    if event.kind == DeadlineKind.PAUSE and catching_up.HELD in event.values:
        # Everybody whom the crowd held is due now, and answers elsewhere must go on.
        due = services.slots.turn(OutboxId(event.deadline), event.subject, now=now, pace=catching_up.PACE)
        if due is not None:
            return write(SetDeadline(replace(again, due=due)))
    return await TIMERS[DeadlineKind(event.kind)](event, services)


async def again(event: DeadlineReached, services: Services) -> Changes:
    """Run a ticket's turn once more: something was edited, was down, or was asked while the bot was paused."""
    ticket = await _ticket(event, services)
    if ticket is None:
        return NOTHING
    if await services.store.waiting(ticket.place.channel, ticket.group):
        return await turn.postponed(ticket, services)
    if await _is_paused(ticket, services):
        return _postponed(event, services)
    return await turn.take(ticket, services, cause=event.id) + write(Expect(str(ticket.place.channel), ticket.group))


async def promise(event: DeadlineReached, services: Services) -> Changes:
    """A promised time passed unanswered: renew it once and tell a lead."""
    ticket = await _ticket(event, services)
    if ticket is None or ticket.holding is None or ticket.muted:
        return NOTHING
    if await _is_paused(ticket, services):
        return _postponed(event, services)
    s = await load_anyway(ticket, services, cause=event.id)
    return act.renew_promise(feedback.occasion_facts(s, Occasion.PROMISE_PASSED), s)


async def remind(event: DeadlineReached, services: Services) -> Changes:
    """Ask a silent customer once whether it helped."""
    ticket = await _ticket(event, services)
    if ticket is None or ticket.status is not Status.WAITING_CUSTOMER or ticket.held or ticket.muted or ticket.reminded_at or ticket.third_party:
        return NOTHING
    if await _is_paused(ticket, services):
        return _postponed(event, services)
    s = await load_anyway(ticket, services, cause=event.id)
    return act.perform(feedback.occasion_facts(s, Occasion.SILENCE), s, Deed())


async def close(event: DeadlineReached, services: Services) -> Changes:
    """Close what its customer left: as silent, never as solved."""
    ticket = await _ticket(event, services)
    # Who is told that we wait for somebody else has nothing to answer; the wait for them begins when that is over.
    if ticket is None or ticket.status is not Status.WAITING_CUSTOMER or ticket.muted or ticket.third_party:
        return NOTHING
    if await _is_paused(ticket, services):
        return _postponed(event, services)
    s = await load_anyway(ticket, services, cause=event.id)
    return act.perform(feedback.occasion_facts(s, Occasion.SILENCE_OVER), s, Deed(csat_due=await feedback.csat_due(ticket, s, services)))


async def _ticket(event: DeadlineReached, services: Services) -> Ticket | None:
    ticket = await services.store.ticket(TicketId(event.subject))
    return None if ticket is None or ticket.merged_into is not None else ticket


async def _is_paused(ticket: Ticket, services: Services) -> bool:
    channel = await services.store.channel(ticket.place.channel)
    policy = await services.policy.current()
    return policy.paused.holds(ticket.category, channel.name if channel else "", now=services.clock.now())


def _postponed(event: DeadlineReached, services: Services) -> Changes:
    """What would be said while the bot is paused is looked at again later."""
    due = services.clock.now() + PAUSED_RETRY
    return write(SetDeadline(Deadline(event.deadline, DeadlineKind(event.kind), event.subject, due, event.values)))


TIMERS: dict[DeadlineKind, Callable[[DeadlineReached, Services], Awaitable[Changes]]] = {
    DeadlineKind.PAUSE: gather.pause_ended,
    DeadlineKind.RETRY: again,
    DeadlineKind.PROMISE: promise,
    DeadlineKind.REMIND: remind,
    DeadlineKind.CLOSE: close,
    DeadlineKind.ACKNOWLEDGED: stepping.armed_again,
    DeadlineKind.CLIMB: stepping.climbed,
    DeadlineKind.CALL: stepping.called,
    DeadlineKind.ALERT: alerting.tried_again,
    DeadlineKind.SNOOZE: snoozing.snoozed,
    DeadlineKind.DAILY: daily.day_ended,
    DeadlineKind.ACTION: finishing.watched,
    DeadlineKind.ASKED: asked.again,
    DeadlineKind.ROUTE: offering.reached,
    DeadlineKind.SLA: promises.came,
    DeadlineKind.THIRD_PARTY: waiting_on.took_too_long,
    DeadlineKind.WEEKLY: weekly.week_ended,
    DeadlineKind.CODE: mailing.code_due,
}


class Sweeper:
    """Turns deadlines that are due into events. Asleep until the next one, woken by every commit."""

    def __init__(self, services: Services, submit: Callable[[Event], Awaitable[None]], *, holder: str = ALONE) -> None:
        self._services = services
        self._submit = submit
        self._holder = holder
        self._first = True
        self._swept = datetime.min.replace(tzinfo=UTC)

    async def sweep(self, between: Between | None = None) -> bool:
        """Submit what is due; True when there was anything. A deadline submitted twice is one event.

        What is submitted is held for a while, so that of several workers one does it; the first sweep also takes up what was held before.
        With `between`, which is awaited after each, they are done in turn.
        """
        self._swept = self._services.clock.now()
        again, self._first = self._first, False
        found = await self._claimed(most=EVERY if again else MOST, again=again)
        new = bool(found)
        while found:
            for deadline in found:
                await self._submit(_event(deadline))
                if between is not None:
                    await between()
            found = await self._claimed(most=MOST) if len(found) >= MOST else ()
        return new

    async def _claimed(self, *, most: int, again: bool = False) -> Sequence[Deadline]:
        return await self._services.store.claim(self._swept, most=most, holder=self._holder, until=self._swept + LEASE, again=again)

    async def run(self) -> None:
        """Sweep until cancelled."""
        bell = self._services.bells.deadlines
        rhythm = Rhythm()
        while True:
            await rhythm.keep()
            bell.clear()
            try:
                await self.sweep()
                await self._sleep(bell)
            except Retryable as error:
                log.warning("the deadlines could not be read: %s", error)
                await asyncio.sleep(LONGEST_SLEEP.total_seconds())

    async def _sleep(self, bell: asyncio.Event) -> None:
        now = self._services.clock.now()
        due = await self._services.store.next_due()
        # What the sweep saw is under way, or was given up: the bell tells when it is done, and looking again before would spin.
        until = min(due, now + LONGEST_SLEEP) if due and due > self._swept else now + LONGEST_SLEEP
        waits = {asyncio.ensure_future(bell.wait()), asyncio.ensure_future(self._services.clock.wait(max(until, now)))}
        _, pending = await asyncio.wait(waits, timeout=LONGEST_SLEEP.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()


def _event(deadline: Deadline) -> DeadlineReached:
    id = EventId(derived("ev", deadline.id, deadline.due.isoformat()))
    return DeadlineReached(id=id, deadline=deadline.id, kind=deadline.kind, subject=deadline.key, at=deadline.due, values=deadline.values)
