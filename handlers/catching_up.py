"""Catching up: while a platform tells what was said in our absence, nothing is answered there; whatever is due comes again shortly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from desk.changes import Changes, SetDeadline, write
from desk.deadlines import Deadline, DeadlineKind
from desk.events import DeadlineReached
from desk.ids import TicketId
from desk.space import ChannelRef, parse_channel
from desk.store import Store

Behind = Callable[[ChannelRef], bool]
"""Tells whether what was said in a channel's space is still being read."""

SHORTLY = timedelta(seconds=5)
WAIT = frozenset({DeadlineKind.PAUSE, DeadlineKind.RETRY, DeadlineKind.PROMISE, DeadlineKind.REMIND, DeadlineKind.CLOSE})
"""What must not happen before everything is read that was said before it: answers, reminders, and the ends of what seems silent."""


def never(channel: ChannelRef) -> bool:
    """Return False: nothing is missing where the platform tells everything at once."""
    return False


async def holds(event: DeadlineReached, store: Store, behind: Behind) -> bool:
    """Tell whether a deadline has to wait until its space is caught up with."""
    if DeadlineKind(event.kind) not in WAIT:
        return False
    if event.kind == DeadlineKind.PAUSE:
        return behind(parse_channel(event.subject))
    ticket = await store.ticket(TicketId(event.subject))
    return ticket is not None and behind(ticket.place.channel)


def postponed(deadline: Deadline, *, now: datetime) -> Changes:
    """Have a deadline come again shortly."""
    return write(SetDeadline(replace(deadline, due=now + SHORTLY)))
