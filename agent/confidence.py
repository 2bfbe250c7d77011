"""Confidence: how likely it is that the quoted passage answers, from what the search and the question show."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from agent.ranking import Read
from desk.errors import Misconfigured

FITTED = Path(__file__).parent / "fitted" / "confidence.json"
MARGIN = 0.6
"""The most that the distance to the next article counts: in a help center of three articles anything is far from the others."""


@dataclass(frozen=True, slots=True)
class Cues:
    """What confidence is computed from, all between about 0 and 1; the first five grow with it, the last shrinks it."""

    dense: float
    best_unit: float
    margin: float
    agreement: float
    coverage: float
    out_of_scope: float


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What `python -m benchmarks.answers --fit` found; `caution` is taken off, so that customers see fewer wrong answers than even odds."""

    embedder: str
    bias: float
    caution: float
    weights: Mapping[str, float]


def cues(reads: Sequence[Read], *, out_of_scope: float) -> Cues:
    """Read the cues of a ranked search.

    `margin` is the distance between the chosen article and the next, `agreement` whether each leg of the search puts the
    chosen article first, `coverage` which part of the question's topical words the passage contains.
    """
    chosen = reads[0].passage.document
    article = [read for read in reads if read.passage.document == chosen]
    others = max((read.score for read in reads if read.passage.document != chosen), default=0.0)
    firsts = (max(reads, key=lambda read: read.passage.dense), max(reads, key=lambda read: read.passage.lexical))
    return Cues(
        dense=max(read.passage.dense for read in article),
        best_unit=max(read.best for read in article),
        margin=min(MARGIN, max(read.score for read in article) - others),
        agreement=sum(first.passage.document == chosen for first in firsts) / len(firsts),
        coverage=max(read.coverage for read in article),
        out_of_scope=out_of_scope,
    )


def confidence(found: Cues, *, embedder: str) -> float:
    """Return 0 to 1; 0.6, the shipped threshold, is where a held-out question was right nearly nine times in ten.

    Raises Misconfigured under another embedder than it was fitted to."""
    fitted = coefficients()
    if fitted.embedder != embedder:
        raise Misconfigured(f"confidence was fitted to the embedder {fitted.embedder!r}, not {embedder!r}: run python -m benchmarks.answers --fit")
    return 1 / (1 + math.exp(-(fitted.bias - fitted.caution + sum(fitted.weights[name] * value for name, value in asdict(found).items()))))


@cache
def coefficients() -> Coefficients:
    """Read the coefficients on first use; where they come from stands beside them in the file."""
    read = json.loads(FITTED.read_text(encoding="utf-8"))
    return Coefficients(read["embedder"], read["bias"], read["caution"], read["weights"])
