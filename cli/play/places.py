"""Places: which platform each channel of a script is on, and where each person has a seat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from cli.play.script import Script
from cli.play.step import Step
from desk.customer import TEAM, Role
from desk.errors import InvalidInput
from desk.space import ChannelKind, Platform

Table = Mapping[str, Any]


def moved(script: Script, platform: Platform) -> Script:
    """Return a script with every channel on one platform."""
    return replace(script, channels=tuple({**channel, "platform": platform.value} for channel in script.channels))


def platform_of(channel: Table) -> Platform:
    """Return the platform of a channel."""
    return Platform(channel.get("platform", Platform.LOCAL))


def uses(script: Script, platform: Platform) -> bool:
    """Tell whether anything of a script is on a platform."""
    return any(platform_of(channel) is platform for channel in script.channels)


def first_of(script: Script, person: Table) -> str | None:
    """Return the first channel that is a person's own: the team's for the team, for the others the first outside that is open to them."""
    return next((str(channel["name"]) for channel in script.channels if is_open(channel, person)), None)


def is_open(channel: Table, person: Table) -> bool:
    """Tell whether a person begins in a channel of this kind."""
    match channel["kind"]:
        case ChannelKind.INTERNAL:
            return person["role"] in TEAM
        case ChannelKind.COMMUNITY:
            return person["role"] not in TEAM
        case ChannelKind.SHARED:
            return bool(person["role"] == Role.COLLEAGUE or channel["account"] == person.get("account"))
        case _:
            return bool(channel["person"] == person["name"])


def seats(script: Script) -> dict[str, tuple[Platform, ...]]:
    """Return the platforms on which each person has a seat, their own first: where they begin, and wherever a step puts them."""
    by_name = {channel["name"]: platform_of(channel) for channel in script.channels}
    only = set(by_name.values())
    some = only.pop() if len(only) == 1 else Platform.LOCAL
    found: dict[str, tuple[Platform, ...]] = {}
    for person in script.people:
        first = first_of(script, person)
        visited = (by_name[name] for name in _visited(script, person["name"]) if name in by_name)
        found[person["name"]] = tuple(dict.fromkeys((by_name[first] if first else some, *visited)))
    return found


def room(script: Script, name: str) -> Table:
    """Return a channel by name; raise InvalidInput when a script has none."""
    found = next((channel for channel in script.channels if channel["name"] == name), None)
    if found is None:
        raise InvalidInput(f"there is no channel {name!r}")
    return found


def _visited(script: Script, who: str) -> Iterator[str]:
    """Yield the channels in which somebody does something, as far as the script says where."""
    where: dict[str, str] = {}
    for step in script.steps:
        channel = _channel(step, where)
        if step.id and channel:
            where[step.id] = channel
        if channel and step.values.get("who") == who:
            yield channel


def _channel(step: Step, where: Mapping[str, str]) -> str:
    named = str(step.values.get("channel") or step.values.get("joins", "")).lstrip("#")
    # A button about a step may stand elsewhere: it says nothing of where its presser is.
    keys = ("reply_to", "edits", "deletes", *(("on",) if step.verb == "reacts" else ()))
    return named or next((where[target] for key in keys if (target := str(step.values.get(key, ""))) in where), "")
