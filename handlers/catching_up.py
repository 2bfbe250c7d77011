"""Catching up: while a platform tells what was said in our absence, nothing is answered there; whatever is due comes again shortly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

from desk.changes import Changes, SetDeadline, write
from desk.deadlines import Deadline, DeadlineKind
from desk.events import DeadlineReached
from desk.ids import TicketId
from desk.space import ChannelRef, parse_channel
from desk.store import Store

Behind = Callable[[ChannelRef], bool]
"""Tells whether what was said in a channel's space is still being read."""

SHORTLY, LONGEST = timedelta(seconds=5), timedelta(seconds=60)
"""How long a deadline waits that is held, and at most one that a crowd holds again and again."""
PACE = timedelta(seconds=1)
"""The least time between two answers in a channel to whom a crowd held."""
HELD = "held"
"""How often a crowd held a deadline, in its values."""
DOUBLED = 8
WAIT = frozenset({DeadlineKind.PAUSE, DeadlineKind.RETRY, DeadlineKind.PROMISE, DeadlineKind.REMIND, DeadlineKind.CLOSE})
"""What must not happen before everything is read that was said before it: answers, reminders, and the ends of what seems silent."""


def never(channel: ChannelRef) -> bool:
    """Return False: nothing is missing where the platform tells everything at once."""
    return False


async def holds(event: DeadlineReached, store: Store, behind: Behind) -> bool:
    """Tell whether a deadline has to wait until its channel is caught up with."""
    if DeadlineKind(event.kind) not in WAIT:
        return False
    if event.kind == DeadlineKind.PAUSE:
        return behind(parse_channel(event.subject))
    ticket = await store.ticket(TicketId(event.subject))
    return ticket is not None and behind(ticket.place.channel)


def postponed(deadline: Deadline, *, now: datetime) -> Changes:
    """Have a deadline come again shortly."""
    return write(SetDeadline(replace(deadline, due=now + SHORTLY)))


def put_off(deadline: Deadline, *, now: datetime) -> Changes:
    """Have a deadline come again that a crowd holds: later each time, and not with all the others at one instant."""
    held = int(deadline.values.get(HELD, "0"))
    wait = min(SHORTLY * 2 ** min(held, DOUBLED), LONGEST) * (0.5 + crc32(deadline.id.encode()) / 2**32)
    return write(SetDeadline(replace(deadline, due=now + wait, values={**deadline.values, HELD: str(held + 1)})))
