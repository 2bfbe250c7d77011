"""`summary`: what a ticket came to, on the home that a play left."""

import json
import tempfile

import pytest

from cli.app import run
from tests.cli.told import STORIES


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return the home of the shipped story, kept."""
    folder = tmp_path_factory.mktemp("kept")
    usual, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        assert run(["play", str(STORIES / "handover-summary.toml"), "--keep"]) == 0
    finally:
        tempfile.tempdir = usual
    (found,) = folder.glob("frontdesk-play-*")
    return found


@pytest.fixture
def told(call, home, monkeypatch):
    monkeypatch.setenv("FRONTDESK_HOME", str(home))
    return call


def test_both_summaries_are_printed_with_the_messages_they_rest_on(told):
    code, out, _ = told("summary", "t-")
    assert code == 0
    assert out.startswith("Note for the customer record  2026-11-02T11:00:20.000Z, extractive\n")
    assert '- Asked: "Hi! How long does a refund take until it is back on my card?"  [m-' in out
    assert "- Answered automatically from “How long a refund takes”.  [o-" in out


def test_a_note_tells_what_settled_it(told):
    _, out, _ = told("summary", "t-", "--kind", "crm_note")
    assert "For whoever takes it over" not in out
    assert '- Jonas Reed answered: "Hi Poppy, I traced it: the payment went to your old card.' in out
    assert "- Ended: closed, and the customer did not say that it is solved." in out


def test_as_json_each_point_names_its_messages_and_whether_it_holds(told):
    _, out, _ = told("summary", "t-", "--kind", "handover", "--json")
    (found,) = json.loads(out)
    assert {"ticket", "kind", "at", "turn", "by", "points"} == set(found)
    assert (found["kind"], found["by"], [point["supported"] for point in found["points"]]) == ("handover", "extractive", [True] * 3)
    assert all(point["messages"] for point in found["points"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["summary", "t-nowhere"], "there is no ticket 't-nowhere'", id="no such ticket"),
        pytest.param(["summary", "t-", "--kind", "poem"], "'poem' is not one of", id="no such kind"),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(told, arguments, says):
    code, _, err = told(*arguments)
    assert (code, says in err) == (2, True)
