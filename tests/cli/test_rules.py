"""`rules` on the command line: what each rule does, and what others would have done in the past."""

import asyncio
import json
from pathlib import Path

import pytest

from desk.changes import RecordDecision, SaveTicket, write
from desk.decision import Decision, StandBy
from desk.facts import Facts
from desk.ids import EventId, TicketId
from desk.space import ChannelRef, MessageRef, Place, Platform, UserRef
from desk.ticket import Ticket
from escalation.rules import RULES
from runtime import SystemClock
from settings import read_settings

CHANNEL = ChannelRef(Platform.LOCAL, "main", "community")
USER = UserRef(Platform.LOCAL, "main", "mara")


@pytest.fixture
def past(call, tmp_path, monkeypatch):
    """A home in which a customer wrote of much money, once before rules' numbers were kept and once since."""

    async def happened():
        from bootstrap import open_records

        now = SystemClock().now()
        place = Place(CHANNEL, "m1")
        ticket = Ticket(TicketId("t-rich"), place, MessageRef(CHANNEL, "m1"), f"user:{USER}", USER, "Mara", now)
        rich = (("is_request", "1"), ("money", "1500"))
        facts = (Facts(), Facts(weighed=rich))
        decisions = [Decision(f"d-{n}", ticket.id, now, n, n, each, StandBy(), ()) for n, each in enumerate(facts)]
        async with open_records(read_settings()) as kept:
            await kept.store.commit(EventId("e"), write(SaveTicket(ticket), *map(RecordDecision, decisions)), at=now)

    asyncio.run(happened())
    return call


@pytest.fixture
def policy(tmp_path):
    """Return a function that writes a policy file."""

    def written(text: str) -> Path:
        path = tmp_path / "other.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_every_rule_is_listed(call):
    code, out, _ = call("rules", "list", "--json")
    assert code == 0
    assert [row["rule"] for row in json.loads(out)] == list(RULES)
    assert {"rule": "vip", "does": "tell", "level": 2, "about": "Whom policy names must not wait."} in json.loads(out)


def test_the_past_is_tried_under_another_policy(past, policy):
    code, out, _ = past("rules", "try", str(policy("[escalation.money]\nlimit = 2000\n")), "--since", "30d", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["judged"], found["not_judged"], found["more"], found["fewer"]) == (1, 1, 0, 1)
    (rule,) = found["rules"]
    assert rule["rule"] == "money"
    assert [(row["ticket"], row["does"]) for row in rule["fewer"]] == [("t-rich", "tell")]


def test_it_is_told_in_words(past, policy):
    _, out, _ = past("rules", "try", str(policy('[escalation.does]\nmoney = "hand_over"\n')))
    assert "1 decision of the last 30d tried: 1 more, 1 fewer, 0 as now." in out
    assert "1 decision could not be judged: what rules look at was not kept then." in out
    assert "+ t-rich" in out
    assert "hand over, level 1" in out


def test_a_wrong_policy_is_told_with_its_line(call, policy):
    code, _, err = call("rules", "try", str(policy("[escalation.does]\nmonye = 'off'\n")))
    assert code != 0
    assert "did you mean 'money'" in err
    assert "other.toml:2" in err


def test_a_wrong_time_is_told(call, policy):
    code, _, err = call("rules", "try", str(policy("")), "--since", "soon")
    assert code == 2
    assert "'soon' is not a duration" in err
