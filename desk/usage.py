"""Usage: what a call of the language model took, who it was for, and what may be spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Payer:
    """What a call is booked on: a ticket, a person (a platform user where nobody is known) and a channel; "" for what there is none of."""

    ticket: str = ""
    person: str = ""
    channel: str = ""


NOBODY = Payer()
"""For what is asked outside of any ticket."""


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call of a language model. `input` are the tokens that were neither read from the cache nor written to it.

    `purpose` is triage, answer, summary or advice; `outcome` is "ok" or the fault it ended with; `price` is in US dollars.
    """

    purpose: str
    model: str
    outcome: str = "ok"
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    price: float = 0.0
    seconds: float = 0.0

    @property
    def tokens(self) -> int:
        """Return all tokens, read, written and cached."""
        return self.input + self.output + self.cache_read + self.cache_write


@dataclass(frozen=True, slots=True)
class Spent:
    """A sum of calls; `price` in US dollars."""

    calls: int = 0
    tokens: int = 0
    price: float = 0.0


@dataclass(frozen=True, slots=True)
class Spending:
    """A booked call: when, and on whom."""

    at: datetime
    payer: Payer
    call: ModelCall
