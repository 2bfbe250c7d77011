"""Posting: the Web API's methods that write messages, for the desk's app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.play.slack import events
from cli.play.slack.limits import check_message, check_metadata
from cli.play.slack.names import BOT_USER
from cli.play.slack.refused import Refused
from cli.play.slack.state import Message, Room, Workspace, stamp

Json = dict[str, Any]
STREAM = 12_000
"""Characters of Markdown in one piece of a stream."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a method: its arguments, as the caller wrote them."""

    workspace: Workspace
    arguments: Mapping[str, Any]

    def text(self, name: str, default: str | None = None) -> str:
        """Return an argument; raise Refused when it is missing and has no default."""
        value = self.arguments.get(name, default)
        if value is None or (value == "" and default is None):
            raise Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]})
        return str(value)

    def items(self, name: str) -> Sequence[Json]:
        """Return an argument that is a list, empty when it was left out."""
        value = self.arguments.get(name) or []
        if not isinstance(value, list):
            raise Refused(f"invalid_{name}_format")
        return value

    def table(self, name: str) -> Json:
        """Return an argument that is an object, empty when it was left out."""
        value = self.arguments.get(name) or {}
        if not isinstance(value, dict):
            raise Refused("invalid_arguments")
        return value

    def yes(self, name: str) -> bool:
        """Tell whether an argument is true."""
        return self.arguments.get(name) in (True, "true", "1", 1)

    @property
    def room(self) -> Room:
        """Return the channel of the call, which the bot must be in and be able to write to."""
        found = self.workspace.rooms.get(self.text("channel"))
        if found is None or (found.is_private and BOT_USER not in found.members):
            raise Refused("channel_not_found")
        return found


def post(call: Call) -> Json:
    """chat.postMessage."""
    room = _writable(call)
    given = _posted(call, room)
    at, bot = call.workspace.tick(), call.workspace.members[BOT_USER]
    message = call.workspace.keep("post", Message(room.id, stamp(at), BOT_USER, **given), at)
    call.workspace.heard(events.said(message, bot, room))
    return {"channel": room.id, "ts": message.ts, "message": events.whole(message, bot)}


def update(call: Call) -> Json:
    """chat.update."""
    room = _writable(call)
    before = _own(call, room, "cant_update_message")
    if before.streaming:
        raise Refused("streaming_state_conflict")
    text, blocks = call.text("text", ""), call.items("blocks")
    check_message(text, blocks)
    metadata = call.table("metadata") or before.metadata
    check_metadata(metadata)
    at = call.workspace.tick()
    after = Message(
        room.id, before.ts, BOT_USER, text, before.thread, tuple(blocks), metadata, before.files, edited=stamp(at)
    )  # fmt: skip
    call.workspace.keep("edit", after, at)
    bot = call.workspace.members[BOT_USER]
    call.workspace.heard(events.changed(before, after, bot, room, at=stamp(at)))
    return {"channel": room.id, "ts": before.ts, "text": text, "message": events.whole(after, bot)}


def delete(call: Call) -> Json:
    """chat.delete."""
    room = _writable(call)
    before = _own(call, room, "cant_delete_message")
    erase(call.workspace, before)
    return {"channel": room.id, "ts": before.ts}


def erase(workspace: Workspace, before: Message) -> None:
    """Take a message away; under a message with replies a stone stays."""
    at, room, author = workspace.tick(), workspace.rooms[before.channel], workspace.members[before.user]
    gone = Message(before.channel, before.ts, before.user, "", before.thread, metadata=before.metadata, deleted=True)
    tell = events.buried if workspace.replies(before.channel, before.ts) else events.deleted
    workspace.keep("delete", gone, at)
    workspace.heard(tell(before, author, room, at=stamp(at)))


def whisper(call: Call) -> Json:
    """chat.postEphemeral."""
    room, user = _writable(call), call.text("user")
    if user not in room.members:
        raise Refused("user_not_in_channel")
    text, blocks = call.text("text", ""), call.items("blocks")
    check_message(text, blocks)
    at = call.workspace.tick()
    message = Message(room.id, stamp(at), BOT_USER, text, _root(call, room), tuple(blocks), call.table("metadata"), to=user)
    call.workspace.keep("whisper", message, at)
    return {"message_ts": message.ts}


