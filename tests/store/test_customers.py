"""The customer record in SQL."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from desk.customer import Account, Identity, Invoice, Person, Role, Trust
from desk.ids import AccountId, PersonId
from store.customers import SqlCustomers
from store.database import Database
from tests.store.samples import JONAS, MARA, NOW, YUKI

ACME = Account(AccountId("acme"), "Acme", tier="enterprise", value=Decimal("5040.00"), first_response=timedelta(hours=1), fields=(("seats", "40"),))
MARA_VOSS = Person(PersonId("mara-voss"), "Mara Voss", account=ACME.id, entitlements=frozenset({"billing"}), skills=frozenset({"de", "fr"}))
JONAS_REED = Person(PersonId("jonas-reed"), "Jonas Reed", Role.LEAD)
INVOICE = Invoice(ACME.id, "INV-204", Decimal("420.00"), "EUR", "refunding", due=date(2026, 11, 14))


def known(person: Person, user=MARA, trust: Trust = Trust.PERSON) -> Identity:
    return Identity(user, person.id, trust, "test", NOW)


@pytest.fixture
async def rows(database: Database) -> SqlCustomers:
    rows = SqlCustomers(database)
    await rows.save(accounts=[ACME], people=[MARA_VOSS, JONAS_REED], identities=[known(MARA_VOSS), known(JONAS_REED, JONAS)], invoices=[INVOICE])
    return rows


async def test_rows_come_back_as_they_were_saved(rows: SqlCustomers):
    assert await rows.accounts() == [ACME]
    assert await rows.account(ACME.id) == ACME
    assert await rows.people() == [JONAS_REED, MARA_VOSS]
    assert await rows.person(MARA_VOSS.id) == MARA_VOSS
    assert await rows.identity(MARA) == known(MARA_VOSS)
    assert await rows.invoices(ACME.id) == [INVOICE]


async def test_what_nobody_saved_is_absent(rows: SqlCustomers):
    assert await rows.account(AccountId("none")) is None
    assert await rows.person(PersonId("none")) is None
    assert await rows.identity(YUKI) is None
    assert await rows.invoices(AccountId("none")) == []


async def test_a_row_saved_again_is_replaced(rows: SqlCustomers):
    await rows.save(accounts=[replace(ACME, tier="team")], invoices=[replace(INVOICE, status="paid")])
    assert [account.tier for account in await rows.accounts()] == ["team"]
    assert [invoice.status for invoice in await rows.invoices(ACME.id)] == ["paid"]


async def test_a_person_may_have_several_users(rows: SqlCustomers):
    await rows.save(identities=[known(MARA_VOSS, YUKI)])
    assert await rows.users(MARA_VOSS.id) == [MARA, YUKI]


async def test_the_team_is_whoever_is_verified_to_be_of_it(rows: SqlCustomers):
    pretender = Person(PersonId("pretender"), "A. Pretender", Role.ADMIN)
    await rows.save(people=[pretender], identities=[known(pretender, YUKI, Trust.ACCOUNT)])
    assert await rows.team() == [(JONAS, JONAS_REED)]
