"""Shown: a Discord message as its reader sees it, in words, and what can be pressed in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cli.play.discord.limits import BUTTON, DISPLAY, LINK, SECTION, SELECT
from cli.play.discord.state import Message
from desk.cards import english
from handlers.times import shown

Json = Mapping[str, Any]
TOKEN = re.compile(r"<(@&|@!?|#)(\d+)>|<t:(\d+)(?::[a-zA-Z])?>")
LINKED = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\(<?(https?://[^\s()<>]+)>?\)")
BARE = re.compile(r"<(https?://[^\s<>]+)>")
QUIET = re.compile(r"^(?:-# |#{1,3} )", re.MULTILINE)
BULLET = re.compile(r"^( *)- ", re.MULTILINE)
ESCAPED = re.compile(r"\\([\\`*_{}\[\]()<>#+\-.!|~>@:])")
INVISIBLE = str.maketrans("", "", "\u200b\u2060")
START = datetime(2015, 1, 1, tzinfo=UTC)
MESSAGES = "discord.com/channels/"


@dataclass(frozen=True, slots=True)
class Pressable:
    """Something to press. `sent` is what Discord tells the bot of it; `action` is the desk's own word for what it does, if it can be read."""

    label: str
    action: str
    sent: Json

    def is_called(self, label: str) -> bool:
        """Tell whether somebody means this one: by what it says, or in English by what it does."""
        wanted = english(label)
        return wanted in (english(self.label), self.action.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose eyes a message is read with: people, roles and channels by their id, and the zone in which their Discord shows instants."""

    names: Mapping[str, str]
    zone: str = "UTC"
    at: datetime = START


def text(message: Message, reader: Reader) -> str:
    """Return what somebody reads."""
    return "\n".join(filter(None, (plain(message.content, reader), words(message.components, reader)))).strip()


def words(components: Sequence[Json], reader: Reader) -> str:
    """Return what somebody reads in components."""
    return "\n".join(filter(None, (plain(line, reader) for part in components for line in _texts(part)))).strip()


def pressables(components: Sequence[Json]) -> list[Pressable]:
    """Return what can be pressed, in order."""
    return [found for part in components for found in _pressable(part)]


def plain(text: str, reader: Reader) -> str:
    """Return a text as it is read: small print and headings without their marks, links with where they lead, and nothing escaped."""
    listed = BULLET.sub(r"\1• ", QUIET.sub("", text))
    linked = BARE.sub(r"\1", LINKED.sub(lambda found: _link(found[1], found[2]), listed))
    named = TOKEN.sub(lambda found: _token(found, reader), linked)
    return ESCAPED.sub(r"\1", named).translate(INVISIBLE).strip()


def _link(label: str, address: str) -> str:
    """Return a link with where it leads; one to another message leads nowhere that could be read."""
    return label if label == address or MESSAGES in address else f"{label} ({address})"


def _token(found: re.Match[str], reader: Reader) -> str:
    sigil, id, second = found.groups()
    if second:
        return shown(datetime.fromtimestamp(int(second), UTC), now=reader.at, zone=reader.zone)
    return ("#" if sigil == "#" else "@") + reader.names.get(id, id)


def _texts(part: Json) -> Iterator[str]:
    if part["type"] == DISPLAY:
        yield str(part["content"])
    for each in part.get("components", ()):
        yield from _texts(each)


def _pressable(part: Json) -> Iterator[Pressable]:
    kind = part["type"]
    if kind == BUTTON and part.get("style") != LINK and not part.get("disabled"):
        id = str(part["custom_id"])
        yield Pressable(str(part.get("label", "")), _action(id), {"custom_id": id, "component_type": BUTTON})
    if kind == SELECT:
        for option in part["options"]:
            sent = {"custom_id": part["custom_id"], "component_type": SELECT, "values": [option["value"]]}
            yield Pressable(option["label"], _action(str(option["value"])), sent)
    for each in part.get("components", ()):
        yield from _pressable(each)
    if kind == SECTION and "accessory" in part:
        yield from _pressable(part["accessory"])


def _action(custom_id: str) -> str:
    """Return the desk's word for what a button does. It is read for one thing only: a story names buttons in English."""
    action, separator, _ = custom_id.partition("|")
    return action if separator else ""


def has_card(message: Message) -> bool:
    """Tell whether there is anything to press or read besides plain words."""
    return bool(message.components)
