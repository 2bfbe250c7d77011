"""Meanings: what a message is about, as a vector that is kept, so that no text is embedded twice."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import datetime
from operator import mul

from desk.ids import MessageId, TicketId


@dataclass(frozen=True, slots=True)
class Meaning:
    """A text as a vector of unit length: little-endian 32-bit floats, comparable with those of the same embedder only."""

    embedder: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class Meant:
    """What a customer's message means, with its ticket and when it was said."""

    message: MessageId
    ticket: TicketId
    at: datetime
    meaning: Meaning


def likeness(a: Meaning, b: Meaning) -> float:
    """Return the cosine of two meanings, -1 to 1; 0 for those of two embedders, and for one that says nothing (no vector)."""
    if a.embedder != b.embedder or len(a.vector) != len(b.vector):
        return 0.0
    return float(sum(map(mul, array("f", a.vector), array("f", b.vector))))
