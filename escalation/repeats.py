"""Repeats: how often somebody came before with the same problem, by what their words mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from desk.ids import TicketId
from desk.meaning import Meaning, Meant


def contacts(said: Sequence[Meaning], before: Iterable[Meant], *, alike: float) -> int:
    """Return how many tickets of `before` are about what was said: the directions of both lie no further apart than the cosine `alike`."""
    here = direction(said)
    if here is None:
        return 0
    return sum(there is not None and len(there) == len(here) and float(here @ there) >= alike for there in _directions(before).values())


def direction(meanings: Sequence[Meaning]) -> np.ndarray | None:
    """Return where meanings point to together, of unit length; None when they say nothing. They must be of one embedder."""
    rows = [np.frombuffer(meaning.vector, dtype="<f4") for meaning in meanings if meaning.vector]
    if not rows:
        return None
    total = np.asarray(np.sum(rows, axis=0, dtype=np.float32))
    length = float(np.linalg.norm(total))
    return np.asarray(total / length) if length else None


def _directions(before: Iterable[Meant]) -> Mapping[TicketId, np.ndarray | None]:
    by_ticket: dict[TicketId, list[Meaning]] = {}
    for item in before:
        by_ticket.setdefault(item.ticket, []).append(item.meaning)
    return {ticket: direction(meanings) for ticket, meanings in by_ticket.items()}
