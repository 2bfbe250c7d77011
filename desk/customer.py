"""Customers: people, their accounts, and how sure we are who somebody is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum

from desk.audience import Audience
from desk.ids import AccountId, PersonId
from desk.space import UserRef


class Role(StrEnum):
    """What somebody is to the desk; the last one is ourselves."""

    CUSTOMER = "customer"
    TEAMMATE = "teammate"
    LEAD = "lead"
    ADMIN = "admin"
    COLLEAGUE = "colleague"
    BOT = "frontdesk"


TEAM = frozenset({Role.TEAMMATE, Role.LEAD, Role.ADMIN})
"""Who may review drafts and hold tickets."""
LEADS = frozenset({Role.LEAD, Role.ADMIN})
"""Who may pause, re-route and hear that a promise was missed."""


class Trust(IntEnum):
    """How sure we are who writes: not at all, of the account (a shared channel, a domain), of the person."""

    NONE = 0
    ACCOUNT = 1
    PERSON = 2


@dataclass(frozen=True, slots=True)
class Account:
    """A company that is our customer. `health` is 0 to 100 and `health_trend` rising, steady or falling; `value` is a year's revenue in EUR."""

    id: AccountId
    name: str
    tier: str = ""
    zone: str = "UTC"
    contract: str = ""
    health: int | None = None
    health_trend: str = ""
    value: Decimal | None = None
    manager: str = ""
    first_response: timedelta | None = None
    next_response: timedelta | None = None
    resolution: timedelta | None = None
    hours: str = ""
    """The calendar of policy by which what its contract promises is counted; "" for what policy says."""
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A CRM contact or one of ours. `entitlements` name what they may see of their account beyond their own records, such as `billing`."""

    id: PersonId
    name: str
    role: Role = Role.CUSTOMER
    account: AccountId | None = None
    zone: str = "UTC"
    language: str = ""
    email: str = ""
    entitlements: frozenset[str] = field(default_factory=frozenset)
    skills: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Identity:
    """A platform user linked to a person: at which trust, how we know, and since when."""

    user: UserRef
    person: PersonId
    trust: Trust
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice of an account; `status` is paid, open, overdue or refunding."""

    account: AccountId
    number: str
    amount: Decimal
    currency: str
    status: str
    issued: date | None = None
    due: date | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    """Whoever wrote a message, bound once by code: nothing downstream can ask for somebody else.

    Without an identity `person` is None and the trust none, or account when the channel says which account it is.
    """

    user: UserRef
    name: str
    role: Role = Role.CUSTOMER
    person: Person | None = None
    account: Account | None = None
    trust: Trust = Trust.NONE

    @property
    def verified(self) -> bool:
        """Tell whether we know the person, not only the company."""
        return self.trust is Trust.PERSON and self.person is not None


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of the customer record, with who may see it.

    `key` is stable (`invoice:INV-204`, `account:tier`), `kind` groups facts for answers (invoice, plan, manager, ...), `value` is
    what may be said, `attributes` are its parts (number, amount, currency, status, due, link).
    """

    key: str
    kind: str
    label: str
    value: str
    audience: Audience
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def hash(self) -> str:
        """Return the content hash that a draft's basis remembers."""
        return content_hash(self.value, str(self.audience), *(part for pair in self.attributes for part in pair))


def content_hash(*parts: str) -> str:
    """Return 16 hexadecimal digits that change when any of `parts` does."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()
