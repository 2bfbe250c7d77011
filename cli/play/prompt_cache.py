"""Prompt cache: how many tokens of a call are read from the vendor's cache, counted from the bodies of requests alone.

A token is taken for four characters. A prefix of the prompt counts as cached when a call before sent the same one up to a cache mark,
within the mark's time to live. That is how the vendor documents it, and needs no key to be measured.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

CHARACTERS = 4
MARK = "cache_control"
LIVES = {"5m": 300.0, "1h": 3600.0}


@dataclass(frozen=True, slots=True)
class Count:
    """The input tokens of one call: neither read nor written, written to the cache, read from it."""

    plain: int
    written: int
    read: int

    @property
    def uncached(self) -> int:
        """Return what was not read from the cache."""
        return self.plain + self.written


@dataclass(slots=True)
class PromptCache:
    """What was sent up to a mark, with when it ceases to count."""

    _until: dict[str, float] = field(default_factory=dict)

    def count(self, body: Mapping[str, Any], *, at: float) -> Count:
        """Count a call made at an instant in seconds, and remember its marks; a prefix that is read lives on."""
        seen = hashlib.sha256(str(body.get("model", "")).encode())
        total = cached = marked = 0
        for text, life in _blocks(body):
            seen.update(text.encode())
            total += len(text)
            key = seen.hexdigest()
            if self._until.get(key, -1.0) >= at:
                cached = total
                self._until[key] = max(self._until[key], at + (life or LIVES["5m"]))
            if life:
                marked = total
                self._until[key] = at + life
        read, written = cached // CHARACTERS, max(0, marked - cached) // CHARACTERS
        return Count(total // CHARACTERS - read - written, written, read)


def _blocks(body: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the blocks of a prompt in the order the vendor hashes them, without their marks, each with the life that its mark gives it."""
    for part in ("tools", "system"):
        content = body.get(part) or ()
        yield from map(_block, [{"type": "text", "text": content}] if isinstance(content, str) else content)
    for message in body.get("messages", ()):
        content = message["content"]
        yield f"\n{message['role']}:", 0.0
        yield from map(_block, [{"type": "text", "text": content}] if isinstance(content, str) else content)


def _block(block: Mapping[str, Any]) -> tuple[str, float]:
    mark = block.get(MARK)
    text = json.dumps({name: value for name, value in block.items() if name != MARK}, ensure_ascii=False, sort_keys=True)
    return text, LIVES[mark.get("ttl", "5m")] if mark else 0.0
