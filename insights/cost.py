"""Cost: what calls of the language model took, as a whole and by day, model, purpose, channel or ticket."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.decision import Decision, Reply
from desk.facts import Occasion
from desk.usage import Spending

OK = "ok"
HIGH = 0.95
ANSWERS = frozenset({Occasion.MESSAGE, Occasion.APPROVED})
"""What the bot answered: alone, or with a teammate's approval. What a teammate wrote cost no tokens."""
KEYS: Mapping[str, Callable[[Spending], str]] = {
    "day": lambda spending: spending.at.date().isoformat(),
    "model": lambda spending: spending.call.model,
    "purpose": lambda spending: spending.call.purpose,
    "channel": lambda spending: spending.payer.channel,
    "ticket": lambda spending: spending.payer.ticket,
}
"""What calls can be told apart by; days are in UTC."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a set of calls took. `input` are tokens that the cache had no part in; `price` is in US dollars; of no calls there is no time (None)."""

    calls: int = 0
    failed: int = 0
    input: int = 0
    cache_write: int = 0
    cache_read: int = 0
    output: int = 0
    price: float = 0.0
    median: float | None = None
    high: float | None = None
    """The seconds that 95 of 100 calls stayed within."""

    @property
    def cached(self) -> float | None:
        """Return the share of the prompts' tokens that was read from the cache, None where nothing was read."""
        read = self.input + self.cache_write + self.cache_read
        return self.cache_read / read if read else None


@dataclass(frozen=True, slots=True)
class Report:
    """The calls of a span, together and in groups; `answered` counts the tickets that the bot answered in it."""

    since: datetime
    until: datetime
    by: str
    total: Cost
    groups: tuple[tuple[str, Cost], ...]
    answered: int

    @property
    def per_answered(self) -> float | None:
        """Return what an answered ticket cost, with the calls for those that were not; None when none was."""
        return self.total.price / self.answered if self.answered else None


def report(spendings: Sequence[Spending], decisions: Iterable[Decision], *, since: datetime, until: datetime, by: str) -> Report:
    """Return what was spent from `since` until before `until`; days in their order, all other groups with the dearest first."""
    found = [spending for spending in spendings if since <= spending.at < until]
    grouped: defaultdict[str, list[Spending]] = defaultdict(list)
    for spending in found:
        grouped[KEYS[by](spending)].append(spending)
    groups = sorted(((key, cost(calls)) for key, calls in grouped.items()), key=lambda group: (0 if by == "day" else -group[1].price, group[0]))
    answers = {d.ticket for d in decisions if since <= d.at < until and isinstance(d.action, Reply) and d.facts.occasion in ANSWERS}
    return Report(since, until, by, cost(found), tuple(groups), len(answers))


def cost(spendings: Sequence[Spending]) -> Cost:
    """Return what these calls took together, the failed ones too."""
    calls = [spending.call for spending in spendings]
    seconds = sorted(call.seconds for call in calls)
    return Cost(
        calls=len(calls),
        failed=sum(call.outcome != OK for call in calls),
        input=sum(call.input for call in calls),
        cache_write=sum(call.cache_write for call in calls),
        cache_read=sum(call.cache_read for call in calls),
        output=sum(call.output for call in calls),
        price=round(sum(call.price for call in calls), 6),
        median=statistics.median(seconds) if seconds else None,
        high=seconds[math.ceil(HIGH * len(seconds)) - 1] if seconds else None,
    )
