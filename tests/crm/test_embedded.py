"""The embedded customer record: who somebody is, and what may be said to them."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pytest

from crm.embedded import EmbeddedCrm
from desk import audience
from desk.customer import TEAM, Account, Author, Identity, Invoice, Person, Role, Trust
from desk.ids import AccountId, PersonId
from desk.policy import Policy
from desk.space import Channel, ChannelKind, ChannelRef, Platform, UserRef
from tests.store.samples import JONAS, MARA, NOW, YUKI, FixedPolicy, channel

ACME = Account(
    AccountId("acme"), "Acme", "enterprise", contract="2024 to 2027", health=62, value=Decimal(5040), manager="Leo Marsh", fields=(("seats", "40"),)
)
DELTA = Account(AccountId("delta"), "Delta", "team")
MARA_VOSS = Person(PersonId("mara-voss"), "Mara Voss", account=ACME.id, email="mara@acme.example", entitlements=frozenset({"billing"}))
YUKI_TAN = Person(PersonId("yuki-tan"), "Yuki Tan", account=ACME.id, email="yuki@acme.example")
JONAS_REED = Person(PersonId("jonas-reed"), "Jonas Reed", Role.LEAD)
INVOICE = Invoice(
    ACME.id, "INV-204", Decimal("420"), "EUR", "refunding", issued=date(2026, 11, 3), due=date(2026, 11, 14), link="https://pay.example/204"
)

COMMUNITY = channel()
ACME_SHARED = channel(ChannelRef(Platform.LOCAL, "main", "acme"), ChannelKind.SHARED, "acme")
DELTA_SHARED = channel(ChannelRef(Platform.LOCAL, "main", "delta"), ChannelKind.SHARED, "delta")
DIRECT = channel(ChannelRef(Platform.LOCAL, "main", "dm"), ChannelKind.DIRECT)


@dataclass
class MemoryRows:
    """The customer record in dictionaries; `links` are the identities."""

    links: dict[UserRef, Identity] = field(default_factory=dict)

    async def accounts(self):
        return [ACME, DELTA]

    async def account(self, id):
        return {a.id: a for a in (ACME, DELTA)}.get(id)

    async def people(self):
        return [JONAS_REED, MARA_VOSS, YUKI_TAN]

    async def person(self, id):
        return {p.id: p for p in await self.people()}.get(id)

    async def identity(self, user):
        return self.links.get(user)

    async def users(self, person):
        return [link.user for link in self.links.values() if link.person == person]

    async def invoices(self, account):
        return [INVOICE] if account == ACME.id else []

    async def team(self):
        return [(link.user, p) for p in await self.people() if p.role in TEAM for link in self.links.values() if link.person == p.id]

    async def save(self, *, accounts=(), people=(), identities=(), invoices=()):
        self.links.update({identity.user: identity for identity in identities})


class Words(FixedPolicy):
    """The shipped policy with other words for who may see a field."""

    def __init__(self, **fields: str) -> None:
        self._fields = fields

    async def current(self) -> Policy:
        policy = await super().current()
        return replace(policy, audience=replace(policy.audience, fields={**policy.audience.fields, **self._fields}))


async def known(user: UserRef, person: Person, trust: Trust = Trust.PERSON, *, policy: FixedPolicy | None = None) -> EmbeddedCrm:
    rows = MemoryRows()
    await rows.save(identities=[Identity(user, person.id, trust, "test", NOW)])
    return EmbeddedCrm(rows, policy or FixedPolicy())


async def quoted(crm: EmbeddedCrm, user: UserRef, where: Channel) -> dict[str, str]:
    return {fact.key: fact.value for fact in await crm.record(await crm.identify(user, "", where))}


# Who somebody is


async def test_a_verified_person_is_bound_with_role_account_and_trust():
    crm = await known(MARA, MARA_VOSS)
    assert await crm.identify(MARA, "mara", COMMUNITY) == Author(MARA, "mara", Role.CUSTOMER, MARA_VOSS, ACME, Trust.PERSON)


async def test_a_verified_teammate_is_one_everywhere():
    author = await (await known(JONAS, JONAS_REED)).identify(JONAS, "", COMMUNITY)
    assert (author.name, author.role, author.account) == ("Jonas Reed", Role.LEAD, None)


async def test_a_verified_person_of_another_account_keeps_their_own():
    author = await (await known(MARA, MARA_VOSS)).identify(MARA, "", DELTA_SHARED)
    assert author.account == ACME


@pytest.mark.parametrize("where", [COMMUNITY, DIRECT], ids=["a community", "a direct message"])
async def test_a_stranger_is_nobody(where: Channel):
    author = await EmbeddedCrm(MemoryRows(), FixedPolicy()).identify(YUKI, "yuki", where)
    assert author == Author(YUKI, "yuki")


async def test_a_shared_channel_vouches_for_the_account_of_a_stranger():
    author = await EmbeddedCrm(MemoryRows(), FixedPolicy()).identify(YUKI, "yuki", ACME_SHARED)
    assert author == Author(YUKI, "yuki", account=ACME, trust=Trust.ACCOUNT)


async def test_a_known_domain_binds_the_account_and_not_the_person():
    author = await (await known(YUKI, YUKI_TAN, Trust.ACCOUNT)).identify(YUKI, "yuki", COMMUNITY)
    assert (author.account, author.person, author.trust) == (ACME, None, Trust.ACCOUNT)


async def test_a_known_domain_wins_over_the_channel_one_is_a_guest_in():
    author = await (await known(YUKI, YUKI_TAN, Trust.ACCOUNT)).identify(YUKI, "yuki", DELTA_SHARED)
    assert author.account == ACME


@pytest.mark.parametrize(("where", "account"), [(COMMUNITY, None), (ACME_SHARED, ACME)], ids=["nothing", "what the channel says"])
async def test_an_unverified_identity_says(where: Channel, account: Account | None):
    author = await (await known(YUKI, YUKI_TAN, Trust.NONE)).identify(YUKI, "yuki", where)
    assert (author.person, author.account) == (None, account)


@pytest.mark.parametrize("trust", [Trust.NONE, Trust.ACCOUNT])
async def test_nobody_is_a_teammate_who_is_not_verified(trust: Trust):
    author = await (await known(YUKI, JONAS_REED, trust)).identify(YUKI, "", COMMUNITY)
    assert (author.role, author.person) == (Role.CUSTOMER, None)


# What may be said to them


async def test_a_billing_contact_may_hear_everything_but_what_is_internal():
    assert await quoted(await known(MARA, MARA_VOSS), MARA, COMMUNITY) == {
        "account:tier": "enterprise",
        "account:contract": "2024 to 2027",
        "account:manager": "Leo Marsh",
        "person:email": "mara@acme.example",
        "invoice:INV-204": "INV-204: EUR 420.00, refunding, due 2026-11-14",
    }


async def test_a_colleague_without_the_entitlement_hears_of_no_invoice():
    facts = await quoted(await known(YUKI, YUKI_TAN), YUKI, COMMUNITY)
    assert set(facts) == {"account:tier", "account:contract", "account:manager", "person:email"}


async def test_at_trust_account_only_the_accounts_fields_are_said():
    facts = await quoted(EmbeddedCrm(MemoryRows(), FixedPolicy()), YUKI, ACME_SHARED)
    assert set(facts) == {"account:tier", "account:contract", "account:manager"}


async def test_a_stranger_hears_nothing():
    assert await quoted(EmbeddedCrm(MemoryRows(), Words(plan="public")), YUKI, COMMUNITY) == {}


async def test_each_fact_carries_its_own_audience():
    crm = await known(MARA, MARA_VOSS)
    facts = {fact.key: fact.audience for fact in await crm.record(await crm.identify(MARA, "", DELTA_SHARED))}
    assert facts["account:tier"] == audience.account("acme")
    assert facts["invoice:INV-204"] == facts["person:email"] == audience.person("mara-voss")


async def test_an_invoice_carries_its_parts():
    crm = await known(MARA, MARA_VOSS)
    (invoice,) = [fact for fact in await crm.record(await crm.identify(MARA, "", COMMUNITY)) if fact.kind == "invoice"]
    assert dict(invoice.attributes) == {
        "number": "INV-204",
        "amount": "420.00",
        "currency": "EUR",
        "status": "refunding",
        "due": "2026-11-14",
        "issued": "2026-11-03",
        "link": "https://pay.example/204",
    }


async def test_policy_says_who_may_see_a_field():
    crm = await known(YUKI, YUKI_TAN, policy=Words(plan="internal", seats="account"))
    facts = await quoted(crm, YUKI, COMMUNITY)
    assert facts["account:seats"] == "40"
    assert "account:tier" not in facts


async def test_what_the_record_does_not_know_is_no_fact():
    author = Author(YUKI, "yuki", account=DELTA, trust=Trust.ACCOUNT)
    assert [fact.key for fact in await (await known(MARA, MARA_VOSS)).record(author)] == ["account:tier"]


async def test_a_fact_changes_its_hash_when_an_amount_does():
    crm = await known(MARA, MARA_VOSS)
    facts = await crm.record(await crm.identify(MARA, "", COMMUNITY))
    assert len({fact.hash for fact in facts}) == len(facts)


# The rest of the port


async def test_the_team_and_peoples_users_are_those_of_the_record():
    crm = await known(JONAS, JONAS_REED)
    assert await crm.team() == [(JONAS, JONAS_REED)]
    assert await crm.users(JONAS_REED.id) == [JONAS]
    assert await crm.account(ACME.id) == ACME
    assert await crm.person(PersonId("nobody")) is None
    assert await crm.accounts() == sorted((ACME, DELTA), key=lambda account: account.name)


@pytest.mark.parametrize(
    "words", ["mara-voss", "Mara Voss", "mara voss", " MARA@acme.example "], ids=["an id", "a name", "another case", "an address"]
)
async def test_a_person_is_found_by_whatever_names_one(words):
    assert await EmbeddedCrm(MemoryRows(), FixedPolicy()).find(words) == [MARA_VOSS]


@pytest.mark.parametrize("words", ["", " ", "Mara", "voss", "nobody@acme.example"])
async def test_a_part_of_a_name_finds_nobody(words):
    assert await EmbeddedCrm(MemoryRows(), FixedPolicy()).find(words) == []


async def test_the_team_may_look_up_how_somebody_is_known():
    link = Identity(MARA, MARA_VOSS.id, Trust.ACCOUNT, "test", NOW)
    crm = EmbeddedCrm(MemoryRows({MARA: link}), FixedPolicy())
    assert (await crm.identity(MARA), await crm.identity(YUKI)) == (link, None)
