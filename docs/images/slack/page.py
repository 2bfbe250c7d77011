"""Pages: Block Kit as HTML that looks like a chat client, to look at and to photograph. It draws what we send and nothing more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

CSS = Path(__file__).with_name("slack.css")
READER = ZoneInfo("Europe/Amsterdam")
TODAY = datetime(2026, 11, 3, 12, 42, tzinfo=UTC)
Json = Mapping[str, Any]


def page(drawn: str, *, phone: bool) -> str:
    """Return a page with what was drawn, as wide as a phone or a window."""
    return f'<!doctype html><meta charset="utf-8"><style>{CSS.read_text()}</style><body class="{"phone" if phone else ""}">{drawn}</body>'


def message(blocks: list[Json], *, name: str = "Frontdesk", at: str = "1:42 PM") -> str:
    """Return a message of the app."""
    head = f'<div><span class="who">{name}</span><span class="app">APP</span><span class="at">{at}</span></div>'
    return f'<div class="message"><div class="face">{name[0]}</div><div class="blocks">{head}{_blocks(blocks)}</div></div>'


def view(made: Json) -> str:
    """Return a modal, or the App Home."""
    if made["type"] == "home":
        return f'<div class="blocks">{_blocks(made["blocks"])}</div>'
    submit = f'<span class="button primary">{_text(made["submit"])}</span>' if "submit" in made else ""
    ends = f'<footer><span class="button">Cancel</span>{submit}</footer>'
    return f'<div class="modal"><header>{_text(made["title"])}</header><div class="blocks">{_blocks(made["blocks"])}</div>{ends}</div>'


def _blocks(blocks: list[Json]) -> str:
    return "".join(BLOCKS[block["type"]](block) for block in blocks)


def _rich(block: Json) -> str:
    return f"<div>{''.join(ELEMENTS[element['type']](element) for element in block['elements'])}</div>"


def _spans(element: Json) -> str:
    return "".join(_span(span) for span in element["elements"])


def _span(span: Json) -> str:
    drawn = {"user": lambda: '<span class="user">@Lea</span>', "date": lambda: _date(span["timestamp"])}.get(
        span["type"], lambda: escape(span.get("text", ""))
    )()
    for name, tag in (("bold", "b"), ("italic", "i"), ("strike", "s"), ("code", "code")):
        drawn = f"<{tag}>{drawn}</{tag}>" if span.get("style", {}).get(name) else drawn
    return f'<a href="#">{drawn}</a>' if span["type"] == "link" or "url" in span else drawn


def _date(seconds: int) -> str:
    """Say an instant as `{date_short_pretty} {time}` does."""
    at = datetime.fromtimestamp(seconds, READER)
    days = (at.date() - TODAY.astimezone(READER).date()).days
    day = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days, f"{at:%b %-d, %Y}")
    return f'<span class="date">{day} {at:%-I:%M %p}</span>'


def _mrkdwn(text: str) -> str:
    """Draw the little of Slack's markup that we send."""
    text = re.sub(r"<!date\^(\d+)\^[^|>]*\|[^>]*>", lambda found: _date(int(found[1])), text)
    text = re.sub(r"<(https?:[^|>]+)\|([^>]*)>", r'<a href="#">\2</a>', text)
    return re.sub(r"(?<!\w)\*(?=\S)([^*\n]+)\*(?!\w)", r"<b>\1</b>", text)


def _text(text: Json) -> str:
    return _mrkdwn(text["text"]) if text["type"] == "mrkdwn" else escape(text["text"])


def _list(element: Json) -> str:
    tag = "ol" if element["style"] == "ordered" else "ul"
    points = "".join(f"<li>{_spans(point)}</li>" for point in element["elements"])
    return f'<{tag} style="margin-left:{20 * element.get("indent", 0)}px">{points}</{tag}>'


def _actions(block: Json) -> str:
    return f'<div class="row">{"".join(_pressable(element) for element in block["elements"])}</div>'


def _pressable(element: Json) -> str:
    if element["type"] == "overflow":
        return '<span class="button menu">•••</span>'
    return f'<span class="button {element.get("style", "")}">{_text(element["text"])}</span>'


def _input(block: Json) -> str:
    optional = ' <span class="optional">(optional)</span>' if block["optional"] else ""
    hint = f'<div class="hint">{_text(block["hint"])}</div>' if "hint" in block else ""
    return f'<div><div class="label">{_text(block["label"])}{optional}</div>{_field(block["element"])}{hint}</div>'


def _field(element: Json) -> str:
    if element["type"] == "radio_buttons":
        chosen = element.get("initial_option")
        return "".join(f'<div class="radio {"on" if option == chosen else ""}">{_text(option["text"])}</div>' for option in element["options"])
    value = element.get("initial_value") or element.get("initial_option", {}).get("text", {}).get("text", "")
    words = escape(value) if value else f'<span class="placeholder">{escape(element.get("placeholder", {}).get("text", "Select an item"))}</span>'
    words = words if value or element["type"] != "plain_text_input" else ""
    return f'<div class="input {"tall" if element.get("multiline") else ""}">{words}{"" if element["type"] == "plain_text_input" else " ▾"}</div>'


ELEMENTS = {
    "rich_text_section": lambda element: f'<div class="section">{_spans(element)}</div>',
    "rich_text_quote": lambda element: f'<div class="quote">{_spans(element)}</div>',
    "rich_text_preformatted": lambda element: f"<pre>{_spans(element)}</pre>",
    "rich_text_list": _list,
}
BLOCKS = {
    "rich_text": _rich,
    "header": lambda block: f'<div class="heading">{_text(block["text"])}</div>',
    "context": lambda block: f'<div class="small">{"".join(_text(element) for element in block["elements"])}</div>',
    "actions": _actions,
    "input": _input,
}
