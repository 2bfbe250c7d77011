"""What Slack takes, written down from its documentation and not from our code: every breach in blocks and views, as sentences."""

import re
from collections import Counter

TEXTS = {"plain_text": ("text", "emoji", "type"), "mrkdwn": ("text", "verbatim", "type")}
MOST = {"message": 50, "modal": 100, "home": 100}
KNOWN = {
    "message": {"rich_text", "context", "actions", "section", "header", "divider"},
    "home": {"rich_text", "context", "actions", "section", "header", "divider"},
    "modal": {"rich_text", "context", "actions", "section", "header", "divider", "input"},
}
SAYING = {"text", "link", "date", "user"}
"""The elements of rich text that we have a reason to send: no broadcast, group, channel, team or color."""
SEQUENCE = re.compile(r"<([^<>]*)>")
ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")


def breaches(blocks, surface="message"):
    """Return what is wrong with a list of blocks."""
    found = [f"{len(blocks)} blocks"] if len(blocks) > MOST[surface] else []
    found += [f"{block['type']} has no place in a {surface}" for block in blocks if block["type"] not in KNOWN[surface]]
    found += [sentence for block in blocks for sentence in BLOCKS.get(block["type"], lambda _: ["unknown block"])(block)]
    ids = Counter(block["block_id"] for block in blocks if "block_id" in block)
    found += [f"block_id {id!r} occurs {n} times" for id, n in ids.items() if n > 1]
    actions = Counter(element["action_id"] for block in blocks for element in block.get("elements", ()) if "action_id" in element)
    found += [f"action_id {id!r} occurs {n} times" for id, n in actions.items() if n > 1]
    return [*found, *(f"{key} of {len(text)} characters" for key, text in _ids(blocks) if not 0 < len(text) <= 255)]


def view_breaches(view):
    """Return what is wrong with a modal or the App Home."""
    surface = view["type"]
    found = breaches(view["blocks"], surface)
    for name in ("title", "submit", "close"):
        found += _text(view[name], 24, kind="plain_text") if name in view else []
    found += ["no title"] if surface == "modal" and "title" not in view else []
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    found += ["inputs need a submit button"] if inputs and "submit" not in view else []
    found += ["private_metadata is too long"] if len(view.get("private_metadata", "")) > 3000 else []
    return [*found, *(["an empty page"] if not view["blocks"] else [])]


def spoken(blocks):
    """Yield every element of rich text in some blocks."""
    for block in blocks:
        if block["type"] == "rich_text":
            for element in block["elements"]:
                for each in element["elements"]:
                    yield from each["elements"] if each["type"] == "rich_text_section" else (each,)


def marked_up(blocks):
    """Yield every text in Slack's markup."""
    for block in blocks:
        for text in (block.get("text"), *(block.get("elements", ()) if block["type"] == "context" else ())):
            if text and text["type"] == "mrkdwn":
                yield text["text"]


def sequences(text):
    """Return what stands between angle brackets in a text in Slack's markup: mentions, links and dates."""
    return SEQUENCE.findall(text)


def _ids(thing):
    if isinstance(thing, dict):
        yield from ((key, thing[key]) for key in ("action_id", "block_id") if key in thing)
    for each in thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list | tuple) else ():
        yield from _ids(each)


def _text(text, most, *, kind=None):
    found = [] if kind in (None, text["type"]) else [f"{text['type']} where {kind} is due"]
    found += [f"unknown {key}" for key in text if key not in TEXTS[text["type"]]]
    found += [] if 0 < len(text["text"]) <= most else [f"a text of {len(text['text'])} characters, at most {most}"]
    if text["type"] == "mrkdwn":
        found += [f"a bare & in {text['text']!r}"] if ENTITY.search(text["text"]) else []
    return found


def _rich(block):
    found = [] if block["elements"] else ["an empty rich text"]
    size = 0
    for element in block["elements"]:
        found += [] if element["elements"] else [f"an empty {element['type']}"]
        listed = element["type"] == "rich_text_list"
        assert element["type"] in {"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"}, element["type"]
        for span in (span for each in element["elements"] for span in (each["elements"] if listed else (each,))):
            size += len(span.get("text", span.get("fallback", "")))
            found += _span(span, code=element["type"] == "rich_text_preformatted")
    return [*found, *([f"rich text of {size} characters"] if size > 3000 + 200 else [])]


def _span(span, *, code):
    found = [] if span["type"] in ({"text", "link"} if code else SAYING) else [f"{span['type']} in rich text"]
    found += ["an empty text"] if span["type"] == "text" and not span["text"] else []
    found += [f"a link to {span['url']!r}"] if "url" in span and not re.match(r"(https?://|mailto:)[^\s<>]+$", span["url"]) else []
    found += ["a date that is no number"] if span["type"] == "date" and not isinstance(span["timestamp"], int) else []
    return found


def _context(block):
    found = [] if 0 < len(block["elements"]) <= 10 else ["elements of small print"]
    return [*found, *(sentence for element in block["elements"] for sentence in _text(element, 2000))]


def _actions(block):
    found = [] if 0 < len(block["elements"]) <= 25 else [f"{len(block['elements'])} elements in a row"]
    return [*found, *(sentence for element in block["elements"] for sentence in ELEMENTS[element["type"]](element))]


def _button(element):
    found = _text(element["text"], 75, kind="plain_text") + ([] if len(element["value"]) <= 2000 else ["a value that is too long"])
    found += [] if element.get("style") in (None, "primary", "danger") else ["a style"]
    return [*found, *(["a label to read out"] if len(element.get("accessibility_label", "")) > 75 else [])]


def _options(element, most):
    options = element["options"]
    found = [] if 0 < len(options) <= most else [f"{len(options)} options"]
    found += [f"{n} options of one value" for n in Counter(option["value"] for option in options).values() if n > 1]
    found += [sentence for option in options for sentence in _text(option["text"], 75)]
    found += [sentence for option in options if "description" in option for sentence in _text(option["description"], 75)]
    found += ["the value of an option" for option in options if not 0 < len(option["value"]) <= 150]
    return [*found, *(["an initial option that is none"] if element.get("initial_option", options[0]) not in options else [])]


def _input(block):
    found = _text(block["label"], 2000, kind="plain_text") + (_text(block["hint"], 2000, kind="plain_text") if "hint" in block else [])
    element = block["element"]
    found += _text(element["placeholder"], 150, kind="plain_text") if "placeholder" in element else []
    return found + INPUTS[element["type"]](element)


def _line(element):
    most = element.get("max_length", 3000)
    return ["a text that is too long"] if len(element.get("initial_value", "")) > most or most > 3000 else []


ELEMENTS = {"button": _button, "overflow": lambda element: _options(element, 5)}
INPUTS = {
    "plain_text_input": _line,
    "static_select": lambda element: _options(element, 100),
    "radio_buttons": lambda element: _options(element, 10),
    "conversations_select": lambda _: [],
    "users_select": lambda _: [],
    "multi_users_select": lambda _: [],
}
BLOCKS = {
    "rich_text": _rich,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "header": lambda block: _text(block["text"], 150, kind="plain_text"),
    "section": lambda block: _text(block["text"], 3000),
    "divider": lambda _: [],
}
