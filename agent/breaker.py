"""Breaker: a model that keeps failing is left alone for a while, so that nobody waits for it in vain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.model import Fault, ModelFault
from desk import writing

LASTING = frozenset({Fault.KEY, Fault.SPEND_LIMIT, Fault.UNKNOWN_MODEL})
"""What waiting does not mend: a person has to."""
PASSING = frozenset({Fault.BUSY, Fault.DROPPED, Fault.SLOW, Fault.UNREACHABLE})
"""What says that the model is not there for the moment, rather than that one request was wrong."""


@dataclass(slots=True)
class Breaker:
    """Counts failures of one model in a row. While it is open no call is let through; after that one is, and its end decides."""

    failures: int = 0
    until: datetime | None = None
    last: Fault | None = None
    trying: bool = False

    @contextmanager
    def entered(self, model: str, now: datetime) -> Iterator[None]:
        """Be a call of the model. Raise ModelFault(OPEN) when it is left alone, or when another call tries whether it is there again."""
        probing = self.until is not None
        if probing and (self.trying or self.is_open(now)):
            raise ModelFault(Fault.OPEN, f"{model} is left alone for a while after {self.last}")
        self.trying = self.trying or probing
        try:
            yield
        finally:
            # Also when it was called off: it must not keep all others out.
            self.trying = self.trying and not probing

    def is_open(self, now: datetime) -> bool:
        """Tell whether the model is left alone now."""
        return self.until is not None and now < self.until

    def note(self, error: ModelFault | None, now: datetime, bounds: writing.Breaker) -> None:
        """Note how a call ended; None for well."""
        if error is None or error.fault not in LASTING | PASSING:
            # Also a refusal is an answer: the model is there. A reply that was cut off says neither.
            self.failures = self.failures if error and error.fault is Fault.CUT else 0
            self.until = self.last = None
            return
        self.failures, self.last = self.failures + 1, error.fault
        pause = self._pause(error, bounds)
        self.until = now + pause if pause else None

    def _pause(self, error: ModelFault, bounds: writing.Breaker) -> timedelta:
        if error.fault in LASTING:
            return bounds.long
        # The other side may ask for any time; beyond the longest of ours it is worth a look all the same.
        asked = min(error.after or timedelta(), bounds.long)
        return max(bounds.cool_down, asked) if self.failures >= bounds.failures else asked
