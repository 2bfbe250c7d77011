"""Hearing: which of the rules that fire are news."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.escalation import Escalation, Trigger
from desk.ids import TicketId
from desk.policy_check import merged, read_policy
from escalation.hearing import last_raised, news

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text())
POLICY = read_policy(merged(SHIPPED, {"escalation": {"cool_down": "4h", "does": {"vip": "tell", "displeased": "hand_over"}}}))
NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)


def raised(*rules, ago=timedelta(hours=1)):
    """Return an escalation of these rules, some time ago."""
    return Escalation("x", TicketId("t"), tuple(Trigger(rule) for rule in rules), NOW - ago, "p")


def heard(*rules, stood=(), before=()):
    """Return the rules that bring in a person and those that tell one, when these fire."""
    found = news(tuple(Trigger(rule) for rule in rules), POLICY, stood=frozenset(stood), raised=before, now=NOW)
    return [t.rule for t in found.triggers], [t.rule for t in found.notices]


@pytest.mark.parametrize(
    ("fires", "stood", "before", "triggers", "notices"),
    [
        pytest.param(["displeased", "vip"], [], [], ["displeased"], ["vip"], id="policy says which does which"),
        pytest.param(["vip"], ["vip"], [], [], [], id="what stood before is no news"),
        pytest.param(["vip"], [], [raised("vip")], [], [], id="nor what spoke up a short while ago"),
        pytest.param(["vip"], [], [raised("vip", ago=timedelta(hours=4))], [], ["vip"], id="after the cool-down it is"),
        pytest.param(["vip"], [], [raised("vip", ago=timedelta(hours=9)), raised("vip")], [], [], id="the last time counts"),
        pytest.param(["displeased"], ["vip"], [raised("vip")], ["displeased"], [], id="another rule is not held back by it"),
        pytest.param(["asks_human"], ["asks_human"], [raised("asks_human")], ["asks_human"], [], id="who asks for a human is heard each time"),
        pytest.param(["not_solved", "loop"], [], [raised("not_solved", "loop")], ["not_solved", "loop"], [], id="what was just said is always news"),
    ],
)
def test_only_news_is_told(fires, stood, before, triggers, notices):
    assert heard(*fires, stood=stood, before=before) == (triggers, notices)


def test_who_is_on_it_hears_once_that_it_is_not_solved_and_each_time_of_a_human_wanted():
    fired = (Trigger("not_solved"), Trigger("asks_human"))
    found = news(fired, POLICY, stood=frozenset(), raised=[raised("not_solved", "asks_human")], now=NOW, silent=True)
    assert [trigger.rule for trigger in found.triggers] == ["asks_human"]


def test_what_stands_is_remembered_and_what_was_said_is_not():
    found = news((Trigger("asks_human"), Trigger("vip")), POLICY, stood=frozenset({"money"}), raised=(), now=NOW)
    assert found.standing == {"vip"}


def test_a_mood_speaks_up_again_only_after_it_was_calm():
    before = [raised("displeased", ago=timedelta(hours=9))]
    assert heard("displeased", stood=["displeased"], before=before) == ([], [])
    assert heard("displeased", stood=[], before=before) == (["displeased"], [])


def test_each_rules_last_time_is_found():
    assert last_raised([raised("vip", ago=timedelta(hours=9)), raised("vip", "money")]) == dict.fromkeys(("vip", "money"), NOW - timedelta(hours=1))
