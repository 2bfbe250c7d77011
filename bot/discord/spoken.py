"""Spoken: what people wrote on Discord, which is Markdown but for its references to people, roles, channels, instants and emoji."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

UNKNOWN = "somebody"
USER = re.compile(r"<@!?(\d+)>")
ROLE = re.compile(r"<@&(\d+)>")
CHANNEL = re.compile(r"<#(\d+)>")
TOKEN = re.compile(r"<(?:(@!?|@&|#)(\d+)|a?:(\w+):\d+|(/)([^:<>\n]+):\d+|t:(-?\d+)(?::[a-zA-Z])?)>")
LATEST = 253_402_300_799
"""The last second that a date can hold."""


def markdown(text: str, names: Mapping[str, str]) -> str:
    """Return a text with what it refers to by the names that `names` has for their ids, so that it reads well and pings nobody."""
    return TOKEN.sub(lambda found: _named(found, names), clean(text))


def users(text: str) -> tuple[str, ...]:
    """Return the ids of the people a text mentions, each once, in order."""
    return tuple(dict.fromkeys(USER.findall(text)))


def roles(text: str) -> tuple[str, ...]:
    """Return the ids of the roles a text mentions."""
    return tuple(dict.fromkeys(ROLE.findall(text)))


def channels(text: str) -> tuple[str, ...]:
    """Return the ids of the channels a text mentions."""
    return tuple(dict.fromkeys(CHANNEL.findall(text)))


def clean(text: str) -> str:
    """Return a text that every database takes: halves of surrogate pairs and NUL become question marks."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _named(found: re.Match[str], names: Mapping[str, str]) -> str:
    sigil, id, emoji, slash, command, second = found.groups()
    if emoji:
        return f":{emoji}:"
    if slash:
        return f"/{command}"
    if second:
        return _instant(int(second))
    return ("#" if sigil == "#" else "@") + (names.get(id) or (id if sigil == "#" else UNKNOWN))


def _instant(second: int) -> str:
    """Return a moment that Discord shows to each reader in their own zone, in UTC."""
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%d %H:%M} UTC" if 0 <= second <= LATEST else str(second)
