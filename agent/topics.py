"""Topics: which categories a message is about, and whether it is about any: by the heads that ship or by categories a customer trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from agent.examples import IN_SCOPE, OUT_OF_SCOPE
from agent.heads import Heads, Matrix
from agent.training import Trained
from desk.triage import Label

LABEL = 0.35
"""The probability from which another category counts as meant too."""
ALONE = 0.8
"""What a category's probability in one sentence or clause is worth beside that of the whole message; both by benchmarks/classifier.py."""
NEAREST = 5
SCOPE = (3.4, 0.86, 11.1)
"""Bias, weight of the head's margin and of the nearness to in-scope examples; by logistic regression on held-out folds (benchmarks/classifier.py)."""


class Topics(Protocol):
    """What tells categories apart. Rows of vectors in, a row of probabilities each out, in the order of `classes`."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the categories."""
        ...

    @property
    def version(self) -> str:
        """Return the id that decisions remember."""
        ...

    def probabilities(self, vectors: Matrix) -> Matrix:
        """Return how likely each category is."""
        ...

    def strangeness(self, vectors: Matrix) -> Matrix:
        """Return how likely each vector is out of scope, 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Shipped:
    """The default categories; policy may leave some of them out."""

    heads: Heads
    kept: tuple[int, ...]

    @classmethod
    def of(cls, heads: Heads, categories: tuple[str, ...]) -> Shipped:
        """Return the categories that policy names, or all when it names none that the head knows."""
        known = heads["category"].classes
        return cls(heads, tuple(n for n, category in enumerate(known) if category in categories) or tuple(range(len(known))))

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the categories."""
        return tuple(self.heads["category"].classes[n] for n in self.kept)

    @property
    def version(self) -> str:
        """Return the id that decisions remember."""
        return self.heads.version

    def probabilities(self, vectors: Matrix) -> Matrix:
        """Return how likely each category is, among those that are kept."""
        rows = self.heads["category"].probabilities(vectors)[:, self.kept]
        shares: Matrix = rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-9)
        return shares

    def strangeness(self, vectors: Matrix) -> Matrix:
        """Return how little each vector has to do with what customers write: a head, tempered by the nearest in-scope examples."""
        head = self.heads["scope"]
        logits = head.logits(vectors)
        margin = logits[:, head.classes.index(OUT_OF_SCOPE)] - logits[:, head.classes.index(IN_SCOPE)]
        near = np.sort(vectors @ self.heads.landmarks.T, axis=1)[:, -NEAREST:].mean(axis=1)
        bias, weight, distance = SCOPE
        raised: Matrix = 1 / (1 + np.exp(-(bias + weight * margin - distance * near)))
        return raised


@dataclass(frozen=True, slots=True)
class Own:
    """Categories a customer trained; they replace those of policy."""

    trained: Trained
    heads: str

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the categories."""
        return self.trained.kernel.classes

    @property
    def version(self) -> str:
        """Return the id that decisions remember: of the heads for all the rest, and of these categories."""
        return f"{self.heads}+{self.trained.version}"

    def probabilities(self, vectors: Matrix) -> Matrix:
        """Return how likely each category is."""
        return self.trained.kernel.probabilities(vectors)

    def strangeness(self, vectors: Matrix) -> Matrix:
        """Return how likely each vector is out of scope."""
        return self.trained.strangeness(vectors)


@dataclass(frozen=True, slots=True)
class Unknown:
    """No categories at all, because those that were chosen cannot be used: nothing is guessed in their place."""

    heads: str
    classes: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """Return the id that decisions remember."""
        return f"{self.heads}+none"

    def probabilities(self, vectors: Matrix) -> Matrix:
        """Return rows without columns."""
        return np.empty((len(vectors), 0), dtype=np.float32)

    def strangeness(self, vectors: Matrix) -> Matrix:
        """Return 0: what is out of scope is not known either."""
        return np.zeros(len(vectors), dtype=np.float32)


def labels_of(topics: Topics, vectors: Matrix, *, label: float = LABEL, alone: float = ALONE) -> tuple[Label, ...]:
    """Return the categories meant, most probable first; the first row is the whole message, which leads, and the others its sentences and clauses."""
    if not topics.classes:
        return ()
    rows = topics.probabilities(vectors)
    whole, strongest = rows[0], rows.max(axis=0)
    # The category decides mode and threshold, so it is what the message as a whole is about, never one of its halves.
    top = int(whole.argmax())
    # A second topic drowns in the average of a message; alone in its sentence it is plain to see.
    chances = np.maximum(whole, strongest * alone)
    others = sorted((n for n in range(len(whole)) if n != top and chances[n] >= label), key=lambda n: -float(chances[n]))
    return tuple(Label(topics.classes[n], round(float(whole[n] if n == top else chances[n]), 4)) for n in (top, *others))
