"""Classifier: how well the local heads and patterns do on sentences they have not seen: `python -m benchmarks.classifier`.

Five folds of agent/examples. The patterns were written with those examples in view, so their part of the recall is an upper bound; signals are
counted as the desk hears them, head or pattern. Banking77 (../shared/data, when it is there) measures the head alone on foreign data.
"""

from __future__ import annotations

import asyncio
import csv
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent import fit, heads, language
from agent.examples import FOLDER, HARD_SIGNALS, OUT_OF_SCOPE, YES, Example, lessons, rows_of
from agent.heads import Matrix
from agent.sentences import sentences
from agent.signals import heard, plain
from agent.triage import may_sense
from desk.triage import Signal
from knowledge.embeddings import OnnxEmbedder

BANKING = Path(__file__).parent.parent.parent / "shared" / "data" / "banking77" / "train.csv"
SIGNAL, SURE = 0.85, 0.75
FOLDS = 5
REFERENCE = 0.850
"""Banking77 with ten examples a class: frozen all-MiniLM-L6-v2 (int8) and a logistic regression."""


def held_out(vectors: Matrix, labels: Sequence[str]) -> tuple[tuple[str, ...], Matrix, NDArray[np.int64]]:
    """Return the classes, each row's probabilities under a head that has not seen it, and each row's true class."""
    classes = tuple(sorted(set(labels)))
    codes = np.array([classes.index(label) for label in labels])
    logits = heads.held_out_logits(vectors, codes, count=len(classes), penalty=heads.PENALTY, folds=FOLDS)
    return classes, heads.softmax(logits / heads.temperature(logits, codes)), codes


def auroc(positive: Matrix, negative: Matrix) -> float:
    """Return the chance that a positive scores above a negative."""
    return float((positive[:, None] > negative[None]).mean() + 0.5 * (positive[:, None] == negative[None]).mean())


def near_misses(signal: Signal) -> frozenset[str]:
    """Return the texts that were written to look like a signal and are none."""
    return frozenset(row["text"] for row in rows_of(FOLDER / f"{signal.value}_not.jsonl"))


def may_speak(signal: Signal, text: str) -> bool:
    """Tell whether triage would let a head speak on a text."""
    return may_sense(signal, plain(text)) and language.detect(text, sure=SURE) in ("en", None)


def show_accuracy(name: str, examples: Sequence[Example], vectors: Mapping[str, Matrix]) -> None:
    """Print the held-out accuracy of one head."""
    classes, chances, codes = held_out(fit.stack(vectors, [e.text for e in examples]), [e.label for e in examples])
    right = chances.argmax(axis=1) == codes
    recalls = ", ".join(f"{label} {right[codes == n].mean():.2f}" for n, label in enumerate(classes))
    print(f"{name}: accuracy {right.mean():.3f} of {len(codes)} ({recalls})")
    if OUT_OF_SCOPE in classes:
        n = classes.index(OUT_OF_SCOPE)
        print(f"  out of scope by the head alone: AUROC {auroc(chances[codes == n, n], chances[codes != n, n]):.3f}")


def show_signal(signal: Signal, examples: Sequence[Example], vectors: Mapping[str, Matrix]) -> None:
    """Print how a signal is heard: by a held-out head or a pattern."""
    classes, chances, _ = held_out(fit.stack(vectors, [e.text for e in examples]), [e.label for e in examples])
    column = chances[:, classes.index(YES)]
    patterns = np.array([any(signal in heard(piece) for piece in sentences(e.text)) for e in examples])
    sensed = np.array([chance >= SIGNAL and may_speak(signal, e.text) for e, chance in zip(examples, column, strict=True)])
    found, true = patterns | sensed, np.array([e.label == YES for e in examples])
    missed = near_misses(signal)
    near = np.array([e.text in missed for e in examples])
    near_hits, other_hits, others = found[near].sum(), found[~true & ~near].sum(), (~true & ~near).sum()
    print(f"{signal.value}: recall {found[true].mean():.3f} of {true.sum()} (patterns {patterns[true].mean():.3f}, head {sensed[true].mean():.3f})")
    print(f"  precision {true[found].mean():.3f}; heard in {near_hits} of {near.sum()} near misses and {other_hits} of {others} others")


async def show_banking(embedder: OnnxEmbedder) -> None:
    """Print the accuracy with ten examples a class, on all other rows."""
    if not BANKING.exists():
        print("Banking77: skipped, ../shared/data is not here")
        return
    with BANKING.open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    random.Random(1).shuffle(rows)
    seen: Counter[str] = Counter()
    taught, asked = [], []
    for text, label in rows:
        seen[label] += 1
        (taught if seen[label] <= 10 else asked).append((text, label))
    asked = asked[:3000]
    vectors = np.asarray(await embedder.embed([text for text, _ in taught + asked]), dtype=np.float32)
    head = heads.fit(vectors[: len(taught)], [label for _, label in taught], folds=0)
    guessed = head.probabilities(vectors[len(taught) :]).argmax(axis=1)
    accuracy = np.mean([head.classes[n] == label for n, (_, label) in zip(guessed, asked, strict=True)])
    print(f"Banking77, ten a class: accuracy {accuracy:.3f} on {len(asked)} others; reference {REFERENCE:.3f}")


async def main() -> None:
    embedder = OnnxEmbedder()
    taught = lessons()
    vectors = await fit.embed_all(taught, embedder)
    for name in ("category", "request", "scope", "intent", "sentiment"):
        show_accuracy(name, taught[name], vectors)
    for signal in HARD_SIGNALS:
        show_signal(signal, taught[signal.value], vectors)
    await show_banking(embedder)


if __name__ == "__main__":
    asyncio.run(main())
