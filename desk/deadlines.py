"""Deadlines: when something is due, in wall time or in business time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

LOOKAHEAD_DAYS = 400
"""How far to look for a working hour before calling the calendar empty."""


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
    ROUTE = "route"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A row that becomes an event when `due` comes; one id is one deadline, set again by writing it again. `key` is the ticket or channel."""

    id: str
    kind: DeadlineKind
    key: str
    due: datetime
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hours:
    """Business hours: for each weekday (Monday is 0) the shifts in local time, and days off."""

    zone: str = "UTC"
    week: Mapping[int, tuple[tuple[time, time], ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    @property
    def always(self) -> bool:
        """Tell whether the desk is staffed round the clock (no hours given)."""
        return not self.week

    def after(self, start: datetime, business: timedelta) -> datetime:
        """Return the instant at which `business` of working time has passed since `start` (aware UTC).

        Friday 16:30 + 1 h with hours 9 to 17 is Monday 09:30. With no hours given, it is wall time.
        """
        if self.always:
            return start + business
        left = business
        for opens, closes in self._shifts(start):
            begins = max(opens, start)
            if begins + left <= closes:
                return begins + left
            left -= max(closes - begins, timedelta())
        return start + business

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time between two instants, zero when `end` comes first."""
        if self.always:
            return max(end - start, timedelta())
        total = timedelta()
        for opens, closes in self._shifts(start):
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, start), timedelta())
        return total

    def is_open(self, at: datetime) -> bool:
        """Tell whether somebody works at that instant."""
        return self.always or any(opens <= at < closes for opens, closes in self._shifts(at, days=1))

    def _shifts(self, start: datetime, days: int = LOOKAHEAD_DAYS) -> Iterator[tuple[datetime, datetime]]:
        """Yield the shifts that end after `start`, in UTC and in order; a shift over midnight is written as two."""
        zone = ZoneInfo(self.zone)
        first = start.astimezone(zone).date()
        for day in (first + timedelta(days=n) for n in range(days + 1)):
            for opens, closes in () if day in self.holidays else self.week.get(day.weekday(), ()):
                # Subtracting in UTC, not in local time, keeps a shift its real length when the clocks change.
                begin, end = (datetime.combine(day, edge, zone).astimezone(UTC) for edge in (opens, closes))
                if end > start:
                    yield begin, end
