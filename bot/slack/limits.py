"""Limits: how much of everything Slack takes, and how a text is cut to it."""

from __future__ import annotations

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE = 12_000
"""Characters of all blocks of a message, written as JSON. Slack names no figure; it refused messages from about 13,200 on."""
TEXT = 40_000
"""Characters of a message's text."""
FALLBACK = 3_000
"""Characters of the text that stands in for blocks: a notification shows the first line or two, a screen reader reads it out."""
SECTION = 3_000
SMALL = 1_900
"""Characters of one piece of small print."""
HEADER = 150
BUTTON = 75
BUTTON_VALUE = 2_000
ACTION_ID = 255
OPTION = 75
OPTION_VALUE = 150
OPTIONS = 100
MENU_OPTIONS = 5
ROW = 25
"""Elements of one row of buttons."""
PLACEHOLDER = 150
TITLE = 24
LABEL = 2_000
INPUT = 3_000
METADATA = 3_000


def cut(text: str, most: int) -> str:
    """Return a text of at most so many characters; one that was cut ends with an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
