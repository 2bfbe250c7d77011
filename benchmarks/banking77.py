"""Banking77: accuracy of `train` on 77 classes, all rows and ten a class, beside the reference on the same split: `python -m benchmarks.banking77`.

A fifth of every class of the public training file is held out, by seed. The reference is a logistic regression on the same frozen embeddings. The
second part tries what was left out: `--trials`. The data lies in ../shared/data and is CC-BY-4.0 (Casanueva et al. 2020).
"""

from __future__ import annotations

import asyncio
import csv
import sys
import time
from collections.abc import Sequence

import numpy as np

from agent import kernel
from agent.heads import Matrix
from agent.training import spoken
from benchmarks.frozen import DATA, Codes, embedded, first_of_each, held_out_rows, reference, spread
from knowledge.embeddings import OnnxEmbedder

FILE = DATA / "banking77" / "train.csv"
SEEDS = (1, 2, 3)
FULL, TEN = 0.929, 0.850
"""What the same embeddings with a logistic regression reach on the official test file, which is not here."""


def accuracy(vectors: Matrix, codes: Codes, *, taught: Sequence[int], asked: Sequence[int], names: Matrix | None) -> tuple[float, float, float]:
    """Return the accuracy of the kernel and of the reference, and the seconds that the kernel took to fit."""
    count = int(codes.max()) + 1
    start = time.perf_counter()
    fitted = kernel.fit(vectors[taught], codes[taught], tuple(map(str, range(count))), names=names)
    seconds = time.perf_counter() - start
    weights, bias = reference(vectors[taught], codes[taught], count=count)
    ours, theirs = fitted.scores(vectors[asked]).argmax(axis=1), (vectors[asked] @ weights.T + bias).argmax(axis=1)
    return float((ours == codes[asked]).mean()), float((theirs == codes[asked]).mean()), seconds


def show(what: str, figures: Sequence[tuple[float, float, float]], mark: float) -> bool:
    """Print one line a setting, and tell whether the reference was beaten by every split."""
    ours, theirs = [f[0] for f in figures], [f[1] for f in figures]
    print(f"Banking77, {what}: {spread(ours)}; reference on the same splits {spread(theirs)}; mark {mark:.1%}")
    errors = (1 - np.mean(ours)) / (1 - np.mean(theirs))
    print(f"  {np.mean(ours) - np.mean(theirs):+.2%}, {errors:.2f} times its errors; fitted in {np.mean([f[2] for f in figures]):.1f} s")
    return all(a > b for a, b in zip(ours, theirs, strict=True))


def trials(vectors: Matrix, codes: Codes, labels: Sequence[str], names: Matrix) -> None:
    """Print what widths, ridges and names are worth with ten examples a class."""
    for width in (1.5, 3.0, 5.0):
        for ridge in (0.05, 0.15, 0.4):
            for named in (names, None):
                kernel.WIDTH, kernel.RIDGE = width, ridge
                figures = [accuracy(vectors, codes, taught=t, asked=a, names=named)[0] for t, a in (ten_a_class(labels, seed) for seed in SEEDS)]
                print(f"  width {width}, ridge {ridge}, {'names' if named is not None else 'no names'}: {spread(figures)}")


def ten_a_class(labels: Sequence[str], seed: int) -> tuple[list[int], list[int]]:
    """Return ten rows a class to learn from and all held-out rows."""
    held_out = held_out_rows(labels, share=0.2, seed=seed)
    return first_of_each(labels, np.flatnonzero(~held_out).tolist(), count=10, seed=seed), np.flatnonzero(held_out).tolist()


async def main() -> int:
    if not FILE.exists():
        print("Banking77: skipped, ../shared/data is not here")
        return 0
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    labels = [label for _, label in rows]
    classes, codes = np.unique(labels, return_inverse=True)
    embedder = OnnxEmbedder()
    vectors = await embedded("banking77", [text for text, _ in rows], embedder)
    names = await embedded("banking77-names", [spoken(str(label)) for label in classes], embedder)
    if "--trials" in sys.argv:
        trials(vectors, codes, labels, names)
        return 0
    few = [accuracy(vectors, codes, taught=t, asked=a, names=names) for t, a in (ten_a_class(labels, seed) for seed in SEEDS)]
    won = show("ten a class", few, TEN)
    whole = []
    for seed in SEEDS:
        held_out = held_out_rows(labels, share=0.2, seed=seed)
        taught, asked = np.flatnonzero(~held_out).tolist(), np.flatnonzero(held_out).tolist()
        whole.append(accuracy(vectors, codes, taught=taught, asked=asked, names=names))
    won &= show("all rows", whole, FULL)
    return 0 if won else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
