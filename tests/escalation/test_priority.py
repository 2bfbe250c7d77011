"""Priority: a score with its reasons, and the level it falls in."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from desk.customer import Account
from desk.escalation import Trigger
from desk.ids import AccountId
from desk.policy_check import read_policy
from desk.ticket import Level
from desk.triage import Classification, Sentiment
from escalation.case import Case
from escalation.priority import level_of, score
from handlers.reasons import render

POLICY = read_policy(tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text()))
ENTERPRISE = Account(AccountId("acme"), "Acme", tier="Enterprise")


def case(account=None, sentiment=Sentiment.NEUTRAL, **more):
    """Return a case."""
    return Case(Classification("billing", 0.9, sentiment=sentiment, **more), account)


@pytest.mark.parametrize(
    ("given", "rules", "total"),
    [
        pytest.param(case(), (), 20, id="the base"),
        pytest.param(case(ENTERPRISE), (), 50, id="and the tier, whatever its case"),
        pytest.param(case(ENTERPRISE, Sentiment.FURIOUS), (), 70, id="and the mood"),
        pytest.param(case(sentiment=Sentiment.DELIGHTED), (), 15, id="a good one lowers it"),
        pytest.param(case(), ("asks_human", "security"), 80, id="of the rules the heaviest counts"),
        pytest.param(case(ENTERPRISE, Sentiment.FURIOUS), ("security",), 100, id="it never passes 100"),
        pytest.param(case(), ("unheard_of",), 20, id="a rule without a weight adds nothing"),
        pytest.param(case(replace(ENTERPRISE, tier="unknown")), (), 20, id="nor does an unknown tier"),
        pytest.param(case(urgency=("deadline",)), (), 35, id="what makes it pressing"),
        pytest.param(case(urgency=("blocked", "outage", "money")), (), 45, id="of several the heaviest counts"),
        pytest.param(case(urgency=("full_moon",)), (), 20, id="what policy does not weigh adds nothing"),
        pytest.param(case(trend="worse"), (), 25, id="a mood that gets worse"),
        pytest.param(case(trend="better"), (), 20, id="and none for one that gets better"),
    ],
)
def test_the_weights_of_policy_add_up(given, rules, total):
    assert score(given, tuple(Trigger(rule) for rule in rules), POLICY).score == total


def test_every_part_of_the_score_but_the_base_is_a_reason():
    priority = score(case(ENTERPRISE, Sentiment.UNHAPPY), (Trigger("legal"),), POLICY)
    assert [render(reason) for reason in priority.reasons] == ["+30 Enterprise account", "+30 legal", "+10 unhappy"]


def test_urgency_and_a_worse_mood_are_reasons_too():
    priority = score(case(urgency=("many_users", "blocked"), trend="worse"), (), POLICY)
    assert [render(reason) for reason in priority.reasons] == ["+5 mood getting worse", "+15 many users"]


@pytest.mark.parametrize(
    ("total", "level"),
    [
        (100, Level.URGENT),
        (80, Level.URGENT),
        (79, Level.HIGH),
        (55, Level.HIGH),
        (54, Level.NORMAL),
        (25, Level.NORMAL),
        (24, Level.LOW),
        (0, Level.LOW),
    ],
)
def test_a_level_begins_at_its_mark(total, level):
    assert level_of(total, POLICY) is level
