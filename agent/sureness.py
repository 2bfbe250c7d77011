"""Sureness: how often a model is right when it says how sure it is, measured field by field and kept beside the model and prompt it holds for."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

SCHEMA = 1
FIELDS = ("request", "category", "out_of_scope", "intent", "sentiment", "trend", "language", "signals", "urgency")
"""The fields that can be measured. What would have to be asked has no single right value, so `missing` cannot."""
COIN = 0.5
"""What a confidence that nobody measured is multiplied by: a model that is certain counts as much as the toss of a coin."""
FEWEST = 20
"""Judged values from which a field has a curve of its own."""

log = logging.getLogger("frontdesk.agent")


@dataclass(frozen=True, slots=True)
class Step:
    """From a stated confidence on, so many values were judged and so many of them were right."""

    stated: float
    judged: int
    right: int

    @property
    def measured(self) -> float:
        """Return Jeffreys' estimate of the share that is right: of few values it is never sure."""
        return (self.right + 0.5) / (self.judged + 1)


Curve = tuple[Step, ...]
"""Steps from the lowest stated confidence to the highest; what is measured rises with every step."""


@dataclass(frozen=True, slots=True)
class Sureness:
    """The curves of one model under one prompt, by field. Without a curve, a stated confidence is shrunk to `COIN` of itself."""

    model: str = ""
    prompt: str = ""
    curves: Mapping[str, Curve] = field(default_factory=lambda: MappingProxyType({}))

    def holds(self, *, model: str, prompt: str) -> bool:
        """Tell whether this was measured on that model with that prompt; another of either is another oracle."""
        return bool(self.curves) and (self.model, self.prompt) == (model, prompt)

    def measures(self, name: str) -> bool:
        """Tell whether a field's confidence was measured."""
        return name in self.curves

    def of(self, name: str, stated: float) -> float:
        """Return how likely a value of a field is right whose model states this confidence; never less for a higher one."""
        curve = self.curves.get(name)
        return round(calibrated(curve, stated) if curve else COIN * stated, 4)


UNMEASURED = Sureness()
"""Nothing was measured: a model's word decides nothing that the local classifier holds."""


def calibrated(curve: Curve, stated: float) -> float:
    """Return what was measured at the highest step that a stated confidence reaches; below all of them, no more than it says unmeasured."""
    reached = [step for step in curve if step.stated <= stated]
    return reached[-1].measured if reached else min(curve[0].measured, COIN * stated)


def fit(judged: Sequence[tuple[float, bool]]) -> Curve:
    """Return the monotone curve that fits judged values best: neighbors are pooled until what is measured rises (Ayer et al. 1955)."""
    steps: list[Step] = []
    for stated in sorted({confidence for confidence, _ in judged}):
        verdicts = [right for confidence, right in judged if confidence == stated]
        steps.append(Step(stated, len(verdicts), sum(verdicts)))
        while len(steps) > 1 and steps[-2].measured >= steps[-1].measured:
            upper, lower = steps.pop(), steps.pop()
            steps.append(Step(lower.stated, lower.judged + upper.judged, lower.right + upper.right))
    return tuple(steps)


def fit_all(judged: Mapping[str, Sequence[tuple[float, bool]]], *, model: str, prompt: str) -> Sureness:
    """Return the curves of all fields of which enough values were judged."""
    return Sureness(model, prompt, {name: fit(judged[name]) for name in FIELDS if len(judged.get(name, ())) >= FEWEST})


def brier(judged: Sequence[tuple[float, bool]]) -> float:
    """Return the mean squared distance of a confidence from what turned out (Brier 1950); 0.25 is what a coin has."""
    return sum((confidence - right) ** 2 for confidence, right in judged) / max(1, len(judged))


def save(sureness: Sureness, path: Path) -> None:
    """Write the curves; a reader never sees half of them."""
    curves = {name: [[step.stated, step.judged, step.right] for step in curve] for name, curve in sureness.curves.items()}
    about = {"schema": SCHEMA, "model": sureness.model, "prompt": sureness.prompt, "curves": curves}
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def load(path: Path) -> Sureness:
    """Return what `save` wrote, `UNMEASURED` where nothing was. A file that cannot be read is logged and counts for nothing."""
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        curves = {str(name): tuple(_step(*row) for row in rows) for name, rows in about["curves"].items() if name in FIELDS and rows}
        if about["schema"] != SCHEMA or not all(map(_rises, curves.values())):
            raise ValueError(path.name)
        return Sureness(str(about["model"]), str(about["prompt"]), curves)
    except FileNotFoundError:
        return UNMEASURED
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        log.warning("%r cannot be read, so what the model says of its own sureness is not believed: fit it again", str(path))
        return UNMEASURED


def _step(stated: float, judged: int, right: int) -> Step:
    if not (0 <= stated <= 1 and 0 <= right <= judged):
        raise ValueError(stated)
    return Step(float(stated), int(judged), int(right))


def _rises(curve: Curve) -> bool:
    """Tell whether stated and measured both rise; a curve that does not would have a surer word count for less."""
    return all(a.stated < b.stated and a.measured < b.measured for a, b in pairwise(curve))
