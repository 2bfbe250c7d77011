"""Escalation rules: when each fires, and how loudly."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from desk.policy_check import merged, read_policy
from desk.triage import Classification, Signal
from escalation.case import Case
from escalation.rules import RULES, evaluate, rule

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text())
POLICY = read_policy(SHIPPED)
CALM = Case(Classification("billing", 0.9))


def heard(*signals, **more):
    """Return a case in whose words these signals were heard."""
    return replace(CALM, classification=replace(CALM.classification, signals=frozenset(signals)), **more)


def rules(case, policy=POLICY):
    """Return the names of the rules that fire, in order."""
    return [trigger.rule for trigger in evaluate(case, policy)]


@pytest.mark.parametrize(
    ("case", "fired"),
    [
        pytest.param(CALM, [], id="a calm question fires nothing"),
        pytest.param(heard(Signal.ASKS_HUMAN), ["asks_human"], id="who asks for a human"),
        pytest.param(heard(Signal.SECURITY), ["security"], id="security words"),
        pytest.param(heard(Signal.DATA_LOSS), ["data_loss"], id="lost data"),
        pytest.param(heard(Signal.LEGAL), ["legal"], id="lawyers"),
        pytest.param(heard(Signal.SAFETY), ["safety"], id="somebody may come to harm"),
        pytest.param(heard(Signal.PERSONAL_DATA, Signal.NOT_SOLVED), [], id="personal data and one complaint need nobody"),
        pytest.param(replace(CALM, not_solved=1), [], id="not solved once"),
        pytest.param(replace(CALM, not_solved=2), ["not_solved"], id="not solved twice"),
        pytest.param(replace(CALM, answers=2), [], id="two answers in a row"),
        pytest.param(replace(CALM, answers=3), ["loop"], id="three answers in a row"),
        pytest.param(replace(CALM, questions=1), [], id="a question back"),
        pytest.param(replace(CALM, questions=2), ["loop"], id="two questions in a row"),
        pytest.param(replace(CALM, repeats=True), ["loop"], id="the same answer again"),
        pytest.param(replace(CALM, answers=3, classification=replace(CALM.classification, is_request=False)), [], id="thanks after three answers"),
    ],
)
def test_a_rule_fires_for_its_reason(case, fired):
    assert rules(case) == fired


def test_the_loudest_comes_first():
    assert rules(heard(Signal.ASKS_HUMAN, Signal.LEGAL, Signal.DATA_LOSS, answers=3)) == ["data_loss", "legal", "asks_human", "loop"]


def test_levels_and_counts_are_policy():
    policy = read_policy(merged(SHIPPED, {"escalation": {"not_solved": 5, "levels": {"asks_human": 3}}, "answers": {"in_a_row": 9}}))
    assert rules(replace(CALM, not_solved=4, answers=8), policy) == []
    assert evaluate(heard(Signal.ASKS_HUMAN), policy)[0].level == 3


def test_a_rule_without_a_level_is_a_card():
    lacking = replace(POLICY, escalation=replace(POLICY.escalation, levels={}))
    assert evaluate(heard(Signal.SECURITY), lacking)[0].level == 1


def test_what_a_reason_is_rendered_with_comes_along():
    assert evaluate(replace(CALM, not_solved=2), POLICY)[0].values == (("count", "2"),)
    assert evaluate(replace(CALM, questions=2), POLICY)[0].values == (("what", "2 questions in a row"),)


def test_two_rules_of_one_name_fail_at_import():
    with pytest.raises(ValueError, match="two rules are named 'loop'"):
        rule("loop")(lambda case, policy: None)
    assert len(RULES) == 7


def test_every_rule_says_what_it_listens_for():
    assert all(function.__doc__ for function in RULES.values())
