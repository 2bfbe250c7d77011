"""Victims: customers with a secret of their own each, long enough not to stand anywhere by chance."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from desk import audience
from desk.audience import Audience
from desk.ids import AccountId, PersonId
from desk.space import Channel, ChannelKind
from tests.fakes import START
from tests.world import channel


@dataclass(frozen=True)
class Victim:
    """A customer: what is theirs alone, what is their account's, and where they can be met."""

    n: int

    @property
    def name(self) -> str:
        return f"vic{self.n}"

    @property
    def invoice(self) -> str:
        return f"INV-{_digits(self.n, 'invoice')}"

    @property
    def amount(self) -> Decimal:
        return Decimal(_digits(self.n, "amount")) / 100

    @property
    def email(self) -> str:
        return f"box{_digits(self.n, 'mail')}@corp{self.n}.example"

    @property
    def contract(self) -> str:
        return f"Saffron{_digits(self.n, 'contract')} until 2031"

    @property
    def secrets(self) -> dict[str, Audience]:
        """Return what only some may read, and who."""
        own, account = audience.person(self.name), audience.account(f"acc{self.n}")
        return {self.invoice: own, self.invoice.removeprefix("INV-"): own, str(self.amount): own, self.email: own, self.contract.split()[0]: account}

    def places(self) -> Iterator[Channel]:
        declared = START - timedelta(days=1)
        yield Channel(channel(f"shared-{self.n}"), f"shared-{self.n}", ChannelKind.SHARED, declared, account=AccountId(f"acc{self.n}"))
        yield Channel(channel(f"direct-{self.n}"), f"direct-{self.n}", ChannelKind.DIRECT, declared, person=PersonId(self.name))


def _digits(n: int, what: str) -> str:
    """Return nine digits that nobody would guess and that are the same in every run; the first one is no zero."""
    return f"{100_000_000 + int.from_bytes(hashlib.blake2b(f'{n} {what}'.encode(), digest_size=6).digest()) % 900_000_000}"
