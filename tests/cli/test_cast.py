"""A script's tables become people, companies and channels."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from cli.play.cast import account, cast_of, invoice, person
from desk.customer import Role, Trust
from desk.space import ChannelKind, Intake

START = datetime(2026, 11, 2, 10, tzinfo=UTC)
PEOPLE = [
    {"name": "Mara Voss", "account": "Acme", "trust": "person", "role": "customer", "entitlements": ["billing"]},
    {"name": "Sam Quill", "trust": "none", "role": "customer"},
    {"name": "Ines Duarte", "trust": "person", "role": "lead"},
]


def cast(*channels):
    return cast_of({"accounts": [{"name": "Acme"}], "people": PEOPLE, "invoices": [], "channels": list(channels)}, START)


def test_ids_are_slugs_of_names():
    assert account({"name": "Acme Robotics"}).id == "acme-robotics"
    assert person({"name": "Zoë Ångström"}).id == "zoe-angstrom"


def test_an_account_keeps_what_it_was_given():
    found = account({"name": "Acme", "tier": "enterprise", "health": 62, "value": 5040, "manager": "Leo", "fields": {"seats": 20}})
    assert (found.tier, found.health, found.value, found.manager, found.fields) == ("enterprise", 62, Decimal(5040), "Leo", (("seats", "20"),))


def test_an_invoice_is_open_and_in_euro_unless_it_says_otherwise():
    found = invoice({"account": "Acme", "number": "INV-1", "amount": 420.1, "due": date(2026, 12, 3)})
    assert (found.status, found.currency, found.amount, found.due) == ("open", "EUR", Decimal("420.1"), date(2026, 12, 3))


def test_an_instant_may_stand_for_a_day():
    assert invoice({"account": "A", "number": "1", "amount": 1, "issued": "2026-11-03T00:00:00Z"}).issued == date(2026, 11, 3)


def test_trust_and_role_are_read():
    seats = {seat.person.name: seat for seat in cast().seats}
    assert [seats[name].trust for name in ("Mara Voss", "Sam Quill")] == [Trust.PERSON, Trust.NONE]
    assert seats["Ines Duarte"].person.role is Role.LEAD
    assert seats["Mara Voss"].person.entitlements == {"billing"}


def test_the_first_internal_channel_is_where_the_team_works():
    rooms = cast({"name": "desk", "kind": "internal"}, {"name": "random", "kind": "internal"}).rooms
    assert [room.channel.agents for room in rooms] == [True, False]


def test_a_shared_channel_belongs_to_its_account():
    (room,) = cast({"name": "acme-shared", "kind": "shared", "account": "Acme"}).rooms
    assert (room.channel.kind, room.channel.account) == (ChannelKind.SHARED, "acme")


@pytest.mark.parametrize(("name", "known"), [("Mara Voss", "mara-voss"), ("Sam Quill", None)])
def test_a_direct_channel_knows_its_person_only_when_they_are_verified(name, known):
    (room,) = cast({"name": "dm", "kind": "direct", "person": name}).rooms
    assert room.channel.person == known
    assert room.guest is not None


def test_a_channel_takes_everything_from_the_start_on_unless_it_says_otherwise():
    plain, choosy = cast({"name": "help", "kind": "community"}, {"name": "ask", "kind": "community", "intake": "questions", "declared": "10m"}).rooms
    assert (plain.channel.intake, choosy.channel.intake) == (Intake.ALL, Intake.QUESTIONS)
    assert choosy.channel.declared_at - plain.channel.declared_at == timedelta(minutes=10)
