"""The customer record from CSV files: what is read, and what is said of a mistake."""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from crm.files import Records, read_folder, slug
from desk.customer import Role, Trust
from desk.errors import InvalidInput
from desk.space import ChannelKind
from tests.store.samples import MARA, NOW, SHARED

ACCOUNTS = """\
name,tier,zone,contract_start,contract_end,sla_first_response_minutes,health,health_trend,value_eur,manager
Acme Robotics,enterprise,Europe/Amsterdam,2024-02-01,2027-01-31,60,62,falling,5040.00,Leo Marsh
"""
PEOPLE = """\
name,email,account,role,trust,zone,language,entitlements,skills
Mara Voss,mara@acme.example,Acme Robotics,customer,person,Europe/Amsterdam,en,billing;export,
Jonas Reed,,,lead,person,,en,,security;de
Sam Quill,,,customer,none,,,,
"""
INVOICES = """\
account,number,amount,currency,issued,due,status,link
Acme Robotics,INV-204,420.00,EUR,2026-11-03,2026-12-03,refunding,https://pay.example/204
"""
CHANNELS = """\
name,kind,account,person
community,community,,
acme-shared,shared,Acme Robotics,
agents,internal,,
"""


def read(folder: Path, **files: str) -> Records:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_folder(folder, at=NOW)


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return read(tmp_path, accounts=ACCOUNTS, people=PEOPLE, invoices=INVOICES, channels=CHANNELS)


def test_an_account_is_read(records: Records):
    (acme,) = records.accounts
    assert (acme.id, acme.tier, acme.contract, acme.health, acme.value) == (
        "acme-robotics",
        "enterprise",
        "2024-02-01 to 2027-01-31",
        62,
        Decimal("5040.00"),
    )
    assert acme.first_response == timedelta(hours=1)


def test_what_a_contract_promises_is_read(tmp_path: Path):
    row = "name,sla_next_response_minutes,sla_resolution_minutes,sla_hours\nAcme,30,2880,always\n"
    (acme,) = read(tmp_path, accounts=row).accounts
    assert (acme.first_response, acme.next_response, acme.resolution, acme.hours) == (None, timedelta(minutes=30), timedelta(days=2), "always")


def test_people_are_read_with_ids_made_of_their_names(records: Records):
    mara, jonas, _ = records.people
    assert (mara.id, mara.account, mara.entitlements) == ("mara-voss", "acme-robotics", {"billing", "export"})
    assert (jonas.role, jonas.zone, jonas.skills) == (Role.LEAD, "UTC", {"security", "de"})


def test_everybody_has_a_user_of_the_workspace_at_their_trust(records: Records):
    assert [(i.user.id, i.trust) for i in records.identities] == [
        ("mara-voss", Trust.PERSON),
        ("jonas-reed", Trust.PERSON),
        ("sam-quill", Trust.NONE),
    ]
    assert records.identities[0].user == MARA
    assert records.identities[0].at == NOW
    assert records.identities[0].how == "the customer record"


def test_an_invoice_is_read(records: Records):
    (invoice,) = records.invoices
    assert (invoice.account, invoice.amount, invoice.due, invoice.status) == ("acme-robotics", Decimal("420.00"), date(2026, 12, 3), "refunding")


def test_channels_are_read_and_the_agents_channel_is_marked(records: Records):
    assert [(c.name, c.kind, c.account, c.agents) for c in records.channels] == [
        ("community", ChannelKind.COMMUNITY, None, False),
        ("acme-shared", ChannelKind.SHARED, "acme-robotics", False),
        ("agents", ChannelKind.INTERNAL, None, True),
    ]
    assert records.channels[1].ref == SHARED


def test_the_demos_own_files_are_right():
    found = read_folder(Path("demo/crm"), at=NOW)
    assert len(found.accounts) >= 8
    assert {person.role for person in found.people} == {Role.CUSTOMER, Role.TEAMMATE, Role.LEAD, Role.ADMIN, Role.COLLEAGUE}
    assert {invoice.account for invoice in found.invoices} <= {account.id for account in found.accounts}


def test_files_and_columns_may_be_absent(tmp_path: Path):
    assert read(tmp_path) == Records()
    (person,) = read(tmp_path, people="name\nMara Voss\n").people
    assert (person.role, person.zone, person.account) == (Role.CUSTOMER, "UTC", None)


