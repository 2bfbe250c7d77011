"""Reliability: how right a classifier was on rows it had not seen, and how far its probabilities can be believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.heads import Matrix

BINS = 10
THRESHOLDS = tuple(round(n / 20, 2) for n in range(1, 20))


@dataclass(frozen=True, slots=True)
class Bin:
    """The rows whose probability lay between two bounds: how sure the head was of them on average, and how often it was right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Point:
    """One threshold of the out-of-scope score: which share of the customer's messages stays in, and which share of strange ones does too."""

    threshold: float
    coverage: float
    false_acceptance: float


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a classifier from held-out rows. `confusion` counts by true and then by given category, the zeros left out."""

    held_out: int
    accuracy: float
    macro_f1: float
    confusion: Mapping[str, Mapping[str, int]]
    temperature: float
    ece: float
    bins: tuple[Bin, ...]
    curve: tuple[Point, ...]
    auroc: float

    @property
    def mistaken(self) -> Sequence[tuple[str, str, int]]:
        """Return what was taken for what, most frequent first."""
        wrong = [(true, given, n) for true, row in self.confusion.items() for given, n in row.items() if true != given]
        return sorted(wrong, key=lambda found: (-found[2], found))


def confusion_of(truth: Sequence[str], given: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    """Count the pairs of true and given category."""
    pairs = Counter(zip(truth, given, strict=True))
    table: dict[str, dict[str, int]] = {true: {} for true in sorted(set(truth))}
    for (true, guess), count in sorted(pairs.items()):
        table[true][guess] = count
    return table


def macro_f1(confusion: Mapping[str, Mapping[str, int]]) -> float:
    """Return the mean over the true categories of the harmonic mean of precision and recall."""
    given = Counter[str]()
    for row in confusion.values():
        given.update(row)
    scores = [2 * row.get(true, 0) / ((sum(row.values()) + given[true]) or 1) for true, row in confusion.items()]
    return sum(scores) / len(scores)


def bins_of(confidence: Matrix, right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Sort rows into ten bins by confidence; empty ones are left out."""
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(n / BINS, (n + 1) / BINS, int(inside.sum()), round(float(confidence[inside].mean()), 4), round(float(right[inside].mean()), 4))
        for n in range(BINS)
        if (inside := places == n).any()
    )


def ece(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error (Naeini et al. 2015): how far, on average, confidence is from accuracy."""
    return sum(b.count * abs(b.confidence - b.accuracy) for b in bins) / max(1, sum(b.count for b in bins))


def curve_of(inside: Matrix, strange: Matrix) -> tuple[Point, ...]:
    """Return what each threshold of the out-of-scope score lets in, of the customer's rows and of strange ones."""
    return tuple(Point(t, round(float((inside < t).mean()), 4), round(float((strange < t).mean()), 4)) for t in THRESHOLDS)


def auroc(higher: Matrix, lower: Matrix) -> float:
    """Return the chance that one of the first lies above one of the second; a tie counts half."""
    order = np.sort(lower)
    below, upto = np.searchsorted(order, higher, side="left"), np.searchsorted(order, higher, side="right")
    return float((below + upto).mean() / 2 / max(1, len(lower)))
