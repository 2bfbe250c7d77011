"""Frozen: what benchmarks of classifiers share: embedded data, the reference they are measured against, and intervals."""

from __future__ import annotations

import math
import random
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.fit import in_batches
from agent.heads import Matrix, softmax
from knowledge.embeddings import OnnxEmbedder

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
STEPS = 250
STRENGTH = 10.0
"""The weight of the data against the penalty of the reference, scikit-learn's C: the best of 1, 10, 30 and 100 on all rows of Banking77."""

Codes = NDArray[np.int64]


async def embedded(name: str, texts: Sequence[str], embedder: OnnxEmbedder) -> Matrix:
    """Return the texts' vectors, from a file in the temporary folder when an earlier run left one."""
    path = Path(tempfile.gettempdir()) / f"frontdesk-{name}-{len(texts)}-{embedder.id}.npy"
    if path.exists():
        kept: Matrix = np.load(path)
        return kept
    vectors = await in_batches(texts, embedder)
    np.save(path, vectors)
    return vectors


def held_out_rows(labels: Sequence[str], *, share: float, seed: int) -> NDArray[np.bool_]:
    """Mark the same share of every class, at least one row, chosen by the seed."""
    places = defaultdict(list)
    for n, label in enumerate(labels):
        places[label].append(n)
    marked = np.zeros(len(labels), dtype=bool)
    chooser = random.Random(seed)
    for label in sorted(places):
        marked[chooser.sample(places[label], max(1, round(share * len(places[label]))))] = True
    return marked


def first_of_each(labels: Sequence[str], places: Sequence[int], *, count: int, seed: int) -> list[int]:
    """Return so many of these places for each class, chosen by the seed."""
    shuffled = random.Random(seed).sample(list(places), len(places))
    found: dict[str, list[int]] = defaultdict(list)
    for n in shuffled:
        if len(found[labels[n]]) < count:
            found[labels[n]].append(n)
    return sorted(n for kept in found.values() for n in kept)


def reference(vectors: Matrix, codes: Codes, *, count: int) -> tuple[Matrix, Matrix]:
    """Fit plain logistic regression, as scikit-learn defines it: summed loss times C and an L2 penalty on the weights, rows weighing the same."""
    center = vectors.mean(axis=0)
    design = np.hstack([vectors - center, np.ones((len(vectors), 1), dtype=np.float32)])
    target = np.eye(count, dtype=np.float32)[codes]
    ridge = np.append(np.full(vectors.shape[1], 1 / STRENGTH), 1e-6).astype(np.float32)
    # Böhning's bound on the Hessian is the same in every step, so that one inverse serves them all.
    bound = np.linalg.inv((0.5 * design.T @ design + np.diag(ridge)).astype(np.float64)).astype(np.float32)
    solution = ahead = np.zeros((count, design.shape[1]), dtype=np.float32)
    for step in range(STEPS):
        slope = (softmax(design @ ahead.T) - target).T @ design + ahead * ridge
        following = ahead - slope @ bound
        ahead = following + (step / (step + 3)) * (following - solution)
        solution = following
    weights = solution[:, :-1]
    return weights, solution[:, -1] - weights @ center


def spread(values: Sequence[float]) -> str:
    """Return the mean with its 95 % interval over seeds (Student's t would need a table; these are few seeds, so the range is given too)."""
    mean, deviation = float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return f"{mean:.2%} ± {1.96 * deviation / math.sqrt(len(values)):.2%} ({min(values):.2%} to {max(values):.2%})"
