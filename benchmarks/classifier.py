"""Classifier: how well the local heads and patterns do on sentences they have not seen: `python -m benchmarks.classifier`.

Five folds of agent/examples. The patterns were written with those examples in view, so their part of the recall is an upper bound; signals are
counted as the desk hears them, head or pattern. Messages with several topics are those of multi.jsonl, which teach nothing; the two thresholds of
agent/topics.py were chosen on every second one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from agent import fit, heads, language
from agent.clauses import MOST, clauses
from agent.examples import FOLDER, HARD_SIGNALS, OUT_OF_SCOPE, YES, Example, lessons, rows_of
from agent.heads import Matrix
from agent.reliability import auroc
from agent.sentences import sentences
from agent.signals import heard, plain
from agent.topics import Shipped, labels_of
from agent.triage import TELLING_WORDS, may_sense
from desk.triage import Signal
from knowledge.embeddings import OnnxEmbedder

SIGNAL, SURE = 0.85, 0.75
FOLDS = 5


def held_out(vectors: Matrix, labels: Sequence[str]) -> tuple[tuple[str, ...], Matrix, NDArray[np.int64]]:
    """Return the classes, each row's probabilities under a head that has not seen it, and each row's true class."""
    classes = tuple(sorted(set(labels)))
    codes = np.array([classes.index(label) for label in labels])
    logits = heads.held_out_logits(vectors, codes, count=len(classes), penalty=heads.PENALTY, folds=FOLDS)
    return classes, heads.softmax(logits / heads.temperature(logits, codes)), codes


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


async def show_multi(examples: Sequence[Example], vectors: Mapping[str, Matrix], embedder: OnnxEmbedder) -> None:
    """Print how many of the topics of a message are found: on the rows the thresholds were chosen on, the others, and messages of one topic."""
    head = heads.fit(fit.stack(vectors, [e.text for e in examples]), [e.label for e in examples])
    rows = rows_of(FOLDER / "multi.jsonl")
    asked = [(row["text"], frozenset(row["labels"])) for row in rows]
    for name, chosen in (("chosen on", asked[::2]), ("others", asked[1::2])):
        print(f"several topics, {name}: {shares([(labels(head, await parts_of(text, embedder)), meant) for text, meant in chosen])}")
    alone = []
    fold = np.arange(len(examples)) % FOLDS
    for n in range(FOLDS):
        known = [e for e, place in zip(examples, fold, strict=True) if place != n]
        unseen = [e for e, place in zip(examples, fold, strict=True) if place == n]
        taught = heads.fit(fit.stack(vectors, [e.text for e in known]), [e.label for e in known], folds=0)
        taught = replace(taught, temperature=head.temperature)
        alone += [(labels(taught, await parts_of(e.text, embedder)), frozenset({e.label})) for e in unseen]
    print(f"one topic, held out: {shares(alone)}, {sum(len(given) > 1 for given, _ in alone) / len(alone):.1%} with a second label")


async def parts_of(text: str, embedder: OnnxEmbedder) -> Matrix:
    """Return the vectors of a message, its sentences and its clauses, as triage takes them."""
    pieces = sentences(text)
    parts = [clause for piece in pieces for clause in clauses(piece)][:MOST]
    telling = [piece for piece in pieces if len(piece.split()) >= TELLING_WORDS]
    return np.asarray(await embedder.embed([text, *telling, *parts]), dtype=np.float32)


def labels(head: heads.Head, rows: Matrix) -> frozenset[str]:
    """Return the categories that triage would name."""
    shipped = Shipped(heads.Heads({"category": head}, rows, "", ""), tuple(range(len(head.classes))))
    return frozenset(label.category for label in labels_of(shipped, rows))


def shares(found: Sequence[tuple[frozenset[str], frozenset[str]]]) -> str:
    """Return precision and recall over all labels together."""
    hits = sum(len(given & meant) for given, meant in found)
    given, meant = sum(len(given) for given, _ in found), sum(len(meant) for _, meant in found)
    return f"precision {hits / given:.3f}, recall {hits / meant:.3f} of {meant}"


async def main() -> None:
    embedder = OnnxEmbedder()
    taught = lessons()
    vectors = await fit.embed_all(taught, embedder)
    for name in ("category", "request", "scope", "intent", "sentiment"):
        show_accuracy(name, taught[name], vectors)
    for signal in HARD_SIGNALS:
        show_signal(signal, taught[signal.value], vectors)
    await show_multi(taught["category"], vectors, embedder)


if __name__ == "__main__":
    asyncio.run(main())
