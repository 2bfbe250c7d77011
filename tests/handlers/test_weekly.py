"""The weekly note: when it comes, who reads it, and what stands in it."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.cards import plain
from desk.customer import Person, Role
from desk.ids import PersonId
from desk.policy_check import merged, read_policy
from handlers.weekly import management, next_note, note, span
from insights.breaches import counted
from tests.insights.test_breaches import HOUR, NOW, breach
from tests.world import user

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text())
TEAM = {
    user(name.split()[0].lower()): Person(PersonId(name), name, role, email=f"{name.split()[0].lower()}@example.com")
    for name, role in (("Noor Aziz", Role.TEAMMATE), ("Lea Kern", Role.LEAD), ("Ada Moss", Role.ADMIN))
}


def policy(**sla):
    return read_policy(merged(SHIPPED, {"hours": {"zone": "Europe/Berlin"}, "sla": sla}))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param("2026-11-04T12:00", "2026-11-09T08:00", id="the next Monday"),
        pytest.param("2026-11-09T07:59", "2026-11-09T08:00", id="today, as long as it is to come"),
        pytest.param("2026-11-09T08:00", "2026-11-16T08:00", id="a week later once it has come"),
        pytest.param("2026-10-24T12:00", "2026-10-26T08:00", id="by the clock on the wall, after the clocks changed"),
    ],
)
def test_it_comes_on_the_day_and_at_the_time_of_policy(now, due):
    (written,) = next_note(datetime.fromisoformat(now).replace(tzinfo=UTC), policy()).writes
    assert written.deadline.due == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_policy_may_want_none():
    assert not next_note(NOW, policy(weekly=""))


@pytest.mark.parametrize(
    ("named", "reads"),
    [
        pytest.param([], ["ada", "lea"], id="the leads and admins where nobody is named"),
        pytest.param(["noor aziz"], ["noor"], id="by name"),
        pytest.param(["ADA@example.com"], ["ada"], id="by e-mail address"),
        pytest.param(["local/main/lea", "Noor Aziz"], ["lea", "noor"], id="by user"),
        pytest.param(["Somebody Gone"], ["ada", "lea"], id="the leads where who is named is not there any more"),
    ],
)
def test_those_who_answer_for_it_read_it(named, reads):
    assert [who.id for who in management(policy(management=named), TEAM)] == reads


def test_it_says_how_many_how_late_and_why():
    found = [breach(1, late=HOUR, tier="team", cause="overlooked"), breach(2, late=50 * HOUR, contractual=True), breach(3)]
    text = plain(note(counted(found, now=NOW), NOW))
    for words in (
        "Broken promises, 2 November to 9 November",
        "3, half of them more than 24 h late, at worst 2.1 d, 1 still owed, 1 of them in a contract.",
        "overlooked: 1, 60 min late",
        "no cause given: 2",
        "2 without a cause",
    ):
        assert words in text


@pytest.mark.parametrize(("hours", "words"), [(0.001, "1 min"), (0.5, "30 min"), (3.5, "3.5 h"), (49, "2 d")])
def test_a_time_is_told_as_people_say_it(hours, words):
    assert span(timedelta(hours=hours)) == words
