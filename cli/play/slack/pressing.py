"""Pressing: which button somebody means, and how they fill in the modal that it opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cli.play.slack.names import channel_id, user_id
from cli.play.slack.shown import Pressable, pressables
from cli.play.slack.state import Message, View, Workspace
from desk.cards import english
from desk.errors import InvalidInput

Json = dict[str, Any]
NEXT = "~"
"""What numbers the further fields of a text that is longer than one field takes."""


class Incomplete(InvalidInput):
    """A field was left empty that must be filled in: Slack does not send such a form."""


def button_at(workspace: Workspace, user: str, label: str, *, among: Callable[[Message], bool], team: frozenset[str]) -> tuple[Message, Pressable]:
    """Return the latest message with a button of this label that somebody sees; raise InvalidInput that lists the labels which are there."""
    seen = [message for message in visible(workspace, user, team) if message.by_bot and among(message)]
    for message in reversed(seen):
        if found := next((pressable for pressable in pressables(message.blocks) if pressable.is_called(label)), None):
            return message, found
    labels = dict.fromkeys(pressable.label for message in seen for pressable in pressables(message.blocks))
    there = "there are: " + ", ".join(map(repr, labels)) if labels else "there is no button at all"
    raise InvalidInput(f"there is no button {label!r} to press here; {there}")


def latest_card(workspace: Workspace, user: str, team: frozenset[str]) -> Message | None:
    """Return the latest card that somebody sees."""
    return next((message for message in reversed(visible(workspace, user, team)) if message.by_bot and message.blocks), None)


def visible(workspace: Workspace, user: str, team: frozenset[str]) -> Sequence[Message]:
    """Return what somebody sees, oldest first; the team's own channels come before all others, so their latest is the last."""
    seen = [message for message in workspace.standing() if user in workspace.rooms[message.channel].members and message.to in ("", user)]
    return sorted(seen, key=lambda message: message.channel in team)


def filled(view: View, given: Mapping[str, str]) -> dict[str, dict[str, Json]]:
    """Return the state of a modal as somebody sends it: fields by name or label, those left out as they were drawn.

    Raises InvalidInput for a field that is not there, and Incomplete for one that Slack does not let anybody leave empty.
    """
    inputs = [block for block in view.shown["blocks"] if block["type"] == "input"]
    names = {english(block["label"]["text"]): block["block_id"] for block in inputs} | {
        english(block["block_id"]): block["block_id"] for block in inputs
    }
    if unknown := next((key for key in given if english(key) not in names), None):
        raise InvalidInput(f"the form asks for no {unknown!r}; its fields are: {', '.join(block['block_id'] for block in inputs) or 'none'}")
    wanted = {names[english(key)]: value for key, value in given.items()}
    rest = {name.partition(NEXT)[0]: value for name, value in wanted.items()}
    state: dict[str, dict[str, Json]] = {}
    for block in inputs:
        name, element = str(block["block_id"]), block["element"]
        root, _, further = name.partition(NEXT)
        value = wanted.get(name)
        if root in rest and element["type"] == "plain_text_input":
            value, rest[root] = rest[root][: element.get("max_length", 3000)], rest[root][element.get("max_length", 3000) :]
        held = _element(element, value)
        if not block.get("optional") and not further and not _has(held):
            raise Incomplete(f"{block['label']['text']!r} is missing: fill it in and send again")
        state[name] = {element["action_id"]: held}
    return state


def has_inputs(view: View) -> bool:
    """Tell whether a modal asks for anything."""
    return any(block["type"] == "input" for block in view.shown["blocks"])


def _element(element: Json, value: str | None) -> Json:
    """Return what one input holds: what was given, else what it was drawn with."""
    kind = element["type"]
    match kind:
        case "plain_text_input":
            return {"type": kind, "value": (element.get("initial_value") if value is None else value) or None}
        case "static_select" | "radio_buttons":
            return {"type": kind, "selected_option": element.get("initial_option") if value is None else _option(element, value)}
        case "users_select":
            return {"type": kind, "selected_user": element.get("initial_user") if value is None else _user(value)}
        case "multi_users_select":
            users = [_user(name.strip()) for name in (value or "").split(",") if name.strip()]
            return {"type": kind, "selected_users": element.get("initial_users", []) if value is None else users}
        case "conversations_select":
            return {"type": kind, "selected_conversation": element.get("initial_conversation") if value is None else _channel(value)}
        case _:
            raise InvalidInput(f"nobody can fill in an input of kind {kind!r} here")


def _option(element: Json, value: str) -> Json | None:
    if not value:
        return None
    wanted = english(value)
    options: list[Json] = element["options"]
    found = next((option for option in options if wanted in (english(option["text"]["text"]), english(option["value"].lstrip("=")))), None)
    if found is None:
        raise InvalidInput(f"{value!r} is no choice: choose one of {', '.join(option['text']['text'] for option in options)}")
    return found


def _user(name: str) -> str:
    return name if name.startswith("U0") else user_id(name)


def _channel(name: str) -> str:
    return name if name.startswith("C0") else channel_id(name.lstrip("#"))


def _has(held: Json) -> bool:
    return any(value for key, value in held.items() if key != "type")
