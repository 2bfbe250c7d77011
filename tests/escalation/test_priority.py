"""Priority: a score with its reasons, and the level it falls in."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from desk.customer import Account
from desk.escalation import Trigger
from desk.ids import AccountId
from desk.mood import Mood
from desk.policy_check import read_policy
from desk.sla import Owed, Promise, Standing, Target
from desk.ticket import Level
from desk.triage import Classification, Impact, Sentiment
from escalation.case import Case
from escalation.priority import Weight, level_of, score, signal
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
        pytest.param(case(ENTERPRISE, Sentiment.FURIOUS), (), 60, id="and the mood, which is loudness and worth little"),
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
    assert [render(reason) for reason in priority.reasons] == ["+30 Enterprise account", "+30 legal", "+5 unhappy"]


def test_urgency_and_a_worse_mood_are_reasons_too():
    priority = score(case(urgency=("many_users", "blocked"), trend="worse"), (), POLICY)
    assert [render(reason) for reason in priority.reasons] == ["+15 many users", "+5 mood getting worse"]


HURT = Account(AccountId("acme"), "Acme", tier="enterprise", health=40, health_trend="falling", value=Decimal(25000))
RISK = Owed(Promise(Target.FIRST_RESPONSE, timedelta(hours=1)), Standing.AT_RISK, datetime(2026, 11, 2, tzinfo=UTC))
LATE = replace(RISK, standing=Standing.BREACHED)


@pytest.mark.parametrize(
    ("given", "rules", "reasons"),
    [
        pytest.param(case(impact=(Impact.CHURN, Impact.BLOCKED)), (), ["+20 'blocked'"], id="of what a problem does the heaviest counts"),
        pytest.param(case(impact=(Impact.BLOCKED,), urgency=("outage",)), (), ["+25 outage"], id="urgency where it is heavier than the impact"),
        pytest.param(case(impact=(Impact.OUTAGE,), urgency=("outage",)), (), ["+25 'outage'"], id="both together count once"),
        pytest.param(case(impact=(Impact.DATA_LOSS,)), ("data_loss",), ["+55 data loss"], id="what the rule says is not counted twice"),
        pytest.param(case(HURT), (), ["+30 enterprise account", "+10 health 40 and falling", "+2 EUR 25,000 a year"], id="health and value"),
        pytest.param(
            case(replace(HURT, health=80, health_trend="steady", value=None)), (), ["+30 enterprise account"], id="a healthy account adds none"
        ),
        pytest.param(replace(case(), money=Decimal(1200)), (), ["+10 EUR 1,200 at stake"], id="money at stake"),
        pytest.param(replace(case(), money=Decimal(90000)), (), ["+15 EUR 90,000 at stake"], id="and never more than the most"),
        pytest.param(replace(case(), contacts=1), (), ["+5 asked 1 time before"], id="who comes back"),
        pytest.param(replace(case(), affected=4), (), ["+9 3 others affected"], id="others with the same problem"),
        pytest.param(replace(case(), owed=(RISK,)), (), ["+15 promise at risk"], id="a promise at risk"),
        pytest.param(replace(case(), owed=(RISK, LATE)), (), ["+25 promise breached"], id="the most pressing promise counts"),
        pytest.param(replace(case(), since_answer=timedelta(hours=2)), (), ["-10 answered 2 h ago"], id="who was just answered can wait a little"),
        pytest.param(replace(case(), since_answer=timedelta(minutes=9)), (), ["-10 answered 9 min ago"], id="in minutes below an hour"),
        pytest.param(replace(case(), since_answer=timedelta(seconds=9)), (), ["-10 answered just now"], id="or just now"),
        pytest.param(replace(case(), since_answer=timedelta(hours=5)), (), [], id="but not for long"),
        pytest.param(replace(case(), since_answer=timedelta(hours=1), not_solved=1), (), [], id="nor who says that it was no answer"),
        pytest.param(
            replace(case(sentiment=Sentiment.UNHAPPY), since_answer=timedelta(hours=1)), (), ["+5 unhappy"], id="nor who comes back displeased"
        ),
        pytest.param(replace(case(), mood=Mood(0.7, 0.7, is_low=True, change=0.5, messages=3)), (), ["+5 mood getting worse"], id="a mood that sank"),
    ],
)
def test_each_signal_says_what_it_adds(given, rules, reasons):
    priority = score(given, tuple(Trigger(rule) for rule in rules), POLICY)
    assert [render(reason) for reason in priority.reasons] == reasons


def test_a_score_explains_itself_heaviest_first():
    given = replace(case(ENTERPRISE, impact=(Impact.DATA_LOSS,)), since_answer=timedelta(hours=2))
    assert ", ".join(render(reason) for reason in score(given, (), POLICY).reasons) == "+30 Enterprise account, +25 'data loss', -10 answered 2 h ago"


def test_who_is_polite_and_cannot_work_comes_before_who_shouts():
    polite = score(case(impact=(Impact.BLOCKED,)), (), POLICY)
    loud = score(case(sentiment=Sentiment.FURIOUS, displeasure=1.0), (), POLICY)
    assert polite.score > loud.score


def test_two_signals_of_one_name_fail_at_import():
    with pytest.raises(ValueError, match="two signals are named 'tier'"):
        signal("tier")(lambda seen: Weight())


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
