"""Fusion: one order out of what several searches found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.index import Found


@dataclass(frozen=True, slots=True)
class Balance:
    """What counts how much, as shares: meaning beside words, the best part of a query beside the whole of it.

    `second` is what an article's second passage adds to its first: an article that is about a thing says so more than once.
    """

    meaning: float = 0.66
    part: float = 0.5
    second: float = 0.6


BALANCE = Balance()
"""Chosen on halves of two question sets and measured on the other halves, as `python -m benchmarks.retrieval --tune` prints."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores by chunk id, the best being 1; `floor` is what any other chunk has at most, since a search returns its best only."""

    scores: Mapping[str, float]
    floor: float = 0.0

    def of(self, id: str) -> float:
        """Return a chunk's score, the floor when it was not found."""
        return self.scores.get(id, self.floor)


def relative(found: Sequence[Found], *, depth: int) -> Ranking:
    """Return scores as shares of the best one; `depth` is how many were asked for, and fewer than that means that there are no others."""
    # Ranks alone forget by how much a passage is better: reciprocal rank fusion scores below this on both question sets.
    best = max((each.score for each in found), default=0.0)
    if best <= 0:
        return Ranking({each.id: 0.0 for each in found})
    scores = {each.id: max(0.0, each.score / best) for each in found}
    return Ranking(scores, min(scores.values()) if len(found) >= depth else 0.0)


def fused(dense: Ranking, lexical: Ranking, *, balance: Balance = BALANCE) -> Ranking:
    """Return the weighted mean of both legs."""
    return _mixed(dense, lexical, share=balance.meaning)


def with_parts(whole: Ranking, parts: Sequence[Ranking], *, balance: Balance = BALANCE) -> Ranking:
    """Return how well chunks fit the whole query and the part of it that each fits best."""
    if not parts:
        return whole
    # Each part's scores are shares of its own best, so a short question counts as much as a long one beside it.
    best = Ranking({id: max(part.of(id) for part in parts) for id in _ids(parts)}, max(part.floor for part in parts))
    return _mixed(best, whole, share=balance.part)


def by_article(scores: Mapping[str, float], articles: Mapping[str, str], *, balance: Balance = BALANCE) -> dict[str, float]:
    """Return scores in which the best chunk of each article gains from the second best; `articles` names each chunk's."""
    floor = min(scores.values(), default=0.0)
    seen: dict[str, list[str]] = {}
    for id in sorted(scores, key=lambda id: (-scores[id], id)):
        seen.setdefault(articles[id], []).append(id)
    gained = {ids[0]: balance.second * (scores[ids[1]] - floor) for ids in seen.values() if len(ids) > 1}
    return {id: score + gained.get(id, 0.0) for id, score in scores.items()}


def best(lists: Iterable[Sequence[Found]], *, k: int) -> list[Found]:
    """Return what any of the searches found at its highest score, best first."""
    scores: dict[str, float] = {}
    for found in (found for each in lists for found in each):
        scores[found.id] = max(found.score, scores.get(found.id, found.score))
    return [Found(id, score) for id, score in sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]]


def _mixed(one: Ranking, other: Ranking, *, share: float) -> Ranking:
    scores = {id: share * one.of(id) + (1 - share) * other.of(id) for id in _ids([one, other])}
    return Ranking(scores, share * one.floor + (1 - share) * other.floor)


def _ids(rankings: Iterable[Ranking]) -> dict[str, None]:
    return dict.fromkeys(id for ranking in rankings for id in ranking.scores)
