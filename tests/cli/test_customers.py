"""Customers are brought in from CSV files, listed, and erased."""

import json
import shutil
from pathlib import Path

import pytest

from cli.app import run

DEMO = Path(__file__).parents[2] / "demo" / "crm"


@pytest.fixture
def call(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path / "home"))

    def do(*arguments: str):
        code = run(["customers", *arguments] if arguments[0] in {"import", "list"} else arguments)
        found = capsys.readouterr()
        return code, found.out, found.err

    return do


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(DEMO, tmp_path / "crm"))


def people(call):
    return {person["id"]: person for person in json.loads(call("list", "--json")[1])["people"]}


def test_a_folder_is_brought_in_and_again_changes_nothing(call, folder):
    first = json.loads(call("import", str(folder), "--json")[1])
    again = json.loads(call("import", str(folder), "--json")[1])
    assert list(first) == ["accounts", "people", "identities", "invoices"]
    assert {kind: counts["added"] for kind, counts in first.items()} == {kind: counts["unchanged"] for kind, counts in again.items()}
    assert all(counts["added"] > 0 == counts["changed"] == counts["unchanged"] for counts in first.values())


def test_what_changed_is_counted_and_what_is_missing_stays(call, folder):
    call("import", str(folder))
    (folder / "people.csv").write_text("name,email,account\nMara Voss,new@acme.example,Acme Robotics\n", encoding="utf-8")
    code, out, _ = call("import", str(folder))
    assert code == 0
    assert "people: 0 added, 1 changed, 0 unchanged" in out
    assert people(call)["mara-voss"]["email"] == "new@acme.example"
    assert "yuki-tan" in people(call)


def test_the_list_says_who_is_known_and_how_surely(call, folder):
    call("import", str(folder))
    mara = people(call)["mara-voss"]
    assert list(mara) == ["id", "name", "role", "account", "email", "entitlements", "users"]
    assert mara["users"] == [{"user": "local/main/mara-voss", "trust": "person"}]
    out = call("list")[1]
    assert "Acme Robotics  enterprise  acme-robotics" in out
    assert "Mara Voss  customer  acme-robotics" in out


def test_an_empty_record_says_how_to_fill_it(call):
    assert "frontdesk customers import DIR" in call("list")[1]


def test_a_wrong_value_is_told_with_its_place_and_nothing_is_brought_in(call, folder):
    with (folder / "invoices.csv").open("a", encoding="utf-8") as file:
        file.write("Acme Robotics,INV-999,a lot,EUR,,,open,\n")
    number = len((folder / "invoices.csv").read_text("utf-8").splitlines())
    code, out, err = call("import", str(folder))
    assert (code, out) == (2, "")
    assert f"invoices.csv:{number}: column 'amount': 'a lot' is wrong" in err
    assert people(call) == {}


def test_a_folder_without_the_files_is_told_which_they_are(call, tmp_path):
    code, _, err = call("import", str(tmp_path))
    assert code == 2
    assert "has none of accounts.csv, people.csv, invoices.csv" in err


@pytest.mark.parametrize("named", ["Mara Voss", "mara-voss", "local/main/mara-voss"])
def test_an_erased_customer_is_no_longer_known(call, folder, named):
    call("import", str(folder))
    assert call("erase", named)[0] == 0
    erased = people(call)["mara-voss"]
    assert (erased["name"], erased["email"], erased["account"], erased["users"]) == ("erased", "", "acme-robotics", [])


def test_of_two_people_of_one_name_neither_is_erased_for_the_other(call, tmp_path):
    (tmp_path / "people.csv").write_text("id,name\nc-1,Anna Wolf\nc-2,Anna Wolf\n", encoding="utf-8")
    call("import", str(tmp_path))
    code, _, err = call("erase", "Anna Wolf")
    assert (code, err) == (2, "2 people are called 'Anna Wolf': write the id of one, 'c-1' or 'c-2'\n")
    assert call("erase", "c-2")[0] == 0
    assert [person["name"] for person in people(call).values()] == ["Anna Wolf", "erased"]
