"""Logs: the bytes of a text file as characters, whatever program wrote them."""

from __future__ import annotations

import codecs
import re

from knowledge.formats.text import MARKS, visible

LOOKED_AT = 8192
"""Bytes by which a file is judged."""
WIDE = 0.3
"""Share of every second byte that is NUL from which a text is UTF-16: each letter of a Western alphabet has one."""
UNTYPED = 0.01
"""Share of control characters above which a file is no text."""
ACCENTED = 0.3
"""Share of bytes beyond ASCII above which a text is in an alphabet that nobody can guess."""
CONTROLS = frozenset(range(0x20)) - frozenset(b"\a\b\t\n\f\r\x1b") | {0x7F}
COLORS = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
"""What colors a terminal, moves its cursor and names its window (ECMA-48)."""


def text_of(content: bytes) -> str | None:
    """Return a text file's characters without what colors a terminal and what nobody sees; None for what is no text.

    UTF-8 and UTF-16 with or without a mark are known, and Windows-1252, which is what is left when a Western program names nothing.
    """
    encoding = _encoding(content)
    if encoding is None:
        return None
    text = codecs.getincrementaldecoder(encoding)("replace").decode(content)  # What was cut within a letter ends before it.
    return visible(COLORS.sub("", text).replace("\r\n", "\n").replace("\r", "\n"))


def shortened(text: str, most: int) -> str:
    """Return a text of at most about `most` characters: its beginning and, twice as long, its end, which is where a log says what happened."""
    if len(text) <= most:
        return text
    head, tail = text[: most // 3], text[-(most * 2 // 3) :]
    # Half a line at either side of the gap would read like a whole one.
    head, tail = head.rpartition("\n")[0] or head, tail.partition("\n")[2] or tail
    return f"{head}\n[... {len(text) - len(head) - len(tail):,} characters left out ...]\n{tail}"


def _encoding(content: bytes) -> str | None:
    marked = next((name for mark, name in MARKS.items() if content.startswith(mark)), None)
    if marked:
        return marked
    begin = content[:LOOKED_AT]
    if b"\0" in begin:
        return _wide(begin)
    if begin and sum(byte in CONTROLS for byte in begin) / len(begin) > UNTYPED:
        return None
    if _is_utf8(content):
        return "utf-8"
    return "cp1252" if sum(byte >= 0x80 for byte in begin) / len(begin) <= ACCENTED else None


def _wide(begin: bytes) -> str | None:
    """Return which UTF-16 a text is in whose mark is missing, by where its NULs stand; None for what is no text."""
    high, low = begin[1::2].count(0), begin[::2].count(0)
    if high > WIDE * len(begin) / 2 and low <= high * UNTYPED:
        return "utf-16-le"
    return "utf-16-be" if low > WIDE * len(begin) / 2 and high <= low * UNTYPED else None


def _is_utf8(content: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return False
    return True
