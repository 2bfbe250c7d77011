"""TOML lines: where in a file a key stands, for messages that a person can act on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
KEY = rf"{PART}(?:\s*\.\s*{PART})*"
TABLE = re.compile(rf"^\s*(\[\[?)\s*({KEY})\s*\]\]?")
PAIR = re.compile(rf"^\s*({KEY})\s*=")


def line_of(path: str, text: str) -> int | None:
    """Return the line, counted from 1, of the key that `path` (`answers.hosts.0`) names, or of the nearest table or list around it.

    None when the file sets nothing of the kind.
    """
    found = dict(_keys(text))
    wanted = path.split(".")
    for length in range(len(wanted), 0, -1):
        if line := found.get(".".join(wanted[:length])):
            return line
    return None


def _keys(text: str) -> Iterator[tuple[str, int]]:
    """Yield each key path with its line. Lines inside a longer value look like keys only where nobody's policy has them."""
    table: tuple[str, ...] = ()
    listed: Counter[tuple[str, ...]] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := TABLE.match(line):
            table = _parts(header[2])
            if not listed[table]:
                yield ".".join(table), number
            if header[1] == "[[":
                listed[table] += 1
                table = (*table, str(listed[table] - 1))
                yield ".".join(table), number
        elif pair := PAIR.match(line):
            yield ".".join((*table, *_parts(pair[1]))), number


def _parts(key: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(PART, key))
