"""Instants in texts: a time that a platform may show in each reader's own zone, with the words for where it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

# Private-use characters: nobody types them, and what people and models wrote is cleaned of them before it is drawn.
OPEN, BETWEEN, CLOSE = "\ue000", "\ue001", "\ue002"
MARK = re.compile(f"{OPEN}(\\d+){BETWEEN}([^{OPEN}{BETWEEN}{CLOSE}]*){CLOSE}")
T = TypeVar("T")
ANY = re.compile(f"[{OPEN}{BETWEEN}{CLOSE}]")


def marked(instant: datetime, words: str) -> str:
    """Return `words`, which say an instant, so that a platform may say it in the reader's own zone."""
    return f"{OPEN}{int(instant.timestamp())}{BETWEEN}{words}{CLOSE}"


def shown(text: str, draw: Callable[[int, str], str]) -> str:
    """Return a text with each instant as `draw` writes it, which is given seconds since 1970 and the words."""
    return ANY.sub("", MARK.sub(lambda found: draw(int(found[1]), found[2]), text))


def plain(text: str) -> str:
    """Return a text with each instant in words."""
    return shown(text, lambda _, words: words)


def without_marks(text: str) -> str:
    """Return what somebody wrote without the characters that marks are made of."""
    return ANY.sub("", text)


def unmark(thing: object, *names: str) -> None:
    """Clean these texts of a frozen thing while it is made: what models and documents wrote holds no mark from then on."""
    for name in names:
        if ANY.search(text := getattr(thing, name)):
            object.__setattr__(thing, name, without_marks(text))


def cleaned(thing: T) -> T:
    """Return a thing, an event say, with every text in it cleaned: what people wrote holds no mark from then on."""
    made: Any = _cleaned(thing)
    return made  # type: ignore[no-any-return]


def _cleaned(thing: Any) -> Any:
    if isinstance(thing, str):
        # A word of an enumeration is a text, too, and must stay what it is.
        return without_marks(thing) if ANY.search(thing) else thing
    if isinstance(thing, tuple):
        return tuple(_cleaned(each) for each in thing)
    if isinstance(thing, Mapping):
        return {key: _cleaned(value) for key, value in thing.items()}
    if not is_dataclass(thing) or isinstance(thing, type):
        return thing
    held = {each.name: getattr(thing, each.name) for each in fields(thing) if each.init}
    changed = {name: new for name, value in held.items() if (new := _cleaned(value)) != value}
    return replace(thing, **changed) if changed else thing
