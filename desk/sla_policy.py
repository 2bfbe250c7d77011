"""SLA policy: what is promised to whom, which clocks pause for how long, when people are warned, and who hears of what was broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Protocol

from desk.sla import Target

Span = Annotated[timedelta | None, "span"]
"""A promised time; None is written "" and promises nothing."""
Warn = Annotated[float | timedelta, "warn"]
"""When to warn: the share of the promised time that is used up (75%), or so long before it ends (15m)."""
Weekly = Annotated[str, "weekly"]
"""A weekday and a time such as mon 09:00, "" for never."""


class Promising(Protocol):
    """Whatever promises times: the policy as a whole, one of its rules, or a customer's contract."""

    @property
    def first_response(self) -> timedelta | None:
        """Return the promised first response."""

    @property
    def next_response(self) -> timedelta | None:
        """Return the promised next response."""

    @property
    def resolution(self) -> timedelta | None:
        """Return the promised resolution."""


def span_of(target: Target, promising: Promising) -> timedelta | None:
    """Return what is promised of a target, None for nothing."""
    match target:
        case Target.FIRST_RESPONSE:
            return promising.first_response
        case Target.NEXT_RESPONSE:
            return promising.next_response
        case Target.RESOLUTION:
            return promising.resolution


@dataclass(frozen=True, slots=True)
class SlaRule:
    """What is promised to tickets that fit everything that is not empty. Key by key, of the rules that fit the most specific one counts.

    `contract` is the account's contract as the customer record has it, `account` its id or name, `hours` a calendar's name.
    """

    tier: str = ""
    category: str = ""
    kind: str = ""
    contract: str = ""
    account: str = ""
    first_response: Span = None
    next_response: Span = None
    resolution: Span = None
    hours: str = ""

    @property
    def weight(self) -> int:
        """Return how many things it asks for."""
        return sum(map(bool, (self.tier, self.category, self.kind, self.contract, self.account)))


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long, by the clock on the wall, a promise pauses at most while the customer owes an answer or the ticket waits on somebody else."""

    customer: timedelta = timedelta(days=7)
    third_party: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Sla:
    """What is promised, in business time: by rule, by tier, else to everybody; an account's contract wins over all of them.

    `automatic` says that an answer nobody looked at counts as a response. `management` are those who hear of what was broken, by name,
    e-mail address or user: the leads where it names nobody.
    """

    first_response: timedelta
    tiers: Mapping[str, timedelta]
    next_response: Span = None
    resolution: Span = None
    rules: tuple[SlaRule, ...] = ()
    warn: Warn = 0.75
    automatic: bool = True
    management: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    weekly: Weekly = "mon 09:00"
    pauses: Pauses = field(default_factory=Pauses)

    def warns_after(self, span: timedelta) -> timedelta:
        """Return how much of a promised time is used up when people are warned."""
        return span * self.warn if isinstance(self.warn, float) else max(span - self.warn, timedelta())
