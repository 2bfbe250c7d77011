"""Layers: what it takes to go back to a policy that was in force."""

import pytest

from desk.layers import back_to, is_below, leaves
from desk.policy_check import merged

SHIPPED = {"tickets": {"window": "60m", "reopen": "14d"}, "csat": {"ask": True}, "sla": {"tiers": {}}, "modes": {"rules": []}}


def nested(path, value):
    """Return a value as the tables that its path names."""
    head, _, rest = path.partition(".")
    return {head: nested(rest, value) if rest else value}


def gone_back(then, overrides, *, beneath=SHIPPED):
    """Return the policy after going back: what is taken away first, as the store does, and then what is set."""
    values, _ = back_to(then, beneath=beneath, overrides=overrides)
    away = [path for path, value in values.items() if value is None]
    kept = {path: value for path, value in overrides.items() if not any(is_below(path, above) for above in away)}
    return merged(beneath, *(nested(path, value) for path, value in {**kept, **{k: v for k, v in values.items() if v is not None}}.items()))


@pytest.mark.parametrize(
    ("then", "overrides"),
    [
        pytest.param({}, {"tickets.window": "10m"}, id="an override is taken away"),
        pytest.param({"tickets": {"window": "5m"}}, {"tickets.window": "10m"}, id="an override is changed back"),
        pytest.param({"csat": {"ask": False}}, {}, id="an override is set again"),
        pytest.param({"tickets": {"window": "5m"}}, {"tickets": {"window": "10m", "reopen": "1d"}}, id="a whole table was set"),
        pytest.param({"modes": {"rules": [{"mode": "auto"}]}}, {"modes.rules": [{"mode": "draft"}]}, id="a list is one value"),
        pytest.param({"sla": {"tiers": {"gold": "1h"}}}, {"sla.tiers.silver": "4h"}, id="an entry comes back and another goes"),
        pytest.param({}, {}, id="nothing changed"),
    ],
)
def test_going_back_makes_the_policy_what_it_was(then, overrides):
    was = merged(SHIPPED, then)
    assert gone_back(was, overrides) == was


def test_what_is_as_it_was_needs_no_override():
    assert back_to(SHIPPED, beneath=SHIPPED, overrides=()) == ({}, ())


def test_what_a_file_has_had_since_then_cannot_be_taken_away_and_is_named():
    beneath = merged(SHIPPED, {"macros": {"hello": {"text": "Hi"}}, "sla": {"tiers": {"gold": "1h"}}})
    assert back_to(SHIPPED, beneath=beneath, overrides=())[1] == ("macros.hello.text", "sla.tiers.gold")


def test_leaves_are_keys_with_their_paths_and_an_empty_table_is_one():
    assert dict(leaves({"a": {"b": 1, "c": {}}, "d": [1]})) == {"a.b": 1, "a.c": {}, "d": [1]}


@pytest.mark.parametrize(("path", "above", "below"), [("a.b", "a", True), ("a", "a", True), ("ab", "a", False), ("a", "a.b", False)])
def test_a_path_is_below_the_tables_that_it_lies_in(path, above, below):
    assert is_below(path, above) is below
