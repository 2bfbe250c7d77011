"""Fences: which lines of Markdown are code, where nothing means what it means elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable

BLOCK = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*(?:\n(?! {0,3}(?P=fence)[`~]*[ \t]*$)[^\n]*)*(?:\n[^\n]*)?",
    re.MULTILINE,
)
"""From a fence, which may name a language, to one as long that says nothing else, or to the end."""


def outside(text: str, change: Callable[[str], str]) -> str:
    """Return Markdown with what stands between its code blocks changed by `change`."""
    parts: list[str] = []
    at = 0
    for block in BLOCK.finditer(text):
        parts += [change(text[at : block.start()]), block[0]]
        at = block.end()
    return "".join([*parts, change(text[at:])])
