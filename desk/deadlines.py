"""Deadlines: when something is due, in wall time or in business time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

LOOKAHEAD_DAYS = 400
"""How far to look for a working hour before calling the calendar empty."""
REMEMBERED = 4000
"""Days of which a calendar remembers the working time."""
DAY = timedelta(days=1)
END_OF_DAY = time.max
"""The end of a shift that is written 24:00. It means that very instant, which no `time` can say."""
Stretch = tuple[datetime, datetime]
"""From when to when."""


class DeadlineKind(StrEnum):
    """What a deadline is for; `handlers/timers` has one function for each."""

    PAUSE = "pause"
    FIRST_RESPONSE = "first_response"
    PROMISE = "promise"
    REMIND = "remind"
    CLOSE = "close"
    RETRY = "retry"
    DAILY = "daily"
    SNOOZE = "snooze"
    ACKNOWLEDGED = "acknowledged"
    RECONTACT = "recontact"
    CHAT = "chat"
    ACTION = "action"
    ASKED = "asked"
    CLIMB = "climb"
    CALL = "call"
    ALERT = "alert"
    SLA = "sla"
    THIRD_PARTY = "third_party"
    WEEKLY = "weekly"
    ROUTE = "route"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A row that becomes an event when `due` comes; one id is one deadline, set again by writing it again. `key` is the ticket or channel."""

    id: str
    kind: DeadlineKind
    key: str
    due: datetime
    values: Mapping[str, str] = field(default_factory=dict)


class Days(Protocol):
    """Days off: a set of dates, or whatever knows of any date whether it is one."""

    def __contains__(self, day: object, /) -> bool:
        """Tell whether a date is one of them."""
        ...


@dataclass(frozen=True, slots=True)
class Hours:
    """Business hours: for each weekday (Monday is 0) the shifts in local time, and days off.

    An instant is working time when the clock on the wall says so: a shift in an hour that is skipped begins when the clocks went forward,
    one in an hour that comes twice is worked twice. Shifts that overlap count once. `country` is whose public holidays are among the days off.
    """

    zone: str = "UTC"
    week: Mapping[int, tuple[tuple[time, time], ...]] = field(default_factory=dict)
    holidays: Days = frozenset()
    country: str = ""
    _known: dict[date, tuple[Stretch, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def always(self) -> bool:
        """Tell whether the desk is staffed round the clock (no hours given)."""
        return not self.week

    def after(self, start: datetime, business: timedelta) -> datetime:
        """Return the instant at which the last of `business` working time since `start` (aware UTC) has been used up.

        Friday 16:30 + 1 h with hours 9 to 17 is Monday 09:30; none at all is the beginning of the next working time. With no hours given,
        or none to be found, it is wall time.
        """
        if self.always:
            return start + business
        left = business
        for opens, closes in self._stretches(start):
            begins = max(opens, start)
            if begins + left <= closes:
                return begins + left
            left -= closes - begins
        return start + business

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time between two instants, zero when `end` comes first."""
        if self.always:
            return max(end - start, timedelta())
        total = timedelta()
        for opens, closes in self._stretches(start):
            if opens >= end:
                break
            total += min(closes, end) - max(opens, start)
        return total

    def is_open(self, at: datetime) -> bool:
        """Tell whether somebody works at that instant."""
        return self.always or any(opens <= at < closes for opens, closes in self._on(at.astimezone(UTC).date()))

    def is_ever_open(self, since: datetime) -> bool:
        """Tell whether anybody works again from an instant on."""
        return self.always or next(self._stretches(since), None) is not None

    def _stretches(self, start: datetime) -> Iterator[Stretch]:
        """Yield the working time that ends after `start`, in order, until nobody has worked for a long time."""
        day, idle = start.astimezone(UTC).date(), 0
        while idle < LOOKAHEAD_DAYS:
            found = self._on(day)
            idle = 0 if found else idle + 1
            yield from (stretch for stretch in found if stretch[1] > start)
            day += DAY

    def _on(self, day: date) -> tuple[Stretch, ...]:
        """Return the working time within a day of UTC, which is worked out once."""
        if day not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[day] = tuple(self._worked(day))
        return self._known[day]

    def _worked(self, day: date) -> Iterator[Stretch]:
        for begins, ends, offset in _spans(day, ZoneInfo(self.zone)):
            # From here on the clock on the wall, which runs evenly within a span.
            first, last = begins + offset, ends + offset
            for local in (first.date() + DAY * n for n in range((last.date() - first.date()).days + 1)):
                for opens, closes in () if local in self.holidays else self._edges(local):
                    if max(opens, first) < min(closes, last):
                        yield max(opens, first) - offset, min(closes, last) - offset

    def _edges(self, local: date) -> Iterator[Stretch]:
        """Yield the shifts of a local day by the clock on the wall, in order and none twice."""
        midnight, reached = datetime.combine(local, time(), UTC), datetime.min.replace(tzinfo=UTC)
        for opens, closes in sorted(self.week.get(local.weekday(), ())):
            ends = midnight + DAY if closes == END_OF_DAY else datetime.combine(local, closes, UTC)
            if ends > reached:
                yield max(datetime.combine(local, opens, UTC), reached), ends
                reached = ends


def _spans(day: date, zone: ZoneInfo) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """Return the parts of a day of UTC in which the zone's offset is one and the same: the whole day, but for the days on which clocks change."""
    begins = datetime.combine(day, time(), UTC)
    before, after = _offset(begins, zone), _offset(begins + DAY, zone)
    if before == after:
        return ((begins, begins + DAY, before),)
    low, high = 0, int(DAY.total_seconds())
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _offset(begins + timedelta(seconds=middle), zone) == before else (low, middle)
    change = begins + timedelta(seconds=low)
    return (begins, change, before), (change, begins + DAY, after)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
