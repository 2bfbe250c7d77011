"""Fitting: from questions whose answers are known to weights, and from held-out confidences to coverage. Numpy only, the same result every time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEPS = 400
RATE = 0.05
SEED = 1
DRAWS = 2000


def conditional_logit(cues: Sequence[Array], right: Sequence[NDArray[np.bool_]], *, ridge: float) -> Array:
    """Return weights that make the right candidates of each question probable beside its others (McFadden 1974).

    `cues` are one array (candidates, cues) a question and `right` which candidates answer; a question without one teaches nothing. Several
    right ones share their probability. `ridge` is on weights of cues in units of their spread.
    """
    kept = [(found, good) for found, good in zip(cues, right, strict=True) if good.any()]
    spread = np.vstack([found for found, _ in kept]).std(axis=0) + 1e-9
    width = max(len(found) for found, _ in kept)
    padded, present, wanted = np.zeros((len(kept), width, len(spread))), np.zeros((len(kept), width)), np.zeros((len(kept), width))
    for n, (found, good) in enumerate(kept):
        padded[n, : len(found)], present[n, : len(found)], wanted[n, : len(found)] = found / spread, 1, good
    weights, first, second = np.zeros(len(spread)), np.zeros(len(spread)), np.zeros(len(spread))
    for step in range(1, STEPS + 1):
        scores = np.where(present > 0, padded @ weights, -1e9)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True)) * present
        chances = odds / odds.sum(axis=1, keepdims=True)
        target = chances * wanted
        target /= target.sum(axis=1, keepdims=True) + 1e-12
        slope = -np.einsum("nm,nmk->k", target - chances, padded) / len(kept) + 2 * ridge * weights
        # Adam (Kingma and Ba 2015): the problem is small and smooth, and this needs no library.
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        weights = weights - RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    found: Array = weights / spread
    return found


def logistic(signs: Array, right: Array, *, ridge: Array, toward: NDArray[np.int_]) -> Array:
    """Fit a ridge logistic regression and return its bias and weights; `toward` is 1 or -1 for a sign that may count in that direction only.

    One that noise turned around is left out (weight 0) and the rest fitted again.
    """
    used = np.ones(signs.shape[1], dtype=bool)
    while True:
        solution = _newton(signs * used, right, ridge)
        turned = used & (solution[1:] * toward < 0)
        if not turned.any():
            return solution
        used &= ~turned


def _newton(signs: Array, right: Array, ridge: Array) -> Array:
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    design = np.hstack([np.ones((len(signs), 1)), (signs - mean) / spread])
    penalty = np.diag([1e-6, *ridge])
    solution = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ solution))
        slope = design.T @ (chance - right) / len(right) + penalty @ solution
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design / len(right) + penalty
        solution -= np.linalg.solve(curvature, slope)
    weights = solution[1:] / spread
    return np.array([solution[0] - weights @ mean, *weights])


def folds(count: int, *, of: int) -> NDArray[np.int_]:
    """Return which fold each question is in; questions on one article stand together in their file and are spread by chance."""
    found = np.empty(count, dtype=int)
    found[np.random.default_rng(SEED).permutation(count)] = np.arange(count) % of
    return found


def coverage(chances: Array, right: Array, *, wrong: float) -> tuple[int, int, float]:
    """Return how many are answered, how many of them wrongly, and the threshold, for the largest coverage with at most this share wrong."""
    order = np.argsort(-chances, kind="stable")
    errors = np.cumsum(1 - right[order])
    counts = np.arange(1, len(order) + 1)
    fitting = np.flatnonzero((errors <= wrong * counts) & (chances[order] > 0))
    if not len(fitting):
        return 0, 0, 1.0
    last = int(fitting[-1])
    return last + 1, int(errors[last]), float(chances[order[last]])


def bootstrap(chances: Array, right: Array, *, wrong: float) -> tuple[float, float]:
    """Return the 95 % interval of the share answered at this share wrong, over questions drawn again with replacement (Efron 1979)."""
    draw = np.random.default_rng(SEED)
    shares = []
    for _ in range(DRAWS):
        own = draw.integers(0, len(right), len(right))
        shares.append(coverage(chances[own], right[own], wrong=wrong)[0] / len(right))
    return float(np.quantile(shares, 0.025)), float(np.quantile(shares, 0.975))


def wilson(hits: int, count: int, *, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % confidence interval of a share (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    share = hits / count
    center, spread = share + z * z / (2 * count), z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, (center - spread) / (1 + z * z / count)), min(1.0, (center + spread) / (1 + z * z / count))


def area(chances: Array, right: Array) -> float:
    """Return the chance that a right answer is surer than a wrong one (AUROC)."""
    good, bad = chances[right == 1], chances[right == 0]
    return float(((good[:, None] > bad[None]) + 0.5 * (good[:, None] == bad[None])).mean()) if len(good) and len(bad) else 1.0
