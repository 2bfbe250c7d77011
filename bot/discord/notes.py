"""Notes: what one person alone reads as the answer to what they did. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.discord.pressed import SEPARATOR

EPHEMERAL = 1 << 6
QUIET: Mapping[str, Any] = {"allowed_mentions": {"parse": []}}
ALONE: Mapping[str, Any] = {"flags": EPHEMERAL}
"""What says that an answer comes which only they see."""
AGAIN = "again"
"""Begins the id of a button that opens a form again."""
TYPED = "~"
"""Before the name under which it is kept what was typed so far."""
MOST = 2_000


def told(sentence: str) -> dict[str, Any]:
    """Return a sentence for one person, in place of whatever buttons stood there."""
    return {"content": sentence[:MOST], "components": [], "flags": EPHEMERAL, **QUIET}


def going_on(sentence: str, pages: Sequence[tuple[int, str]], name: str) -> dict[str, Any]:
    """Return a sentence with a button for each page of a form that is filled in next; what was typed is kept under `name`."""
    buttons = [
        {"type": 2, "style": 1 if not n else 2, "label": label, "custom_id": SEPARATOR.join((AGAIN, str(page), name))}
        for n, (page, label) in enumerate(pages[:5])
    ]
    return {**told(sentence), "components": [{"type": 1, "components": buttons}]}


def again_in(custom_id: str) -> tuple[int, str] | None:
    """Return the page, and the name of what was typed, of a button that opens a form again; None for every other one."""
    parts = custom_id.split(SEPARATOR)
    return (int(parts[1]), parts[2]) if parts[0] == AGAIN and len(parts) == 3 and parts[1].isdecimal() else None


def is_alone(body: Mapping[str, Any]) -> bool:
    """Tell whether what was pressed is seen by one person only."""
    return bool(int((body.get("message") or {}).get("flags") or 0) & EPHEMERAL)


def is_ours(message: Mapping[str, Any]) -> bool:
    """Tell whether a message is such a note: what it says may be replaced."""
    rows = message.get("components") or ()
    return any(again_in(str(each.get("custom_id") or "")) is not None for row in rows for each in row.get("components") or ())
