"""Calibration: what was fitted to questions whose answers are known, and how often answers of a confidence were wrong there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FITTED = Path(__file__).parent / "fitted" / "confidence.json"
"""Written by `python -m benchmarks.answers --fit`."""


@dataclass(frozen=True, slots=True)
class Point:
    """What came of answering alone from a confidence on: so many questions were answered, and so many of them wrongly."""

    threshold: float
    answered: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights by cue for ranking passages and for confidence, and a curve over held-out questions; all of it holds for one embedder."""

    embedder: str
    ranking: Mapping[str, float]
    bias: float
    weights: Mapping[str, float]
    questions: int
    curve: tuple[Point, ...]

    def threshold(self, wrong_rate: float) -> float:
        """Return the lowest confidence from which held-out answers were wrong at most this often, by a careful estimate; 1 when none is known."""
        return next((point.threshold for point in sorted(self.curve, key=lambda point: point.threshold) if _fits(point, wrong_rate)), 1.0)


def curve(confidences: Sequence[float], right: Sequence[bool], *, least: int = 10) -> tuple[Point, ...]:
    """Return a point for every confidence, from the lowest; those above which fewer than `least` questions lie say too little to be kept."""
    pairs = sorted(zip(confidences, right, strict=True), key=lambda pair: -pair[0])
    points = []
    wrong = 0
    for answered, (sure, was_right) in enumerate(pairs, start=1):
        wrong += not was_right
        following = pairs[answered][0] if answered < len(pairs) else -1.0
        # Rounded down, so that the question that the point stands for reaches it too.
        threshold = int(sure * 1000) / 1000
        if answered >= least and following < threshold:
            points.append(Point(threshold, answered, wrong))
    return tuple(reversed(points))


@cache
def fitted() -> Calibration:
    """Read the calibration that ships, on first use."""
    table = json.loads(FITTED.read_text(encoding="utf-8"))
    points = tuple(Point(*point) for point in table["curve"])
    return Calibration(table["embedder"], table["ranking"], table["bias"], table["weights"], table["questions"], points)


def _fits(point: Point, wrong_rate: float) -> bool:
    # Jeffreys' estimate of a proportion: the lowest of many thresholds that look right was lucky, and half a wrong answer more undoes that.
    return point.wrong + 0.5 <= wrong_rate * (point.answered + 1)
