"""Arrivals: what of Slack's payloads is kept, in which lane, and by which marks it is known again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.arrivals.inbox import Arrival
from bot.slack.inbound import SAID, author_of, thread_of
from bot.slack.web import Whoami

Payload = Mapping[str, Any]

MESSAGE, MENTION = "message", "app_mention"
CHANGES = frozenset({"message_changed", "message_deleted"})
GONE = frozenset({"channel_archive", "channel_deleted", "channel_left", "group_archive", "group_deleted", "group_left"})
RENAMED = frozenset({"channel_rename", "group_rename"})
JOINED = "member_joined_channel"
REACTED = "reaction_added"
KEPT = frozenset({MESSAGE, MENTION, JOINED, REACTED}) | GONE | RENAMED
"""Events that the desk is told of."""
FORGETTING = frozenset(
    {
        "channel_shared",
        "channel_unshared",
        "group_shared",
        "member_joined_channel",
        "member_left_channel",
        "subteam_members_changed",
        "subteam_updated",
        "team_join",
        "user_change",
    }
)
"""Events after which somebody may be somebody else to the desk."""
CLICKED, SUBMITTED, COMMANDED, ASKED = "clicked", "submitted", "commanded", "asked"
HOLD = timedelta(seconds=1)
"""How long a mention waits for the message that it is: a mention comes without the files."""


def of_event(body: Payload, me: Whoami | None) -> Arrival | None:
    """Return what is kept of an event; None for what says nothing to the desk, our own messages among it. `me` is None until it is known."""
    event = body["event"]
    kind = event["type"]
    if kind not in KEPT or (kind in (MESSAGE, MENTION) and _says_nothing(event, me)) or (kind == JOINED and me and event["user"] != me.bot_user):
        return None
    channel = _channel(event)
    # One mention arrives as two events, which have their channel and timestamp in common.
    said = kind == MENTION or (kind == MESSAGE and event.get("subtype", "") in SAID)
    same = (f"{channel}/{event['ts']}",) if said else ()
    return Arrival(kind, channel, event, marks=(str(body["event_id"]), *same), hold=HOLD if kind == MENTION else timedelta())


def forgotten(event: Payload) -> str | None:
    """Return whom an event changes, "" for anybody; None where it changes nobody."""
    if event["type"] not in FORGETTING:
        return None
    user = event.get("user", "")
    return str(user.get("id") or "") if isinstance(user, Mapping) else str(user or "")


def of_click(body: Payload, action: Payload, *, cause: str) -> Arrival:
    """Return what is kept of a press: ids only."""
    carried = {"action_id": action["action_id"], "value": value_of(action), **where(body)}
    return _of_person(CLICKED, body["user"], {**carried, "at": action["action_ts"]}, cause=cause)


def of_command(user: Payload, text: str, place: Payload, *, cause: str) -> Arrival:
    """Return what is kept of a command, typed or behind a button."""
    return _of_person(COMMANDED, user, {"text": text, **place}, cause=cause)


def of_submission(body: Payload, submits: Payload, values: Mapping[str, str]) -> Arrival:
    """Return what is kept of a form that was sent: what it was opened with, and what was filled in. A form is sent once."""
    return _of_person(SUBMITTED, body["user"], {"submits": submits, "values": values}, cause=f"view/{body['view']['id']}")


def of_shortcut(body: Payload) -> Arrival:
    """Return what is kept of the message shortcut: where the message stands."""
    message = {name: body["message"].get(name) for name in ("ts", "thread_ts")}
    kept = {"channel": {"id": body["channel"]["id"]}, "message": message, "message_ts": body.get("message_ts"), "action_ts": body["action_ts"]}
    return _of_person(ASKED, body["user"], kept, cause=body["action_ts"])


def value_of(action: Payload) -> str:
    """Return what a button, or the chosen option of a menu, carries."""
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


def cause_of(body: Payload, action: Payload) -> str:
    """Return what tells one press from all others of the same person."""
    return "/".join((str((body.get("container") or {}).get("message_ts") or ""), str(action["action_id"]), str(action["action_ts"])))


def where(body: Payload) -> dict[str, str]:
    """Return the channel and the thread somebody pressed in; both are empty in App Home."""
    container = body.get("container") or {}
    channel = container.get("channel_id") or (body.get("channel") or {}).get("id") or ""
    root = {"ts": container.get("message_ts"), "thread_ts": container.get("thread_ts") or (body.get("message") or {}).get("thread_ts")}
    return {"channel": channel, "thread": thread_of(root) or ""}


def hint_of(user: Payload) -> dict[str, str]:
    """Return what an interaction says of who did it."""
    return {"user_team": str(user["team_id"])} if user.get("team_id") else {}


def _of_person(kind: str, user: Payload, payload: Payload, *, cause: str) -> Arrival:
    who = {name: user[name] for name in ("id", "team_id") if user.get(name)}
    return Arrival(kind, f"by {user['id']}", {**payload, "user": who, "cause": cause}, marks=(f"{kind} {user['id']} {cause}",))


def _says_nothing(event: Payload, me: Whoami | None) -> bool:
    """Tell whether a message event is a remark of Slack's, or about a message of ours."""
    subtype = event.get("subtype", "")
    if subtype not in SAID | CHANGES:
        return True
    about = event.get("message") or event.get("previous_message") or event if subtype in CHANGES else event
    return me is not None and author_of(about) in (me.bot, me.bot_user)


def _channel(event: Payload) -> str:
    found = event.get("channel") or (event.get("item") or {}).get("channel") or ""
    return str(found.get("id") or "") if isinstance(found, Mapping) else str(found)
