"""Fit: from the examples to the heads, once, and from a cache ever after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from agent import heads as heads_
from agent.examples import Lessons, fingerprint, lessons
from agent.heads import Heads, Matrix
from desk.library import Embedder

FITTED = Path(__file__).parent / "fitted"
"""The heads that ship, fitted to the embedder that ships: `python -m benchmarks.refit` makes them anew."""
BATCH = 32


async def ready(embedder: Embedder, cache: Path) -> Heads:
    """Return heads for today's examples and this embedder: the shipped ones, those in `cache`, or new ones (seconds) that are then kept there."""
    taught = lessons()
    wanted = fingerprint(taught)
    own = cache / f"{wanted}-{embedder.id.replace('/', '_')[:60]}"
    for folder in (FITTED, own):
        if (folder / "heads.json").exists() and (found := _matching(folder, embedder.id, wanted)):
            return found
    fitted = await fit_all(taught, embedder)
    heads_.save(fitted, own)
    return fitted


async def fit_all(taught: Lessons, embedder: Embedder) -> Heads:
    """Embed every example once and fit a head for each lesson."""
    vectors = await embed_all(taught, embedder)
    fitted = {name: heads_.fit(stack(vectors, [e.text for e in found]), [e.label for e in found]) for name, found in taught.items()}
    landmarks = stack(vectors, [example.text for example in taught["category"]])
    return Heads(fitted, landmarks, embedder.id, fingerprint(taught))


async def embed_all(taught: Lessons, embedder: Embedder) -> Mapping[str, Matrix]:
    """Return the vector of every text that some lesson uses."""
    # Texts of like length share a batch, so that short ones do not pay for the padding of long ones.
    texts = sorted({example.text for found in taught.values() for example in found}, key=lambda text: (len(text), text))
    return dict(zip(texts, await in_batches(texts, embedder), strict=True))


async def in_batches(texts: Sequence[str], embedder: Embedder) -> Matrix:
    """Return one row a text; between batches others get their turn, and an interrupted run stops."""
    rows = [np.asarray(await embedder.embed(texts[start : start + BATCH]), dtype=np.float32) for start in range(0, len(texts), BATCH)]
    return np.concatenate(rows) if rows else np.empty((0, embedder.dimensions), dtype=np.float32)


def stack(vectors: Mapping[str, Matrix], texts: list[str]) -> Matrix:
    """Return the vectors of these texts as rows."""
    return np.stack([vectors[text] for text in texts])


def _matching(folder: Path, embedder: str, wanted: str) -> Heads | None:
    about = heads_.describe(folder)
    if about.get("embedder") != embedder or about.get("examples") != wanted:
        return None
    return heads_.load(folder, embedder=embedder)
