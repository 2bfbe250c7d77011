"""People: what somebody does in Slack, as the workspace takes it; the app hears of it by the events this makes."""

from __future__ import annotations

import mimetypes
from dataclasses import replace
from pathlib import Path
from typing import Any

from cli.play.slack import events
from cli.play.slack.looking import seen_file
from cli.play.slack.names import BOT_USER
from cli.play.slack.posting import erase
from cli.play.slack.state import Message, Room, Workspace, stamp
from desk.errors import InvalidInput

Json = dict[str, Any]
NAMES = {"👀": "eyes", "👍": "+1", "👎": "-1", "✅": "white_check_mark", "❤️": "heart", "🎉": "tada", "🙏": "pray", "🎫": "ticket"}
"""Emoji by the names that Slack has for them."""


def say(workspace: Workspace, user: str, room: Room, text: str, *, thread: str | None = None, files: tuple[Json, ...] = ()) -> Message:
    """Have somebody write; whoever is not in the channel joins it first."""
    if room.archived:
        raise InvalidInput(f"#{room.name} is archived, so nobody can write there")
    author = workspace.members[user]
    join(workspace, user, room)
    at = workspace.tick()
    said = Message(room.id, stamp(at), user, events.typed(text), _root(workspace, room, thread), files=files)
    workspace.keep("post", said, at)
    workspace.heard(events.said(said, author, room))
    if f"<@{BOT_USER}>" in said.text and not room.is_direct:
        workspace.heard(events.mentioned(said, author))
    return said


def join(workspace: Workspace, user: str, room: Room) -> None:
    """Have somebody come into a channel; the organization of whoever is of another one then shares it."""
    if user in room.members:
        return
    member = workspace.members[user]
    room.members.append(user)
    room.teams |= {member.team} if member.is_stranger else set()
    workspace.heard(events.joined(member, room, at=stamp(workspace.tick())))


def edit(workspace: Workspace, user: str, room: Room, ts: str, text: str) -> None:
    """Have somebody change their message."""
    before = _own(workspace, user, room, ts)
    at = workspace.tick()
    after = replace(before, text=events.typed(text), edited=stamp(at))
    workspace.keep("edit", after, at)
    workspace.heard(events.changed(before, after, workspace.members[user], room, at=stamp(at)))


def delete(workspace: Workspace, user: str, room: Room, ts: str) -> None:
    """Have somebody take back their message with its files."""
    before = _own(workspace, user, room, ts)
    for file in before.files:
        workspace.files.pop(file["id"], None)
    erase(workspace, before)


def react(workspace: Workspace, user: str, room: Room, ts: str, emoji: str) -> None:
    """Have somebody put an emoji on a message; twice is once."""
    message = workspace.message(room.id, ts)
    if message is None:
        raise InvalidInput("the message is not there any more")
    name = NAMES.get(emoji, emoji.strip(":"))
    put = workspace.reactions.setdefault((room.id, ts), [])
    if (name, user) not in put:
        put.append((name, user))
        workspace.heard(events.reacted(message, name, user, at=stamp(workspace.tick())))


def upload(workspace: Workspace, path: Path, *, host: str) -> Json:
    """Have a file uploaded; return it as Slack lists it."""
    media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return seen_file(workspace, f"F{workspace.number():09}", path.name, media, path.read_bytes(), host=host)


def becomes(workspace: Workspace, room: Room, what: str) -> None:
    """Have an admin of the workspace change a channel behind the desk's back."""
    at = stamp(workspace.tick())
    for event in CHANGES[what](room):
        workspace.heard({"channel": room.id, "event_ts": at, **event})


def _archived(room: Room) -> list[Json]:
    room.archived = True
    return [{"type": "group_archive" if room.is_private else "channel_archive"}]


def _unarchived(room: Room) -> list[Json]:
    room.archived = False
    return [{"type": "group_unarchive" if room.is_private else "channel_unarchive"}]


def _shared(room: Room) -> list[Json]:
    room.teams.add("T0PARTNER")
    return [{"type": "channel_shared", "connected_team_id": "T0PARTNER"}]


def _unshared(room: Room) -> list[Json]:
    room.teams.discard("T0PARTNER")
    return [{"type": "channel_unshared", "previously_connected_team_id": "T0PARTNER", "is_ext_shared": bool(room.teams)}]


def _public(room: Room) -> list[Json]:
    # Slack has no event for this: whoever minds asks.
    room.is_private = False
    return []


def _private(room: Room) -> list[Json]:
    room.is_private = True
    return []


def _left(room: Room) -> list[Json]:
    room.members.remove(BOT_USER)
    return [{"type": "group_left" if room.is_private else "channel_left"}]


CHANGES = {
    "archived": _archived,
    "unarchived": _unarchived,
    "shared": _shared,
    "unshared": _unshared,
    "public": _public,
    "private": _private,
    "left": _left,
}
"""What a channel can become; `left` is a channel that the bot was taken out of."""


def _own(workspace: Workspace, user: str, room: Room, ts: str) -> Message:
    found = workspace.message(room.id, ts)
    if found is None:
        raise InvalidInput("the message is not there any more")
    if found.user != user:
        raise InvalidInput("only its author may change a message")
    return found


def _root(workspace: Workspace, room: Room, thread: str | None) -> str | None:
    if thread is None:
        return None
    parent = workspace.message(room.id, thread)
    return parent.thread or parent.ts if parent else thread
