"""The table of tickets: written for the rules, read by the shipped local triage, with the rules that must fire and no others."""

import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.customer import Account
from desk.ids import AccountId
from desk.policy_check import merged, read_policy
from desk.sla import Owed, Promise, Standing, Target
from escalation.case import Case
from escalation.money import largest
from escalation.mood import followed
from escalation.rules import RULES, evaluate
from tests.agent.conftest import POLICY as SHIPPED
from tests.agent.conftest import embedder, heads, triager

TABLE = tomllib.loads((Path(__file__).parent / "tickets.toml").read_text("utf-8"))["tickets"]
POLICY = read_policy(merged(SHIPPED, {"vip": {"accounts": ["acme"]}}))
__all__ = ["embedder", "heads", "triager"]


def account_of(ticket):
    """Return the account as the customer record has it."""
    known = ticket.get("account")
    if known is None:
        return None
    return Account(
        AccountId(known.get("id", "a")), known.get("id", "A"), known["tier"], health=known.get("health"), health_trend=known.get("trend", "")
    )


def owed_of(ticket):
    """Return what is owed, with two hours promised."""
    span = timedelta(hours=2)
    return tuple(
        Owed(
            Promise(Target(each["target"]), span, contractual=each.get("contractual", False)),
            Standing(each["standing"]),
            datetime(2026, 11, 2, tzinfo=UTC),
            used=span * each.get("used", 1),
        )
        for each in ticket.get("owed", ())
    )


async def weighed(ticket, triager):
    """Return what is heard in the last message, and the case that it makes."""
    heard = [await triager.triage(text) for text in ticket["says"]]
    mood = followed([each.displeasure for each in heard], POLICY.mood)
    money = largest(ticket["says"][-1], POLICY.escalation.money.rates)
    case = Case(heard[-1], account_of(ticket), mood=mood, money=money, owed=owed_of(ticket), **ticket.get("case", {}))
    return heard[-1], case


@pytest.mark.parametrize("ticket", [pytest.param(ticket, id=ticket["id"]) for ticket in TABLE])
async def test_exactly_these_rules_fire(ticket, triager):
    heard, case = await weighed(ticket, triager)
    fired = [trigger.rule for trigger in evaluate(case, POLICY) if trigger.rule not in ticket.get("too_much", ())]
    if "misses" in ticket:
        assert set(fired) <= set(ticket["fires"]), "what is missed may become better, and nothing else may fire"
    else:
        assert fired == ticket["fires"]
        assert set(ticket.get("impact", ())) <= set(heard.impact)


def test_the_table_is_large_and_tries_every_rule():
    assert len(TABLE) >= 60
    assert {rule for ticket in TABLE for rule in ticket["fires"]} == set(RULES)
    assert [name for name, count in Counter(ticket["id"] for ticket in TABLE).items() if count > 1] == []


def test_what_is_missed_or_heard_too_much_is_little():
    assert len([ticket for ticket in TABLE if {"misses", "too_much"} & ticket.keys()]) <= 4
