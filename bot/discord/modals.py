"""Modals: forms as Discord's, in pages of five fields, and what was filled in. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desk.cards import Field, Form, Option, Pick
from desk.instants import plain

Json = dict[str, Any]

TOP = 5
"""Things that stand in one form."""
TITLE = LABEL = 45
SMALL = 100
"""Characters of a field's small print, of a choice and of its value."""
INPUT = 4_000
PIECE = 3_000
"""Characters of a longer text that one field begins with, so that there is room to write."""
WORDS = 3_500
OPTIONS = 25
MOST_OPTIONS = 100
RADIOS = 5
"""So many choices are all shown; more drop down."""
NEXT = "~"
"""In a field's id: what follows numbers a further field of the same name, and says what parts two texts."""
STANDING = "="
"""Before a choice's value, which may not be empty; and after the number of the list in which the choice that holds now stands."""
BLANKS = {"n": "\n", "s": " "}
LETTERS = {blank: letter for letter, blank in BLANKS.items()}
GAPS = str.maketrans(BLANKS)
LONG = "It goes on in the next field; both are put together again."
ROOMS = [0, 5, 15]
"""Types of channels that the desk works in: text, announcements, forums."""


@dataclass(frozen=True, slots=True)
class Pages:
    """A form as what Discord shows at once: `components` of each page. Mostly it is one."""

    title: str
    components: tuple[tuple[Json, ...], ...]

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self.components)

    def modal(self, page: int, custom_id: str) -> Json:
        """Return a page, from 0, as what answers an interaction."""
        title = self.title if len(self) == 1 else _cut(self.title, TITLE - 6) + f" ({page + 1}/{len(self)})"
        return {"custom_id": custom_id, "title": _cut(title, TITLE) or "…", "components": list(self.components[page])}

    def page_of(self, field: str) -> int:
        """Return the page on which a field stands, the first for none."""
        names = [[name_of(each["component"]["custom_id"]) for each in page if "component" in each] for page in self.components]
        return next((n for n, found in enumerate(names) if field in found), 0)


def pages(form: Form, values: Mapping[str, str] | None = None) -> Pages:
    """Return a form in pages, with what was typed before (`values`) in place of what is set now."""
    fields = [replace(field, value=values[field.name]) if values and field.name in values else field for field in form.fields]
    intro = plain(form.intro).strip()
    parts = [part for field in fields for part in _parts(field)]
    if intro and len(parts) == TOP and len(intro) <= SMALL and not parts[0].get("description"):
        # One page is worth more than a paragraph of its own.
        parts[0], intro = {**parts[0], "description": intro}, ""
    told = [{"type": 10, "content": _cut(intro, WORDS)}] if intro else []
    every = [*told, *parts]
    return Pages(plain(form.title), tuple(tuple(every[start : start + TOP]) for start in range(0, len(every), TOP)) or ((),))


