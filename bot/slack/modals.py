"""Modals: forms as Slack's views and what was filled in; and the App Home."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.slack import rich
from bot.slack.blocks import body
from bot.slack.limits import INPUT, LABEL, METADATA, OPTION, OPTION_VALUE, OPTIONS, PLACEHOLDER, SECTION, TITLE, VIEW_BLOCKS, cut
from bot.slack.markdown import pieces
from bot.slack.rows import plain_text
from bot.text.split import parted, stretches
from desk.cards import Card, Field, Form, Option, Pick
from desk.errors import InvalidInput
from desk.instants import plain

Json = dict[str, Any]
FORM = "form"
"""The callback id of a form."""
OTHER = "view"
"""The callback id of what only tells."""
NEXT = "~"
"""In a block's id: what follows numbers a further field for the rest of a text that is longer than one takes, and says what parts the two."""
BLANKS = {"n": "\n", "s": " "}
GAPS = str.maketrans(dict(BLANKS))
LETTERS = {blank: letter for letter, blank in BLANKS.items()}
RADIOS = 5
"""So many choices are all shown; more drop down."""
LONG = "The text is longer than one field takes, so it goes on in the next; what you send is put together again."
HOME_FULL = "… There is more than fits here: `/frontdesk queue` lists all of it."
ONE_MOMENT = "One moment …"
TOO_LONG = "That is longer than a form of Slack can carry, so nothing was done. Please write less here; the rest goes into the form."


def modal(form: Form, *, submits: Mapping[str, str]) -> Json:
    """Return a form as a modal. `submits` comes back with what was filled in. Raises InvalidInput when it is too much for Slack to carry."""
    metadata = json.dumps(dict(submits), separators=(",", ":"), ensure_ascii=False)
    if len(metadata) > METADATA:
        raise InvalidInput(TOO_LONG)
    blocks = [*_words(form.intro), *(block for field in form.fields for block in _inputs(field))]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain_text(form.title, TITLE),
        "submit": plain_text(form.submit, TITLE),
        "private_metadata": metadata,
        "blocks": blocks[:VIEW_BLOCKS],
    }


def loading(title: str) -> Json:
    """Return what is opened at once, while the form is looked up."""
    return _told(title, ONE_MOMENT)


def failed(sentence: str) -> Json:
    """Return a view that says why there is no form."""
    return _told("Frontdesk", sentence)


