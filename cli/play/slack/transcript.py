"""Transcript: what was posted, changed, whispered and taken back in the play's Slack, in the words of the local workspace's transcript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.web.rooms import slug
from cli.play.slack.shown import pressables, text
from cli.play.slack.state import Entry, Message, Workspace, outbox_of
from desk.customer import Role
from desk.space import ChannelKind, Platform

Json = dict[str, Any]
OPERATIONS = ("post", "edit", "whisper", "delete")
UNKNOWN: Mapping[str, Any] = {"purpose": "notice", "audience": "internal", "ticket": None, "to": [], "evidence": []}
"""What is said of a message of the bot's that went another way than through the outbox."""


@dataclass
class Attempts:
    """What the desk gave its adapter, by the message it became."""

    by_id: dict[str, Json] = field(default_factory=dict)
    by_ref: dict[tuple[str, str], list[Json]] = field(default_factory=dict)

    @classmethod
    def of(cls, attempts: Sequence[Json]) -> Attempts:
        """Sort what was written down."""
        found = cls()
        for attempt in attempts:
            found.by_id[attempt["id"]] = attempt
            if "ref" in attempt:
                found.by_ref.setdefault((attempt["op"], attempt["ref"]), []).append(attempt)
        return found

    def take(self, entry: Entry) -> Mapping[str, Any]:
        """Return what an operation was for; those on one message are taken in order."""
        message = entry.message
        if entry.op == "post" and (posted := self.by_id.get(outbox_of(message))):
            return posted
        # In direct messages a whisper is a post like any other: the same person reads it.
        ops = ("whisper", "post") if entry.op == "post" else (entry.op,)
        waiting = next((found for op in ops if (found := self.by_ref.get((op, f"{message.channel}/{message.ts}")))), [])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0] if waiting else UNKNOWN


def lines(workspace: Workspace, cast: Mapping[str, Json], kinds: Mapping[str, Json], dump: Mapping[str, Any]) -> list[Json]:
    """Return the operations in order. `cast` are people's tables by id, `kinds` channels' by name; `dump` is what the desk's process knows."""
    attempts = Attempts.of(dump["attempts"])
    tickets = {(channel, ts): ticket for channel, ts, ticket in dump["belongs"]}
    names = {member.id: member.name for member in workspace.members.values()}
    found = []
    for entry in workspace.log:
        if entry.op in OPERATIONS:
            room = workspace.rooms[entry.message.channel]
            channel = kinds.get(room.name, {"kind": ChannelKind.DIRECT.value if room.is_direct else ""})
            told = _bots(entry, attempts, names) if entry.message.by_bot else _peoples(entry.message, cast, channel, tickets)
            found.append({**_where(entry, room.name, channel), **told, **_shown(entry.message, names)})
    return found


def _where(entry: Entry, channel: str, table: Mapping[str, Any]) -> Json:
    message = entry.message
    return {
        "n": 0,
        "at": entry.at.isoformat().replace("+00:00", "Z"),
        "op": entry.op,
        "ref": message.ts,
        "platform": Platform.SLACK.value,
        "channel": channel,
        "channel_kind": table["kind"],
        "thread": message.thread,
    }


def _bots(entry: Entry, attempts: Attempts, names: Mapping[str, str]) -> Json:
    given = attempts.take(entry)
    told = {key: given[key] for key in ("purpose", "audience", "evidence")} | {"ticket": given.get("ticket")}
    # What is gone shows nothing any more.
    evidence = [] if entry.op == "delete" else told["evidence"]
    op = "whisper" if given.get("op") == "whisper" else entry.op
    return {
        "op": op,
        "author": "frontdesk",
        "author_role": Role.BOT.value,
        **told,
        "to": [names.get(user, user) for user in given["to"]],
        "evidence": evidence,
    }


def _peoples(message: Message, cast: Mapping[str, Json], channel: Mapping[str, Any], tickets: Mapping[tuple[str, str], str]) -> Json:
    person = cast[message.user]
    return {
        "author": person["name"],
        "author_role": person["role"],
        "purpose": "customer" if person["role"] == Role.CUSTOMER else "teammate",
        "audience": _audience(channel, person),
        "to": [],
        "evidence": [],
        "ticket": tickets.get((message.channel, message.ts)),
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


def _shown(message: Message, names: Mapping[str, str]) -> Json:
    if message.deleted:
        return {"text": "", "buttons": []}
    return {"text": text(message, names), "buttons": [found.label for found in pressables(message.blocks)]}
