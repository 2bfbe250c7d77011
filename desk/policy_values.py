"""Policy values: how single values of a policy are read, each with what to write instead of one that is wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desk import audience
from desk.errors import InvalidInput

DURATION = re.compile(r"(\d+)\s*(s|m|h|d)")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
NAMED = "write a short name of letters, digits, - and _, such as help-center"


class Wrong(Exception):
    """Raised inside a reader; becomes a Problem with its path. `at` is the key inside a table that is read as a whole, `value` what stands there."""

    def __init__(self, fix: str, *, at: str = "", value: object = None) -> None:
        super().__init__(fix)
        self.at = at
        self.value = value


def read_duration(text: object) -> timedelta:
    """Read `8s`, `45m`, `1h30m`, `14d`; raise InvalidInput for anything else."""
    if isinstance(text, str) and text and not DURATION.sub("", text).strip():
        return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in DURATION.findall(text)), timedelta())
    raise InvalidInput(f"{text!r} is not a duration: write a number and s, m, h or d, such as 45m")


def below(path: str, key: str) -> str:
    """Return the path of a key below another one."""
    return f"{path}.{key}" if path else key


def inside(key: str, raw: object, read: Callable[[object], Any]) -> Any:
    """Read one value of a table that is read as a whole, so that what is wrong with it is told at its own key."""
    try:
        return read(raw)
    except Wrong as error:
        raise Wrong(str(error), at=below(key, error.at) if error.at else key, value=error.value if error.at else raw) from None


def expect(kind: Any, raw: object, fix: str) -> Any:
    """Return a value that is of a kind; raise Wrong with what to write instead."""
    if isinstance(raw, kind) and not (isinstance(raw, bool) and kind is not bool):
        return raw
    raise Wrong(fix)


def share(raw: object) -> float:
    """Read a number from 0 to 1."""
    number = expect((int, float), raw, "write a number from 0 to 1")
    if 0 <= number <= 1:
        return float(number)
    raise Wrong("write a number from 0 to 1")


def threshold(raw: object) -> float | None:
    """Read a share, or `calibrated`, which is None."""
    if raw == "calibrated":
        return None
    if isinstance(raw, str):
        raise Wrong('write a number from 0 to 1, or "calibrated"')
    return share(raw)


def count(raw: object) -> int:
    """Read a whole number, 0 or more."""
    number: int = expect(int, raw, "write a whole number, 0 or more")
    if number >= 0:
        return number
    raise Wrong("write a whole number, 0 or more")


def some(raw: object) -> int:
    """Read a whole number, 1 or more."""
    number: int = expect(int, raw, "write a whole number, 1 or more")
    if number >= 1:
        return number
    raise Wrong("write a whole number, 1 or more")


def amount(raw: object) -> float:
    """Read a number, 0 or more."""
    number = expect((int, float), raw, "write a number, 0 or more")
    if number >= 0:
        return float(number)
    raise Wrong("write a number, 0 or more")


def matching(pattern: str, fix: str) -> Callable[[object], str]:
    """Return a reader of texts that match a pattern as a whole."""

    def read(raw: object) -> str:
        if isinstance(raw, str) and re.fullmatch(pattern, raw):
            return raw
        raise Wrong(fix)

    return read


def one_of(words: Iterable[str]) -> Callable[[object], str]:
    """Return a reader of one of these words."""
    known = tuple(map(str, words))

    def read(raw: object) -> str:
        if raw in known:
            return str(raw)
        near = difflib.get_close_matches(str(raw), known, n=1)
        raise Wrong(f"write one of {', '.join(known)}" + (f" (did you mean {near[0]!r}?)" if near else ""))

    return read


def name(raw: object) -> str:
    """Read a short name."""
    if isinstance(raw, str) and NAME.fullmatch(raw):
        return raw
    raise Wrong(NAMED)


def zone(raw: object) -> str:
    """Read the name of a time zone."""
    try:
        return ZoneInfo(str(raw)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Wrong("there is no such time zone; write one such as Europe/Berlin") from None


def dated(raw: object) -> date:
    """Read a date."""
    try:
        return raw if isinstance(raw, date) and not isinstance(raw, datetime) else date.fromisoformat(str(raw))
    except ValueError:
        raise Wrong("write a day, such as 2026-11-02") from None


def instant(raw: object) -> datetime:
    """Read an instant."""
    fix = "write an instant with its offset, such as 2026-11-02T18:00:00+01:00"
    try:
        found = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw))
    except ValueError:
        raise Wrong(fix) from None
    if found.tzinfo is None:
        raise Wrong(fix)
    return found.astimezone(UTC)


def variable(raw: object) -> str:
    """Read the name of an environment variable."""
    if isinstance(raw, str) and VARIABLE.fullmatch(raw):
        return raw
    raise Wrong("write the name of an environment variable that holds the token, such as ZENDESK_TOKEN, never the token itself")


def readers(raw: object) -> audience.Audience:
    """Read for whom a saved text is."""
    if raw in (audience.Scope.PUBLIC, audience.Scope.INTERNAL):
        return audience.parse(str(raw))
    raise Wrong("write public, or internal for what only the team may read; a macro is for many customers, so not for one account or person")


def texts(raw: object) -> tuple[str, ...]:
    """Read a list of texts."""
    return tuple(expect(str, item, "write a list of texts in quotes") for item in expect(list, raw, "write a list of texts in quotes"))
