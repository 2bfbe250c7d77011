"""Shown: a Slack message as its reader sees it, in words, and the buttons that stand in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.play.slack.state import Message
from desk.cards import english

Json = Mapping[str, Any]
TOKEN = re.compile(r"<([^<>]+)>")
BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
MESSAGES = ".slack.com/archives/"
ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


@dataclass(frozen=True, slots=True)
class Pressable:
    """Something to press. `sent` is what Slack tells the app of it; `action` is the desk's own word for what it does, if it can be read."""

    label: str
    action: str
    sent: Json

    def is_called(self, label: str) -> bool:
        """Tell whether somebody means this one: by what it says, or in English by what it does."""
        wanted = english(label)
        return wanted in (english(self.label), self.action.replace("_", " "))


def text(message: Message, names: Mapping[str, str]) -> str:
    """Return what somebody reads: the blocks, or the text where there are none. `names` are people by their id."""
    return words(message.blocks, names) if message.blocks else mrkdwn(message.text, names).strip()


def words(blocks: Sequence[Json], names: Mapping[str, str]) -> str:
    """Return what somebody reads in blocks."""
    return "\n".join(filter(None, (line for block in blocks for line in _block(block, names)))).strip()


def pressables(blocks: Sequence[Json]) -> list[Pressable]:
    """Return what can be pressed, in order."""
    return [found for block in blocks for element in _pressed(block) for found in _pressable(element, str(block.get("block_id", "")))]


def mrkdwn(text: str, names: Mapping[str, str]) -> str:
    """Return a text in Slack's markup as Markdown: with links as their words and address, and dates as they were written out."""
    return literal(BOLD.sub(r"**\1**", TOKEN.sub(lambda found: _token(found[1], names), text)))


def literal(text: str) -> str:
    """Return escaped words as they are."""
    for entity, character in ENTITIES:
        text = text.replace(entity, character)
    return text.replace("\u2060", "")


def _token(inside: str, names: Mapping[str, str]) -> str:
    what, _, label = inside.partition("|")
    if what.startswith("@"):
        return f"@{names.get(what[1:], what[1:])}"
    if what.startswith(("!", "#")):
        return label or what
    return _link(what.removeprefix("mailto:"), label)


def _link(address: str, label: str) -> str:
    """Return a link with where it leads; one to another message leads nowhere that could be read."""
    return label if label and (label == address or MESSAGES in address) else f"{label} ({address})" if label else address


def _block(block: Json, names: Mapping[str, str]) -> Iterator[str]:
    match block["type"]:
        case "rich_text":
            for element in block["elements"]:
                yield from _rich(element, names)
        case "header" | "section":
            yield from (_object(found, names) for found in (block.get("text"), *block.get("fields", ())) if found)
        case "context":
            yield from (_object(found, names) for found in block["elements"] if "text" in found)
        case "markdown":
            yield block["text"]
        case _:
            pass  # Buttons are listed beside the text, and a line between two paragraphs says nothing.


def _object(found: Json, names: Mapping[str, str]) -> str:
    return mrkdwn(found["text"], names) if found["type"] == "mrkdwn" else str(found["text"])


def _rich(element: Json, names: Mapping[str, str]) -> Iterator[str]:
    kind = element["type"]
    if kind == "rich_text_list":
        marks = (f"{n}. " if element["style"] == "ordered" else "• " for n in range(1, len(element["elements"]) + 1))
        yield from (mark + "".join(_rich(item, names)) for mark, item in zip(marks, element["elements"], strict=True))
        return
    said = "".join(_inline(inline, names) for inline in element["elements"])
    yield f"> {said}" if kind == "rich_text_quote" else f"```\n{said}\n```" if kind == "rich_text_preformatted" else said


def _inline(element: Json, names: Mapping[str, str]) -> str:
    match element["type"]:
        case "user":
            return "@" + names.get(element["user_id"], element["user_id"])
        case "date":
            return str(element.get("fallback", ""))
        case "link":
            return _link(element["url"], str(element.get("text", "")))
        case "emoji":
            return f":{element['name']}:"
        case _:
            return _styled(str(element.get("text", "")), element.get("style", {}))


def _styled(said: str, style: Json) -> str:
    if style.get("code"):
        return f"`{said}`"
    if not style.get("bold") or not said.strip():
        return said
    words = said.strip()
    return said.replace(words, f"**{words}**", 1)


def _pressed(block: Json) -> Sequence[Json]:
    if block["type"] in ("actions", "context_actions"):
        found: Sequence[Json] = block["elements"]
        return found
    return [block["accessory"]] if block["type"] == "section" and "accessory" in block else []


def _pressable(element: Json, block_id: str) -> Iterator[Pressable]:
    sent = {"type": element["type"], "action_id": element.get("action_id", ""), "block_id": block_id}
    if element["type"] == "button":
        value = str(element.get("value", ""))
        yield Pressable(element["text"]["text"], _action(value), {**sent, "value": value, "text": element["text"]})
    for option in element.get("options", ()):
        yield Pressable(option["text"]["text"], _action(option["value"]), {**sent, "selected_option": option})
    for side in ("positive_button", "negative_button"):
        if side in element:
            value = element[side]["value"]
            yield Pressable(element[side]["text"]["text"], _action(value), {**sent, "value": value})


def _action(value: str) -> str:
    """Return the desk's word for what a button does. It is read for one thing only: a story names buttons in English."""
    try:
        found = json.loads(value)
    except ValueError:
        return ""
    return str(found.get("a", "")) if isinstance(found, dict) else ""