def test_a_byte_order_mark_and_empty_values_do_no_harm(tmp_path: Path):
    (account,) = read(tmp_path, accounts="\ufeffname, tier ,health\nAcme , team,\n").accounts
    assert (account.name, account.tier, account.health) == ("Acme", "team", None)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        pytest.param("accounts", "name,health\nAcme,poor\n", "accounts.csv:2: column 'health': 'poor' is wrong: write a number", id="a number"),
        pytest.param(
            "accounts", "name,value_eur\n\nAcme,a lot\n", "accounts.csv:3: column 'value_eur': 'a lot' is wrong: write an amount", id="an amount"
        ),
        pytest.param("accounts", "name,tier\n,team\n", "accounts.csv:2: column 'name': a value is missing", id="a missing name"),
        pytest.param("accounts", "name,tier\nAcme,team,more\n", "accounts.csv:2: more values than columns", id="a comma too many"),
        pytest.param(
            "people", "name,role\nMara,boss\n", "people.csv:2: column 'role': 'boss' is wrong: write one of customer, teammate", id="a role"
        ),
        pytest.param(
            "people", "name,trust\nMara,full\n", "people.csv:2: column 'trust': 'full' is wrong: write one of none, account, person", id="a trust"
        ),
        pytest.param("people", "name,account\nMara,Acme\n", "people.csv:2: column 'account': nobody is called 'Acme'", id="an account nobody named"),
        pytest.param(
            "invoices",
            "account,number,amount\nAcme Robotics,INV-1,\n",
            "invoices.csv:2: column 'amount': a value is missing",
            id="an invoice of nothing",
        ),
        pytest.param(
            "invoices", "account,number,amount\n,INV-1,3\n", "invoices.csv:2: column 'account': a value is missing", id="an invoice of nobody"
        ),
        pytest.param(
            "invoices",
            "account,number,amount,due\nAcme Robotics,INV-1,3,soon\n",
            "invoices.csv:2: column 'due': 'soon' is wrong: write a date",
            id="a date",
        ),
        pytest.param(
            "channels",
            "name,kind\nhelp,shared\n",
            "channels.csv:2: column 'account': a shared channel needs its account",
            id="a shared channel of nobody",
        ),
        pytest.param("channels", 'name,kind\n"help,shared\n', "channels.csv: it cannot be read as CSV", id="a quote that is not closed"),
    ],
)
def test_a_mistake_names_file_line_and_column(tmp_path: Path, file: str, text: str, said: str):
    (tmp_path / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, **{file: text})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "id"), [("Mara Voss", "mara-voss"), ("Amélie  Faure", "amelie-faure"), ("O'Neil & Co.", "o-neil-co"), ("北京", "xe58c97e4baac")]
)
def test_ids_are_made_of_names(name: str, id: str):
    assert slug(name) == id


def test_two_people_of_one_name_are_told_apart_by_their_ids(tmp_path: Path):
    found = read(tmp_path, people="id,name,email\nc-1,Anna Wolf,a@x.example\nc-2,Anna Wolf,b@y.example\n")
    assert [(person.id, person.email) for person in found.people] == [("c-1", "a@x.example"), ("c-2", "b@y.example")]
    assert [identity.user.id for identity in found.identities] == ["c-1", "c-2"]


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        pytest.param("people", "name\nAnna Wolf\nAnna Wolf\n", "people.csv:3: column 'id': this is line 2 again", id="two people of one name"),
        pytest.param("accounts", "name\nAcme\nBolt\nACME\n", "accounts.csv:4: column 'name': this is line 2 again", id="two accounts of one name"),
    ],
)
def test_one_row_does_not_silently_become_another(tmp_path: Path, file: str, text: str, says: str):
    with pytest.raises(InvalidInput, match=re.escape(says)):
        read(tmp_path, **{file: text})


def test_an_invoice_number_may_come_again_at_another_account_only(tmp_path: Path):
    accounts = "name\nAcme\nBolt\n"
    lines = ["account,number,amount", "Acme,INV-1,1.00", "Bolt,INV-1,2.00"]
    assert len(read(tmp_path, accounts=accounts, invoices="\n".join(lines)).invoices) == 2
    with pytest.raises(InvalidInput, match=r"invoices\.csv:4: column 'number'"):
        read(tmp_path, accounts=accounts, invoices="\n".join([*lines, "Acme,INV-1,3.00"]))
