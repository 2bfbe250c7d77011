"""Step: one thing that happens in a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens. `verb` names the entry of the table that performs it, `values` are its keys as written."""

    n: int
    verb: str
    values: Mapping[str, Any]
    id: str = ""

    @property
    def label(self) -> str:
        """Return how errors and notes name the step."""
        return f"step {self.n} ({self.id!r})" if self.id else f"step {self.n}"

    @property
    def settles(self) -> bool:
        """Tell whether the driver waits for the desk before the next step."""
        return bool(self.values.get("settle", True))

    @property
    def deliver(self) -> int:
        """Return how often the step's event arrives."""
        return int(self.values.get("deliver", 1))
