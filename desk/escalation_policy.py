"""Escalation policy: which rules there are and what each does, from where on it fires, who must not wait, and what makes a ticket urgent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

Share = Annotated[float, "share"]
Count = Annotated[int, "count"]
Some = Annotated[int, "some"]
Amount = Annotated[float, "amount"]


class What(StrEnum):
    """What comes of a rule that fires: a person takes over, a person is told while the desk goes on, or nothing."""

    HAND_OVER = "hand_over"
    TELL = "tell"
    OFF = "off"


Does = Annotated[str, "does"]
Heard = Annotated[str, "heard"]
"""Like Does, for a rule that nobody may turn off."""
Always = Annotated[str, "always"]
"""Like Does, for a rule that always brings in a person."""


@dataclass(frozen=True, slots=True)
class RulesDo:
    """What each rule does: hand_over, tell or off. A human is always reachable, so who asks for one is always handed over."""

    security: Heard
    data_loss: Heard
    safety: Heard
    legal: Heard
    asks_human: Always
    not_solved: Heard
    loop: Heard
    displeased: Does
    worsening: Does
    vip: Does
    contractual_sla: Does
    sla_at_risk: Does
    sla_breached: Does
    money: Does
    churn: Does
    low_confidence: Does
    repeated: Does
    incident: Does

    def of(self, rule: str) -> What:
        """Return what a rule does; one that policy does not know brings in a person."""
        return What(getattr(self, rule, What.HAND_OVER))


@dataclass(frozen=True, slots=True)
class RepeatPolicy:
    """When somebody comes back about one problem: so many earlier tickets `within` a time whose meaning is `alike` from this cosine on."""

    within: timedelta
    times: Some
    alike: Share


@dataclass(frozen=True, slots=True)
class MoneyPolicy:
    """From which amount in EUR on money is a reason, and what one unit of each currency is worth in EUR, roughly."""

    limit: Amount
    rates: Mapping[str, Amount]


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """What brings in a human. `observe_pages` are the rules that page even in mode observe.

    `levels` say how loud a rule is: 1 is a card, 2 a ping, 3 a page. A rule about how things stand speaks up once as long as it stands,
    and not again within `cool_down`.
    """

    observe_pages: tuple[str, ...]
    not_solved: Count
    hold: timedelta
    cool_down: timedelta
    displeased: Share
    """How displeased somebody must be, 0 to 1."""
    worsening: Share
    """How much their displeasure must have risen over the ticket."""
    contract_used: Share
    """How much of a promise in the contract must be used up."""
    churn_health: Count
    """The health below which an account that is displeased and falling may leave."""
    affected: Some
    """How many accounts and people make an incident a reason."""
    top_tiers: tuple[str, ...]
    """Tiers for which an answer that is not sure is a reason."""
    does: RulesDo
    repeat: RepeatPolicy
    money: MoneyPolicy
    levels: Mapping[str, Count]


@dataclass(frozen=True, slots=True)
class VipPolicy:
    """Who must not wait: tiers, accounts by id or name, people by id or e-mail address."""

    tiers: tuple[str, ...]
    accounts: tuple[str, ...]
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Growing:
    """Points that grow with an amount: so many for `each`, and never more than `most`."""

    each: Amount
    points: Count
    most: Count


@dataclass(frozen=True, slots=True)
class HealthWeights:
    """Points for an account that is not well: for a health below `below`, and for one that falls."""

    below: Count
    low: Count
    falling: Count


@dataclass(frozen=True, slots=True)
class AnsweredWeights:
    """Points, below 0, for a customer who was answered within a time."""

    within: timedelta
    points: int


@dataclass(frozen=True, slots=True)
class PriorityPolicy:
    """The weights of the priority score, and the score from which a ticket is urgent, high or normal.

    `urgency` are points by what a model hears makes it pressing, `impact` by what a problem does, of which together the heaviest counts;
    `trends` are by how the customer's mood changed, `promises` by how the most pressing promise stands.
    """

    base: Count
    tiers: Mapping[str, Count]
    rules: Mapping[str, Count]
    sentiments: Mapping[str, int]
    urgency: Mapping[str, Count]
    impact: Mapping[str, Count]
    trends: Mapping[str, int]
    promises: Mapping[str, Count]
    health: HealthWeights
    value: Growing
    money: Growing
    contacts: Growing
    affected: Growing
    answered: AnsweredWeights
    urgent: Count
    high: Count
    normal: Count
