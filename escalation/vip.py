"""VIPs: who must not wait, by what we know of them and never by who recognizes the name."""

from __future__ import annotations

from collections.abc import Iterable

from desk.customer import Account, Person
from desk.escalation_policy import VipPolicy


def named(account: Account | None, person: Person | None, vip: VipPolicy) -> str:
    """Return by which entry of policy somebody must not wait (`tier enterprise`, `account acme`, `person mara`), "" for none."""
    if account and _among((account.tier,), vip.tiers):
        return f"tier {account.tier}"
    if account and _among((account.id, account.name), vip.accounts):
        return f"account {account.id}"
    return f"person {person.id}" if person and _among((person.id, person.email), vip.people) else ""


def _among(names: Iterable[str], entries: Iterable[str]) -> bool:
    known = {entry.strip().casefold() for entry in entries}
    return any(name.strip().casefold() in known for name in names if name.strip())
