"""Nearest: which of many meanings are most like one, found for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence

from desk.meaning import Meaning, Meant


def nearest(meaning: Meaning, meanings: Sequence[Meant], *, least: float) -> tuple[tuple[float, Meant], ...]:
    """Return those that are at least so like it (cosine), the likest first; of equals the latest."""
    import numpy as np  # noqa: PLC0415  # Commands that compare nothing do not wait for it.

    alike = [m for m in meanings if m.meaning.embedder == meaning.embedder and len(m.meaning.vector) == len(meaning.vector) > 0]
    if not alike:
        return ()
    matrix = np.frombuffer(b"".join(m.meaning.vector for m in alike), dtype="<f4").reshape(len(alike), -1)
    scores = matrix @ np.frombuffer(meaning.vector, dtype="<f4")
    found = [(float(score), m) for score, m in zip(scores, alike, strict=True) if score >= least]
    return tuple(sorted(found, key=lambda pair: (pair[0], pair[1].at, pair[1].message), reverse=True))
