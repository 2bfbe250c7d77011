"""Heads: small classifiers over frozen embeddings, fitted on examples and kept with the id of their embedder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from desk.errors import Misconfigured

Matrix = NDArray[np.float32]
SCHEMA = 1
STEPS = 120
FOLDS = 4
PENALTY = 1e-4
"""The L2 penalty, best or next to best for all heads of the examples and on Banking77 with ten examples a class (benchmarks/classifier.py)."""
TEMPERATURES = np.geomspace(0.2, 5.0, 49)


@dataclass(frozen=True, slots=True)
class Head:
    """One classifier: `weights` (classes x dimensions) and `bias` give logits, which `temperature` makes honest probabilities."""

    classes: tuple[str, ...]
    weights: Matrix
    bias: Matrix
    temperature: float = 1.0

    def probabilities(self, vectors: Matrix) -> Matrix:
        """Return one row of probabilities a vector, in the order of `classes`."""
        return softmax(self.logits(vectors) / self.temperature)

    def logits(self, vectors: Matrix) -> Matrix:
        """Return what the probabilities are made of, before the temperature."""
        raw: Matrix = vectors @ self.weights.T + self.bias
        return raw

    def of(self, label: str, vectors: Matrix) -> Matrix:
        """Return each vector's probability of one class."""
        column: Matrix = self.probabilities(vectors)[:, self.classes.index(label)]
        return column


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of one set of examples under one embedder. `landmarks` are vectors of in-scope examples, to measure how near a text comes to any."""

    by_name: Mapping[str, Head]
    landmarks: Matrix
    embedder: str
    examples: str

    def __getitem__(self, name: str) -> Head:
        return self.by_name[name]

    @property
    def version(self) -> str:
        """Return the id that decisions remember."""
        return f"heads-{self.examples}"


def softmax(logits: Matrix) -> Matrix:
    """Return probabilities a row, safe for large logits."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    scaled: Matrix = raised / raised.sum(axis=-1, keepdims=True)
    return scaled


def fit(vectors: Matrix, labels: Sequence[str], *, penalty: float = PENALTY, folds: int = FOLDS) -> Head:
    """Fit softmax regression, every class weighing the same, and calibrate its temperature on held-out folds.

    The same input gives the same head. Folds are taken by position within each class; `folds` below 2 leaves the temperature at 1.
    """
    classes = tuple(sorted(set(labels)))
    codes = np.array([classes.index(label) for label in labels])
    weights, bias = _regress(vectors, codes, count=len(classes), penalty=penalty)
    if folds < 2:
        return Head(classes, weights, bias)
    logits = held_out_logits(vectors, codes, count=len(classes), penalty=penalty, folds=folds)
    return Head(classes, weights, bias, temperature(logits, codes))


def fold_of(codes: NDArray[np.int64], folds: int) -> NDArray[np.int64]:
    """Return the fold of each row: rows of one class are dealt out in turn, so that every fold holds every class."""
    dealt = np.zeros(len(codes), dtype=np.int64)
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        dealt[rows] = np.arange(len(rows)) % folds
    return dealt


def held_out_logits(vectors: Matrix, codes: NDArray[np.int64], *, count: int, penalty: float, folds: int) -> Matrix:
    """Return each row's logits under a head that has not seen its fold."""
    logits = np.zeros((len(codes), count), dtype=np.float32)
    dealt = fold_of(codes, folds)
    for fold in range(folds):
        seen, unseen = dealt != fold, dealt == fold
        weights, bias = _regress(vectors[seen], codes[seen], count=count, penalty=penalty)
        logits[unseen] = vectors[unseen] @ weights.T + bias
    return logits


def temperature(logits: Matrix, codes: NDArray[np.int64], *, among: NDArray[np.float64] = TEMPERATURES) -> float:
    """Return by what to divide held-out logits so that their probabilities are as good as they can be (Guo et al. 2017)."""
    rows = np.arange(len(codes))
    losses = [-np.log(softmax(logits / t)[rows, codes] + 1e-9).mean() for t in among]
    return float(round(among[int(np.argmin(losses))], 4))


def save(heads: Heads, folder: Path) -> None:
    """Write `heads.npz` and `heads.json`; a reader never sees half of them."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {"landmarks": heads.landmarks.astype(np.float16)}
    for name, head in heads.by_name.items():
        arrays[f"{name}.weights"], arrays[f"{name}.bias"] = head.weights.astype(np.float16), head.bias
    described = {name: {"classes": head.classes, "temperature": head.temperature} for name, head in heads.by_name.items()}
    about = {"schema": SCHEMA, "embedder": heads.embedder, "examples": heads.examples, "heads": described}
    # Both are written aside and the description moves last: whoever reads it finds the weights that it describes.
    with (folder / "heads.npz.part").open("wb") as file:
        np.savez_compressed(file, **arrays)
    (folder / "heads.json.part").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    for name in ("heads.npz", "heads.json"):
        (folder / f"{name}.part").replace(folder / name)


def load(folder: Path, *, embedder: str) -> Heads:
    """Read what `save` wrote; raise Misconfigured when another embedder made the vectors, or the files cannot be read."""
    try:
        about = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
        with np.load(folder / "heads.npz", allow_pickle=False) as arrays:
            kept = {name: np.asarray(arrays[name], dtype=np.float32) for name in arrays.files}
        heads = {
            name: Head(tuple(told["classes"]), kept[f"{name}.weights"], kept[f"{name}.bias"], told["temperature"])
            for name, told in about["heads"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise Misconfigured(f"the heads in {str(folder)!r} cannot be read: fit them again") from error
    if about["embedder"] != embedder:
        raise Misconfigured(
            f"the heads in {str(folder)!r} were fitted to the embedder {about['embedder']!r} and this one is {embedder!r}: fit them again"
        )
    return Heads(heads, kept["landmarks"], about["embedder"], about["examples"])


def describe(folder: Path) -> Mapping[str, Any]:
    """Return what the heads in a folder say of themselves; nothing when that cannot be read."""
    try:
        about = json.loads((folder / "heads.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return about if isinstance(about, dict) else {}


def _regress(vectors: Matrix, codes: NDArray[np.int64], *, count: int, penalty: float) -> tuple[Matrix, Matrix]:
    """Minimize the class-balanced, L2-penalized loss by Böhning's bound on the Hessian (1992) with Nesterov's momentum: no step size, no chance."""
    weight = (1.0 / np.maximum(np.bincount(codes, minlength=count), 1))[codes].astype(np.float32)
    weight /= weight.sum()
    center = weight @ vectors
    design = np.hstack([vectors - center, np.ones((len(vectors), 1), dtype=np.float32)])
    target = np.eye(count, dtype=np.float32)[codes]
    ridge = np.full(design.shape[1], penalty, dtype=np.float32)
    ridge[-1] = 1e-6
    bound = np.linalg.inv(0.5 * (design * weight[:, None]).T @ design + np.diag(ridge)).astype(np.float32)
    solution = ahead = np.zeros((count, design.shape[1]), dtype=np.float32)
    # A fixed number of steps, because a test of convergence would let rounding decide how many, and the same examples must give the same head.
    for step in range(STEPS):
        residual = (softmax(design @ ahead.T) - target) * weight[:, None]
        following = ahead - (residual.T @ design + ahead * ridge) @ bound
        ahead = following + (step / (step + 3)) * (following - solution)
        solution = following
    weights = solution[:, :-1]
    return weights, solution[:, -1] - weights @ center
