"""Checking a policy: every problem with its key path, the value that is wrong, and what to write instead."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import string
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desk import audience, macros, oncall_check, routing_check, selfservice_check, sla_check
from desk.customer import Trust
from desk.deadlines import END_OF_DAY, Hours
from desk.errors import InvalidInput
from desk.modes import Mode, ModeRule, Modes
from desk.oncall import Handover, PagerKind, Span, StepKind, read_handover, read_span
from desk.policy import PLACEHOLDERS, REQUIRED_PHRASES, Policy
from desk.routing import Assign, Switch
from desk.selfservice import Confirm, Effect, ParameterKind
from desk.source import Source, SourceKind
from desk.space import ChannelKind
from desk.ticket import Level

DURATION = re.compile(r"(\d+)\s*(s|m|h|d)")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
COMPUTED = frozenset({"version", "hashes"})
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
NAMED = "write a short name of letters, digits, - and _, such as help-center"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a policy: where (`tickets.window`), what stands there, and what to write instead."""

    path: str
    value: object
    fix: str

    def __str__(self) -> str:
        return f"{self.path} = {self.value!r}: {self.fix}"


class PolicyError(InvalidInput):
    """A policy with problems; they are all in `problems`."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class _Wrong(Exception):
    """Raised inside a reader; becomes a Problem with its path. `at` is the key inside a table that is read as a whole, `value` what stands there."""

    def __init__(self, fix: str, *, at: str = "", value: object = None) -> None:
        super().__init__(fix)
        self.at = at
        self.value = value


def read_policy(raw: Mapping[str, Any]) -> Policy:
    """Turn a resolved policy (nested tables) into a Policy; raise PolicyError with every problem found."""
    problems: list[Problem] = []
    values = _table(Policy, raw, path="", problems=problems)
    problems.extend(_phrase_problems(raw.get("phrases", {})))
    problems.extend(_macro_problems(raw))
    problems.extend(_source_problems(raw.get("knowledge", {}).get("sources", []) if isinstance(raw.get("knowledge"), Mapping) else []))
    problems.extend(_action_problems(values))
    problems.extend(Problem(f"oncall.{path}", value, fix) for path, value, fix in oncall_check.problems(values.get("oncall")))
    problems.extend(Problem(f"routing.{at}", value, fix) for at, value, fix in routing_check.problems(values.get("routing"), values.get("calendars") or {}))
    problems.extend(Problem(*wrong) for wrong in sla_check.problems(values.get("sla"), values.get("calendars")))
    if problems:
        raise PolicyError(tuple(problems))
    hashes = {section: _digest(content) for section, content in raw.items()}
    return Policy(**values, version=_digest(raw), hashes=hashes)


def read_duration(text: object) -> timedelta:
    """Read `8s`, `45m`, `1h30m`, `14d`; raise InvalidInput for anything else."""
    if isinstance(text, str) and text and not DURATION.sub("", text).strip():
        return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in DURATION.findall(text)), timedelta())
    raise InvalidInput(f"{text!r} is not a duration: write a number and s, m, h or d, such as 45m")


def merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Lay policies over one another: tables merge key by key, everything else is replaced by the later layer."""
    result: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            known = result.get(key)
            result[key] = merged(known, value) if isinstance(known, Mapping) and isinstance(value, Mapping) else value
    return result


def _table(cls: type, raw: object, *, path: str, problems: list[Problem]) -> dict[str, Any]:
    """Read the fields of a dataclass from a table, noting unknown and missing keys."""
    if not isinstance(raw, Mapping):
        problems.append(Problem(path, raw, "write a table"))
        return {}
    hints = get_type_hints(cls, include_extras=True)
    names = [f.name for f in fields(cls) if f.name not in COMPUTED]
    for key in raw.keys() - set(names):
        near = difflib.get_close_matches(key, names, n=1)
        problems.append(
            Problem(
                _join(path, key), raw[key], f"there is no such key; {f'did you mean {near[0]!r}?' if near else 'known keys are ' + ', '.join(names)}"
            )
        )
    values: dict[str, Any] = {}
    optional = {f.name for f in fields(cls) if f.default is not MISSING or f.default_factory is not MISSING}
    for name in names:
        if name not in raw and name in optional:
            continue
        if name not in raw:
            problems.append(Problem(_join(path, name), None, "this key is missing"))
            continue
        try:
            values[name] = _value(hints[name], raw[name], path=_join(path, name), problems=problems)
        except (_Wrong, InvalidInput) as error:
            problems.append(_problem(_join(path, name), raw[name], error))
    return values


