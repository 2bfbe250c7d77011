"""Events: what happens in a Slack workspace as the payloads that an app is sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cli.play.slack.names import APP, BOT, BOT_USER, TEAM
from cli.play.slack.state import Member, Message, Room, View

Json = dict[str, Any]
LINK = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)\"']")
ADDRESS = re.compile(r"(?<![\w@:/.])[\w.+-]+@[\w-]+\.[\w.-]*\w")


def typed(text: str, bot: str = "Frontdesk") -> str:
    """Return what somebody typed as Slack keeps it: escaped, with links, addresses and mentions of the bot marked."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    linked = LINK.sub(lambda found: f"<{found[0]}>", escaped)
    addressed = ADDRESS.sub(lambda found: f"<mailto:{found[0]}|{found[0]}>", linked)
    return re.sub(rf"(?<!\w)@(frontdesk|{re.escape(bot)})\b", f"<@{BOT_USER}>", addressed, flags=re.IGNORECASE)


def said(message: Message, author: Member, room: Room) -> Json:
    """Return the event for a message that was posted."""
    subtype = {"subtype": "file_share"} if message.files else {}
    return {**whole(message, author), **subtype, **_around(message.channel, room), "event_ts": message.ts}


def mentioned(message: Message, author: Member) -> Json:
    """Return the second event for a message that mentions the bot."""
    return {**whole(message, author), "type": "app_mention", "channel": message.channel, "event_ts": message.ts}


def changed(before: Message, after: Message, author: Member, room: Room, *, at: str) -> Json:
    """Return the event for a message that reads otherwise now."""
    inside = {"message": whole(after, author), "previous_message": whole(before, author)}
    return {"type": "message", "subtype": "message_changed", "hidden": True, "ts": at, "event_ts": at, **_around(after.channel, room), **inside}


def deleted(before: Message, author: Member, room: Room, *, at: str) -> Json:
    """Return the event for a message that is gone."""
    inside = {"deleted_ts": before.ts, "previous_message": whole(before, author)}
    return {"type": "message", "subtype": "message_deleted", "hidden": True, "ts": at, "event_ts": at, **_around(before.channel, room), **inside}


def buried(before: Message, author: Member, room: Room, *, at: str) -> Json:
    """Return the event for a message that is gone while there are replies under it: Slack leaves a stone in its place."""
    stone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted.", "hidden": True, "ts": before.ts}
    event = changed(before, before, author, room, at=at)
    return {**event, "message": {**stone, "thread_ts": before.ts}}


def reacted(message: Message, emoji: str, by: str, *, at: str) -> Json:
    """Return the event for an emoji that was put on a message."""
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    return {"type": "reaction_added", "user": by, "reaction": emoji, "item": item, "item_user": message.user, "event_ts": at}


def joined(user: Member, room: Room, *, at: str) -> Json:
    """Return the event for somebody who came into a channel."""
    kind = "G" if room.is_private else "C"
    return {"type": "member_joined_channel", "user": user.id, "channel": room.id, "channel_type": kind, "team": user.team, "event_ts": at}


def wrapped(event: Json, *, id: str, at: float, shared: bool) -> Json:
    """Return the whole body of an event that is sent to the app."""
    return {
        "token": "play",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": id,
        "event_time": int(at),
        "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": shared,
    }


def pressed(element: Json, message: Message, by: Member, room: Room, *, trigger: str, at: str) -> Json:
    """Return the payload of a press on a message."""
    thread = {"thread_ts": message.thread} if message.thread else {}
    container = {"type": "message", "message_ts": message.ts, "channel_id": message.channel, "is_ephemeral": bool(message.to), **thread}
    return {
        "type": "block_actions",
        **_person(by, trigger),
        "container": container,
        "channel": {"id": room.id, "name": "directmessage" if room.is_direct else room.name},
        "message": whole(message, by) if not message.to else {"type": "message", "ts": message.ts, "app_id": APP, "user": BOT_USER},
        "state": {"values": {}},
        "response_url": "",
        "actions": [{**element, "action_ts": at}],
    }


def pressed_at_home(element: Json, view: View, by: Member, *, trigger: str, at: str) -> Json:
    """Return the payload of a press in a modal or in App Home."""
    container = {"type": "view", "view_id": view.id}
    return {"type": "block_actions", **_person(by, trigger), "container": container, "view": opened(view), "actions": [{**element, "action_ts": at}]}


def submitted(view: View, values: Mapping[str, Mapping[str, Json]], by: Member, *, trigger: str) -> Json:
    """Return the payload of a modal that was sent."""
    return {"type": "view_submission", **_person(by, trigger), "view": {**opened(view), "state": {"values": values}}, "response_urls": []}


def commanded(command: str, text: str, by: Member, room: Room, *, trigger: str) -> Json:
    """Return the fields of a slash command."""
    return {
        "token": "play",
        "team_id": TEAM,
        "team_domain": "pelican",
        "channel_id": room.id,
        "channel_name": "directmessage" if room.is_direct else room.name,
        "user_id": by.id,
        "user_name": by.name.lower().replace(" ", "."),
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": "",
        "trigger_id": trigger,
    }


def opened(view: View) -> Json:
    """Return a view as Slack sends it."""
    around = {"id": view.id, "team_id": TEAM, "app_id": APP, "bot_id": BOT, "hash": view.hash, "root_view_id": view.id, "previous_view_id": None}
    return {"private_metadata": "", "callback_id": "", "state": {"values": {}}, **view.shown, **around, "app_installed_team_id": TEAM}


def whole(message: Message, author: Member, reactions: Sequence[Json] = ()) -> Json:
    """Return a message as the app reads it, in events and in the history."""
    found: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts, "team": author.team}
    if author.is_bot:
        found |= {"bot_id": BOT, "app_id": APP, "bot_profile": {"id": BOT, "app_id": APP, "name": author.name, "team_id": TEAM}, "team": TEAM}
    else:
        found |= {"client_msg_id": f"play-{message.channel}-{message.ts}"}
    if author.is_stranger:
        found |= {"user_team": author.team, "source_team": author.team}
    if message.thread:
        found |= {"thread_ts": message.thread} | ({"subtype": "thread_broadcast"} if message.broadcast else {})
    if message.blocks:
        found |= {"blocks": list(message.blocks)}
    if message.files:
        found |= {"files": [_listed(file, author) for file in message.files], "upload": True}
    if message.edited:
        found |= {"edited": {"user": message.user, "ts": message.edited}}
    return found | ({"reactions": list(reactions)} if reactions else {})


def _listed(file: Json, author: Member) -> Json:
    """Return a file as an event lists it: one of another organization comes without an address."""
    return {"id": file["id"], "mode": "file_access", "file_access": "check_file_info"} if author.is_stranger else file


def _around(channel: str, room: Room) -> Json:
    kind = "im" if room.is_direct else "group" if room.is_private else "channel"
    return {"channel": channel, "channel_type": kind}


def _person(by: Member, trigger: str) -> Json:
    user = {"id": by.id, "username": by.name.lower().replace(" ", "."), "name": by.name.lower().replace(" ", "."), "team_id": by.team}
    team = {"id": TEAM, "domain": "pelican"}
    return {"team": team, "user": user, "api_app_id": APP, "token": "play", "trigger_id": trigger, "enterprise": None, "is_enterprise_install": False}
