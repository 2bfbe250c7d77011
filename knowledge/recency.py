"""Recency: what is newer or was reviewed wins among passages that answer equally well, and what expired answers nobody."""

from __future__ import annotations

from datetime import date, datetime

from desk.article import Chunk, is_expired
from desk.audience import INTERNAL, Audiences

WEIGHT = 0.02
"""The most that age costs, as a share of the score: less than two passages of one article usually differ by."""
HALF_LIFE = 365.0
"""Days after which half of that is lost."""
UNKNOWN = 0.5


def freshness(chunk: Chunk, now: datetime) -> float:
    """Return how new a chunk's text or its last review is, from 1 for today to 0; a chunk without dates is in the middle."""
    known = [day for day in (_day(chunk.updated), _day(chunk.reviewed)) if day]
    if not known:
        return UNKNOWN
    # A day that is still to come makes nothing newer than today: it is a typing error, or an article that was planned.
    age = max(0, (now.date() - max(known)).days)
    return float(0.5 ** (age / HALF_LIFE))


def aged(score: float, chunk: Chunk, *, now: datetime) -> float:
    """Return a score less what the chunk's age costs."""
    return score * (1 - WEIGHT * (1 - freshness(chunk, now)))


def may_answer(chunk: Chunk, audiences: Audiences, *, now: datetime) -> bool:
    """Tell whether a chunk may still be returned: an expired one only to our own people, who have to renew it."""
    return INTERNAL in audiences or not is_expired(chunk.expires, now)


def newest(chunk: Chunk) -> str:
    """Return the later of a chunk's dates, for comparing; "" when it has none."""
    return max(chunk.updated[:10], chunk.reviewed[:10])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