def _value(hint: Any, raw: object, *, path: str, problems: list[Problem]) -> Any:
    """Read one value of a declared type."""
    if hint in SPECIAL:
        return SPECIAL[hint](raw)
    if is_dataclass(hint) and isinstance(hint, type):
        return _nested(hint, raw, path=path, problems=problems)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is typing.Annotated:
        return ANNOTATED[arguments[1]](raw)
    if origin is tuple:
        return tuple(_each(arguments[0], list(enumerate(_expect(list, raw, "write a list"))), path=path, problems=problems).values())
    if origin in (Union, types.UnionType):
        return _value(arguments[0], raw, path=path, problems=problems)
    return _each(arguments[1], list(_expect(Mapping, raw, "write a table").items()), path=path, problems=problems)


def _each(hint: Any, items: list[tuple[Any, object]], *, path: str, problems: list[Problem]) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    for key, raw in items:
        try:
            result[key] = _value(hint, raw, path=_join(path, str(key)), problems=problems)
        except (_Wrong, InvalidInput) as error:
            problems.append(_problem(_join(path, str(key)), raw, error))
    return result


def _nested(cls: type, raw: object, *, path: str, problems: list[Problem]) -> Any:
    before = len(problems)
    values = _table(cls, raw, path=path, problems=problems)
    return cls(**values) if len(problems) == before else None


def _problem(path: str, raw: object, error: _Wrong | InvalidInput) -> Problem:
    if isinstance(error, InvalidInput):
        return Problem(path, raw, str(error).split(": ", 1)[-1])
    return Problem(f"{path}.{error.at}", error.value, str(error)) if error.at else Problem(path, raw, str(error))


def _inside(key: str, raw: object, read: Callable[[object], Any]) -> Any:
    """Read one value of a table that is read as a whole, so that what is wrong with it is told at its own key."""
    try:
        return read(raw)
    except _Wrong as error:
        raise _Wrong(str(error), at=_join(key, error.at) if error.at else key, value=error.value if error.at else raw) from None


def _expect(kind: Any, raw: object, fix: str) -> Any:
    if isinstance(raw, kind) and not (isinstance(raw, bool) and kind is not bool):
        return raw
    raise _Wrong(fix)


def _share(raw: object) -> float:
    number = _expect((int, float), raw, "write a number from 0 to 1")
    if 0 <= number <= 1:
        return float(number)
    raise _Wrong("write a number from 0 to 1")


def _threshold(raw: object) -> float | None:
    if raw == "calibrated":
        return None
    if isinstance(raw, str):
        raise _Wrong('write a number from 0 to 1, or "calibrated"')
    return _share(raw)


def _count(raw: object) -> int:
    number: int = _expect(int, raw, "write a whole number, 0 or more")
    if number >= 0:
        return number
    raise _Wrong("write a whole number, 0 or more")


def _some(raw: object) -> int:
    number: int = _expect(int, raw, "write a whole number, 1 or more")
    if number >= 1:
        return number
    raise _Wrong("write a whole number, 1 or more")


def _matching(pattern: str, fix: str) -> Callable[[object], str]:
    def read(raw: object) -> str:
        if isinstance(raw, str) and re.fullmatch(pattern, raw):
            return raw
        raise _Wrong(fix)

    return read


def _amount(raw: object) -> float:
    number = _expect((int, float), raw, "write a number, 0 or more")
    if number >= 0:
        return float(number)
    raise _Wrong("write a number, 0 or more")


