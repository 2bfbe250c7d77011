"""Instants in texts: a time that a platform may show in each reader's own zone, with the words for where it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

# Private-use characters: nobody types them, and what people and models wrote is cleaned of them before it is drawn.
OPEN, BETWEEN, CLOSE = "\ue000", "\ue001", "\ue002"
MARK = re.compile(f"{OPEN}(\\d+){BETWEEN}([^{OPEN}{BETWEEN}{CLOSE}]*){CLOSE}")
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
