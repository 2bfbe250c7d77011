"""Pressing: which button somebody means, and how they fill in the form that it opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cli.play.discord import written
from cli.play.discord.limits import CHECKBOX, CHECKBOXES, INPUT, RADIO, SELECT, WRAPPED
from cli.play.discord.names import channel_id, user_id
from cli.play.discord.permissions import sees
from cli.play.discord.shown import Pressable, has_card, pressables
from cli.play.discord.state import Channel, Home, Message
from desk.cards import english
from desk.errors import InvalidInput

Json = dict[str, Any]
NEXT = "~"
"""What numbers the further fields of a text that is longer than one field takes."""
USERS, ROLES, MENTIONABLES, ROOMS = 5, 6, 7, 8
MANY = frozenset({SELECT, USERS, ROLES, MENTIONABLES, ROOMS, CHECKBOXES})
"""What holds several values."""


class Incomplete(InvalidInput):
    """A field was left empty that must be filled in: Discord does not send such a form."""


def button_at(home: Home, user: str, label: str, *, among: Callable[[Message], bool], team: frozenset[str]) -> tuple[Message, Pressable]:
    """Return the latest message with a button of this label that somebody sees; raise InvalidInput that lists the labels which are there."""
    seen = [message for message in visible(home, user, team) if message.by_bot and among(message)]
    for message in reversed(seen):
        if found := next((pressable for pressable in pressables(message.components) if pressable.is_called(label)), None):
            return message, found
    labels = dict.fromkeys(pressable.label for message in seen for pressable in pressables(message.components))
    there = "there are: " + ", ".join(map(repr, labels)) if labels else "there is no button at all"
    raise InvalidInput(f"there is no button {label!r} to press here; {there}")


def latest_card(home: Home, user: str, team: frozenset[str]) -> Message | None:
    """Return the latest card that somebody sees."""
    return next((message for message in reversed(visible(home, user, team)) if message.by_bot and has_card(message)), None)


def visible(home: Home, user: str, team: frozenset[str]) -> Sequence[Message]:
    """Return what somebody sees, oldest first; the team's own channels come before all others, so their latest is the last."""
    rooms = {channel.id for channel in _rooms(home) if _sees(home, channel, user)}
    seen = [message for message in home.standing() if message.channel in rooms and message.to in ("", user)]
    return sorted(seen, key=lambda message: root(home, message.channel) in team)


def root(home: Home, channel: str) -> str:
    """Return the channel that a thread hangs in, or the channel itself."""
    found = home.channel(channel)
    return found.parent if found is not None and found.thread is not None else channel


def filled(home: Home, modal: Mapping[str, Any], given: Mapping[str, str]) -> tuple[Json, dict[str, str]]:
    """Return a page of a form as somebody sends it, and what of `given` belongs on another page: fields by name or label, others as they were drawn.

    Raises Incomplete for a field that Discord does not let anybody leave empty.
    """
    labels = list(_labels(modal))
    names = {english(label["label"]): label["component"]["custom_id"] for label in labels}
    names |= {english(_name(label["component"]["custom_id"])): label["component"]["custom_id"] for label in reversed(labels)}
    wanted = {names[english(key)]: value for key, value in given.items() if english(key) in names}
    left = {key: value for key, value in given.items() if english(key) not in names}
    rest = {_name(id): value for id, value in wanted.items()}
    resolved: Json = {}
    sent = []
    for label in labels:
        control = label["component"]
        name, further = _name(control["custom_id"]), NEXT in control["custom_id"]
        value = rest.get(name) if control["type"] == INPUT else wanted.get(control["custom_id"])
        if value is not None and control["type"] == INPUT:
            most = control.get("max_length", 4000)
            value, rest[name] = value[:most], value[most:]
        held = _held(home, control, value, resolved)
        if control.get("required", True) and not further and not held.get("value") and not held.get("values"):
            raise Incomplete(f"{label['label']!r} is missing: fill it in and send again")
        sent.append({"type": WRAPPED, "component": held})
    data = {"custom_id": modal["custom_id"], "components": sent, **({"resolved": resolved} if resolved else {})}
    return data, left


def fields(modal: Mapping[str, Any]) -> str:
    """Return the names of a form's fields, as somebody would look for them."""
    return ", ".join(dict.fromkeys(_name(label["component"]["custom_id"]) for label in _labels(modal))) or "none"


def _labels(modal: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (part for part in modal["components"] if part["type"] == WRAPPED)


def _name(custom_id: str) -> str:
    return custom_id.partition(NEXT)[0]


def _held(home: Home, control: Mapping[str, Any], value: str | None, resolved: Json) -> Json:
    """Return what one control holds: what was given, else what it was drawn with."""
    kind = control["type"]
    held = {"type": kind, "custom_id": control["custom_id"]}
    if kind == INPUT:
        return {**held, "value": (control.get("value") if value is None else value) or ""}
    if kind == CHECKBOX:
        return {**held, "value": control.get("default", False) if value is None else value.lower() == "true"}
    if kind in (SELECT, RADIO, CHECKBOXES):
        chosen = [each["value"] for each in control["options"] if each.get("default")] if value is None else _options(control, value)
    elif kind in MANY:
        chosen = [each["id"] for each in control.get("default_values", ())] if value is None else _picked(home, kind, value, resolved)
    else:
        raise InvalidInput(f"nobody can fill in an input of kind {kind!r} here")
    return {**held, "values": chosen} if kind in MANY else {**held, "value": chosen[0] if chosen else None}


def _options(control: Mapping[str, Any], value: str) -> list[str]:
    if not value:
        return []
    wanted = english(value)
    options: list[Json] = control["options"]
    found = next((each for each in options if wanted in (english(each["label"]), english(each["value"].lstrip("=")))), None)
    if found is None:
        raise InvalidInput(f"{value!r} is no choice: choose one of {', '.join(each['label'] for each in options)}")
    return [found["value"]]


def _picked(home: Home, kind: int, value: str, resolved: Json) -> list[str]:
    """Return the ids of whom or what somebody picks, and have Discord say what they are."""
    names = [name.strip() for name in value.split(",") if name.strip()]
    if kind == ROOMS:
        ids = [name if name.isdigit() else channel_id(name.lstrip("#")) for name in names]
        resolved["channels"] = {id: written.channel(home, room) for id in ids if (room := home.channel(id))}
        return ids
    ids = [name if name.isdigit() else user_id(name) for name in names]
    resolved["users"] = {id: written.user(home.users[id]) for id in ids if id in home.users}
    resolved["members"] = {id: written.member(home, home.guild.members[id], with_user=False) for id in ids if id in home.guild.members}
    return ids


def _rooms(home: Home) -> Iterator[Channel]:
    yield from home.direct.values()
    yield from home.guild.channels.values()


def _sees(home: Home, channel: Channel, user: str) -> bool:
    return channel.user == user if channel.is_direct else user in home.guild.members and sees(home.guild, channel, user)
