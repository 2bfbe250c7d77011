"""Checking escalation: what names no rule, or no level, is refused with a sentence that says what to write."""

import tomllib
from dataclasses import replace

import pytest

from desk.escalation_check import KNOWN
from desk.policy_check import PolicyError, merged, read_policy
from escalation.calendars.days_off import with_days_off
from escalation.rules import RULES
from tests.world import ROOT

SHIPPED = tomllib.loads((ROOT / "policy.toml").read_text())
USE = {"chain": "default", "level": 3}


def refused(changes):
    """Return what is said of a policy with these changes."""
    with pytest.raises(PolicyError) as error:
        read_policy(merged(SHIPPED, changes))
    return str(error.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"escalation": {"levels": {"vip": 4}}}, "write 1 (a card or a line), 2", id="a level louder than a call"),
        pytest.param({"escalation": {"levels": {"vip": 0}}}, "write 1 (a card or a line), 2", id="a level that is none"),
        pytest.param({"escalation": {"levels": {"vipp": 2}}}, "did you mean 'vip'?", id="the level of a slip"),
        pytest.param({"escalation": {"observe_pages": ["security", "secrity"]}}, "did you mean 'security'?", id="a slip in what pages in observe"),
        pytest.param({"mood": {"low": 0.3, "lifted": 0.6}}, "write at most 0.3", id="a mood that lifts above where it is low"),
        pytest.param({"incidents": {"count": 1}}, "one complaint is no incident", id="an incident of one"),
        pytest.param({"routing": {"rules": [{"rule": "angry", "team": "finance"}]}}, "there is no such rule", id="a route by no rule"),
        pytest.param({"routing": {"rota": "nights"}}, "write a rota that there is (none yet)", id="a rota that is not there"),
        pytest.param({"oncall": {"urgent": ["angry"]}}, "there is no such rule", id="no rule that nothing holds back"),
        pytest.param({"oncall": {"use": [{**USE, "rule": "securty"}]}}, "did you mean 'security'?", id="a chain of no rule"),
        pytest.param({"oncall": {"use": [{**USE, "level": 4}]}}, "write a level up to 3", id="a chain that nothing climbs"),
        pytest.param(
            {"oncall": {"chains": {"default": [{"kind": "repeat", "times": 99}]}}}, "write at most 10", id="a chain that never comes to its end"
        ),
        pytest.param({"hours": {"week": {"monday": ["09:00-17:00"]}}}, "hours.week.monday", id="a day that is none, at its own key"),
        pytest.param({"hours": {"week": {"mon": ["22:00-06:00"]}}}, 'until "24:00"', id="a shift over midnight"),
        pytest.param({"hours": {"holidays": ["24.12.2026"]}}, 'write holidays as "2026-12-25"', id="a holiday that is no date"),
    ],
)
def test_what_would_never_work_is_refused_in_a_sentence(changes, said):
    assert said in refused(changes)


def test_every_rule_there_is_may_be_named():
    assert set(RULES) <= set(KNOWN)
    policy = read_policy(merged(SHIPPED, {"escalation": {"observe_pages": sorted(RULES)}}))
    assert set(policy.escalation.observe_pages) == set(RULES)


def test_a_country_nobody_knows_is_refused():
    policy = read_policy(SHIPPED)
    with pytest.raises(PolicyError, match="ISO 3166"):
        with_days_off(replace(policy, hours=replace(policy.hours, country="XX")))
