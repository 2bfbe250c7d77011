"""Arrivals: what of Discord's events is kept, in which lane, and by which marks it is known again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.arrivals.inbox import Arrival

Payload = Mapping[str, Any]

SAID, CHANGED, DELETED = "said", "changed", "deleted"
REACTED, LEFT = "reacted", "left"
THREAD_GONE, CHANNEL_GONE, RENAMED, REMOVED = "thread gone", "channel gone", "renamed", "removed"

WRITTEN = frozenset({0, 19})
"""Types of messages that somebody wrote, replies among them; all others are Discord's own remarks, or an app's answer."""
MESSAGE = ("id", "channel_id", "guild_id", "type", "content", "edited_timestamp", "webhook_id", "mention_roles")
AUTHOR = ("id", "username", "global_name", "bot", "system")
MEMBER = ("nick", "roles", "permissions", "joined_at")
FILE = ("id", "filename", "content_type", "size")


def of_event(name: str, event: Payload, *, bot: str = "") -> Sequence[Arrival]:
    """Return what is kept of an event; nothing for what says nothing to the desk, such as what `bot`, ourselves, wrote."""
    reader = READERS.get(name)
    return reader(event, bot) if reader else ()


def message(raw: Payload) -> dict[str, Any]:
    """Return what the desk reads of a message, as an event or as history tells it."""
    found: dict[str, Any] = _some(raw, MESSAGE)
    found["author"] = _some(raw.get("author") or {}, AUTHOR)
    if member := raw.get("member"):
        found["member"] = _some(member, MEMBER)
    found["mentions"] = [_mention(user) for user in raw.get("mentions") or ()]
    for name, fields in (("attachments", FILE), ("sticker_items", ("name",))):
        found |= {name: [_some(each, fields) for each in raw[name]]} if raw.get(name) else {}
    if question := ((raw.get("poll") or {}).get("question") or {}).get("text"):
        found["poll"] = question
    if snapshots := raw.get("message_snapshots"):
        found["forwarded"] = [_forwarded(each.get("message") or {}) for each in snapshots]
    return found


def _said(event: Payload, bot: str) -> Sequence[Arrival]:
    if int(event.get("type") or 0) not in WRITTEN or str((event.get("author") or {}).get("id")) == bot:
        return ()
    return (Arrival(SAID, str(event["channel_id"]), message(event), marks=(f"said {event['id']}",)),)


def _changed(event: Payload, bot: str) -> Sequence[Arrival]:
    """Keep an edit. Links that unfold change a message too, at no new instant; without an author it is such a change."""
    stamp = event.get("edited_timestamp")
    if not stamp or "content" not in event or not event.get("author") or not _said(event, bot):
        return ()
    return (Arrival(CHANGED, str(event["channel_id"]), message(event), marks=(f"changed {event['id']} {stamp}",)),)


def _deleted(event: Payload, bot: str) -> Sequence[Arrival]:
    del bot
    where = {name: event[name] for name in ("channel_id", "guild_id") if event.get(name)}
    ids = [str(id) for id in event.get("ids") or (event.get("id"),) if id]
    return [Arrival(DELETED, str(event["channel_id"]), {"id": id, **where}, marks=(f"deleted {id}",)) for id in ids]


def _reacted(event: Payload, bot: str) -> Sequence[Arrival]:
    user, about = str(event["user_id"]), str(event["message_id"])
    if user == bot:
        return ()
    member = {**_some(event.get("member") or {}, MEMBER), "user": _some((event.get("member") or {}).get("user") or {}, AUTHOR)}
    emoji = str((event.get("emoji") or {}).get("name") or "")
    kept = {**_some(event, ("channel_id", "guild_id")), "id": about, "user": user, "emoji": emoji, "member": member}
    return (Arrival(REACTED, str(event["channel_id"]), kept, marks=(f"reacted {about} {user} {emoji}",)),)


def _left(event: Payload, bot: str) -> Sequence[Arrival]:
    user = event.get("user") or {}
    kept = {"guild_id": event["guild_id"], "user": _some(user, AUTHOR)}
    return (Arrival(LEFT, f"left {user['id']}", kept),) if str(user.get("id")) != bot and not user.get("bot") else ()


def _thread_gone(event: Payload, bot: str) -> Sequence[Arrival]:
    del bot
    kept = _some(event, ("id", "guild_id", "parent_id"))
    return (Arrival(THREAD_GONE, str(event["id"]), kept, marks=(f"gone {event['id']}",)),)


def _channel_gone(event: Payload, bot: str) -> Sequence[Arrival]:
    del bot
    return (Arrival(CHANNEL_GONE, str(event["id"]), _some(event, ("id", "guild_id", "type")), marks=(f"gone {event['id']}",)),)


def _renamed(event: Payload, bot: str) -> Sequence[Arrival]:
    del bot
    return (Arrival(RENAMED, str(event["id"]), _some(event, ("id", "guild_id", "name", "type"))),)


def _removed(event: Payload, bot: str) -> Sequence[Arrival]:
    """Keep that the bot was removed from its server; one that is unavailable for a while is not left."""
    del bot
    return () if event.get("unavailable") else (Arrival(REMOVED, f"server {event['id']}", {"guild_id": event["id"]}),)


def _mention(user: Payload) -> dict[str, str]:
    name = (user.get("member") or {}).get("nick") or user.get("global_name") or user.get("username") or ""
    return {"id": str(user["id"]), "name": str(name)}


def _forwarded(raw: Payload) -> dict[str, Any]:
    return {"content": raw.get("content") or "", "attachments": [_some(each, FILE) for each in raw.get("attachments") or ()]}


def _some(raw: Payload, names: Sequence[str]) -> dict[str, Any]:
    return {name: raw[name] for name in names if raw.get(name) is not None}


READERS: Mapping[str, Callable[[Payload, str], Sequence[Arrival]]] = {
    "MESSAGE_CREATE": _said,
    "MESSAGE_UPDATE": _changed,
    "MESSAGE_DELETE": _deleted,
    "MESSAGE_DELETE_BULK": _deleted,
    "MESSAGE_REACTION_ADD": _reacted,
    "GUILD_MEMBER_REMOVE": _left,
    "THREAD_DELETE": _thread_gone,
    "CHANNEL_DELETE": _channel_gone,
    "CHANNEL_UPDATE": _renamed,
    "GUILD_DELETE": _removed,
}
