"""Estimates: the honest time in a holding answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from desk.customer import Account
from desk.policy import Policy

MINUTE = timedelta(minutes=1)


def first_response(account: Account | None, policy: Policy) -> timedelta:
    """Return the first response promised to an account: its contract's, its tier's, or everybody's."""
    if account and account.first_response:
        return account.first_response
    return policy.sla.tiers.get(account.tier.lower() if account else "", policy.sla.first_response)


def answer_by(
    now: datetime, approvals: Sequence[tuple[datetime, timedelta]], *, account: Account | None, policy: Policy, asked: datetime | None = None
) -> datetime:
    """Return when a customer may expect an answer, rounded up to a minute.

    With enough approvals lately: the percentile of how long those decided at this hour waited (those of any hour when there
    are none). With fewer: what the SLA promises from when it was `asked`, in business time; from now when that has passed.
    """
    if len(approvals) < policy.holding.approvals:
        span = first_response(account, policy)
        due = policy.hours.after(asked or now, span)
        return _rounded(due if due > now else policy.hours.after(now, span))
    near = [waited for at, waited in approvals if _apart(at, now) <= policy.holding.around]
    return _rounded(now + max(MINUTE, percentile(near or [waited for _, waited in approvals], policy.holding.percentile)))


def percentile(values: Sequence[timedelta], share: float) -> timedelta:
    """Return the nearest-rank percentile of a series that is not empty."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _apart(at: datetime, now: datetime) -> timedelta:
    """Return how far two instants' times of day are from one another, across midnight too."""
    day = timedelta(days=1)
    distance = abs(at - now) % day
    return min(distance, day - distance)


def _rounded(instant: datetime) -> datetime:
    whole = instant.replace(second=0, microsecond=0)
    return whole if whole == instant else whole + MINUTE
