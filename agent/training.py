"""Training: from labelled rows to a classifier of a customer's own categories, with what is known of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from agent import kernel, scope
from agent.examples import OUT_OF_SCOPE, Lessons, lessons
from agent.fit import in_batches
from agent.heads import Matrix
from agent.kernel import HeldOut, Kernel
from agent.labelled import Table
from agent.memo import opening
from agent.reliability import Report, auroc, bins_of, confusion_of, curve_of, ece, macro_f1
from agent.scope import Scope, strength_of
from desk.library import Embedder


@dataclass(frozen=True, slots=True)
class Trained:
    """A classifier of a customer's own categories. `version` is empty until it is kept."""

    kernel: Kernel
    scope: Scope
    embedder: str
    version: str = ""

    def strangeness(self, vectors: Matrix) -> Matrix:
        """Return how likely each vector is out of scope, 0 to 1."""
        return self.scope.strangeness(strength_of(self.kernel.scores(vectors), kernel.nearness(vectors, self.kernel.landmarks)))


async def train(table: Table, embedder: Embedder, *, seed: int = 0) -> tuple[Trained, Report]:
    """Fit to all rows, and report on rows that were held out of kernels fitted to the others. The same seed gives the same figures."""
    taught = np.asarray(await in_batches([opening(row.message) for row in table.rows], embedder), dtype=np.float32)
    names = np.asarray(await in_batches([spoken(category) for category in table.categories], embedder), dtype=np.float32)
    strange = np.asarray(await in_batches(strange_texts(table), embedder), dtype=np.float32)
    labels = [row.category for row in table.rows]
    # In a thread, because a running desk fits here too, after a switch of embedder, and must go on answering.
    return await asyncio.to_thread(fit, taught, labels, names=names, strange=strange, embedder=embedder.id, seed=seed)


def fit(vectors: Matrix, labels: Sequence[str], *, names: Matrix | None, strange: Matrix, embedder: str, seed: int = 0) -> tuple[Trained, Report]:
    """Fit and measure on vectors: of the rows, of the categories' names in order of the alphabet, and of messages that are out of scope."""
    classes = tuple(sorted(set(labels)))
    codes = np.searchsorted(np.array(classes), np.array(labels))
    found = kernel.held_out(vectors, codes, classes, names=names, seed=seed)
    whole = kernel.fit(vectors, codes, classes, names=names, temperature=found.temperature)
    # No kernel has seen the strange rows, so the one that is kept can be asked about them.
    alien = strength_of(whole.scores(strange), kernel.nearness(strange, whole.landmarks))
    inside = strength_of(found.scores, found.nearest)
    trained = Trained(whole, scope.fit(inside, alien), embedder)
    return trained, _report(found, [labels[n] for n in found.rows], classes, trained.scope, inside=inside, alien=alien)


def strange_texts(table: Table, taught: Lessons | None = None) -> list[str]:
    """Return what is out of scope: the table's own rows of that kind, and the shipped ones that the table does not claim."""
    own = {row.message for row in table.rows}
    shipped = [example.text for example in (taught or lessons())["scope"] if example.label == OUT_OF_SCOPE]
    return [text for text in dict.fromkeys([*(row.message for row in table.strange), *shipped]) if text not in own]


def spoken(category: str) -> str:
    """Return a category's name as words: "card_arrival" says more to an embedder as "card arrival"."""
    return " ".join(category.replace("_", " ").replace("-", " ").split()).lower()


def _report(found: HeldOut, truth: Sequence[str], classes: tuple[str, ...], scope: Scope, *, inside: Matrix, alien: Matrix) -> Report:
    chances = found.probabilities
    given = [classes[n] for n in chances.argmax(axis=1)]
    right = np.array([a == b for a, b in zip(truth, given, strict=True)])
    confusion, bins = confusion_of(truth, given), bins_of(chances.max(axis=1), right)
    return Report(
        held_out=len(truth),
        accuracy=round(float(right.mean()), 4),
        macro_f1=round(macro_f1(confusion), 4),
        confusion=confusion,
        temperature=found.temperature,
        ece=round(ece(bins), 4),
        bins=bins,
        curve=curve_of(scope.strangeness(inside), scope.strangeness(alien)),
        auroc=round(auroc(inside, alien), 4),
    )


def named(trained: Trained, version: str) -> Trained:
    """Return a classifier under the name it is kept by."""
    return replace(trained, version=version)
