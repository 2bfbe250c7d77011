"""Redaction: a text with placeholders where names and personal data stood."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.personal import CARD, EMAIL, IBAN, PHONE, TOLD_PHONE

LINK = re.compile(r"https?://[^\s<>)\]]*(?:[?#=@]|\d{4})[^\s<>)\]]*", re.IGNORECASE)
"""A link with a query, a fragment or a number in it leads to somebody's own page; others are help and stay."""
NUMBER = re.compile(r"\b[A-Z]{1,6}-\d{3,}(?:-\w+)*\b|\b(?=\w*\d{4})[A-Z][A-Z0-9]{5,20}\b|(?<![\w.,-])\d{6,}(?![\w.,-]*\d)")
"""Numbers of invoices, orders and accounts; a short code such as E102 is an error that others see too."""
SHORTEST = 3
"""Letters of a name's part below which it is rather a word: "Al", "de"."""


def redacted(text: str, names: Iterable[str]) -> str:
    """Return a text without e-mail addresses, telephone, card and account numbers, personal links, numbers of records, and these names.

    It would rather take too much: checksums do not count here. What it cannot know, such as a name nobody has told it, is for whoever reviews.
    """
    for pattern, placeholder in PATTERNS:
        text = pattern.sub(placeholder, text)
    text = TOLD_PHONE.sub(lambda match: match.group().replace(match.group(1), "[phone number]"), text)
    for name in _ordered(names):
        # A part of a name is one only when it is capitalized: "will" is not Will.
        whole = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", 0 if " " not in name else re.IGNORECASE)
        text = whole.sub("[name]", text)
    return re.sub(r"\[name\](?:[ ,]+\[name\])+", "[name]", text)


PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (LINK, "[link]"),
    (EMAIL, "[e-mail address]"),
    (IBAN, "[account number]"),
    (CARD, "[card number]"),
    (PHONE, "[phone number]"),
    (NUMBER, "[number]"),
)
"""In this order: the groups of an account number look like a card, those of a card like a telephone number."""


def _ordered(names: Iterable[str]) -> list[str]:
    """Return whole names and their parts, the longest first."""
    whole = {" ".join(name.split()) for name in names if name.strip()}
    parts = {part for name in whole for part in re.split(r"[\s,./]+", name) if len(part) >= SHORTEST and part[:1].isupper()}
    return sorted(whole | parts, key=lambda name: (-len(name), name))
