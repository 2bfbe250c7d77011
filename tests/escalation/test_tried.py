"""Tried rules: what another policy would have made of the same past."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from desk.customer import Account, Person
from desk.decision import Decision, StandBy
from desk.escalation_policy import What
from desk.facts import Facts, Occasion
from desk.ids import AccountId, PersonId, TicketId
from desk.mood import Mood
from desk.policy_check import merged, read_policy
from desk.triage import Classification, Signal
from escalation.case import Case
from escalation.kept import case_of, kept
from escalation.tried import firings, tried

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text())
NOW = read_policy(SHIPPED)
START = datetime(2026, 11, 2, 10, tzinfo=UTC)
ACME = Account(AccountId("acme"), "Acme Robotics", tier="enterprise")
MARA = Person(PersonId("mara"), "Mara", email="mara@acme.example")
CALM = Case(Classification("billing", 0.9), ACME, person=MARA)
RICH = replace(CALM, money=Decimal(1500))
CROSS = replace(CALM, mood=Mood(0.9, 0.9, is_low=True, messages=3))


def read(pairs):
    """Return the case that was kept, with the names that the record has."""
    return case_of(pairs, account=ACME, person=MARA)


def decided(case, *, ticket="t", hours=0.0, **facts):
    """Return a decision about a message, so many hours after the start; None for a case from before it was kept."""
    at = START + timedelta(hours=hours)
    return Decision(f"d{ticket}{hours}", TicketId(ticket), at, 1, 1, Facts(weighed=kept(case) if case else (), **facts), StandBy(), ())


def under(**changes):
    """Return the shipped policy with these changes."""
    return read_policy(merged(SHIPPED, changes))


def told(decisions, **changes):
    """Return what would fire more and what fewer, as ticket, rule and what it does."""
    found = tried(decisions, NOW, under(**changes), read=read)
    more, fewer = ([(str(f.ticket), f.rule, str(f.does)) for f in each] for each in (found.more, found.fewer))
    return more, fewer


@pytest.mark.parametrize(
    ("changes", "more", "fewer"),
    [
        pytest.param({}, [], [], id="the same policy changes nothing"),
        pytest.param({"escalation": {"money": {"limit": 2000}}}, [], [("rich", "money", "tell")], id="a higher limit"),
        pytest.param({"escalation": {"does": {"money": "off"}}}, [], [("rich", "money", "tell")], id="a rule that is off"),
        pytest.param(
            {"escalation": {"does": {"money": "hand_over"}}},
            [("rich", "money", "hand_over")],
            [("rich", "money", "tell")],
            id="a rule that does something else",
        ),
        pytest.param(
            {"vip": {"accounts": ["Acme Robotics"]}}, [("calm", "vip", "tell"), ("rich", "vip", "tell")], [], id="a VIP by a name that was not kept"
        ),
        pytest.param({"vip": {"people": ["mara@acme.example"]}}, [("calm", "vip", "tell"), ("rich", "vip", "tell")], [], id="or by their address"),
    ],
)
def test_what_would_have_been_is_compared_with_what_is(changes, more, fewer):
    assert told([decided(CALM, ticket="calm"), decided(RICH, ticket="rich", hours=1)], **changes) == (more, fewer)


def test_each_firing_has_its_instant_and_level():
    (firing,) = firings([decided(RICH, hours=2)], under(escalation={"levels": {"money": 2}}), read=read)
    assert (firing.at, firing.rule, firing.does, firing.level) == (START + timedelta(hours=2), "money", What.TELL, 2)


def test_what_stands_fires_once_as_it_would_have():
    assert [f.at for f in firings([decided(RICH), decided(RICH, hours=5), decided(RICH, hours=10)], NOW, read=read)] == [START]


def test_after_it_was_calm_and_the_cool_down_it_fires_again():
    past = [decided(CROSS), decided(CALM, hours=1), decided(CROSS, hours=2), decided(CALM, hours=4.5), decided(CROSS, hours=5)]
    assert [f.at.hour for f in firings(past, NOW, read=read)] == [10, 15]
    assert [f.at.hour for f in firings(past, under(escalation={"cool_down": "1h"}), read=read)] == [10, 12, 15]


def test_two_tickets_do_not_keep_each_other_quiet():
    assert len(list(firings([decided(RICH), decided(RICH, ticket="other")], NOW, read=read))) == 2


def test_who_asks_for_a_human_is_counted_each_time():
    asks = replace(CALM, classification=replace(CALM.classification, signals=frozenset({Signal.ASKS_HUMAN})))
    assert len(list(firings([decided(asks), decided(asks, hours=1)], NOW, read=read))) == 2


def test_what_was_not_kept_is_counted_and_other_moments_are_not():
    past = [decided(None), decided(RICH, hours=1), decided(None, hours=2, occasion=Occasion.SOLVED), decided(None, hours=3, empty=True)]
    found = tried(past, NOW, NOW, read=read)
    assert (found.judged, found.not_judged, len(found.same)) == (1, 1, 1)
