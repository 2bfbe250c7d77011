"""Tiers: the levels of account that the customer record and the policy know."""

from __future__ import annotations

from collections.abc import Sequence

from desk.errors import Unavailable
from handlers.services import Services


async def tiers(services: Services) -> Sequence[str]:
    """Return the tiers by name; those of the policy alone while the customer record is down."""
    policy = await services.policy.current()
    try:
        known = {account.tier for account in await services.crm.accounts()}
    except Unavailable:
        known = set()
    named = {rule.tier for rule in policy.modes.rules}
    return sorted((known | named | policy.sla.tiers.keys() | policy.priority.tiers.keys()) - {""})
