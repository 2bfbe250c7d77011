"""Priority: a score from 0 to 100 that explains itself."""

from __future__ import annotations

from desk.escalation import Trigger
from desk.policy import Policy
from desk.ticket import Level, Priority, Reason
from escalation.case import Case


def score(case: Case, triggers: tuple[Trigger, ...], policy: Policy) -> Priority:
    """Add the weights of policy: base, tier, the heaviest rule that fired, sentiment and its trend, the heaviest urgency; clamp to 0..100."""
    weights = policy.priority
    heaviest = max(triggers, key=lambda trigger: weights.rules.get(trigger.rule, 0), default=None)
    said = case.classification
    pressing = max(said.urgency, key=lambda code: weights.urgency.get(code, 0), default="")
    parts = {
        "tier": (weights.tiers.get(case.tier.lower(), 0), case.tier),
        "rule": (weights.rules.get(heaviest.rule, 0) if heaviest else 0, heaviest.rule if heaviest else ""),
        "sentiment": (weights.sentiments.get(said.sentiment, 0), str(said.sentiment)),
        "trend": (weights.trends.get(said.trend, 0), said.trend),
        "urgency": (weights.urgency.get(pressing, 0), pressing.replace("_", " ")),
    }
    total = max(0, min(100, weights.base + sum(points for points, _ in parts.values())))
    reasons = tuple(Reason(f"priority_{name}", (("points", f"{points:+d}"), ("what", what))) for name, (points, what) in parts.items() if points)
    return Priority(total, level_of(total, policy), reasons)


def level_of(total: int, policy: Policy) -> Level:
    """Return the level a score falls in."""
    marks = ((policy.priority.urgent, Level.URGENT), (policy.priority.high, Level.HIGH), (policy.priority.normal, Level.NORMAL))
    return next((level for mark, level in marks if total >= mark), Level.LOW)
