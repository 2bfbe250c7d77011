"""Checking what is promised: the readers of its values, and what no type can say of rules and calendars."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import time, timedelta
from itertools import pairwise

from desk.deadlines import Hours
from desk.errors import InvalidInput
from desk.sla_policy import Sla
from desk.space import ChannelKind

ALWAYS = "always"
"""The calendar of those who work round the clock, which needs no table."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KINDS = tuple(kind.value for kind in ChannelKind if kind is not ChannelKind.INTERNAL)
PERCENT = re.compile(r"(\d{1,3})\s*%")
WEEKLY = re.compile(rf"({'|'.join(DAYS)}) ([01]\d|2[0-3]):[0-5]\d")
Wrong = tuple[str, object, str]
"""The path, what stands there, and what to write instead."""


def span(raw: object, read: Callable[[object], timedelta]) -> timedelta | None:
    """Read a promised time, "" as none."""
    if raw == "":
        return None
    found = read(raw)
    if found <= timedelta():
        raise InvalidInput(f'{raw!r}: write a time such as 4h, or "" to promise nothing')
    return found


def warn(raw: object, read: Callable[[object], timedelta]) -> float | timedelta:
    """Read when to warn: a share such as 75%, or a time before the promise is due such as 15m."""
    if isinstance(raw, str) and (found := PERCENT.fullmatch(raw.strip())):
        if 0 < int(found[1]) <= 100:
            return int(found[1]) / 100
        raise InvalidInput(f"{raw!r}: write a share from 1% to 100%")
    try:
        return read(raw)
    except InvalidInput:
        raise InvalidInput(f'{raw!r}: write a share of the promised time such as "75%", or how long before its end such as "15m"') from None


def weekly(raw: object) -> str:
    """Read a weekday and a time, "" as never."""
    if isinstance(raw, str) and (raw == "" or WEEKLY.fullmatch(raw)):
        return raw
    raise InvalidInput(f'{raw!r}: write a weekday and a time such as "mon 09:00", or "" for never')


def overlaps(shifts: Iterable[tuple[time, time]]) -> bool:
    """Tell whether two shifts of a day share an instant."""
    ordered = sorted(shifts)
    return any(later[0] < earlier[1] for earlier, later in pairwise(ordered))


def problems(sla: Sla | None, calendars: Mapping[str, Hours] | None) -> list[Wrong]:
    """Return what is wrong with the rules and the names of calendars."""
    known = {"", ALWAYS, *(calendars or {})}
    found: list[Wrong] = [("calendars.always", ALWAYS, "this calendar is built in: give yours another name")] if ALWAYS in (calendars or {}) else []
    for n, rule in enumerate(sla.rules if sla and all(sla.rules) else ()):
        at = f"sla.rules.{n}"
        if rule.kind not in ("", *KINDS):
            found.append((f"{at}.kind", rule.kind, f"write one of {', '.join(KINDS)}"))
        if rule.hours not in known:
            found.append((f"{at}.hours", rule.hours, f"there is no such calendar: write one of {', '.join(sorted(known - {''}))}"))
        if not rule.hours and rule.first_response is None and rule.next_response is None and rule.resolution is None:
            found.append((at, "", "a rule promises something: write first_response, next_response, resolution or hours"))
    return found
