"""Worth: which passages a prompt shows before anything is asked for: as few as will likely answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from agent.ranking import Read
from desk.draft import Passage

SHARE = 0.8
"""How likely one of a question's passages should answer it, as far as any does."""
MOST, BESIDE = 4, 2
"""Passages that are shown at most, and beside what the record says. On the demo's questions whose answers are known this shows 2.7 of them and the
one that answers as often as four in the order of the search (`python -m benchmarks.prefetch`); what is missing is searched for."""


def worth(answers: Sequence[Sequence[Read]], *, most: int = MOST) -> tuple[Passage, ...]:
    """Return for each question, whose passages come the likeliest first, those that together are likely enough; they take turns, none comes twice."""
    rows = zip_longest(*map(_enough, answers))
    return tuple({read.passage.id: read.passage for row in rows for read in row if read is not None}.values())[:most]


def _enough(reads: Sequence[Read]) -> Sequence[Read]:
    wanted, reached = SHARE * sum(read.chance for read in reads), 0.0
    for n, read in enumerate(reads, start=1):
        reached += read.chance
        if reached >= wanted:
            return reads[:n]
    return reads
