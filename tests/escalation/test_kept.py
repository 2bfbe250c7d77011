"""Kept cases: what a decision remembers gives the same case again."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from desk.customer import Account, Person
from desk.ids import AccountId, PersonId
from desk.mood import Mood
from desk.policy_check import merged, read_policy
from desk.sla import Owed, Promise, Standing, Target
from desk.triage import Classification, Impact, Sentiment, Signal
from escalation.case import Case
from escalation.kept import case_of, kept
from escalation.priority import score
from escalation.rules import RULES, evaluate

POLICY = read_policy(
    merged(tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text()), {"vip": {"accounts": ["Acme"], "people": ["mara@acme.example"]}})
)
ACME = Account(AccountId("acme"), "Acme", tier="enterprise", health=40, health_trend="falling", value=Decimal("5040.00"))
MARA = Person(PersonId("mara"), "Mara Voss", email="mara@acme.example")
OWED = Owed(
    Promise(Target.FIRST_RESPONSE, timedelta(hours=1), contractual=True),
    Standing.AT_RISK,
    datetime(2026, 11, 2, tzinfo=UTC),
    used=timedelta(minutes=50),
)
LATE = replace(OWED, standing=Standing.BREACHED, promise=replace(OWED.promise, target=Target.RESOLUTION))
SAID = Classification(
    "billing",
    0.9,
    sentiment=Sentiment.FURIOUS,
    displeasure=0.93,
    impact=(Impact.CHURN, Impact.BLOCKED),
    language="de",
    signals=frozenset(Signal),
    trend="worse",
    urgency=("many_users", "outage"),
)
FULL = Case(
    SAID,
    ACME,
    3,
    4,
    1,
    True,
    mood=Mood(0.9, 0.95, is_low=True, change=0.4, messages=3),
    owed=(OWED, LATE),
    contacts=2,
    affected=5,
    confidence=0.4321,
    threshold=0.81,
    money=Decimal("1234.50"),
    since_answer=timedelta(hours=2, seconds=1.5),
    person=MARA,
)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(FULL, id="everything at once"),
        pytest.param(Case(Classification("", 0.0)), id="nothing at all"),
        pytest.param(Case(Classification("billing", 0.9, is_request=False), Account(AccountId("x"), "X")), id="thanks of an account without a tier"),
        pytest.param(replace(FULL, account=None, person=None, owed=(), mood=Mood()), id="somebody nobody knows"),
        pytest.param(replace(FULL, since_answer=timedelta(), money=Decimal(0), confidence=0.0), id="zero is not nothing"),
    ],
)
def test_the_kept_case_fires_the_same_rules_and_has_the_same_priority(case):
    again = case_of(kept(case), account=ACME, person=MARA)
    assert evaluate(again, POLICY) == evaluate(case, POLICY)
    assert score(again, evaluate(again, POLICY), POLICY) == score(case, evaluate(case, POLICY), POLICY)


def test_every_rule_is_tried_by_the_full_case():
    fired = {trigger.rule for trigger in evaluate(replace(FULL, owed=(replace(OWED, standing=Standing.RUNNING), OWED, LATE)), POLICY)}
    assert fired == set(RULES)


def test_no_name_address_or_words_are_kept():
    said = " ".join(value for _, value in kept(FULL))
    assert not [word for word in ("Acme", "Mara", "@") if word in said]


def test_what_is_as_it_usually_is_is_left_out():
    assert dict(kept(Case(Classification("billing", 0.9)))) == {"category": "billing", "sentiment": "neutral", "is_request": "1"}
