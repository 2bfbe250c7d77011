"""Estimates: the honest time in a holding answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from desk.customer import Account
from desk.policy import Policy
from desk.sla import Promise, Target
from desk.space import ChannelKind
from desk.ticket import Ticket
from escalation.promised import promised

MINUTE = timedelta(minutes=1)


def answer_by(
    now: datetime,
    approvals: Sequence[tuple[datetime, timedelta]],
    *,
    account: Account | None,
    policy: Policy,
    asked: datetime | None = None,
    ticket: Ticket | None = None,
    kind: ChannelKind | None = None,
) -> datetime:
    """Return when a customer may expect an answer, rounded up to a minute.

    With enough approvals lately: the percentile of how long those decided at this hour waited (those of any hour when there
    are none). With fewer: what the SLA promises to this ticket from when it was `asked`, in its own business time; from now when that has passed.
    """
    if len(approvals) < policy.holding.approvals:
        promise = response(ticket, account, policy, kind=kind)
        hours = policy.calendar(promise.hours)
        due = hours.after(asked or now, promise.span)
        return _rounded(due if due > now else hours.after(now, promise.span))
    near = [waited for at, waited in approvals if _apart(at, now) <= policy.holding.around]
    return _rounded(now + max(MINUTE, percentile(near or [waited for _, waited in approvals], policy.holding.percentile)))


def response(ticket: Ticket | None, account: Account | None, policy: Policy, *, kind: ChannelKind | None = None) -> Promise:
    """Return the promise that the next answer has to keep: the next response where one is promised and there was a first, else the first response."""
    found = {promise.target: promise for promise in promised(ticket, account, policy, kind=kind)}
    first = found[Target.FIRST_RESPONSE]
    return found.get(Target.NEXT_RESPONSE, first) if ticket is not None and ticket.answered_at else first


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
