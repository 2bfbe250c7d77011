"""Imported calendars: who an iCalendar file says is on call. The title of an event names the person, or its attendee does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from desk.errors import InvalidInput
from desk.oncall import Shift

DAY = timedelta(days=1)
MOST = 5000
"""Repetitions of one event that are read; nobody's shifts are more."""
LARGEST = 4 * 1024 * 1024
"""Bytes of a file that is still a calendar of shifts."""
TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})
NO_CALENDAR = "this is no iCalendar file: export it from your calendar as .ics"


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it is written: `begins` by the clock of its own zone, and what repeats it."""

    person: str
    begins: datetime
    length: timedelta
    zone: tzinfo
    uid: str = ""
    rule: str = ""
    until: datetime | None = None
    more: tuple[datetime, ...] = ()
    without: frozenset[datetime] = frozenset()
    instead_of: datetime | None = None


def read_shifts(content: bytes, start: datetime, until: datetime, *, zone: str) -> tuple[Shift, ...]:
    """Return the shifts that overlap a time, earliest first; `zone` is whose clock times without one, and whole days, are by.

    Raises InvalidInput with a sentence for what cannot be read.
    """
    events = _events(content, ZoneInfo(zone))
    moved: dict[str, set[datetime]] = {}
    for event in events:
        if event.instead_of:
            moved.setdefault(event.uid, set()).add(event.instead_of)
    found = [shift for event in events for shift in _shifts(event, start, until, moved=moved.get(event.uid, set()))]
    return tuple(sorted(found, key=lambda shift: (shift.start, shift.until)))


def people(content: bytes, *, zone: str) -> tuple[str, ...]:
    """Return whom a calendar names, each once and in the order of the file."""
    return tuple(dict.fromkeys(event.person for event in _events(content, ZoneInfo(zone))))


def _events(content: bytes, zone: ZoneInfo) -> list[Event]:
    if len(content) > LARGEST:
        raise InvalidInput("this file is too large to be a calendar of shifts: 4 MB are read")
    # Imported here: most desks read no calendar, and its parser is large.
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(content, multiple=True)
    # Whatever its parser raises for what is no calendar is a mistake in the file.
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(NO_CALENDAR) from error
    parts = [part for calendar in calendars if calendar.name == "VCALENDAR" for part in calendar.walk("VEVENT")]
    if not any(calendar.name == "VCALENDAR" for calendar in calendars):
        raise InvalidInput(NO_CALENDAR)
    live = [part for part in parts if str(part.get("STATUS", "")).upper() != "CANCELLED" or part.get("RECURRENCE-ID")]
    return [_event(part, zone, n) for n, part in enumerate(live, start=1)]


def _event(part: Mapping[str, Any], zone: ZoneInfo, n: int) -> Event:
    try:
        begins, own = _local(part["DTSTART"].dt, zone)
        cancelled = str(part.get("STATUS", "")).upper() == "CANCELLED"
        event = Event(
            person="" if cancelled else _person(part),
            begins=begins,
            length=timedelta() if cancelled else _length(part, begins, zone),
            zone=own,
            uid=str(part.get("UID", "")),
            more=tuple(_dates(part.get("RDATE"), own)),
            without=frozenset(_dates(part.get("EXDATE"), own)),
            instead_of=_local(part["RECURRENCE-ID"].dt, zone, wanted=own)[0] if part.get("RECURRENCE-ID") else None,
        )
        if not event.person and not cancelled:
            raise InvalidInput(f"event {n} names nobody: write the person's name as its title, or invite them")
        return _repeated(event, part)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InvalidInput(f"event {n} cannot be read: its time or how it repeats is not written as iCalendar wants it") from error


def _repeated(event: Event, part: Mapping[str, Any]) -> Event:
    rule = part.get("RRULE")
    if not rule:
        return event
    if isinstance(rule, list) or str(rule.get("FREQ", [""])[0]).upper() in TOO_OFTEN:
        raise ValueError("shifts are hours or longer, and repeat by one rule")
    ends = rule.get("UNTIL", [None])[0]
    kept = type(rule)({key: value for key, value in rule.items() if key.upper() != "UNTIL"})
    until = None if ends is None else _local(ends, event.zone)[0] if isinstance(ends, datetime) else datetime.combine(ends, time.max)
    text = kept.to_ical().decode()
    _rule(text, event.begins)
    return Event(event.person, event.begins, event.length, event.zone, event.uid, text, until, event.more, event.without, event.instead_of)


def _shifts(event: Event, start: datetime, until: datetime, *, moved: set[datetime]) -> Iterator[Shift]:
    skipped = event.without | (frozenset() if event.instead_of else frozenset(moved))
    for begins in _begins(event, start, until):
        if begins in skipped or not event.person:
            continue
        # By the clock on the wall: a night in which clocks change is longer or shorter.
        first, last = (edge.replace(tzinfo=event.zone).astimezone(UTC) for edge in (begins, begins + event.length))
        if first < until and last > start and first < last:
            yield Shift(event.person, first, last)


def _begins(event: Event, start: datetime, until: datetime) -> Iterator[datetime]:
    yield from (event.more if event.rule else (event.begins, *event.more))
    if not event.rule:
        return
    early, late = ((edge.astimezone(event.zone)).replace(tzinfo=None) for edge in (start, until))
    last = min(late + DAY, event.until) if event.until else late + DAY
    for n, begins in enumerate(_rule(event.rule, event.begins).xafter(early - event.length - DAY, inc=True)):
        if begins > last or n >= MOST:
            return
        yield begins


def _rule(text: str, begins: datetime) -> Any:
    """Return a rule as dateutil repeats it; raise ValueError for one that is none."""
    from dateutil.rrule import rrulestr

    return rrulestr(text, dtstart=begins)


def _local(given: date | datetime, zone: tzinfo, *, wanted: tzinfo | None = None) -> tuple[datetime, tzinfo]:
    """Return a time as its own zone's clock shows it, without the zone, and that zone."""
    if not isinstance(given, datetime):
        return datetime.combine(given, time()), wanted or zone
    if given.tzinfo is None:
        return given, wanted or zone
    own = wanted or given.tzinfo
    return given.astimezone(own).replace(tzinfo=None), own


def _length(part: Mapping[str, Any], begins: datetime, zone: ZoneInfo) -> timedelta:
    if "DTEND" in part:
        own = part["DTSTART"].dt.tzinfo if isinstance(part["DTSTART"].dt, datetime) else None
        ends, _ = _local(part["DTEND"].dt, zone, wanted=own)
        length = ends - begins
    elif "DURATION" in part:
        length = part["DURATION"].dt
    else:
        length = timedelta() if isinstance(part["DTSTART"].dt, datetime) else DAY
    if length <= timedelta():
        raise ValueError("a shift ends after it begins")
    return length


def _dates(given: Any, zone: tzinfo) -> Iterator[datetime]:
    for group in given if isinstance(given, list) else [given] if given else []:
        for entry in group.dts:
            if not isinstance(entry.dt, tuple):
                yield _local(entry.dt, zone, wanted=zone)[0]


def _person(part: Mapping[str, Any]) -> str:
    """Return the invited person's address, else the title, of which only what follows a colon: `On call: Jonas Reed`."""
    invited = part.get("ATTENDEE")
    first = invited[0] if isinstance(invited, list) and invited else invited
    address = str(first or "").partition(":")[2].strip().lower()
    return address if "@" in address else str(part.get("SUMMARY", "")).rpartition(":")[2].strip()
