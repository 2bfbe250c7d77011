"""Text: bytes as characters, and characters as a reader sees them."""

from __future__ import annotations

import codecs
import re
import unicodedata
from datetime import date
from email.utils import parsedate_to_datetime

UNSEEN = re.compile("[\u00ad\u200b\u2060-\u2064\ufeff\ufffe\uffff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Characters that no reader sees and a model reads all the same: zero-width ones, direction overrides, tags, controls.

The joiners U+200C and U+200D stay, since Persian, Hindi and emoji are spelled with them.
"""
ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]|$)")

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
"""Byte order marks, and the encodings that they announce."""


def decoded(content: bytes, *, otherwise: str = "") -> str:
    """Return bytes as text: by their byte order mark, else as UTF-8, else in the encoding `otherwise`.

    Raise UnicodeDecodeError when it is none of them.
    """
    # UTF-16 without a mark is not guessed: short texts look like either.
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        if not otherwise:
            raise
        return content.decode(otherwise)


def visible(text: str) -> str:
    """Return text without the characters that nobody sees."""
    return UNSEEN.sub("", text)


def one_line(text: str) -> str:
    """Return text as one line, composed and without unseen characters."""
    return " ".join(visible(unicodedata.normalize("NFC", text)).split())


def iso_date(text: str) -> str:
    """Return the day of a date as the web writes it (ISO 8601 or RFC 5322), "" when it is neither."""
    text = text.strip()
    try:
        day = date.fromisoformat(found[1]) if (found := ISO.match(text)) else parsedate_to_datetime(text).date()
    except ValueError:
        return ""
    return day.isoformat()
