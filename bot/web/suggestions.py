"""Suggestions: messages a visitor may try, each with who writes it where and what to expect."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desk.errors import Misconfigured

KEYS = ("persona", "channel", "text", "expect")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One message to try; `channel` is a channel's name, or `direct`."""

    persona: str
    channel: str
    text: str
    expect: str = ""


def read_suggestions(path: Path) -> Sequence[Suggestion]:
    """Read `[[suggestion]]` tables; raise Misconfigured when the file is not that."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("suggestion", [])
        return tuple(Suggestion(**{key: str(row[key]) for key in KEYS if key in row}) for row in rows)
    except (OSError, tomllib.TOMLDecodeError, TypeError) as error:
        raise Misconfigured(f"{str(path)!r} holds no suggestions ({error}): write [[suggestion]] with persona, channel and text") from error