def _one_of(words: typing.Iterable[str]) -> Callable[[object], str]:
    known = tuple(map(str, words))

    def read(raw: object) -> str:
        if raw in known:
            return str(raw)
        near = difflib.get_close_matches(str(raw), known, n=1)
        raise _Wrong(f"write one of {', '.join(known)}" + (f" (did you mean {near[0]!r}?)" if near else ""))

    return read


def _mode(raw: object) -> Mode:
    return Mode[_one_of(mode.word for mode in Mode)(raw).upper()]


def _modes(raw: object) -> Modes:
    table = _expect(Mapping, raw, "write a table with default and rules")
    unknown = sorted(table.keys() - {"default", "rules"})
    if unknown:
        raise _Wrong(
            f"there is no key {unknown[0]!r} here: write default, or [[modes.rules]] with category, kind, tier and mode",
            at=unknown[0],
            value=table[unknown[0]],
        )
    default = _inside("default", table.get("default", "observe"), _mode)
    return Modes(default, tuple(_inside(f"rules.{n}", rule, _mode_rule) for n, rule in enumerate(table.get("rules", []))))


def _mode_rule(raw: object) -> ModeRule:
    table = _expect(Mapping, raw, "write rules as tables with category, kind, tier and mode")
    unknown = sorted(table.keys() - {"category", "kind", "tier", "mode"})
    if unknown or "mode" not in table:
        raise _Wrong(f"a rule has mode and any of category, kind, tier{f'; {unknown[0]!r} is none of them' if unknown else ''}")
    kind = ChannelKind(_inside("kind", table["kind"], _one_of(ChannelKind))) if table.get("kind") else None
    return ModeRule(_inside("mode", table["mode"], _mode), str(table.get("category", "")), kind, str(table.get("tier", "")))


def _hours(raw: object) -> Hours:
    table = _expect(Mapping, raw, "write a table with zone, week, country and holidays")
    unknown = sorted(table.keys() - {"zone", "week", "country", "holidays"})
    if unknown:
        raise _Wrong(f"there is no key {unknown[0]!r} here: write zone, week, country and holidays", at=unknown[0], value=table[unknown[0]])
    try:
        ZoneInfo(str(table.get("zone", "UTC")))
        week = {DAYS.index(_one_of(DAYS)(day)): _inside(f"week.{day}", shifts, _shifts) for day, shifts in table.get("week", {}).items()}
        holidays = frozenset(date.fromisoformat(str(day)) for day in table.get("holidays", []))
        return Hours(str(table.get("zone", "UTC")), week, holidays, str(table.get("country", "")))
    except ZoneInfoNotFoundError:
        raise _Wrong("there is no such time zone; write one such as Europe/Berlin", at="zone", value=table.get("zone")) from None
    except ValueError:
        raise _Wrong('write shifts as "09:00-17:00" and holidays as "2026-12-25"') from None


def _shifts(raw: object) -> tuple[tuple[time, time], ...]:
    """Read the shifts of a day, in any order."""
    found = tuple(sorted(map(_shift, _expect(list, raw, 'write a list of shifts such as ["09:00-12:00", "13:00-17:00"]'))))
    if sla_check.overlaps(found):
        raise _Wrong("two of these shifts overlap: write each hour once")
    return found


def _shift(text: object) -> tuple[time, time]:
    opens, _, closes = str(text).partition("-")
    shift = (time.fromisoformat(opens.strip()), END_OF_DAY if closes.strip() == "24:00" else time.fromisoformat(closes.strip()))
    if shift[0] < shift[1]:
        return shift
    raise ValueError(text)


