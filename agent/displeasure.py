"""Displeasure: how displeased the writer of a text is, 0 to 1, from what it means, its words and its signs."""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.heads import Matrix
from agent.sentiment import MASKED, SCANNED, civil, feelings, is_loud, mocks
from agent.signals import plain
from desk.triage import Sentiment

FITTED = Path(__file__).parent / "fitted"
"""Written by `python -m benchmarks.displeasure`; displeasure.json beside the weights says what they were learned from and what they are worth."""
WIDTH = 2**14
"""Places that words and pairs of words share, by their checksum: what is kept tells no word."""
WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’](?=\w))*|[!?]+|[^\w\s]")
FEELINGS = ("fury", "displeasure", "bitter", "failure", "setback", "relief", "thanks", "delight")
CUES = (*FEELINGS, "masked", "mocks", "loud", "asks", "exclaims")

BOUNDS = {
    Sentiment.FURIOUS: (0.7, 1.0),
    Sentiment.UNHAPPY: (0.5, 1.0),
    Sentiment.PLEASED: (0.0, 0.5),
    Sentiment.DELIGHTED: (0.0, 0.3),
}
"""Between what bounds displeasure lies at a level that words decided."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Weights that give a text's log-odds: `meaning` by dimension of its vector, `words` by place, `cues` in the order of CUES.

    `slope` and `offset` make the log-odds honest; they were fitted to texts that the weights had not seen.
    """

    meaning: Matrix
    words: Matrix
    cues: Matrix
    bias: float
    slope: float = 1.0
    offset: float = 0.0

    def of(self, text: str, vector: Matrix, *, blind: bool = False) -> float:
        """Return how displeased the writer of a text is, 0 to 1; a blind scale makes nothing of its vector."""
        meant = 0.0 if blind else float(vector @ self.meaning)
        odds = self.bias + meant + self.worded(text)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.slope * odds + self.offset))))

    def worded(self, text: str) -> float:
        """Return what a text's words and signs add to its log-odds."""
        places = places_of(text)
        return float(self.words[places].sum() / math.sqrt(len(places)) + self.cues @ np.array(cues_of(text), dtype=np.float32))


@dataclass(frozen=True, slots=True)
class Feeling:
    """The scale for the embedder it was fitted to, and one for any other, which reads words and signs only."""

    sighted: Scale
    blind: Scale
    embedder: str

    def of(self, text: str, vector: Matrix, *, embedder: str) -> float:
        """Return how displeased the writer of a text is, 0 to 1; `vector` is what the text means to this embedder."""
        known = embedder == self.embedder
        return (self.sighted if known else self.blind).of(text, vector, blind=not known)


def beside(level: Sentiment, displeasure: float) -> float:
    """Return a displeasure that does not contradict a level: a text with words of fury is never calm, and one that is delighted never sour."""
    least, most = BOUNDS.get(level, (0.0, 1.0))
    return max(least, min(most, displeasure))


def places_of(text: str) -> NDArray[np.int64]:
    """Return the places of a text's words and pairs of words, each once; the swear words of somebody who praises are left out."""
    words = WORD.findall(civil(plain(text[:SCANNED])))
    found = {zlib.crc32(gram.encode()) % WIDTH for gram in (*words, *map(" ".join, pairwise(words)))}
    return np.array(sorted(found) or [0], dtype=np.int64)


def cues_of(text: str) -> tuple[float, ...]:
    """Return what word lists and signs say, in the order of CUES."""
    said = civil(plain(text[:SCANNED]))
    heard = [feelings()[name].search(said) is not None for name in FEELINGS]
    signs = (MASKED.search(said) is not None, mocks(said), is_loud(text[:SCANNED]), "?" in said, "!" in said)
    return tuple(map(float, (*heard, *signs)))


def save(feeling: Feeling, about: Mapping[str, Any], folder: Path) -> None:
    """Write the weights and, beside them, what is known of them."""
    arrays: dict[str, Any] = {
        f"{name}.{part}": getattr(scale, part).astype(np.float16) for name, scale in _scales(feeling) for part in ("meaning", "words", "cues")
    }
    scales = {name: {"bias": scale.bias, "slope": scale.slope, "offset": scale.offset} for name, scale in _scales(feeling)}
    np.savez_compressed(folder / "displeasure.npz", **arrays)
    told = {"embedder": feeling.embedder, "cues": CUES, **scales, **about}
    (folder / "displeasure.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


@cache
def shipped() -> Feeling:
    """Read the scales that ship, on first use."""
    told = describe()
    with np.load(FITTED / "displeasure.npz", allow_pickle=False) as arrays:
        kept = {name: np.asarray(arrays[name], dtype=np.float32) for name in arrays.files}
    read = {name: Scale(kept[f"{name}.meaning"], kept[f"{name}.words"], kept[f"{name}.cues"], **told[name]) for name in ("sighted", "blind")}
    return Feeling(read["sighted"], read["blind"], told["embedder"])


def describe() -> Mapping[str, Any]:
    """Return what the scales that ship say of themselves."""
    told: Mapping[str, Any] = json.loads((FITTED / "displeasure.json").read_text(encoding="utf-8"))
    return told


def _scales(feeling: Feeling) -> Sequence[tuple[str, Scale]]:
    return (("sighted", feeling.sighted), ("blind", feeling.blind))
