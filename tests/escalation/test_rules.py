"""Escalation rules: when each fires, and how loudly."""

import tomllib
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from desk.customer import Account, Person
from desk.escalation_policy import RulesDo
from desk.ids import AccountId, PersonId
from desk.mood import Mood
from desk.policy_check import PolicyError, merged, read_policy
from desk.sla import Owed, Promise, Standing, Target
from desk.triage import Classification, Impact, Sentiment, Signal
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


TOP = Account(AccountId("acme"), "Acme", tier="Enterprise", health=40, health_trend="falling")
CONTRACT = Owed(Promise(Target.FIRST_RESPONSE, timedelta(hours=2), contractual=True), Standing.RUNNING, datetime(2026, 11, 2, tzinfo=UTC))
LOW = Mood(0.6, 0.8, is_low=True, messages=2)


def felt(**more):
    """Return a case in whose words this was felt."""
    return replace(CALM, classification=replace(CALM.classification, **more))


@pytest.mark.parametrize(
    ("case", "fired"),
    [
        pytest.param(felt(displeasure=0.84, sentiment=Sentiment.FURIOUS), [], id="perhaps furious"),
        pytest.param(felt(displeasure=0.85, sentiment=Sentiment.FURIOUS), ["displeased"], id="furious"),
        pytest.param(felt(displeasure=0.99, sentiment=Sentiment.UNHAPPY), [], id="certainly unhappy, and no more"),
        pytest.param(replace(CALM, mood=Mood(0.85, 0.9, is_low=True, messages=3)), ["displeased"], id="displeased message after message"),
        pytest.param(replace(CALM, mood=Mood(0.9, 0.9, is_low=True, messages=2)), [], id="displeased for two messages"),
        pytest.param(replace(CALM, mood=replace(LOW, change=0.3)), ["worsening"], id="a mood that sinks"),
        pytest.param(replace(CALM, mood=replace(LOW, change=0.29)), [], id="one that sinks a little"),
        pytest.param(replace(CALM, mood=replace(LOW, change=0.5, messages=1)), [], id="one message has no trend"),
        pytest.param(replace(felt(trend="worse"), mood=LOW), ["worsening"], id="a model says so of a low mood"),
        pytest.param(felt(trend="worse"), [], id="a model says so of a good one"),
        pytest.param(replace(CALM, owed=(CONTRACT,)), [], id="a contract's time has just begun"),
        pytest.param(replace(CALM, owed=(replace(CONTRACT, used=timedelta(hours=1)),)), ["contractual_sla"], id="half of a contract's time is gone"),
        pytest.param(
            replace(CALM, owed=(replace(CONTRACT, used=timedelta(hours=1), promise=replace(CONTRACT.promise, contractual=False)),)),
            [],
            id="half of what no contract says",
        ),
        pytest.param(replace(CALM, owed=(replace(CONTRACT, standing=Standing.BREACHED),)), ["sla_breached"], id="a broken promise"),
        pytest.param(replace(CALM, owed=(replace(CONTRACT, standing=Standing.AT_RISK),)), ["sla_at_risk"], id="one that is about to be broken"),
        pytest.param(replace(CALM, owed=(replace(CONTRACT, standing=Standing.MET),)), [], id="one that was kept"),
        pytest.param(replace(CALM, money=Decimal("999.99")), [], id="money below the limit"),
        pytest.param(replace(CALM, money=Decimal(1000)), ["money"], id="money from the limit on"),
        pytest.param(felt(impact=(Impact.CHURN,)), ["churn"], id="they speak of leaving"),
        pytest.param(replace(CALM, account=TOP, mood=LOW), ["churn"], id="displeased, and their health falls"),
        pytest.param(replace(CALM, account=TOP), [], id="a bad health alone"),
        pytest.param(replace(CALM, account=replace(TOP, health=80), mood=LOW), [], id="displeased, and well otherwise"),
        pytest.param(replace(CALM, account=TOP, confidence=0.4, threshold=0.6), ["low_confidence"], id="an unsure answer to a top tier"),
        pytest.param(replace(CALM, account=TOP, confidence=0.6, threshold=0.6), [], id="a sure one"),
        pytest.param(replace(CALM, account=replace(TOP, tier="team"), confidence=0.4, threshold=0.6), [], id="an unsure one to another tier"),
        pytest.param(replace(CALM, contacts=1), [], id="they came once before"),
        pytest.param(replace(CALM, contacts=2), ["repeated"], id="they came twice before"),
        pytest.param(replace(felt(is_request=False), contacts=2), [], id="and say thanks now"),
        pytest.param(replace(CALM, affected=2), [], id="one other has the problem"),
        pytest.param(replace(CALM, affected=3), ["incident"], id="several have it"),
    ],
)
def test_a_rule_about_how_things_stand_fires_from_its_threshold_on(case, fired):
    assert rules(case) == fired


MARA = Person(PersonId("mara"), "Mara", email="Mara@acme.example")


@pytest.mark.parametrize(
    ("vip", "who"),
    [
        pytest.param({"tiers": ["enterprise"]}, "tier Enterprise", id="a tier, in any case"),
        pytest.param({"accounts": ["acme"]}, "account acme", id="an account by its id"),
        pytest.param({"accounts": ["ACME"]}, "account acme", id="an account by its name"),
        pytest.param({"people": ["mara"]}, "person mara", id="a person by their id"),
        pytest.param({"people": ["mara@acme.example"]}, "person mara", id="a person by their address"),
        pytest.param({"people": ["Mara Voss"], "accounts": ["globex"], "tiers": ["team"]}, "", id="nobody else"),
    ],
)
def test_who_must_not_wait_is_known_by_the_policy_alone(vip, who):
    policy = read_policy(merged(SHIPPED, {"vip": vip}))
    fired = evaluate(replace(CALM, account=TOP, person=MARA), policy)
    assert [trigger.values for trigger in fired if trigger.rule == "vip"] == ([(("who", who),)] if who else [])


def test_a_rule_that_is_off_does_not_fire():
    policy = read_policy(merged(SHIPPED, {"escalation": {"does": {"money": "off"}}}))
    assert rules(replace(CALM, money=Decimal(5000)), policy) == []


@pytest.mark.parametrize("name", ["security", "data_loss", "safety", "legal", "asks_human", "not_solved", "loop"])
def test_what_must_be_heard_cannot_be_turned_off(name):
    with pytest.raises(PolicyError, match=f"escalation.does.{name} = 'off'"):
        read_policy(merged(SHIPPED, {"escalation": {"does": {name: "off"}}}))


def test_policy_knows_every_rule_and_no_other():
    assert [field.name for field in fields(RulesDo)] == list(RULES)
    with pytest.raises(PolicyError, match="did you mean 'churn'"):
        read_policy(merged(SHIPPED, {"escalation": {"does": {"chrun": "off"}}}))


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
    assert len(RULES) == 18


def test_every_rule_says_what_it_listens_for():
    assert all(function.__doc__ for function in RULES.values())
