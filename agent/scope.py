"""Scope: how little a message has to do with any trained category."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agent.heads import Matrix

NEARNESS = 0.5
"""The weight of the mean cosine to the nearest examples beside the best score; each alone tells less (benchmarks/clinc150.py)."""
STEPS = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """A logistic curve over the strength with which something is recognized: its middle, and how steep it is."""

    middle: float
    steepness: float

    def strangeness(self, strength: Matrix) -> Matrix:
        """Return the probability, 0 to 1, that a message is out of scope, if half of all were."""
        raised: Matrix = 1 / (1 + np.exp(np.clip(self.steepness * (strength - self.middle), -30, 30)))
        return raised


def strength_of(scores: Matrix, nearest: Matrix) -> Matrix:
    """Return how strongly each row is recognized: its best score, and how near the nearest examples are."""
    found: Matrix = scores.max(axis=1) + NEARNESS * nearest
    return found


def fit(inside: Matrix, strange: Matrix) -> Scope:
    """Fit the curve to held-out rows and to strange ones, both weighing the same, by Newton's method with a little shrinkage."""
    strength = np.concatenate([inside, strange]).astype(np.float64)
    target = np.concatenate([np.zeros(len(inside)), np.ones(len(strange))])
    weight = np.where(target > 0, 0.5 / len(strange), 0.5 / len(inside))
    center, scale = float(strength.mean()), float(strength.std()) or 1.0
    design = np.stack([np.ones_like(strength), (strength - center) / scale], axis=1)
    # Rows that can be told apart without a mistake would make the curve infinitely steep; the shrinkage does not let it.
    shrink = np.diag([1e-4, 1e-2])
    beta = np.zeros(2)
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-design @ beta))
        slope = design.T @ (weight * (chance - target)) + shrink @ beta
        bend = design.T @ (design * (weight * chance * (1 - chance))[:, None]) + shrink
        beta = beta - np.linalg.solve(bend, slope)
    steepness = -beta[1] / scale
    return Scope(middle=float(center + beta[0] / steepness) if steepness else center, steepness=float(steepness))
