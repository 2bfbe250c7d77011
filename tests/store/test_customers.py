"""The customer record in SQL."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from desk.changes import DropIdentity, SaveIdentity
from desk.customer import Account, Identity, Invoice, Person, Role, Trust
from desk.ids import AccountId, PersonId
from store.customers import SqlCustomers
from store.database import Database
from store.repository import SqlStore
from tests.store.samples import JONAS, MARA, NOW, YUKI, commit

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


ALL = {"accounts": [ACME], "people": [MARA_VOSS, JONAS_REED], "identities": [known(MARA_VOSS), known(JONAS_REED, JONAS)], "invoices": [INVOICE]}


def outcomes(added: int = 0, changed: int = 0, unchanged: int = 0) -> dict[str, int]:
    return {"added": added, "changed": changed, "unchanged": unchanged}


async def test_merging_counts_what_is_new_and_what_is_different(rows: SqlCustomers):
    richer = replace(ACME, tier="team")
    told = await rows.merge(**{**ALL, "accounts": [richer, Account(AccountId("bolt"), "Bolt")]})
    assert told == {
        "accounts": outcomes(added=1, changed=1),
        "people": outcomes(unchanged=2),
        "identities": outcomes(unchanged=2),
        "invoices": outcomes(unchanged=1),
    }
    assert await rows.account(ACME.id) == richer


async def test_merging_again_changes_nothing_and_keeps_since_when_a_user_is_known(rows: SqlCustomers):
    later = replace(known(MARA_VOSS), at=NOW + timedelta(days=1))
    told = await rows.merge(**{**ALL, "identities": [later]})
    assert told["identities"] == outcomes(unchanged=1)
    assert await rows.identity(MARA) == known(MARA_VOSS)


async def test_merging_takes_trust_away(rows: SqlCustomers):
    told = await rows.merge(**{**ALL, "identities": [known(MARA_VOSS, trust=Trust.NONE)]})
    assert told["identities"] == outcomes(changed=1)
    assert (await rows.identity(MARA)).trust is Trust.NONE


async def test_every_link_is_listed_by_user(rows: SqlCustomers):
    assert await rows.identities() == sorted([known(MARA_VOSS), known(JONAS_REED, JONAS)], key=lambda link: str(link.user))


async def test_a_forgotten_person_keeps_only_what_others_refer_to(rows: SqlCustomers):
    assert await rows.forget([MARA_VOSS.id]) == 2
    assert await rows.person(MARA_VOSS.id) == Person(MARA_VOSS.id, "erased", account=ACME.id)
    assert await rows.identity(MARA) is None
    assert await rows.person(JONAS_REED.id) == JONAS_REED
    assert await rows.identity(JONAS) == known(JONAS_REED, JONAS)


async def test_a_forgotten_teammate_is_not_of_the_team(rows: SqlCustomers):
    await rows.forget([JONAS_REED.id])
    assert await rows.team() == []


async def test_a_command_links_a_user_in_place_of_whom_they_were_linked_to(rows: SqlCustomers, store: SqlStore):
    await commit(store, SaveIdentity(known(JONAS_REED)), SaveIdentity(known(MARA_VOSS, YUKI, Trust.ACCOUNT)))
    assert (await rows.identity(MARA), await rows.identity(YUKI)) == (known(JONAS_REED), known(MARA_VOSS, YUKI, Trust.ACCOUNT))


async def test_a_command_unlinks_a_user_and_nobody_else(rows: SqlCustomers, store: SqlStore):
    await commit(store, DropIdentity(MARA), DropIdentity(YUKI))
    assert (await rows.identity(MARA), await rows.identity(JONAS)) == (None, known(JONAS_REED, JONAS))
