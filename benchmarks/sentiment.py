"""Sentiment: how well displeasure is told, beside VADER (Hutto and Gilbert 2014): `python -m benchmarks.sentiment`.

Asked about the comments of GoEmotions that were held out (../shared/data, skipped where it is absent) and about 150 support messages that were
written for this, benchmarks/messages/support_moods.jsonl, of which nothing was learned. `--draw` writes docs/images/sentiment/calibration.svg.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # type: ignore[import-untyped]

from agent import displeasure, heads, impact
from agent.examples import NONE, lessons, rows_of
from agent.fit import in_batches
from agent.heads import Matrix
from agent.reliability import Bin, auroc, bins_of, ece
from benchmarks.frozen import DATA, embedded
from knowledge.embeddings import OnnxEmbedder

SUPPORT = Path(__file__).parent / "messages" / "support_moods.jsonl"
PICTURE = Path(__file__).parent.parent / "docs" / "images" / "sentiment" / "calibration.svg"

COMMUNITY = DATA / "goemotions"
SOUR = frozenset({"anger", "annoyance", "disappointment", "disapproval", "disgust", "grief", "sadness"})
"""The emotions of GoEmotions that count as displeasure; remorse, fear and embarrassment are about the writer."""

Numbers = NDArray[np.float64]
Labels = Numbers


@dataclass(frozen=True, slots=True)
class Asked:
    """A set of texts with who of their writers is displeased, what we say of each, and what we say without the vectors."""

    name: str
    texts: Sequence[str]
    sour: NDArray[np.bool_]
    chances: Numbers
    blind: Numbers


def read(name: str) -> tuple[tuple[str, ...], Labels]:
    """Return the comments of one file of GoEmotions and whether each is displeased."""
    names = (COMMUNITY / "labels.txt").read_text(encoding="utf-8").split()
    sour = {str(n) for n, label in enumerate(names) if label in SOUR}
    rows = [line.split("\t") for line in (COMMUNITY / f"{name}.tsv").read_text(encoding="utf-8").split("\n") if line.strip()]
    return tuple(row[0] for row in rows), np.array([float(bool(sour & set(row[1].split(",")))) for row in rows])


def average_precision(chances: Numbers, right: NDArray[np.bool_]) -> float:
    """Return the mean precision at each text that should be found, in order of the chances given."""
    found = right[np.argsort(-chances, kind="stable")]
    return float((np.cumsum(found) / np.arange(1, len(found) + 1))[found].mean())


def vader(texts: Sequence[str]) -> Numbers:
    """Return VADER's compound score, turned around."""
    analyzer = SentimentIntensityAnalyzer()
    return np.array([-analyzer.polarity_scores(text)["compound"] for text in texts])


def scored(name: str, texts: Sequence[str], vectors: Matrix, sour: Numbers) -> Asked:
    """Ask the scales that ship."""
    feeling = displeasure.shipped()
    both = [(feeling.sighted.of(t, v), feeling.blind.of(t, v, blind=True)) for t, v in zip(texts, vectors, strict=True)]
    return Asked(name, texts, sour.astype(bool), np.array([a for a, _ in both]), np.array([b for _, b in both]))


async def support(embedder: OnnxEmbedder) -> Asked:
    """Ask about the support messages."""
    rows: Sequence[Mapping[str, Any]] = rows_of(SUPPORT)
    texts = [row["text"] for row in rows]
    return scored("support", texts, await in_batches(texts, embedder), np.array([float(row["displeased"]) for row in rows]))


async def community(embedder: OnnxEmbedder) -> Asked | None:
    """Ask about the held-out comments, None where they are absent."""
    if not COMMUNITY.exists():
        return None
    texts, sour = read("dev")
    return scored("goemotions", texts, await embedded("goemotions-dev", texts, embedder), sour)


def measured(asked: Asked, chances: Numbers) -> Mapping[str, float]:
    """Return AUROC and average precision."""
    told = chances.astype(np.float32)
    return {
        "auroc": round(auroc(told[asked.sour], told[~asked.sour]), 4),
        "average_precision": round(average_precision(chances, asked.sour), 4),
    }


def bins(asked: Asked) -> tuple[Bin, ...]:
    """Return how often writers were displeased of whom we said so with about the same probability."""
    return bins_of(asked.chances.astype(np.float32), asked.sour)


async def figures(embedder: OnnxEmbedder) -> Mapping[str, Any]:
    """Return what stands beside the weights that ship."""
    return {asked.name: figures_of(asked) for asked in (await support(embedder), await community(embedder)) if asked}


