"""Marks: the emoji that the desk puts on messages, as Discord takes them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

HEARD = "eyes"
EMOJI: Mapping[str, str] = {
    "eyes": "\N{EYES}",
    "ticket": "\N{TICKET}",
    "white_check_mark": "\N{WHITE HEAVY CHECK MARK}",
    "heavy_check_mark": "\N{HEAVY CHECK MARK}",
    "x": "\N{CROSS MARK}",
    "hourglass": "\N{HOURGLASS}",
    "wave": "\N{WAVING HAND SIGN}",
    "+1": "\N{THUMBS UP SIGN}",
    "tada": "\N{PARTY POPPER}",
}
"""Names that people know them by, where Unicode has another one."""


def emoji(name: str) -> str:
    """Return an emoji by its name; a word that names none stands for itself, as `name:id` of a server's own does."""
    if name in EMOJI:
        return EMOJI[name]
    try:
        return unicodedata.lookup(name.replace("_", " ").upper())
    except KeyError:
        return name