def values(submitted: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return what was filled into a page by field name; an empty field is "". What filled several fields is one again."""
    texts: dict[str, str] = {}
    chosen: dict[str, list[tuple[bool, str]]] = {}
    for control in sorted(_controls(submitted), key=lambda each: _order(str(each["custom_id"]))):
        name, _, rest = str(control["custom_id"]).partition(NEXT)
        if control["type"] != 4:
            value = _chosen(control)
            chosen.setdefault(name, []).extend([(rest.endswith(STANDING), value)] if value else [])
            texts.setdefault(name, "")
        else:
            text, gap = str(control.get("value") or ""), rest.lstrip("0123456789").translate(GAPS)
            texts[name] = f"{texts[name]}{gap if text else ''}{text}" if rest and name in texts else text
    # Of several lists, a choice in another one than that in which the present choice stands is a change.
    made = {name: next((value for stands, value in found if not stands), found[0][1]) for name, found in chosen.items() if found}
    return {**texts, **made}


def name_of(custom_id: str) -> str:
    """Return the name of the field that a control belongs to."""
    return custom_id.partition(NEXT)[0]


def _parts(field: Field) -> Iterator[Json]:
    """Yield a field as one thing in a form, or several where one does not take it."""
    for n, (suffix, control, of) in enumerate(_controls_of(field)):
        label = f"{_cut(field.label, LABEL - 4)} {n + 1}/{of}" if of > 1 else field.label
        note = " ".join(
            filter(None, (field.label if len(label) > LABEL else "", field.note, LONG if of > 1 and control["type"] == 4 and not n else ""))
        )
        yield {
            "type": 18,
            "label": _cut(plain(label), LABEL) or "…",
            **({"description": _cut(plain(note), SMALL)} if note else {}),
            "component": {**control, "custom_id": f"{field.name}{suffix}"},
        }


def _controls_of(field: Field) -> Sequence[tuple[str, Json, int]]:
    """Return the controls of a field, each with what follows the name in its id, and how many there are."""
    if field.picks is not None:
        return [("", {**_PICKERS[field.picks](field.value), "required": field.required}, 1)]
    if field.options:
        return _choices(field)
    texts = _texts(plain(field.value))
    return [(f"{NEXT}{n}{gap}" if n else "", _text(field, text, n=n, of=len(texts)), len(texts)) for n, (gap, text) in enumerate(texts)]


def _text(field: Field, text: str, *, n: int, of: int) -> Json:
    style = 2 if field.lines > 1 or of > 1 else 1
    return {"type": 4, "style": style, "max_length": INPUT, "required": field.required and not n, **({"value": text} if text else {})}


def _texts(text: str) -> Sequence[tuple[str, str]]:
    """Return a text in as many pieces as it takes fields; before each the blanks that lead to it, as letters: a field may lose those at its ends."""
    made: list[tuple[str, str]] = []
    gap = ""
    while len(text) > INPUT:
        at = max(text.rfind("\n\n", PIECE // 2, PIECE), text.rfind("\n", PIECE // 2, PIECE), text.rfind(" ", PIECE // 2, PIECE))
        head, text = (text[:at], text[at:]) if at > 0 else (text[:PIECE], text[PIECE:])
        made.append((gap, head.rstrip(" \n")))
        blanks = head[len(head.rstrip(" \n")) :] + text[: len(text) - len(text.lstrip(" \n"))]
        gap, text = "".join(LETTERS[blank] for blank in blanks), text.lstrip(" \n")
    return [*made, (gap, text)]


def _choices(field: Field) -> Sequence[tuple[str, Json, int]]:
    """Return a choice as buttons side by side, as a list, or as several lists where it is longer than one takes."""
    options = [option for option in field.options[:MOST_OPTIONS] if len(option.value) < SMALL]
    shown = [_option(option, chosen=option.value == field.value) for option in options]
    if 2 <= len(shown) <= RADIOS and not any(option.shows for option in options):
        return [("", {"type": 21, "options": shown, "required": field.required}, 1)]
    lists = [shown[start : start + OPTIONS] for start in range(0, len(shown), OPTIONS)]
    found = []
    for n, each in enumerate(lists):
        stands = STANDING if any(option.get("default") for option in each) else ""
        suffix = f"{NEXT}{n}{stands}" if len(lists) > 1 else ""
        alone = field.required and len(lists) == 1
        found.append((suffix, {"type": 3, "options": each, "required": alone, "min_values": 1 if alone else 0, "max_values": 1}, len(lists)))
    return found


def _option(option: Option, *, chosen: bool) -> Json:
    """Return a choice, with the beginning of the text that it puts in."""
    shows = {"description": _cut(" ".join(plain(option.shows).split()), SMALL)} if option.shows.strip() else {}
    default = {"default": True} if chosen else {}
    return {"label": _cut(plain(option.label), SMALL) or "…", "value": f"{STANDING}{option.value}", **shows, **default}


def _channel(value: str) -> Json:
    return {"type": 8, "channel_types": ROOMS, **_standing(value, "channel")}


def _person(value: str) -> Json:
    return {"type": 5, **_standing(value, "user")}


def _people(value: str) -> Json:
    """People and roles: what the team is made of on a server."""
    del value  # Of an id alone nobody knows which of the two it is.
    return {"type": 7, "min_values": 0, "max_values": OPTIONS}


def _standing(value: str, kind: str) -> Json:
    ids = [id for id in value.split(",") if id.isdecimal()][:OPTIONS]
    return {"default_values": [{"id": id, "type": kind} for id in ids]} if ids else {}


_PICKERS: dict[Pick, Callable[[str], Json]] = {Pick.CHANNEL: _channel, Pick.PERSON: _person, Pick.PEOPLE: _people}


def _controls(submitted: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield what can be filled in, in a label or in a row."""
    for each in submitted:
        inner = [each["component"]] if each.get("component") else each.get("components") or ()
        yield from (control for control in inner if control.get("custom_id"))


def _chosen(control: Mapping[str, Any]) -> str:
    found = control.get("values")
    picked = [str(value) for value in found] if found is not None else [str(control.get("value") or "")]
    return ",".join(value.removeprefix(STANDING) for value in picked if value)


def _order(id: str) -> tuple[str, int]:
    name, _, rest = id.partition(NEXT)
    digits = rest.rstrip("".join(BLANKS) + STANDING)
    return name, int(digits) if digits.isdecimal() else 0


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
