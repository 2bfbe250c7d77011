"""Ranking: which passages answer a question, and which of their sentences say it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from agent.asking import Asked
from agent.shape import bonus
from agent.units import Unit, units
from agent.wording import content, lists, topical
from desk.draft import Passage

Vectors = NDArray[np.float32]

READ = 10
"""Passages that are read sentence by sentence."""
FEWEST, LARGEST, UNITS = 2, 10, 36
"""Sentences and blocks that are embedded: of the last passage, of the first, and of all together; each takes about a millisecond."""
CLAUSES = 6
CLAUSE = re.compile(r"(?<=[.!?])\s+|\s[-–—]\s|[,;:(]\s+")
WARMTH = 0.05
"""How far below the best a unit's nearness may lie and still add to its passage's: two that answer say more than one."""
ELSEWHERE = "elsewhere"
"""The weight that is no cue's: the score of a passage that does not answer. One such passage stands beside those that were found, so that in a
help center of three articles the first is not sure to answer only because the others are far from it."""
SAME = 1.0
"""What it speaks for a passage, in log-odds, that its article answers the whole of a message best."""
VAGUE = 0.3
"""What a word counts that only says something is wrong."""


@dataclass(frozen=True, slots=True)
class Cues:
    """What speaks for a passage, all about 0 to 1: the nearness of its vector, of its units, of its headings, of each clause of the question to
    its best unit, the share of the question's words in it, its BM25 score beside the best, and the units of its article's other passages."""

    dense: float = 0.0
    nearest: float = 0.0
    headed: float = 0.0
    clauses: float = 0.0
    coverage: float = 0.0
    matched: float = 0.0
    neighbor: float = 0.0


CUES = tuple(Cues.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Read:
    """A passage with its units and how near each comes to the question (0 for one that was not read); `score` is a logit beside other passages'
    of the same question, and `chance` the share that it gets beside them."""

    passage: Passage
    units: tuple[Unit, ...]
    near: tuple[float, ...]
    cues: Cues = Cues()
    score: float = 0.0
    chance: float = 0.0

    @property
    def best(self) -> float:
        """Return the nearness of its best unit."""
        return max(self.near, default=0.0)


def texts(asked: Asked, passages: Sequence[Passage]) -> tuple[str, ...]:
    """Return what to embed for a ranking: the question, its clauses, then of each passage its headings and units."""
    found = [asked.query, *clauses(asked.words)]
    for passage, picked in zip(passages, _shared_out(asked.words, passages), strict=False):
        found += [_name(passage), *(unit.gist for unit in picked)]
    return tuple(found)


def rank(asked: Asked, vectors: Vectors, *, passages: Sequence[Passage], weights: Mapping[str, float]) -> tuple[Read, ...]:
    """Return the first passages, the one that answers best first; `vectors` are those of `texts`, `weights` those of a conditional logit by cue."""
    said = clauses(asked.words)
    question, parts = vectors[0], vectors[1 : 1 + len(said)]
    at, looks = 1 + len(said), bonus(asked.words)
    shares = _shares(asked.words, passages)
    top = max((passage.lexical for passage in passages), default=0.0) or 1.0
    reads = []
    for passage, picked, covered in zip(passages, _shared_out(asked.words, passages), shares, strict=False):
        name, own = vectors[at], vectors[at + 1 : at + 1 + len(picked)]
        at += 1 + len(picked)
        near = {unit.at: float(value) + looks(unit) for unit, value in zip(picked, own @ question, strict=True)}
        found = units(passage)
        cues = Cues(
            dense=passage.dense,
            nearest=_pooled(list(near.values())),
            headed=float(name @ question),
            clauses=_by_clause(said, parts @ np.vstack([own, name[None]]).T),
            coverage=covered,
            matched=passage.lexical / top,
        )
        reads.append(Read(passage, found, tuple(near.get(unit.at, 0.0) for unit in found), cues))
    return scored(reads, weights)


def scored(reads: Sequence[Read], weights: Mapping[str, float]) -> tuple[Read, ...]:
    """Return passages whose other cues are known in the order of what these weights make of them."""
    nearest = [
        max((other.best for other in reads if other is not read and other.passage.document == read.passage.document), default=0.0) for read in reads
    ]
    full = [replace(read, cues=replace(read.cues, neighbor=value)) for read, value in zip(reads, nearest, strict=True)]
    scores = np.array([sum(weights.get(name, 0.0) * getattr(read.cues, name) for name in CUES) for read in full])
    # Scores of a conditional logit lie within about 30 of nothing, far from where exp would overflow.
    odds = np.exp(scores)
    total = odds.sum() + math.exp(weights.get(ELSEWHERE, 0.0))
    scored = [replace(read, score=float(score), chance=float(odd / total)) for read, score, odd in zip(full, scores, odds, strict=True)]
    return tuple(sorted(scored, key=lambda read: (-read.score, read.passage.id)))


def favoring(reads: Sequence[Read], document: str) -> tuple[Read, ...]:
    """Return passages with those of an article moved up: the questions of one message tend to be about one thing."""
    moved = [replace(read, score=read.score + SAME) if read.passage.document == document else read for read in reads]
    return tuple(sorted(moved, key=lambda read: (-read.score, read.passage.id)))


def clauses(question: str) -> tuple[str, ...]:
    """Return the clauses of a question: of a long message one may say what matters, and its vector alone would drown it."""
    found = [clause.strip() for clause in CLAUSE.split(question) if len(clause.split()) > 1]
    return tuple(found[:CLAUSES]) or (question,)


def _pooled(near: Sequence[float]) -> float:
    """Return the largest value, a little more where others come close (log-sum-exp)."""
    if not near:
        return 0.0
    top = max(near)
    return top + WARMTH * math.log(sum(math.exp((value - top) / WARMTH) for value in near))


def _by_clause(said: Sequence[str], near: Vectors) -> float:
    """Return how near each clause comes to its best unit, on average over clauses by how many topical words each has."""
    weights = np.array([1.0 + len(topical(clause)) for clause in said])
    return float(near.max(axis=1) @ weights / weights.sum())


def _shares(question: str, passages: Sequence[Passage]) -> list[float]:
    """Return which share of the question's words each passage contains; a word that few of the passages have counts more."""
    found = [content(f"{passage.title} {passage.heading} {passage.text}") for passage in passages]
    having = Counter(word for words in found for word in words)
    vague = lists()["vague_stems"]
    weights = {word: math.log(1 + (len(passages) + 1) / (0.5 + having[word])) * (VAGUE if word in vague else 1) for word in content(question)}
    total = sum(weights.values()) or 1.0
    return [sum(weight for word, weight in weights.items() if word in words) / total for words in found]


def _name(passage: Passage) -> str:
    return f"{passage.title}. {passage.heading}"


def _shared_out(question: str, passages: Sequence[Passage]) -> list[tuple[Unit, ...]]:
    """Return the units to embed of each passage that is read: more of what the search put first, and never too many in all."""
    words = content(question)
    picked, left = [], UNITS
    for n, passage in enumerate(passages[:READ]):
        waiting = FEWEST * (min(READ, len(passages)) - n - 1)
        room = max(FEWEST, min(LARGEST - n, left - waiting))
        # Where not all can be read, those with the question's words are the likelier ones.
        likely = sorted(units(passage), key=lambda unit: -len(words & content(unit.gist)))[:room]
        picked.append(tuple(sorted(likely, key=lambda unit: unit.at)))
        left -= len(likely)
    return picked
