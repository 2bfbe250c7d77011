"""Lines: what was posted, changed, whispered and taken back on a platform outside, in the words of the local workspace's transcript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.web.rooms import slug
from desk.customer import Role
from desk.space import ChannelKind, Platform

Json = dict[str, Any]
UNKNOWN: Mapping[str, Any] = {"purpose": "notice", "audience": "internal", "ticket": None, "to": [], "evidence": []}
"""What is said of a message of the bot's that went another way than through the outbox."""


@dataclass(frozen=True, slots=True)
class Line:
    """One operation. `ref` and `thread` are the platform's own ids; `outbox` is what the bot's message itself says which post it is."""

    op: str
    at: datetime
    platform: Platform
    channel: str
    ref: str
    thread: str | None
    author: str
    by_bot: bool = False
    outbox: str = ""
    direct: bool = False
    text: str = ""
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Who and what is on a platform: the script's tables of people by id and of channels by name, and everybody's and every channel's name by id."""

    people: Mapping[str, Json]
    names: Mapping[str, str]
    rooms: Mapping[str, str]
    channels: Mapping[str, Json]


@dataclass
class Attempts:
    """What the desk gave its adapters, by the message it became."""

    by_id: dict[str, Json] = field(default_factory=dict)
    by_ref: dict[tuple[str, str], list[Json]] = field(default_factory=dict)

    @classmethod
    def of(cls, attempts: Sequence[Json]) -> Attempts:
        """Sort what was written down."""
        found = cls()
        for attempt in attempts:
            found.by_id[attempt["id"]] = attempt
            if "ref" in attempt:
                found.by_ref.setdefault((attempt["op"], own_id(attempt["ref"])), []).append(attempt)
        return found

    def take(self, op: str, ref: str, outbox: str) -> Mapping[str, Any]:
        """Return what an operation was for; those on one message are taken in order."""
        if op == "post" and (posted := self.by_id.get(outbox)):
            return posted
        # In direct messages a whisper is a post like any other: the same person reads it.
        ops = {"post": ("whisper", "post"), "whisper": ("whisper", "post")}.get(op, (op,))
        waiting = next((found for op in ops if (found := self.by_ref.get((op, ref)))), [])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0] if waiting else UNKNOWN


def own_id(ref: str) -> str:
    """Return a message's own id, which is the last of what says where it stands; no two messages of a platform have the same here."""
    return ref.rpartition("/")[2]


def lines(said: Iterable[Line], known: Known, dump: Mapping[str, Any]) -> list[Json]:
    """Return operations in order; `dump` is what the desk's process knows of them."""
    attempts = Attempts.of(dump["attempts"])
    tickets = {own_id(ref): ticket for _, ref, ticket in dump["belongs"]}
    found = []
    for line in said:
        channel = known.channels.get(line.channel, {"kind": ChannelKind.DIRECT.value if line.direct else ""})
        told = _bots(line, attempts, known.names) if line.by_bot else _peoples(line, known.people[line.author], channel, tickets)
        found.append({**_where(line, channel), **told, "text": line.text, "buttons": list(line.buttons)})
    return found


def _where(line: Line, table: Mapping[str, Any]) -> Json:
    return {
        "n": 0,
        "at": line.at.isoformat().replace("+00:00", "Z"),
        "op": line.op,
        "ref": line.ref,
        "platform": line.platform.value,
        "channel": line.channel,
        "channel_kind": table["kind"],
        "thread": line.thread,
    }


def _bots(line: Line, attempts: Attempts, names: Mapping[str, str]) -> Json:
    given = attempts.take(line.op, line.ref, line.outbox)
    told = {key: given[key] for key in ("purpose", "audience", "evidence")} | {"ticket": given.get("ticket")}
    # What is gone shows nothing any more.
    evidence = [] if line.op == "delete" else told["evidence"]
    return {
        "op": "whisper" if given.get("op") == "whisper" else line.op,
        "author": "frontdesk",
        "author_role": Role.BOT.value,
        **told,
        "to": [names.get(user, user) for user in given["to"]],
        "evidence": evidence,
    }


def _peoples(line: Line, person: Mapping[str, Any], channel: Mapping[str, Any], tickets: Mapping[str, str]) -> Json:
    return {
        "author": person["name"],
        "author_role": person["role"],
        "purpose": "customer" if person["role"] == Role.CUSTOMER else "teammate",
        "audience": _audience(channel, person),
        "to": [],
        "evidence": [],
        "ticket": tickets.get(line.ref),
    }


def _audience(channel: Mapping[str, Any], person: Mapping[str, Any]) -> str:
    match channel["kind"]:
        case ChannelKind.INTERNAL:
            return "internal"
        case ChannelKind.SHARED:
            return f"account:{slug(channel['account'])}"
        case ChannelKind.DIRECT if person["trust"] == "person":
            return f"person:{slug(person['name'])}"
        case _:
            return "public"