def _source(raw: object) -> Source:
    """Read one source; all but its name and kind have defaults."""
    table = _expect(Mapping, raw, "write sources as tables with name, kind and at")
    unknown = sorted(table.keys() - SOURCE.keys())
    if unknown:
        near = difflib.get_close_matches(unknown[0], SOURCE, n=1)
        raise _Wrong(
            f"there is no such key; {f'did you mean {near[0]!r}?' if near else 'known keys are ' + ', '.join(SOURCE)}",
            at=unknown[0],
            value=table[unknown[0]],
        )
    if missing := next((key for key in ("name", "kind") if key not in table), None):
        raise _Wrong("this key is missing", at=missing)
    values = {key: _inside(key, value, SOURCE[key]) for key, value in table.items()}
    if "audience" not in values and values["kind"] in UNTOLD:
        values["audience"] = audience.INTERNAL
    return Source(**values)


def _name(raw: object) -> str:
    if isinstance(raw, str) and NAME.fullmatch(raw):
        return raw
    raise _Wrong(NAMED)


def _zone(raw: object) -> str:
    try:
        return ZoneInfo(str(raw)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _Wrong("there is no such time zone; write one such as Europe/Berlin") from None


def _dated(raw: object) -> date:
    try:
        return raw if isinstance(raw, date) and not isinstance(raw, datetime) else date.fromisoformat(str(raw))
    except ValueError:
        raise _Wrong("write a day, such as 2026-11-02") from None


def _instant(raw: object) -> datetime:
    try:
        found = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw))
    except ValueError:
        found = datetime.min
    if found.tzinfo is None:
        raise _Wrong("write an instant with its offset, such as 2026-11-02T18:00:00+01:00")
    return found.astimezone(UTC)


def _variable(raw: object) -> str:
    if isinstance(raw, str) and VARIABLE.fullmatch(raw):
        return raw
    raise _Wrong("write the name of an environment variable that holds the token, such as ZENDESK_TOKEN, never the token itself")


def _readers(raw: object) -> audience.Audience:
    if raw in (audience.Scope.PUBLIC, audience.Scope.INTERNAL):
        return audience.parse(str(raw))
    raise _Wrong("write public, or internal for what only the team may read; a macro is for many customers, so not for one account or person")


def _texts(raw: object) -> tuple[str, ...]:
    return tuple(_expect(str, item, "write a list of texts in quotes") for item in _expect(list, raw, "write a list of texts in quotes"))


def _source_problems(raw: object) -> list[Problem]:
    """Two sources of one name would take each other's articles away."""
    names = [str(source.get("name", "")) for source in raw if isinstance(source, Mapping)] if isinstance(raw, list) else []
    twice = sorted({name for name in names if name and names.count(name) > 1})
    return [Problem("knowledge.sources", name, "two sources have this name: give each its own") for name in twice]