def figures_of(asked: Asked) -> Mapping[str, Any]:
    """Return all figures of one set."""
    return {
        "texts": len(asked.texts),
        "displeased": int(asked.sour.sum()),
        **measured(asked, asked.chances),
        "calibration_error": round(ece(bins(asked)), 4),
        "without_vectors": measured(asked, asked.blind),
        "vader": measured(asked, vader(asked.texts)),
    }


def drawn(sets: Sequence[Asked]) -> str:
    """Return the reliability diagram as SVG: a circle a bin, as large as the bin has texts."""
    side, edge = 360, 46
    parts = [f'<line x1="{edge}" y1="{edge + side}" x2="{edge + side}" y2="{edge}" stroke="#999" stroke-dasharray="4 4"/>']
    for n in range(0, 11, 2):
        at = edge + side * n / 10
        parts.append(f'<text x="{at}" y="{edge + side + 18}" text-anchor="middle">{n / 10:.1f}</text>')
        parts.append(f'<text x="{edge - 8}" y="{edge + side - side * n / 10 + 4}" text-anchor="end">{n / 10:.1f}</text>')
    for asked, color, x in zip(sets, ("#0b6e99", "#c2571a"), (60, 60), strict=False):
        found = bins(asked)
        points = [(edge + side * b.confidence, edge + side - side * b.accuracy, 3 + 9 * (b.count / len(asked.texts)) ** 0.5) for b in found]
        parts.append(f'<polyline points="{" ".join(f"{px:.1f},{py:.1f}" for px, py, _ in points)}" fill="none" stroke="{color}"/>')
        parts += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="{r:.1f}" fill="{color}" fill-opacity="0.7"/>' for px, py, r in points]
        y = 66 + 18 * list(sets).index(asked)
        parts.append(f'<text x="{x}" y="{y}" fill="{color}">{asked.name}: {len(asked.texts)} texts, error {ece(found):.3f}</text>')
    middle = edge + side / 2
    parts.append(f'<text x="{middle}" y="{edge + side + 38}" text-anchor="middle">displeasure, as told</text>')
    parts.append(f'<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">share that is displeased</text>')
    frame = f'<rect x="{edge}" y="{edge}" width="{side}" height="{side}" fill="white" stroke="#333"/>'
    style = 'font-family="sans-serif" font-size="12"'
    size = side + 2 * edge
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {size} {size}" {style}>'
    return "\n".join([head, f'<rect width="{size}" height="{size}" fill="white"/>', frame, *parts, "</svg>", ""])


async def show_impact(embedder: OnnxEmbedder) -> None:
    """Print how often damage is heard in sentences that say it: by a head that has not seen them, and by the words, which were widened with them."""
    taught = lessons()["impact"]
    vectors = await in_batches([example.text for example in taught], embedder)
    classes = tuple(sorted({example.label for example in taught}))
    codes = np.array([classes.index(example.label) for example in taught])
    chances = heads.softmax(heads.held_out_logits(vectors, codes, count=len(classes), penalty=heads.PENALTY, folds=heads.FOLDS))
    harm, sensed = codes != classes.index(NONE), 1 - chances[:, classes.index(NONE)] >= impact.SENSED
    worded = np.array([bool(impact.ordered(impact.heard(example.text), example.text)) for example in taught])
    print(f"impact: {int(harm.sum())} sentences about damage, {int((~harm).sum())} others")
    for name, found in (("by meaning", sensed), ("by words", worded), ("by either", sensed | worded)):
        print(f"  {name:16}heard in {found[harm].mean():.2f} of damage, in {found[~harm].mean():.3f} of the others")


async def main(arguments: Sequence[str]) -> None:
    embedder = OnnxEmbedder()
    sets = [asked for asked in (await support(embedder), await community(embedder)) if asked]
    for asked in sets:
        found = figures_of(asked)
        print(f"{asked.name}: {found['texts']} texts, {found['displeased']} of them displeased")
        for name, told in (("ours", found), ("without vectors", found["without_vectors"]), ("VADER", found["vader"])):
            print(f"  {name:16}AUROC {told['auroc']:.3f}, average precision {told['average_precision']:.3f}")
        print(f"  expected calibration error {found['calibration_error']:.3f}")
        for b in bins(asked):
            print(f"    told {b.low:.1f} to {b.high:.1f}: {b.count} texts, mean {b.confidence:.2f}, displeased {b.accuracy:.2f}")
    await show_impact(embedder)
    if "--draw" in arguments:
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_text(drawn(sets), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
