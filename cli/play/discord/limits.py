"""Limits: what Discord takes in a message or a form, so that what it would refuse is refused here too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cli.play.discord.refused import Refused, invalid

Json = Mapping[str, Any]
Complaint = tuple[str, str]
CONTENT, TEXT, COMPONENTS, ROWS, CUSTOM_ID, OPTIONS, LABEL, NONCE = 2000, 4000, 40, 5, 100, 25, 80, 25
V2 = 1 << 15
EPHEMERAL = 1 << 6
SETTABLE = (1 << 2) | EPHEMERAL | (1 << 12) | V2
"""The flags that a bot may set: no previews, ephemeral, silent, Components V2."""
ROW, BUTTON, SELECT, INPUT, SECTION, DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, WRAPPED = 1, 2, 3, 4, 9, 10, 11, 12, 13, 14, 17, 18
UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 19, 21, 22, 23
SELECTS = frozenset({SELECT, 5, 6, 7, 8})
ONLY_V2 = frozenset({SECTION, DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER})
TOP = frozenset({ROW}) | ONLY_V2 - {THUMBNAIL}
INSIDE: Mapping[int, frozenset[int]] = {
    ROW: frozenset({BUTTON}) | SELECTS,
    SECTION: frozenset({DISPLAY}),
    CONTAINER: frozenset({ROW, SECTION, DISPLAY, GALLERY, FILE, SEPARATOR}),
    WRAPPED: frozenset({INPUT, UPLOAD, RADIO, CHECKBOXES, CHECKBOX}) | SELECTS,
}
"""What may stand in what."""
LINK, PREMIUM = 5, 6


def check_message(body: Json, *, is_edit: bool = False, flags: int = 0, files: int = 0) -> None:
    """Raise Refused for a message that Discord does not take. `flags` are those the message has already."""
    given = int(body.get("flags") or 0)
    is_v2 = bool((given | flags) & V2)
    components = body.get("components") or []
    complaints = [*_content(body, is_v2=is_v2), *_components(components, is_v2=is_v2), *_mentions(body), *_nonce(body)]
    if given & ~SETTABLE:
        complaints.append(("flags", "These flags cannot be set"))
    if len(body.get("embeds") or []) > 10:
        complaints.append(("embeds", "Must be 10 or fewer in length."))
    if complaints:
        raise invalid(*complaints)
    if not is_edit and not (str(body.get("content") or "").strip() or components or files or body.get("embeds") or body.get("sticker_ids")):
        raise Refused(50006)


def check_form(form: Json) -> None:
    """Raise Refused for a modal that Discord does not open."""
    parts = form.get("components") or []
    complaints = [*_size("title", form.get("title"), 45), *_size("custom_id", form.get("custom_id"), CUSTOM_ID)]
    if not 1 <= len(parts) <= ROWS:
        complaints.append(("components", "Must be between 1 and 5 in length."))
    for n, part in enumerate(parts):
        complaints += _field(part, f"components.{n}")
    complaints += _unique([each for part in parts for each in inside(part)])
    if complaints:
        raise invalid(*complaints)


def inside(component: Json) -> Iterator[Json]:
    """Yield a component and everything in it."""
    yield component
    beside = [component[word] for word in ("accessory", "component") if isinstance(component.get(word), dict)]
    for each in (*(component.get("components") or ()), *beside):
        yield from inside(each)


def _content(body: Json, *, is_v2: bool) -> Iterator[Complaint]:
    text = body.get("content")
    if is_v2:
        for word in ("content", "embeds", "poll", "stickers", "sticker_ids"):
            if body.get(word):
                yield word, f"The {word!r} field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
    elif text is not None and len(str(text)) > CONTENT:
        yield "content", f"Must be {CONTENT} or fewer in length."


def _components(parts: Sequence[Json], *, is_v2: bool) -> Iterator[Complaint]:
    every = [each for part in parts for each in inside(part)]
    if len(every) > COMPONENTS and is_v2:
        yield "components", f"The maximum number of components in a message is {COMPONENTS}"
    if len(parts) > ROWS and not is_v2:
        yield "components", f"Must be {ROWS} or fewer in length."
    if sum(len(str(each.get("content") or "")) for each in every if each.get("type") == DISPLAY) > TEXT:
        yield "components", f"The text of all components must be {TEXT} or fewer in length."
    for n, part in enumerate(parts):
        yield from _component(part, f"components.{n}", TOP if is_v2 else frozenset({ROW}))
    yield from _unique(every)


def _component(part: Json, path: str, allowed: frozenset[int]) -> Iterator[Complaint]:
    kind = part.get("type")
    if kind not in allowed:
        yield f"{path}.type", f'Value of field "type" must be one of {sorted(allowed)}.'
        return
    yield from CHECKS.get(kind, _nothing)(part, path)
    for n, each in enumerate(part.get("components") or ()):
        yield from _component(each, f"{path}.components.{n}", INSIDE.get(kind, frozenset()))


def _row(part: Json, path: str) -> Iterator[Complaint]:
    held = part.get("components") or []
    most = ROWS if all(each.get("type") == BUTTON for each in held) else 1
    if not 1 <= len(held) <= most:
        yield f"{path}.components", f"Must be between 1 and {most} in length."


def _button(part: Json, path: str) -> Iterator[Complaint]:
    style = part.get("style")
    if style not in (1, 2, 3, 4, LINK, PREMIUM):
        yield f"{path}.style", "Value must be one of (1, 2, 3, 4, 5, 6)."
    if style == LINK:
        yield from _size(f"{path}.url", part.get("url"), 512)
    else:
        yield from _size(f"{path}.custom_id", part.get("custom_id"), CUSTOM_ID)
    if part.get("label") is None and part.get("emoji") is None:
        yield path, "A button must have a label or an emoji."
    if part.get("label") is not None:
        yield from _size(f"{path}.label", part["label"], LABEL)


def _select(part: Json, path: str) -> Iterator[Complaint]:
    yield from _size(f"{path}.custom_id", part.get("custom_id"), CUSTOM_ID)
    yield from _size(f"{path}.placeholder", part.get("placeholder", "-"), 150)
    if part.get("type") == SELECT:
        yield from _options(part, path)


def _options(part: Json, path: str, most: int = OPTIONS) -> Iterator[Complaint]:
    options = part.get("options") or []
    if not 1 <= len(options) <= most:
        yield f"{path}.options", f"Must be between 1 and {most} in length."
    for n, option in enumerate(options):
        yield from _size(f"{path}.options.{n}.label", option.get("label"), 100)
        yield from _size(f"{path}.options.{n}.value", option.get("value"), 100)
        yield from _size(f"{path}.options.{n}.description", option.get("description") or "-", 100)
    if len({option.get("value") for option in options}) < len(options):
        yield f"{path}.options", "The specified option value is already used"


def _section(part: Json, path: str) -> Iterator[Complaint]:
    if not 1 <= len(part.get("components") or []) <= 3:
        yield f"{path}.components", "Must be between 1 and 3 in length."
    if not isinstance(part.get("accessory"), dict):
        yield f"{path}.accessory", "This field is required"
    else:
        yield from _component(part["accessory"], f"{path}.accessory", frozenset({BUTTON, THUMBNAIL}))


def _display(part: Json, path: str) -> Iterator[Complaint]:
    yield from _size(f"{path}.content", part.get("content"), TEXT)


def _input(part: Json, path: str) -> Iterator[Complaint]:
    yield from _size(f"{path}.custom_id", part.get("custom_id"), CUSTOM_ID)
    yield from _size(f"{path}.placeholder", part.get("placeholder") or "-", 100)
    if len(str(part.get("value") or "")) > min(int(part.get("max_length") or TEXT), TEXT):
        yield f"{path}.value", "Must be shorter."
    if part.get("style") not in (1, 2):
        yield f"{path}.style", "Value must be one of (1, 2)."


def _choice(part: Json, path: str) -> Iterator[Complaint]:
    yield from _size(f"{path}.custom_id", part.get("custom_id"), CUSTOM_ID)
    if part.get("type") in (RADIO, CHECKBOXES):
        yield from _options(part, path, 10)


def _field(part: Json, path: str) -> Iterator[Complaint]:
    """Yield what is wrong with one part of a modal: a text, a field under its label, or a row with one field as there were before."""
    if part.get("type") == WRAPPED:
        held = part.get("component")
        yield from _size(f"{path}.label", part.get("label"), 45)
        yield from _size(f"{path}.description", part.get("description") or "-", 100)
        if not isinstance(held, dict):
            yield f"{path}.component", "This field is required"
        else:
            yield from _component(held, f"{path}.component", INSIDE[WRAPPED])
    elif part.get("type") == ROW:
        for n, each in enumerate(part.get("components") or ()):
            yield from _component(each, f"{path}.components.{n}", frozenset({INPUT}))
    else:
        yield from _component(part, path, frozenset({DISPLAY}))


def _mentions(body: Json) -> Iterator[Complaint]:
    allowed = body.get("allowed_mentions") or {}
    for word in ("users", "roles"):
        if len(allowed.get(word) or ()) > 100:
            yield f"allowed_mentions.{word}", "Must be 100 or fewer in length."
        if allowed.get(word) and word in (allowed.get("parse") or ()):
            yield "allowed_mentions", f'parse:["{word}"] and {word}: [ids...] are mutually exclusive.'


def _nonce(body: Json) -> Iterator[Complaint]:
    if len(str(body.get("nonce") or "")) > NONCE:
        yield "nonce", f"Must be {NONCE} or fewer in length."


def _size(path: str, text: object, most: int) -> Iterator[Complaint]:
    if not isinstance(text, str) or not 1 <= len(text) <= most:
        yield path, f"Must be between 1 and {most} in length."


def _unique(every: Sequence[Json]) -> Iterator[Complaint]:
    ids = [each["custom_id"] for each in every if each.get("custom_id")]
    if len(set(ids)) < len(ids):
        yield "components", "Component custom id cannot be duplicated"


def _nothing(_part: Json, _path: str) -> Iterator[Complaint]:
    yield from ()


CHECKS: Mapping[int, Callable[[Json, str], Iterator[Complaint]]] = {
    ROW: _row,
    BUTTON: _button,
    SECTION: _section,
    DISPLAY: _display,
    INPUT: _input,
    **dict.fromkeys(SELECTS, _select),
    **dict.fromkeys((UPLOAD, RADIO, CHECKBOXES, CHECKBOX), _choice),
}
