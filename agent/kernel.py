"""Kernel: the classifier of trained categories, ridge regression on how near a text is to each example."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.heads import Matrix, fold_of, softmax, temperature

Codes = NDArray[np.int64]

WIDTH = 3.0
RIDGE = 0.15
NAME_RIDGE = 0.5
"""A class's name counts as one more example, trusted less than a customer's words. All three by benchmarks/banking77.py."""
EXACT = 10_500
LANDMARKS = 5000
"""Beyond `EXACT` rows (a solve of about 15 s and 900 MB) only so many of them are compared with, dealt out evenly over the classes."""
BLOCK = 4096
"""Rows that are compared with the landmarks at once: 80 MB, however many rows there are."""
FOLDS = 5
WHOLE = 2500
"""Up to so many rows every one is held out once; beyond, one fold in five is enough to measure on and four times cheaper."""
TEMPERATURES = np.geomspace(0.01, 1.0, 61)


@dataclass(frozen=True, slots=True)
class Kernel:
    """A score for each class: a weighted sum of how near the text's unit vector is to each landmark (landmarks x dimensions).

    `coefficients` (landmarks x classes) were fitted to 1 for the right class and 0 for the others, so that a score is low for every class where
    nothing was learned: the highest one tells what is out of scope.
    """

    classes: tuple[str, ...]
    landmarks: Matrix
    coefficients: Matrix
    temperature: float = 1.0

    def scores(self, vectors: Matrix) -> Matrix:
        """Return one row a vector, in the order of `classes`: about 1 for the right class, about 0 for the others."""
        raw: Matrix = _near(vectors, self.landmarks) @ self.coefficients + 1 / len(self.classes)
        return raw

    def probabilities(self, vectors: Matrix) -> Matrix:
        """Return one row of probabilities a vector, in the order of `classes`."""
        return softmax(self.scores(vectors) / self.temperature)


def fit(vectors: Matrix, codes: Codes, classes: tuple[str, ...], *, names: Matrix | None = None, temperature: float = 1.0) -> Kernel:
    """Fit a kernel to unit vectors and the index of each one's class; `names` are the vectors of the classes' own names."""
    ridge = np.full(len(vectors), RIDGE, dtype=np.float32)
    if names is not None:
        vectors, codes = np.vstack([vectors, names]), np.concatenate([codes, np.arange(len(classes))])
        ridge = np.append(ridge, np.full(len(classes), NAME_RIDGE, dtype=np.float32))
    # Centered, so that far from everything all classes are equally likely and none is called the best for being frequent.
    target = np.eye(len(classes), dtype=np.float32)[codes] - 1 / len(classes)
    solve = _exact if len(vectors) <= EXACT else _sampled
    landmarks, coefficients = solve(vectors, codes, target, ridge=ridge)
    return Kernel(classes, landmarks, coefficients, temperature)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What kernels said that had not seen the rows: `rows` are their indices, `nearest` the mean cosine to their nearest landmarks."""

    rows: Codes
    scores: Matrix
    nearest: Matrix
    temperature: float

    @property
    def probabilities(self) -> Matrix:
        """Return one row of probabilities a held-out row."""
        return softmax(self.scores / self.temperature)


def held_out(vectors: Matrix, codes: Codes, classes: tuple[str, ...], *, names: Matrix | None, seed: int) -> HeldOut:
    """Fit to all folds but one and look at that one; every row of a small set, a fifth of a large one. The same seed deals the same folds."""
    shuffled = np.random.default_rng(seed).permutation(len(codes))
    dealt = np.empty(len(codes), dtype=np.int64)
    dealt[shuffled] = fold_of(codes[shuffled], FOLDS)
    found: list[tuple[Codes, Matrix, Matrix]] = []
    for fold in range(FOLDS if len(codes) <= WHOLE else 1):
        unseen = np.flatnonzero(dealt == fold)
        kernel = fit(vectors[dealt != fold], codes[dealt != fold], classes, names=names)
        found.append((unseen, kernel.scores(vectors[unseen]), nearness(vectors[unseen], kernel.landmarks)))
    rows, scores, near = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return HeldOut(rows, scores, near, temperature(scores, codes[rows], among=TEMPERATURES))


def nearness(vectors: Matrix, landmarks: Matrix, *, nearest: int = 5) -> Matrix:
    """Return each vector's mean cosine to the landmarks nearest to it."""
    cosines = vectors @ landmarks.T
    nearest = min(nearest, cosines.shape[1])
    mean: Matrix = np.partition(cosines, -nearest, axis=1)[:, -nearest:].mean(axis=1)
    return mean


def _near(vectors: Matrix, others: Matrix) -> Matrix:
    """Return the Gaussian kernel, which for unit vectors depends on the cosine alone: 1 for the same text."""
    cosines = vectors @ others.T
    kernel: Matrix = np.exp(WIDTH * (cosines - 1), dtype=np.float32)
    return kernel


def _exact(vectors: Matrix, codes: Codes, target: Matrix, *, ridge: Matrix) -> tuple[Matrix, Matrix]:
    gram = _near(vectors, vectors)
    # In place, because for ten thousand rows the matrix has 400 MB.
    gram[np.diag_indices_from(gram)] += ridge
    return vectors, np.linalg.solve(gram, target).astype(np.float32)


def _sampled(vectors: Matrix, codes: Codes, target: Matrix, *, ridge: Matrix) -> tuple[Matrix, Matrix]:
    """Project on the span of some landmarks (Williams and Seeger 2001), and regress there."""
    shuffled = np.random.default_rng(0).permutation(len(codes))
    # One row of each class after the other, so that the rare classes are there whole.
    landmarks = vectors[shuffled[np.argsort(fold_of(codes[shuffled], len(codes)), kind="stable")[:LANDMARKS]]]
    # The ridge is a variance a row, so that here it divides; the jitter keeps the system solvable when two landmarks are one text.
    system = _near(landmarks, landmarks).astype(np.float64) + 1e-3 * np.eye(len(landmarks))
    wanted = np.zeros((len(landmarks), target.shape[1]))
    for start in range(0, len(vectors), BLOCK):
        rows = slice(start, start + BLOCK)
        near = _near(vectors[rows], landmarks)
        weighted = near / ridge[rows, None]
        system += weighted.T @ near
        wanted += weighted.T @ target[rows]
    return landmarks, np.linalg.solve(system, wanted).astype(np.float32)
