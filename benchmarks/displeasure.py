"""Fit the scales of displeasure that ship: `python -m benchmarks.displeasure`, after any change to the examples or the words it learns from.

It learns from comments of GoEmotions (../shared/data, CC-BY-4.0, Demszky et al. 2020), of which the text is not kept, and from agent/examples.
One logistic regression on a text's vector, the places of its words and the cues of agent/displeasure.py. Support is not community chatter, so our own
examples weigh SHARE of the whole, however few they are. Its log-odds are made honest on examples of ours that it had not seen (Platt 1999).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from agent import displeasure
from agent.displeasure import WIDTH, Feeling, Scale, cues_of, places_of
from agent.examples import DISPLEASED, FOLDER, NO, YES, lessons, rows_of
from agent.heads import Matrix, fold_of
from benchmarks.frozen import embedded
from benchmarks.sentiment import Labels, figures, read
from knowledge.embeddings import OnnxEmbedder

SHARE = 0.4
STEPS, RATE = 200, 0.08
RIDGE = {"meaning": 1e-4, "words": 1e-5, "cues": 1e-4}
EXPECTED = 0.4
"""How many of those who write with a mood at all are displeased, as the calibration supposes."""
FOLDS = 4
THINNED = 3
"""Of the comments every so many-th is used while the calibration is fitted."""
SOURCES = {
    "goemotions": "GoEmotions, Demszky et al. 2020, Google Research, CC-BY-4.0: the comments of its training file, mapped to displeased or not",
    "examples": "agent/examples, written for this project",
}


@dataclass(frozen=True, slots=True)
class Texts:
    """Labelled texts as the regression sees them: vectors, the places of all words in a row with the text they belong to, cues."""

    texts: tuple[str, ...]
    vectors: Matrix
    labels: Labels

    def some(self, rows: NDArray[np.bool_]) -> Texts:
        """Return some of them."""
        return Texts(tuple(t for t, kept in zip(self.texts, rows, strict=True) if kept), self.vectors[rows], self.labels[rows])


def own() -> tuple[tuple[str, ...], Labels]:
    """Return our own examples and whether each is displeased; what somebody asks or chats about is not."""
    taught = lessons()
    found = {row["text"]: row["displeased"] == YES for row in rows_of(FOLDER / "displeasure.jsonl")}
    for row in rows_of(FOLDER / "sentiment.jsonl"):
        found.setdefault(row["text"], row["sentiment"] in DISPLEASED)
    for example in (*taught["category"][::2], *[e for e in taught["request"] if e.label == NO][::2]):
        found.setdefault(example.text, False)
    return tuple(found), np.array([float(sour) for sour in found.values()])


def regress(taught: Sequence[Texts], shares: Sequence[float], *, blind: bool = False) -> Scale:
    """Fit one scale to several sets of texts, each weighing its share, by Adam (Kingma and Ba 2015): the same input gives the same scale."""
    vectors = np.vstack([t.vectors for t in taught]) * (not blind)
    texts = [text for t in taught for text in t.texts]
    places = [places_of(text) for text in texts]
    index, row = np.concatenate(places), np.repeat(np.arange(len(texts)), [len(p) for p in places])
    value = np.repeat([1 / np.sqrt(len(p)) for p in places], [len(p) for p in places])
    cues = np.array([cues_of(text) for text in texts])
    labels = np.concatenate([t.labels for t in taught])
    weight = np.concatenate([np.full(len(t.labels), share / len(t.labels)) for t, share in zip(taught, shares, strict=True)])
    sizes = [vectors.shape[1], WIDTH, cues.shape[1]]
    ridge = np.concatenate([*(np.full(size, penalty) for size, penalty in zip(sizes, RIDGE.values(), strict=True)), [0.0]])
    found, first, second = np.zeros(len(ridge)), np.zeros(len(ridge)), np.zeros(len(ridge))
    for step in range(1, STEPS + 1):
        meaning, words, signs, bias = np.split(found, np.cumsum(sizes))
        odds = vectors @ meaning.astype(np.float32) + np.bincount(row, words[index] * value, minlength=len(texts)) + cues @ signs + bias
        off = weight * (1 / (1 + np.exp(-odds)) - labels)
        parts = (off.astype(np.float32) @ vectors, np.bincount(index, off[row] * value, minlength=WIDTH), off @ cues, [off.sum()])
        slope = np.concatenate(parts) + ridge * found
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        found = found - RATE * min(1.0, 2 * (1 - step / (STEPS + 1))) * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-9)
    meaning, words, signs, bias = np.split(found, np.cumsum(sizes))
    return Scale(meaning.astype(np.float32), words.astype(np.float32), signs.astype(np.float32), round(float(bias[0]), 5))


def odds_of(scale: Scale, asked: Texts, *, blind: bool = False) -> Labels:
    """Return each text's log-odds before calibration."""
    bare = replace(scale, slope=1.0, offset=0.0)
    chances = np.array([bare.of(text, vector, blind=blind) for text, vector in zip(asked.texts, asked.vectors, strict=True)])
    return np.asarray(np.log(chances / (1 - chances)))


def honest(scale: Scale, odds: Labels, labels: Labels) -> Scale:
    """Return a scale with the slope and offset that make held-out log-odds as good as they can be."""
    slope, offset = 1.0, 0.0
    weight = np.where(labels == 1, EXPECTED / labels.mean(), (1 - EXPECTED) / (1 - labels.mean()))
    design = np.stack([odds, np.ones_like(odds)])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(slope * odds + offset)))
        spread = weight * chance * (1 - chance)
        turn = np.linalg.solve((design * spread) @ design.T + 1e-6 * np.eye(2), design @ (weight * (chance - labels)))
        slope, offset = slope - turn[0], offset - turn[1]
    return replace(scale, slope=round(float(slope), 4), offset=round(float(offset), 4))


def fitted(comments: Texts, examples: Texts, *, blind: bool) -> Scale:
    """Fit a scale to everything, and its calibration to examples that other scales, fitted to the rest, had not seen."""
    thin = comments.some(np.arange(len(comments.labels)) % THINNED == 0)
    dealt = fold_of(examples.labels.astype(np.int64), FOLDS)
    held = np.zeros(len(examples.labels))
    for fold in range(FOLDS):
        scale = regress((thin, examples.some(dealt != fold)), (1 - SHARE, SHARE), blind=blind)
        held[dealt == fold] = odds_of(scale, examples.some(dealt == fold), blind=blind)
    return honest(regress((comments, examples), (1 - SHARE, SHARE), blind=blind), held, examples.labels)


async def main() -> None:
    start, embedder = time.perf_counter(), OnnxEmbedder()
    (theirs, sour), (ours, ill) = read("train"), own()
    comments = Texts(theirs, await embedded("goemotions-train", theirs, embedder), sour)
    examples = Texts(ours, np.asarray(await embedded("displeasure", ours, embedder)), ill)
    feeling = Feeling(fitted(comments, examples, blind=False), fitted(comments, examples, blind=True), embedder.id)
    about = {"learned_from": SOURCES, "comments": len(theirs), "examples": len(ours), "share": SHARE, "expected": EXPECTED}
    displeasure.save(feeling, {**about, "figures": {}}, displeasure.FITTED)
    displeasure.shipped.cache_clear()
    displeasure.save(feeling, {**about, "figures": await figures(embedder)}, displeasure.FITTED)
    print(f"fitted to {len(theirs)} comments and {len(ours)} examples in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    asyncio.run(main())
