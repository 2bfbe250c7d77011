"""Limits: what Slack takes in a message, a modal or an App Home, so that what it would refuse is refused here too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cli.play.slack.refused import Refused

Json = Mapping[str, Any]
Complaints = Iterator[str]
TEXT = 40_000
MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
BLOCK_ID = ACTION_ID = 255
VALUE, BUTTON, OPTION, OPTION_VALUE, PLACEHOLDER = 2000, 75, 75, 150, 150
MARKDOWN = 12_000
"""Characters of all blocks of Markdown in one message together."""
METADATA = 3000


def check_message(text: str, blocks: Sequence[Json]) -> None:
    """Raise Refused for a text or blocks that no message may have."""
    if not text and not blocks:
        raise Refused("no_text")
    if len(text) > TEXT:
        raise Refused("msg_too_long")
    _check(blocks, MESSAGE_BLOCKS, allowed=MESSAGE)


def check_metadata(metadata: Json) -> None:
    """Raise Refused for metadata that Slack does not keep."""
    if metadata and not (isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA:
        raise Refused("metadata_too_large")


def check_view(view: Json) -> None:
    """Raise Refused for a view that Slack does not open."""
    blocks = view.get("blocks")
    if not isinstance(blocks, list) or view.get("type") not in ("modal", "home"):
        raise Refused("invalid_arguments")
    is_modal = view["type"] == "modal"
    complaints = [*(_plain(view.get("title"), 24, "title") if is_modal else ())]
    complaints += [problem for word in ("submit", "close") if word in view for problem in _plain(view[word], 24, word)]
    complaints += _length(view.get("private_metadata", ""), 3000, "private_metadata")
    complaints += _length(view.get("callback_id", ""), 255, "callback_id")
    if is_modal and "submit" not in view and any(block.get("type") == "input" for block in blocks):
        complaints.append("a modal with inputs needs submit")
    if complaints:
        raise _invalid("invalid_arguments", complaints)
    _check(blocks, VIEW_BLOCKS, allowed=MODAL if is_modal else HOME)


def _check(blocks: Sequence[Json], most: int, *, allowed: frozenset[str]) -> None:
    if not isinstance(blocks, list | tuple) or not all(isinstance(block, dict) for block in blocks):
        raise Refused("invalid_blocks_format")
    complaints = [f"more than {most} blocks"] if len(blocks) > most else []
    complaints += [problem for n, block in enumerate(blocks) for problem in _block(block, n, allowed)]
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    complaints += [f"block_id {id!r} stands twice" for id in sorted(set(ids)) if ids.count(id) > 1]
    if sum(len(block.get("text", "")) for block in blocks if block.get("type") == "markdown") > MARKDOWN:
        complaints.append("more Markdown than a message takes")
    if complaints:
        raise _invalid("invalid_blocks", complaints)


def _block(block: Json, n: int, allowed: frozenset[str]) -> Complaints:
    kind = block.get("type")
    if kind not in allowed:
        yield f"/blocks/{n}: unsupported type: {kind}"
        return
    yield from (f"/blocks/{n}: {problem}" for problem in (*_length(block.get("block_id", ""), BLOCK_ID, "block_id"), *BLOCKS[str(kind)](block)))


def _header(block: Json) -> Complaints:
    yield from _plain(block.get("text"), 150, "text")


def _section(block: Json) -> Complaints:
    fields = block.get("fields", [])
    if "text" in block:
        yield from _text(block["text"], 3000, "text")
    elif not fields:
        yield "a section needs text or fields"
    if len(fields) > 10:
        yield "more than 10 fields"
    for field in fields:
        yield from _text(field, 2000, "fields")
    if "accessory" in block:
        yield from _element(block["accessory"])


def _context(block: Json) -> Complaints:
    elements = block.get("elements", [])
    yield from _count(elements, 10)
    for element in elements:
        if element.get("type") != "image":
            yield from _text(element, 3000, "elements")


def _actions(block: Json) -> Complaints:
    elements = block.get("elements", [])
    yield from _count(elements, 25)
    ids = [element.get("action_id") for element in elements if element.get("action_id")]
    if len(ids) != len(set(ids)):
        yield "an action_id stands twice"
    for element in elements:
        yield from _element(element)


def _context_actions(block: Json) -> Complaints:
    elements = block.get("elements", [])
    yield from _count(elements, 5)
    for element in elements:
        yield from _element(element)


def _input(block: Json) -> Complaints:
    yield from _plain(block.get("label"), 2000, "label")
    if "hint" in block:
        yield from _plain(block["hint"], 2000, "hint")
    yield from _element(block.get("element", {}))


def _markdown(block: Json) -> Complaints:
    if not block.get("text"):
        yield "text is missing"


def _image(block: Json) -> Complaints:
    if not block.get("alt_text"):
        yield "alt_text is missing"


def _anything(block: Json) -> Complaints:
    yield from ()


def _element(element: Json) -> Complaints:
    kind = str(element.get("type"))
    if kind not in ELEMENTS:
        yield f"unsupported element: {kind}"
        return
    yield from _length(element.get("action_id", ""), ACTION_ID, "action_id")
    if "placeholder" in element:
        yield from _plain(element["placeholder"], PLACEHOLDER, "placeholder")
    yield from ELEMENTS[kind](element)


def _button(element: Json) -> Complaints:
    yield from _plain(element.get("text"), BUTTON, "text")
    yield from _length(element.get("value", ""), VALUE, "value")
    if element.get("style", "primary") not in ("primary", "danger"):
        yield f"style {element['style']!r}"


def _options(most: int, least: int = 1) -> Callable[[Json], Complaints]:
    def check(element: Json) -> Complaints:
        options = [*element.get("options", []), *(option for group in element.get("option_groups", []) for option in group["options"])]
        if not least <= len(options) <= most:
            yield f"{len(options)} options"
        for option in options:
            yield from _text(option.get("text"), OPTION, "options")
            yield from _length(option.get("value"), OPTION_VALUE, "value", least=1)
        initial = element.get("initial_option")
        if initial is not None and initial not in options:
            yield "initial_option is none of the options"

    return check


def _feedback(element: Json) -> Complaints:
    for side in ("positive_button", "negative_button"):
        button = element.get(side, {})
        yield from _plain(button.get("text"), BUTTON, side)
        yield from _length(button.get("value"), VALUE, side, least=1)


def _line(element: Json) -> Complaints:
    most = element.get("max_length", 3000)
    if not 1 <= most <= 3000:
        yield "max_length"
    yield from _length(element.get("initial_value", ""), most, "initial_value")


def _plain(text: Any, most: int, where: str) -> Complaints:
    if not isinstance(text, dict) or text.get("type") != "plain_text":
        yield f"{where}: needs plain_text"
    else:
        yield from _length(text.get("text"), most, where, least=1)


def _text(text: Any, most: int, where: str) -> Complaints:
    if not isinstance(text, dict) or text.get("type") not in ("plain_text", "mrkdwn"):
        yield f"{where}: needs a text object"
    else:
        yield from _length(text.get("text"), most, where, least=1)


def _length(text: Any, most: int, where: str, *, least: int = 0) -> Complaints:
    if not isinstance(text, str) or not least <= len(text) <= most:
        yield f"{where}: must be {least} to {most} characters"


def _count(elements: Any, most: int) -> Complaints:
    if not isinstance(elements, list) or not 1 <= len(elements) <= most:
        yield f"elements: must be 1 to {most}"


def _invalid(code: str, complaints: Sequence[str]) -> Refused:
    return Refused(code, errors=complaints, response_metadata={"messages": [f"[ERROR] {problem}" for problem in complaints]})


BLOCKS: Mapping[str, Callable[[Json], Complaints]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "divider": _anything,
    "actions": _actions,
    "context_actions": _context_actions,
    "input": _input,
    "image": _image,
    "markdown": _markdown,
    "rich_text": _anything,
}
"""What each kind of block must be; a kind that is not here is unknown to this Slack."""
MESSAGE = frozenset(BLOCKS) - {"input"}
MODAL = frozenset(BLOCKS) - {"markdown", "context_actions"}
HOME = frozenset(BLOCKS) - {"markdown", "context_actions"}
ELEMENTS: Mapping[str, Callable[[Json], Complaints]] = {
    "button": _button,
    "overflow": _options(5),
    "static_select": _options(100),
    "multi_static_select": _options(100),
    "radio_buttons": _options(10),
    "checkboxes": _options(10),
    "plain_text_input": _line,
    "feedback_buttons": _feedback,
    "icon_button": _anything,
    **dict.fromkeys(("channels_select", "conversations_select", "users_select", "multi_users_select", "multi_conversations_select"), _anything),
    **dict.fromkeys(("email_text_input", "number_input", "datepicker", "rich_text_input", "external_select", "image"), _anything),
}
"""What may be pressed, chosen or filled in."""