def start_stream(call: Call) -> Json:
    """chat.startStream."""
    room, thread = _writable(call), call.text("thread_ts")
    if not room.is_direct and not (call.arguments.get("recipient_user_id") and call.arguments.get("recipient_team_id")):
        raise Refused("missing_recipient_user_id")
    if call.workspace.message(room.id, thread) is None:
        raise Refused("thread_not_found")
    at = call.workspace.tick()
    text = _piece(call, required=False)
    message = call.workspace.keep("stream", Message(room.id, stamp(at), BOT_USER, text, thread, streaming=True), at)
    return {"channel": room.id, "ts": message.ts}


def append_stream(call: Call) -> Json:
    """chat.appendStream."""
    room = _writable(call)
    before = _streaming(call, room)
    call.workspace.amend(before, text=before.text + _piece(call))
    return {"channel": room.id, "ts": before.ts}


def stop_stream(call: Call) -> Json:
    """chat.stopStream."""
    room = _writable(call)
    before = _streaming(call, room)
    metadata, blocks = call.table("metadata"), call.items("blocks")
    check_metadata(metadata)
    text = before.text + _piece(call, required=False)
    check_message(text or "-", blocks)
    after = call.workspace.amend(before, text=text, blocks=tuple(blocks), metadata=metadata, streaming=False)
    call.workspace.keep("streamed", after, call.workspace.tick())
    call.workspace.heard(events.said(after, call.workspace.members[BOT_USER], room))
    return {"channel": room.id, "ts": after.ts}


def permalink(call: Call) -> Json:
    """chat.getPermalink."""
    room, ts = call.room, call.text("message_ts")
    if call.workspace.message(room.id, ts) is None:
        raise Refused("message_not_found")
    return {"channel": room.id, "permalink": f"https://pelican.slack.com/archives/{room.id}/p{ts.replace('.', '')}"}


def react(call: Call) -> Json:
    """reactions.add."""
    room, ts, name = call.room, call.text("timestamp"), call.text("name")
    message = call.workspace.message(room.id, ts)
    if message is None:
        raise Refused("message_not_found")
    if not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise Refused("invalid_name")
    put = call.workspace.reactions.setdefault((room.id, ts), [])
    if (name, BOT_USER) in put:
        raise Refused("already_reacted")
    put.append((name, BOT_USER))
    call.workspace.heard(events.reacted(message, name, BOT_USER, at=stamp(call.workspace.tick())))
    return {}


def unreact(call: Call) -> Json:
    """reactions.remove."""
    room, ts, name = call.room, call.text("timestamp"), call.text("name")
    put = call.workspace.reactions.get((room.id, ts), [])
    if (name, BOT_USER) not in put:
        raise Refused("no_reaction")
    put.remove((name, BOT_USER))
    return {}


def status(call: Call) -> Json:
    """assistant.threads.setStatus."""
    room = call.workspace.rooms.get(call.text("channel_id"))
    if room is None:
        raise Refused("channel_not_found")
    if len(call.items("loading_messages")) > 10:
        raise Refused("invalid_arguments")
    call.workspace.statuses[room.id, call.text("thread_ts")] = call.text("status", "")
    return {}


def _posted(call: Call, room: Room) -> dict[str, Any]:
    text, blocks, metadata = call.text("text", ""), call.items("blocks"), call.table("metadata")
    check_message(text, blocks)
    check_metadata(metadata)
    thread = _root(call, room)
    broadcast = bool(thread) and call.yes("reply_broadcast")
    return {"text": text, "thread": thread, "blocks": tuple(blocks), "metadata": metadata, "broadcast": broadcast}


def _writable(call: Call) -> Room:
    room = call.room
    if room.archived:
        raise Refused("is_archived")
    if BOT_USER not in room.members:
        raise Refused("not_in_channel")
    return room


def _root(call: Call, room: Room) -> str | None:
    """Return the thread of a post: a reply to a reply hangs under the root of both."""
    thread = call.arguments.get("thread_ts")
    if not thread:
        return None
    parent = call.workspace.message(room.id, str(thread))
    if parent is None:
        raise Refused("thread_not_found")
    return parent.thread or parent.ts


def _own(call: Call, room: Room, code: str) -> Message:
    found = call.workspace.message(room.id, call.text("ts"))
    if found is None:
        raise Refused("message_not_found")
    if not found.by_bot:
        raise Refused(code)
    return found


def _streaming(call: Call, room: Room) -> Message:
    found = _own(call, room, "message_not_owned_by_app")
    if not found.streaming:
        raise Refused("message_not_in_streaming_state")
    return found


def _piece(call: Call, *, required: bool = True) -> str:
    text = call.text("markdown_text", None if required and not call.items("chunks") else "")
    text += "".join(str(chunk.get("text", "")) for chunk in call.items("chunks"))
    if len(text) > STREAM:
        raise Refused("msg_too_long")
    return text
