"""Fences: which lines of Markdown are code, where nothing means what it means elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


def outside(text: str, change: Callable[[str], str]) -> str:
    """Return Markdown with each run of lines outside of code blocks changed by `change`."""
    parts: list[str] = []
    prose: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = FENCE.match(line)
        # A block ends at a fence as long as its own that says nothing else; what begins it may name a language.
        opens, closes = bool(mark and not fence), bool(mark and fence and mark[1].startswith(fence) and not line.strip(" `~"))
        if opens and prose:
            parts.append(change("\n".join(prose)))
            prose = []
        if opens and mark:
            fence = mark[1]
        (parts if fence else prose).append(line)
        fence = "" if closes else fence
    return "\n".join([*parts, change("\n".join(prose))] if prose else parts)
