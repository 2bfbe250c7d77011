"""Duplicates: passages that say the same, of which an answer needs one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from desk.article import Chunk
from knowledge.recency import newest

OVERLAP = 0.9
"""The share of common word triples (Jaccard, as in Broder 1997) from which two texts are one text that was edited."""
LENGTHS = 0.85
"""Texts of lengths further apart cannot overlap so much; not comparing them keeps a search short."""
TRIPLE = 3
WORD = re.compile(r"\w+")


def alike(a: Chunk, b: Chunk) -> bool:
    """Tell whether two chunks for one audience say the same under one title: word for word, or but for a few words that are no figures."""
    # Product pages are often one text under many titles, and each is about its own product.
    if a.audience != b.audience or _plain(a.title) != _plain(b.title):
        return False
    one, other = _plain(a.text), _plain(b.text)
    return one == other or (_figures(one) == _figures(other) and _overlap(one, other) >= OVERLAP)


def folded(ordered: Iterable[Chunk], *, k: int) -> Mapping[Chunk, tuple[str, ...]]:
    """Return the first `k` chunks that say different things, each with the ids of its copies among those looked at.

    Of chunks that say the same the newest or most recently reviewed stands for all, in the place of the best.
    """
    groups: list[list[Chunk]] = []
    for chunk in ordered:
        same = next((group for group in groups if alike(group[0], chunk)), None)
        if same is not None:
            same.append(chunk)
        elif len(groups) == k:  # Copies that come later cost nothing: they are not among what is returned.
            break
        else:
            groups.append([chunk])
    return {kept: tuple(copy.id for copy in group if copy is not kept) for group in groups for kept in [_kept(group)]}


def _kept(group: Sequence[Chunk]) -> Chunk:
    return max(group, key=newest)


def _overlap(one: str, other: str) -> float:
    if min(len(one), len(other)) < LENGTHS * max(len(one), len(other)):
        return 0.0
    a, b = _triples(one), _triples(other)
    return len(a & b) / len(a | b) if a | b else 0.0


def _figures(text: str) -> list[str]:
    return sorted(word for word in text.split() if any(sign.isdigit() for sign in word))


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return " ".join(WORD.findall(text.casefold()))


@lru_cache(maxsize=4096)
def _triples(text: str) -> frozenset[int]:
    words = text.split()
    return frozenset(hash(tuple(words[at : at + TRIPLE])) for at in range(max(1, len(words) - TRIPLE + 1)))
