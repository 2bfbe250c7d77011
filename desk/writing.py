"""Writing: policy for the language model: which one does what within which bounds, in which tone, and with which texts that the team saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from desk.audience import Audience

Count = Annotated[int, "count"]
Some = Annotated[int, "some"]
"""A count that is not 0."""
Amount = Annotated[float, "amount"]
"""A number that is not negative, such as US dollars."""
Images = Annotated[str, "images"]
"""Whose pictures a language model gets: always, verified or never."""
Effort = Annotated[str, "effort"]
"""How hard a model thinks: low, medium or high."""
Redacted = Annotated[str, "redacted"]
"""A kind of personal data that policy keeps from a model: email or phone."""
Spoken = Annotated[str, "spoken"]
"""A language by its code of two letters."""
Named = Annotated[str, "named"]
"""A model by its id."""
Readers = Annotated[Audience, "readers"]
"""Who may read what is written for many customers: public or internal."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: Amount
    output: Amount
    cache_read: Amount
    cache_write: Amount
    cache_write_hour: Amount
    """For what is kept for an hour; `cache_write` is for five minutes."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that one turn of a ticket may take: calls of the model, tokens, wall time; of a call its time and the tokens it writes."""

    turns: Some
    tokens: Some
    turn: timedelta
    call: timedelta
    tool: timedelta
    output: Some
    lookups: Count
    """Calls of tools that look something up."""


@dataclass(frozen=True, slots=True)
class Budgets:
    """US dollars that the model may cost: for one ticket as a whole, for a person, a channel and altogether within a day."""

    ticket: Amount
    person: Amount
    channel: Amount
    day: Amount


@dataclass(frozen=True, slots=True)
class Breaker:
    """After how many failures in a row the model is left alone, and for how long; `long` is for what a person has to mend."""

    failures: Some
    cool_down: timedelta
    long: timedelta


@dataclass(frozen=True, slots=True)
class ModelPolicy:
    """Which language models do what, within which bounds. They are used only where the environment has a key.

    `fallback` is asked when the first model cannot, "" for none. `images` says whose pictures it gets: always, verified or never. `redact`
    are kinds of personal data that never reach it, beside cards, keys and passwords, which never do. `team_language` is what teammates read.
    """

    answers: Named
    triage: Named
    fallback: str
    effort: Effort
    images: Images
    redact: tuple[Redacted, ...]
    team_language: Spoken
    bounds: Bounds
    budgets: Budgets
    breaker: Breaker
    prices: Mapping[str, Price]

    def price(self, model: str) -> Price:
        """Return a model's price; one that the policy does not know costs as much as the dearest it does."""
        return self.prices.get(model) or max(self.prices.values(), key=lambda price: price.output)


@dataclass(frozen=True, slots=True)
class Tone:
    """How replies sound: the company's own sentence on it, whether the style of approved replies is learned, and from which yearly value (EUR) on
    a reply goes a step further."""

    house: str
    learn: bool
    high_value: Amount


@dataclass(frozen=True, slots=True)
class Macro:
    """A named text that the team wrote, with fields in braces (`desk.macros.FIELDS`); `audience` is who may read it."""

    title: str
    text: str
    audience: Readers
    categories: tuple[str, ...] = ()
    language: str = "en"
