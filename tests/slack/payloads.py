"""Payloads: what Slack sends, small and as it sends it, or filled from its own samples where those are."""

import json
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.slack.loopback import BOT, BOT_USER, TEAM

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "contracts" / "specs" / "slack-json-logs"
TS, LATER = "1793613600.000100", "1793613660.000200"
HELP, DIRECT = "C0HELP", "D0MARA"
_numbers = count(1)


def said(text: str = "Why was I charged twice?", ts: str = TS, *, user: str = "U0MARA", channel: str = HELP, **more: Any) -> dict[str, Any]:
    """Return a message event."""
    return {"type": "message", "user": user, "channel": channel, "text": text, "ts": ts, "event_ts": ts, "team": TEAM, **more}


def mention(text: str = f"<@{BOT_USER}> help", ts: str = TS, **more: Any) -> dict[str, Any]:
    """Return an app_mention event: the same message, told again and with less."""
    return {**said(text, ts, **more), "type": "app_mention"}


def edit(text: str, ts: str = TS, at: str = LATER, *, before: str = "Why was I charged twice?", **more: Any) -> dict[str, Any]:
    """Return the event of a message that was changed."""
    message = {"type": "message", "user": "U0MARA", "text": text, "ts": ts, "edited": {"user": "U0MARA", "ts": at}, **more}
    previous = {"type": "message", "user": "U0MARA", "text": before, "ts": ts}
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": HELP,
        "message": message,
        "previous_message": previous,
        "event_ts": at,
        "ts": at,
    }


def deletion(ts: str = TS, at: str = LATER, **previous: Any) -> dict[str, Any]:
    """Return the event of a message that was deleted."""
    gone = {"type": "message", "user": "U0MARA", "text": "oops", "ts": ts, **previous}
    return {"type": "message", "subtype": "message_deleted", "channel": HELP, "deleted_ts": ts, "previous_message": gone, "event_ts": at, "ts": at}


def reaction(emoji: str = "ticket", **more: Any) -> dict[str, Any]:
    """Return the event of an emoji put on a message."""
    return {
        "type": "reaction_added",
        "user": "U0TIM",
        "reaction": emoji,
        "item": {"type": "message", "channel": HELP, "ts": TS},
        "event_ts": LATER,
        **more,
    }


def callback(event: Mapping[str, Any], id: str = "") -> dict[str, Any]:
    """Return an event as it is delivered."""
    authorizations = [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}]
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A0DESK",
        "event_id": id or f"Ev{next(_numbers):08d}",
        "event_time": 1793613600,
        "authorizations": authorizations,
        "event": event,
    }


def press(action_id: str, value: str, *, user: str = "U0TIM", channel: str = "C0AGENTS", **more: Any) -> dict[str, Any]:
    """Return the press of a button on a message of ours."""
    action = {"type": "button", "action_id": action_id, "block_id": "b1", "value": value, "action_ts": LATER}
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "trigger_id": "123.456.abc",
        "container": {"type": "message", "message_ts": TS, "channel_id": channel},
        "channel": {"id": channel},
        "message": {"type": "message", "bot_id": BOT, "text": "a card", "ts": TS},
        "actions": [action],
        **more,
    }


def command(text: str, *, user: str = "U0TIM", channel: str = "C0AGENTS", trigger: str = "123.456.cmd") -> dict[str, str]:
    """Return a slash command."""
    return {
        "command": "/frontdesk",
        "text": text,
        "team_id": TEAM,
        "user_id": user,
        "user_name": "tim",
        "channel_id": channel,
        "trigger_id": trigger,
        "response_url": "https://hooks.slack.example/x",
    }


def submission(view: Mapping[str, Any], values: Mapping[str, str], *, user: str = "U0TIM", id: str = "V0FORM") -> dict[str, Any]:
    """Return a form as it was sent, given the view that was opened."""
    state = {name: {name: {"type": "plain_text_input", "value": value}} for name, value in values.items()}
    sent = {**view, "id": id, "state": {"values": state}}
    return {"type": "view_submission", "team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM}, "trigger_id": "1.2.v", "view": sent}


def shortcut(*, user: str = "U0TIM", thread: str = "") -> dict[str, Any]:
    """Return the message shortcut."""
    message = {"type": "message", "user": "U0MARA", "text": "Why?", "ts": TS, **({"thread_ts": thread} if thread else {})}
    return {
        "type": "message_action",
        "callback_id": "open_ticket",
        "trigger_id": "1.2.s",
        "message_ts": TS,
        "message": message,
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "channel": {"id": HELP, "name": "help"},
        "action_ts": LATER,
    }


def sample(name: str, **filled: Any) -> dict[str, Any]:
    """Return a payload of Slack's own with values in some places (`event__ts`); skip where the samples are not there."""
    path = SAMPLES / f"{name}.json"
    if not path.exists():
        pytest.skip(f"Slack's samples are not here: {path}")
    found: dict[str, Any] = json.loads(path.read_text())
    for place, value in filled.items():
        *parents, last = place.split("__")
        inside = found
        for parent in parents:
            inside = inside[parent]
        inside[last] = value
    return found
