"""When something is due: a start, minutes of work and business hours as JSON, and the instant at which the last minute is used up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desk.deadlines import END_OF_DAY, Hours
from desk.errors import InvalidInput

ITEM = frozenset({"start", "minutes", "hours"})
HOURS = frozenset({"zone", "days", "shifts", "holidays", "country"})
MOST = 100 * 366 * 24 * 60
"""Minutes in a hundred years: what is due later is a mistake."""


def due(line: str) -> dict[str, str]:
    """Answer one line; raise InvalidInput with what is wrong with it."""
    item = _item(line)
    hours = _hours(json.dumps(item.get("hours", {}), sort_keys=True))
    start, minutes = _start(item.get("start"), hours), _minutes(item.get("minutes"))
    begins = start.astimezone(UTC)
    if not hours.is_ever_open(begins):
        raise InvalidInput("nobody ever works in these hours: write days, and shifts that are not all on holidays")
    try:
        found = hours.after(begins, minutes) if minutes else begins
    except OverflowError:
        raise InvalidInput(f"minutes = {item['minutes']!r}: this is due after the last day of the calendar") from None
    # Who wrote the start in UTC reads the answer in UTC, everybody else on the clock of those who work.
    zone = UTC if start.utcoffset() == timedelta() else ZoneInfo(hours.zone)
    return {"due": found.astimezone(zone).isoformat()}


def _item(line: str) -> Mapping[str, Any]:
    try:
        item = json.loads(line)
    except ValueError as error:
        raise InvalidInput(f"this is not JSON: {error}") from None
    if not isinstance(item, dict):
        raise InvalidInput('write an object such as {"start": "2026-11-06T16:30:00+01:00", "minutes": 60, "hours": {"zone": "Europe/Berlin"}}')
    _known(item, ITEM)
    return item


def _known(table: Mapping[str, Any], keys: frozenset[str]) -> None:
    if unknown := sorted(table.keys() - keys):
        raise InvalidInput(f"there is no key {unknown[0]!r} here: known keys are {', '.join(sorted(keys))}")


def _start(raw: object, hours: Hours) -> datetime:
    """Read an instant; one without an offset is by the clock of those who work."""
    try:
        start = datetime.fromisoformat(str(raw))
    except ValueError:
        raise InvalidInput(f'start = {raw!r}: write an instant such as "2026-11-06T16:30:00+01:00"') from None
    return start if start.tzinfo else start.replace(tzinfo=ZoneInfo(hours.zone))


def _minutes(raw: object) -> timedelta:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= MOST:
        raise InvalidInput(f"minutes = {raw!r}: write a number of minutes, 0 or more")
    return timedelta(minutes=raw)


@lru_cache(maxsize=1024)
def _hours(text: str) -> Hours:
    """Read business hours; the same ones are read once."""
    from escalation.calendars.days_off import in_country

    raw = json.loads(text)
    if not isinstance(raw, dict):
        raise InvalidInput(f"hours = {raw!r}: write an object with zone, days, shifts and holidays")
    _known(raw, HOURS)
    zone = raw.get("zone", "UTC")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise InvalidInput(f"hours.zone = {zone!r}: there is no such time zone; write one such as Europe/Berlin") from None
    shifts = tuple(map(_shift, _list(raw, "shifts", [["00:00", "24:00"]])))
    days = [_day(day) for day in _list(raw, "days", list(range(7)))]
    holidays = frozenset(map(_holiday, _list(raw, "holidays", [])))
    # Without a single day nobody works, while hours without a week mean round the clock.
    week = dict.fromkeys(days, shifts) if days and shifts else {0: ()}
    return in_country(Hours(zone, week, holidays, _country(raw.get("country", ""))))


def _list(raw: Mapping[str, Any], key: str, otherwise: list[Any]) -> list[Any]:
    found = raw.get(key, otherwise)
    if isinstance(found, list):
        return found
    raise InvalidInput(f"hours.{key} = {found!r}: write a list")


def _day(raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= 6:
        return raw
    raise InvalidInput(f"hours.days has {raw!r}: write weekdays from 0 for Monday to 6 for Sunday")


def _shift(raw: object) -> tuple[time, time]:
    try:
        opens, closes = raw if isinstance(raw, list | tuple) else ()
        shift = (_edge(opens), END_OF_DAY if closes == "24:00" else _edge(closes))
    except (ValueError, TypeError):
        raise InvalidInput(f'hours.shifts has {raw!r}: write two times such as ["09:00", "17:00"]') from None
    if shift[0] < shift[1]:
        return shift
    raise InvalidInput(f"hours.shifts has {raw!r}: a shift ends after it begins; write one over midnight as two")


def _edge(raw: str) -> time:
    found = time.fromisoformat(raw)
    if found.tzinfo is not None:
        raise ValueError(raw)
    return found


def _holiday(raw: object) -> date:
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        raise InvalidInput(f'hours.holidays has {raw!r}: write dates such as "2026-12-25"') from None


def _country(raw: object) -> str:
    if isinstance(raw, str):
        return raw
    raise InvalidInput(f"hours.country = {raw!r}: write a country such as DE or DE-BY")