def values(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what was filled in by field name; an empty field is "". A text that filled several fields is one again."""
    found: dict[str, str] = {}
    filled: Mapping[str, Mapping[str, Any]] = (view.get("state") or {}).get("values", {})
    for id in sorted(filled, key=_order):
        (name, _, rest), text = id.partition(NEXT), _value(next(iter(filled[id].values()), {}))
        gap = rest.lstrip("0123456789").translate(GAPS)
        found[name] = f"{found[name]}{gap if text else ''}{text}" if rest and name in found else text
    return {name: found[name] for name in dict.fromkeys(id.partition(NEXT)[0] for id in filled)}


def errors(found: Mapping[str, str]) -> Json:
    """Return what answers a submission in which fields are wrong: a sentence under each."""
    return {"response_action": "errors", "errors": {name: cut(sentence, LABEL) for name, sentence in found.items()}}


def home(card: Card, carrier: str) -> Json:
    """Return a card as the App Home."""
    blocks = body(card, carrier=carrier, titled=True)
    if len(blocks) > VIEW_BLOCKS:
        blocks = [*blocks[: VIEW_BLOCKS - 1], {"type": "context", "elements": [{"type": "mrkdwn", "text": HOME_FULL, "verbatim": True}]}]
    return {"type": "home", "blocks": blocks or [rich.block(pieces("There is nothing here yet."))]}


def _told(title: str, sentence: str) -> Json:
    return {"type": "modal", "callback_id": OTHER, "title": plain_text(title, TITLE), "blocks": _words(sentence)}


def _words(text: str) -> list[Json]:
    return [rich.block(group) for group in stretches(pieces(text), SECTION)]


def _inputs(field: Field) -> Iterator[Json]:
    """Yield a field; a text that is longer than a field takes in several, one after the other."""
    texts = _texts(plain(field.value)) if _is_text(field) else [("", field.value)]
    for n, (gap, text) in enumerate(texts):
        name = f"{field.name}{NEXT}{n}{gap}" if n else field.name
        label = f"{field.label} ({n + 1} of {len(texts)})" if len(texts) > 1 else field.label
        note = " ".join(filter(None, (field.note, LONG if len(texts) > 1 and not n else "")))
        yield {
            "type": "input",
            "block_id": name,
            "label": plain_text(label, LABEL),
            "element": _element(field, text, several=len(texts) > 1),
            "optional": not field.required or n > 0,
            **({"hint": plain_text(note, LABEL)} if note else {}),
        }


def _texts(text: str) -> Sequence[tuple[str, str]]:
    """Return a text in as many pieces as it takes fields, with room to write in each; before each piece the blanks that lead to it, as letters.

    A field may lose the blanks at its ends.
    """
    if len(text) <= INPUT:
        return (("", text),)
    made, gap = [], ""
    for piece in parted(text, INPUT * 2 // 3):
        words = piece.strip(" \n")
        before, after = piece[: len(piece) - len(piece.lstrip(" \n"))], piece[len(piece.rstrip(" \n")) :]
        made += [(_letters(gap + before), words)] if words else []
        gap = after if words else gap + piece
    return made


def _letters(blanks: str) -> str:
    return "".join(LETTERS[blank] for blank in blanks)


def _order(id: str) -> tuple[str, int]:
    name, _, rest = id.partition(NEXT)
    number = rest.rstrip("".join(BLANKS))
    return name, int(number) if number.isdecimal() else 0


def _is_text(field: Field) -> bool:
    return not field.options and field.picks is None


def _element(field: Field, text: str, *, several: bool) -> Json:
    if field.picks is not None:
        return {"action_id": field.name, **_PICKERS[field.picks](field.value)}
    if field.options:
        return {"action_id": field.name, **_choice(field)}
    initial = {"initial_value": text} if text else {}
    return {"type": "plain_text_input", "action_id": field.name, "multiline": field.lines > 1 or several, "max_length": INPUT, **initial}


def _choice(field: Field) -> Json:
    options = [(option.value, made) for option in field.options[:OPTIONS] if len((made := _option(option))["value"]) <= OPTION_VALUE]
    chosen = next((made for value, made in options if value == field.value), None)
    initial = {"initial_option": chosen} if chosen else {}
    drawn = [made for _, made in options]
    if len(options) <= RADIOS and not any(option.shows for option in field.options):
        return {"type": "radio_buttons", "options": drawn, **initial}
    return {"type": "static_select", "options": drawn, "placeholder": plain_text(field.label, PLACEHOLDER), **initial}


def _option(option: Option) -> Json:
    """Return a choice, with the beginning of the text that it puts in. No value may be empty, so each has a sign before it."""
    shows = {"description": plain_text(" ".join(option.shows.split()), OPTION)} if option.shows.strip() else {}
    return {"text": plain_text(option.label, OPTION), "value": f"={option.value}", **shows}


def _channel(value: str) -> Json:
    kinds = {"include": ["public", "private"], "exclude_bot_users": True}
    return {"type": "conversations_select", "filter": kinds, **({"initial_conversation": value} if value else {})}


def _person(value: str) -> Json:
    return {"type": "users_select", **({"initial_user": value} if value else {})}


def _people(value: str) -> Json:
    users = [user for user in value.split(",") if user]
    return {"type": "multi_users_select", **({"initial_users": users} if users else {})}


_PICKERS: dict[Pick, Callable[[str], Json]] = {Pick.CHANNEL: _channel, Pick.PERSON: _person, Pick.PEOPLE: _people}


def _value(element: Mapping[str, Any]) -> str:
    """Return what one input holds."""
    if chosen := element.get("selected_option"):
        return str(chosen["value"]).removeprefix("=")
    for several in ("selected_users", "selected_conversations", "selected_channels"):
        if several in element:
            return ",".join(element[several] or ())
    one = (element.get(key) for key in ("value", "selected_conversation", "selected_user", "selected_channel"))
    return next((str(value) for value in one if value), "")
