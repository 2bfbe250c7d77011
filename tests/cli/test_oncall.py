"""On call at the command line: who is called, who would be, and what doctor says of it."""

import json
from datetime import UTC, datetime

import pytest

from cli.readiness_oncall import problems_of
from desk.customer import Person, Role
from desk.ids import PersonId
from desk.policy_check import merged, read_policy
from desk.space import Platform, UserRef
from tests.desk.test_oncall_check import SHIPPED

POLICY = """
[hours]
zone = "Europe/Berlin"

[[oncall.rotas]]
name = "support"
zone = "Europe/Berlin"

[[oncall.rotas.layers]]
people = ["Jonas Reed", "Priya Dale"]
handover = "weekly mon 09:00"
start = "2026-10-26"
"""
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20261001T000000Z
SUMMARY:Leo Marsh
DTSTART:20200101T000000Z
DURATION:P1D
RRULE:FREQ=DAILY
END:VEVENT
END:VCALENDAR
"""
NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)


@pytest.fixture
def desk(call, tmp_path):
    """The command line with a policy that has a rota."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "policy.toml").write_text(POLICY)
    return call


def asked(desk, *arguments):
    code, out, err = desk("oncall", *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_it_shows_who_is_on_call_and_who_is_next(desk):
    (rota,) = asked(desk, "show", "--at", "2026-11-04T12:00+01:00")["rotas"]
    assert (rota["person"], rota["until"], rota["next"]["person"], rota["gaps"]) == ("Priya Dale", "2026-11-09T08:00:00.000Z", "Jonas Reed", [])
    _, out, _ = desk("oncall", "show", "--at", "2026-11-04T12:00+01:00")
    assert "support: Priya Dale is on call until Mon 09 Nov 09:00 (Europe/Berlin)" in out


def test_without_a_rota_it_says_so(call):
    _, out, _ = call("oncall", "show")
    assert "There is no rota" in out


def test_it_simulates_who_is_told_what_and_when(desk):
    found = asked(desk, "simulate", "--rule", "security", "--at", "2026-11-04T03:00+01:00")
    assert (found["rule"], found["level"], found["urgent"], found["chain"]) == ("security", 3, True, "default")
    paged = [(step["minutes"], step["who"]) for step in found["steps"] if step["what"] == "paged"]
    assert paged[0] == (0, "Priya Dale")
    assert found["steps"][-1]["what"] == "end_of_chain"
    _, out, _ = desk("oncall", "simulate", "--rule", "security", "--at", "03:00")
    assert "Priya Dale is paged" in out or "Jonas Reed is paged" in out
    assert "the team's channel is told" in out


def test_a_rule_that_only_tells_calls_nobody(desk):
    found = asked(desk, "simulate", "--rule", "vip", "--at", "03:00", "--tier", "enterprise")
    assert (found["does"], found["chain"], found["steps"]) == ("tell", "", [])
    _, out, _ = desk("oncall", "simulate", "--rule", "vip", "--at", "03:00")
    assert "nobody is called: it only tells" in out


def test_the_budget_and_quiet_hours_are_seen(desk, tmp_path):
    over = asked(desk, "simulate", "--rule", "not_solved", "--level", "3", "--at", "2026-11-04T03:00+01:00", "--paged", "4")
    assert [step["what"] for step in over["steps"]][:3] == ["passed_on", "passed_on", "skipped"]
    (tmp_path / "home" / "policy.toml").write_text(POLICY + '\n[oncall]\nuse = [{ chain = "default", level = 1 }]\n')
    calm = asked(desk, "simulate", "--rule", "not_solved", "--at", "2026-11-04T03:00+01:00")
    assert (calm["steps"][0]["what"], calm["steps"][0]["until"], calm["steps"][1]["what"]) == ("put_off", "2026-11-04T07:00:00.000Z", "paged")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["simulate", "--rule", "vvip"], "there is no rule 'vvip'", id="a rule that is not there"),
        pytest.param(["show", "--at", "0001-01-01T00:00+14:00"], "'0001-01-01T00:00+14:00' is no instant", id="a time that no clock shows"),
        pytest.param(["simulate", "--rule", "vip", "--at", "soon"], "'soon' is no instant", id="a time that is none"),
        pytest.param(["test", "--chain", "other"], "there is no chain 'other'", id="a chain that is not there"),
        pytest.param(["import", "gone.ics", "--rota", "support"], "'gone.ics' cannot be read", id="a file that is not there"),
        pytest.param(["import", "gone.ics", "--rota", "other"], "there is no rota 'other'", id="a rota that is not there"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(desk, arguments, said):
    code, _, err = desk("oncall", *arguments)
    assert (code, said in err) == (2, True)


def test_a_calendar_is_taken_in_and_lies_over_the_layers(desk, tmp_path):
    file = tmp_path / "shifts.ics"
    file.write_text(CALENDAR)
    found = asked(desk, "import", str(file), "--rota", "support")
    assert (found["people"], found["unknown"], found["shifts"] in (14, 15)) == (["Leo Marsh"], ["Leo Marsh"], True)
    (rota,) = asked(desk, "show")["rotas"]
    assert rota["person"] == "Leo Marsh"
    file.write_text("no calendar")
    code, _, err = desk("oncall", "import", str(file), "--rota", "support")
    assert (code, "no iCalendar file" in err) == (2, True)


def test_a_test_says_whom_it_would_call_and_who_cannot_be(desk):
    code, out, _ = desk("oncall", "test", "--json")
    (step,) = json.loads(out)["steps"]
    assert (code, step["step"], step["result"]) == (1, "rota", "failed")
    assert "no account" in step["why"]


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        pytest.param({}, [], id="a fresh desk"),
        pytest.param({"sla": {"rules": [{"first_response": "1h", "hours": "always"}]}}, ["round the clock"], id="promises round the clock"),
        pytest.param(
            {"oncall": {"pagers": [{"name": "p", "kind": "opsgenie", "secret": "PAGER_KEY"}]}}, ["PAGER_KEY is not set"], id="a pager without a key"
        ),
        pytest.param(
            {"oncall": {"rotas": [{"name": "r", "layers": [{"people": ["Lea"], "handover": "daily 09:00", "start": "2026-11-10"}]}]}},
            ["nobody of the rota r is on call from 2026-11-03 12:00 until 2026-11-10 00:00"], id="a gap within two weeks",
        ),
        pytest.param(
            {"oncall": {"rotas": [{"name": "r", "layers": [{"people": ["Zoe"], "handover": "daily 09:00", "start": "2026-11-01"}]}]}},
            ["Zoe cannot be called"], id="somebody nobody knows",
        ),
    ],
)  # fmt: skip
def test_doctor_tells_what_would_let_a_page_reach_nobody(policy, said):
    team = {UserRef(Platform.LOCAL, "main", "lea"): Person(PersonId("lea"), "Lea", Role.LEAD)}
    found = list(problems_of(read_policy(merged(SHIPPED, policy)), team, {}, NOW, environment={}, elsewhere=False))
    assert len(found) == len(said)
    assert all(words in problem for words, problem in zip(said, found, strict=True))


def test_doctor_has_a_look_at_on_call(call):
    _, out, _ = call("doctor")
    assert "on call" in out
