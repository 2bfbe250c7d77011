"""Policy readers: how the values of a policy are read that are more than a number or a word, and the tables of all readers."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desk import audience, sla_check
from desk.customer import Trust
from desk.deadlines import END_OF_DAY, Hours
from desk.modes import Mode, ModeRule, Modes
from desk.oncall import Handover, PagerKind, Span, StepKind, read_handover, read_span
from desk.policy_values import (
    Wrong,
    amount,
    count,
    dated,
    expect,
    inside,
    instant,
    matching,
    name,
    one_of,
    read_duration,
    readers,
    share,
    some,
    texts,
    threshold,
    variable,
    zone,
)
from desk.routing import Assign, Switch
from desk.selfservice import Confirm, Effect, ParameterKind
from desk.source import Source, SourceKind
from desk.space import ChannelKind
from desk.ticket import Level

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNTOLD = frozenset({SourceKind.NOTION, SourceKind.CONFLUENCE})
"""Wikis, whose exports do not say who may read a page: the team alone, until the policy says otherwise."""


def _modes(raw: object) -> Modes:
    table = expect(Mapping, raw, "write a table with default and rules")
    unknown = sorted(table.keys() - {"default", "rules"})
    if unknown:
        raise Wrong(
            f"there is no key {unknown[0]!r} here: write default, or [[modes.rules]] with category, kind, tier and mode",
            at=unknown[0],
            value=table[unknown[0]],
        )
    default = inside("default", table.get("default", "observe"), _mode)
    return Modes(default, tuple(inside(f"rules.{n}", rule, _mode_rule) for n, rule in enumerate(table.get("rules", []))))


def _mode_rule(raw: object) -> ModeRule:
    table = expect(Mapping, raw, "write rules as tables with category, kind, tier and mode")
    unknown = sorted(table.keys() - {"category", "kind", "tier", "mode"})
    if unknown or "mode" not in table:
        raise Wrong(f"a rule has mode and any of category, kind, tier{f'; {unknown[0]!r} is none of them' if unknown else ''}")
    kind = ChannelKind(inside("kind", table["kind"], one_of(ChannelKind))) if table.get("kind") else None
    return ModeRule(inside("mode", table["mode"], _mode), str(table.get("category", "")), kind, str(table.get("tier", "")))


def _mode(raw: object) -> Mode:
    return Mode[one_of(mode.word for mode in Mode)(raw).upper()]


SHIFT = 'write shifts as "09:00-17:00", and one over midnight as two: until "24:00", and from "00:00" on the next day'


def _hours(raw: object) -> Hours:
    table = expect(Mapping, raw, "write a table with zone, week, country and holidays")
    unknown = sorted(table.keys() - {"zone", "week", "country", "holidays"})
    if unknown:
        raise Wrong(f"there is no key {unknown[0]!r} here: write zone, week, country and holidays", at=unknown[0], value=table[unknown[0]])
    try:
        ZoneInfo(str(table.get("zone", "UTC")))
        week = {
            DAYS.index(inside(f"week.{day}", day, one_of(DAYS))): inside(f"week.{day}", shifts, _shifts)
            for day, shifts in table.get("week", {}).items()
        }
        holidays = frozenset(date.fromisoformat(str(day)) for day in table.get("holidays", []))
        return Hours(str(table.get("zone", "UTC")), week, holidays, str(table.get("country", "")))
    except ZoneInfoNotFoundError:
        raise Wrong("there is no such time zone; write one such as Europe/Berlin", at="zone", value=table.get("zone")) from None
    except ValueError:
        raise Wrong('write holidays as "2026-12-25"', at="holidays", value=table.get("holidays")) from None


def _shifts(raw: object) -> tuple[tuple[time, time], ...]:
    """Read the shifts of a day, in any order."""
    found = tuple(sorted(map(_shift, expect(list, raw, 'write a list of shifts such as ["09:00-12:00", "13:00-17:00"]'))))
    if sla_check.overlaps(found):
        raise Wrong("two of these shifts overlap: write each hour once")
    return found


def _shift(text: object) -> tuple[time, time]:
    opens, _, closes = str(text).partition("-")
    try:
        shift = (time.fromisoformat(opens.strip()), END_OF_DAY if closes.strip() == "24:00" else time.fromisoformat(closes.strip()))
    except ValueError:
        raise Wrong(SHIFT) from None
    if shift[0] < shift[1]:
        return shift
    raise Wrong(SHIFT)


def _source(raw: object) -> Source:
    """Read one source; all but its name and kind have defaults."""
    table = expect(Mapping, raw, "write sources as tables with name, kind and at")
    unknown = sorted(table.keys() - SOURCE.keys())
    if unknown:
        near = difflib.get_close_matches(unknown[0], SOURCE, n=1)
        raise Wrong(
            f"there is no such key; {f'did you mean {near[0]!r}?' if near else 'known keys are ' + ', '.join(SOURCE)}",
            at=unknown[0],
            value=table[unknown[0]],
        )
    if missing := next((key for key in ("name", "kind") if key not in table), None):
        raise Wrong("this key is missing", at=missing)
    values = {key: inside(key, value, SOURCE[key]) for key, value in table.items()}
    if "audience" not in values and values["kind"] in UNTOLD:
        values["audience"] = audience.INTERNAL
    return Source(**values)


ANNOTATED: dict[str, Callable[[object], Any]] = {
    "span": lambda raw: sla_check.span(raw, read_duration),
    "warn": lambda raw: sla_check.warn(raw, read_duration),
    "weekly": sla_check.weekly,
    "share": share,
    "count": count,
    "threshold": threshold,
    "amount": amount,
    "classifier": one_of(("local", "model")),
    "members": one_of(("colleagues", "customers")),
    "later": one_of(("offer", "send")),
    "does": one_of(("hand_over", "tell", "off")),
    "heard": one_of(("hand_over", "tell")),
    "always": one_of(("hand_over",)),
    "readers": readers,
    "images": one_of(("always", "verified", "never")),
    "some": some,
    "effort": one_of(("low", "medium", "high")),
    "redacted": one_of(("email", "phone")),
    "spoken": matching("[a-z]{2}", "write a language by its two letters, such as en"),
    "zone": zone,
    "variable": variable,
    "named": matching(r"\S+", "write a model's id, such as claude-sonnet-5-5"),
}
SOURCE: dict[str, Callable[[object], Any]] = {
    "name": name,
    "kind": lambda raw: SourceKind(one_of(SourceKind)(raw)),
    "at": lambda raw: expect(str, raw, "write a path or an address in quotes"),
    "every": read_duration,
    "owner": lambda raw: expect(str, raw, "write a teammate's name or e-mail address in quotes"),
    "review": read_duration,
    "audience": lambda raw: audience.parse(str(raw)),
    "language": lambda raw: expect(str, raw, "write a language code such as en"),
    "secret": variable,
    "include": texts,
    "exclude": texts,
    "private_network": lambda raw: expect(bool, raw, "write true or false"),
    "most": count,
    "branch": lambda raw: expect(str, raw, "write a branch's name in quotes"),
}
"""How each key of a source is read."""
SPECIAL: dict[Any, Callable[[object], Any]] = {
    timedelta: read_duration,
    str: lambda raw: expect(str, raw, "write text in quotes"),
    bool: lambda raw: expect(bool, raw, "write true or false"),
    int: lambda raw: expect(int, raw, "write a whole number"),
    audience.Audience: lambda raw: audience.parse(str(raw)),
    Trust: lambda raw: Trust[one_of(trust.name.lower() for trust in Trust)(raw).upper()],
    ParameterKind: lambda raw: ParameterKind(one_of(ParameterKind)(raw)),
    Confirm: lambda raw: Confirm(one_of(Confirm)(raw)),
    Effect: lambda raw: Effect(one_of(Effect)(raw)),
    Switch: lambda raw: Switch(one_of(Switch)(raw)),
    Assign: lambda raw: Assign(one_of(Assign)(raw)),
    Level: lambda raw: Level(one_of(Level)(raw)),
    Modes: _modes,
    Hours: _hours,
    Span: read_span,
    Handover: read_handover,
    StepKind: lambda raw: StepKind(one_of(StepKind)(raw)),
    PagerKind: lambda raw: PagerKind(one_of(PagerKind)(raw)),
    date: dated,
    datetime: instant,
    Source: _source,
}