def _action_problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with an action beyond its types; one whose types are wrong was told of before."""
    actions = [action for action in values.get("actions") or () if action is not None]
    found = selfservice_check.problems(actions, macros=values.get("macros") or {})
    return [Problem(f"actions.{path}", value, fix) for path, value, fix in found]


def _phrase_problems(raw: object) -> list[Problem]:
    """Fixed sentences must exist in English and fill in only what the desk knows."""
    if not isinstance(raw, Mapping):
        return []
    spoken = {language: table for language, table in raw.items() if isinstance(table, Mapping)}
    missing = [Problem(f"phrases.en.{code}", None, "this sentence is missing") for code in sorted(REQUIRED_PHRASES - spoken.get("en", {}).keys())]
    return missing + [
        problem
        for language, table in spoken.items()
        for code, text in table.items()
        for problem in _placeholder_problems(f"phrases.{language}.{code}", text)
    ]


def _macro_problems(raw: Mapping[str, Any]) -> list[Problem]:
    """Macros have names that people can write, fill in only what the record has, and speak a language of the phrases."""
    table, phrases = raw.get("macros", {}), raw.get("phrases", {})
    if not isinstance(table, Mapping):
        return []
    misnamed = [Problem("macros", name, NAMED) for name in table if not NAME.fullmatch(name)]
    spoken = list(phrases) if isinstance(phrases, Mapping) else []
    return misnamed + [Problem(f"macros.{key}", value, fix) for key, value, fix in macros.mistakes(table, languages=spoken)]


def _placeholder_problems(path: str, text: object) -> list[Problem]:
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(str(text)) if name is not None}
    except ValueError:
        return [Problem(path, text, "a brace stands alone; write {{ for a brace")]
    return [Problem(path, text, f"{{{name}}} is not known here; use {', '.join(sorted(PLACEHOLDERS))}") for name in sorted(names - PLACEHOLDERS)]


def _digest(content: object) -> str:
    return hashlib.blake2b(json.dumps(content, sort_keys=True, default=str).encode(), digest_size=6).hexdigest()


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


ANNOTATED: dict[str, Callable[[object], Any]] = {
    "span": lambda raw: sla_check.span(raw, read_duration),
    "warn": lambda raw: sla_check.warn(raw, read_duration),
    "weekly": sla_check.weekly,
    "share": _share,
    "count": _count,
    "threshold": _threshold,
    "amount": _amount,
    "classifier": _one_of(("local", "model")),
    "members": _one_of(("colleagues", "customers")),
    "later": _one_of(("offer", "send")),
    "does": _one_of(("hand_over", "tell", "off")),
    "heard": _one_of(("hand_over", "tell")),
    "always": _one_of(("hand_over",)),
    "readers": _readers,
    "images": _one_of(("always", "verified", "never")),
    "some": _some,
    "effort": _one_of(("low", "medium", "high")),
    "redacted": _one_of(("email", "phone")),
    "spoken": _matching("[a-z]{2}", "write a language by its two letters, such as en"),
    "zone": _zone,
    "variable": _variable,
    "named": _matching(r"\S+", "write a model's id, such as claude-sonnet-5-5"),
}
SOURCE: dict[str, Callable[[object], Any]] = {
    "name": _name,
    "kind": lambda raw: SourceKind(_one_of(SourceKind)(raw)),
    "at": lambda raw: _expect(str, raw, "write a path or an address in quotes"),
    "every": read_duration,
    "owner": lambda raw: _expect(str, raw, "write a teammate's name or e-mail address in quotes"),
    "review": read_duration,
    "audience": lambda raw: audience.parse(str(raw)),
    "language": lambda raw: _expect(str, raw, "write a language code such as en"),
    "secret": _variable,
    "include": _texts,
    "exclude": _texts,
    "private_network": lambda raw: _expect(bool, raw, "write true or false"),
    "most": _count,
    "branch": lambda raw: _expect(str, raw, "write a branch's name in quotes"),
}
"""How each key of a source is read."""
UNTOLD = frozenset({SourceKind.NOTION, SourceKind.CONFLUENCE})
"""Wikis, whose exports do not say who may read a page: the team alone, until the policy says otherwise."""
SPECIAL: dict[Any, Callable[[object], Any]] = {
    timedelta: read_duration,
    str: lambda raw: _expect(str, raw, "write text in quotes"),
    bool: lambda raw: _expect(bool, raw, "write true or false"),
    int: lambda raw: _expect(int, raw, "write a whole number"),
    audience.Audience: lambda raw: audience.parse(str(raw)),
    Trust: lambda raw: Trust[_one_of(trust.name.lower() for trust in Trust)(raw).upper()],
    ParameterKind: lambda raw: ParameterKind(_one_of(ParameterKind)(raw)),
    Confirm: lambda raw: Confirm(_one_of(Confirm)(raw)),
    Effect: lambda raw: Effect(_one_of(Effect)(raw)),
    Switch: lambda raw: Switch(_one_of(Switch)(raw)),
    Assign: lambda raw: Assign(_one_of(Assign)(raw)),
    Level: lambda raw: Level(_one_of(Level)(raw)),
    Modes: _modes,
    Hours: _hours,
    Span: read_span,
    Handover: read_handover,
    StepKind: lambda raw: StepKind(_one_of(StepKind)(raw)),
    PagerKind: lambda raw: PagerKind(_one_of(PagerKind)(raw)),
    date: _dated,
    datetime: _instant,
    Source: _source,
}
