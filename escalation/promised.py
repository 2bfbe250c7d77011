"""Promised: which times hold for a ticket, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from desk.customer import Account
from desk.ids import AccountId
from desk.policy import Policy
from desk.sla import Promise, Target
from desk.sla_policy import SlaRule, span_of
from desk.space import ChannelKind
from desk.ticket import Ticket

CONTRACT = "contract"
"""The source of what stands in the customer's own record."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A promised time with how specific what promises it is; of two alike the later one counts."""

    span: timedelta
    source: str
    weight: int
    n: int
    contractual: bool = False


def promised(ticket: Ticket | None, account: Account | None, policy: Policy, *, kind: ChannelKind | None = None) -> tuple[Promise, ...]:
    """Return what is promised to a ticket; without one, to whoever of the account asks. Nothing of a target that nothing names."""
    fitting = [(n, rule) for n, rule in enumerate(policy.sla.rules) if _fits(rule, ticket, account, kind=kind)]
    hours = max(((rule.weight, n, rule.hours) for n, rule in fitting if rule.hours), default=(0, 0, ""))[2]
    hours = account.hours if account and account.hours else hours
    best = ((target, max(_found(target, account, policy, fitting), key=lambda found: (found.weight, found.n), default=None)) for target in Target)
    return tuple(Promise(target, found.span, hours, found.source, found.contractual) for target, found in best if found)


def first_response(account: Account | None, policy: Policy) -> timedelta:
    """Return the first response promised to whoever of an account asks, whatever about."""
    return next(promise.span for promise in promised(None, account, policy) if promise.target is Target.FIRST_RESPONSE)


def _found(target: Target, account: Account | None, policy: Policy, fitting: list[tuple[int, SlaRule]]) -> Iterator[_Found]:
    """Yield whatever promises a target: everybody's time, the tier's, what fits, and the contract, which wins over everything."""
    if everybody := span_of(target, policy.sla):
        yield _Found(everybody, f"sla.{target}", 0, -2)
    tier = account.tier.lower() if account else ""
    if target is Target.FIRST_RESPONSE and tier in policy.sla.tiers:
        yield _Found(policy.sla.tiers[tier], f"sla.tiers.{tier}", 1, -1)
    for n, rule in fitting:
        if span := span_of(target, rule):
            yield _Found(span, f"sla.rules.{n}", rule.weight, n, bool(rule.contract))
    if own := span_of(target, account) if account else None:
        yield _Found(own, CONTRACT, len(SlaRule.__slots__), 0, contractual=True)


def _fits(rule: SlaRule, ticket: Ticket | None, account: Account | None, *, kind: ChannelKind | None) -> bool:
    known = account or Account(AccountId(""), "")
    pairs = (
        (rule.tier, {known.tier}),
        (rule.category, {ticket.category if ticket else ""}),
        (rule.kind, {kind.value if kind else ""}),
        (rule.contract, {known.contract}),
        (rule.account, {known.name, str(known.id)}),
    )
    return all(not wanted or wanted.casefold() in {word.casefold() for word in has} for wanted, has in pairs)
