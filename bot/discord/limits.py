"""Limits: how much of everything Discord takes, and how a text is cut to it."""

from __future__ import annotations

CONTENT = 2_000
"""Characters of a message's text."""
TEXT = 4_000
"""Characters of all texts of a message that is made of components."""
COMPONENTS = 40
"""Components of a message, each one in another one counted."""
ROWS = 5
"""Rows of a message that has a text."""
ROW = 5
"""Buttons of one row."""
BUTTON = 80
OPTION = 100
OPTIONS = 25
CUSTOM_ID = 100
THREAD = 100
"""Characters of a thread's name."""
TAGS = 5
NONCE = 25
ADDRESS = 1_000
"""A link whose address is longer is shown as words: a message has 2,000 characters in all."""


def size(text: str) -> int:
    """Return how long a text is at most, however Discord counts: a character outside of the basic plane as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters; one that was cut ends with an ellipsis."""
    if size(text) <= most:
        return text
    kept = text[: most - 1]
    while size(kept) > most - 1:
        kept = kept[: -max(1, (size(kept) - most + 1) // 2)]
    return kept.rstrip() + "…"
