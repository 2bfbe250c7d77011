"""Checking a policy: every problem with its path, its value and what to write instead."""

import tomllib
from copy import deepcopy
from datetime import date, time, timedelta
from pathlib import Path
from string import Formatter

import pytest

from desk.audience import INTERNAL
from desk.errors import InvalidInput
from desk.modes import Mode
from desk.policy import UNCALIBRATED
from desk.policy_check import PolicyError, merged, read_policy
from desk.policy_values import read_duration
from desk.space import ChannelKind

SHIPPED = tomllib.loads((Path(__file__).parents[2] / "policy.toml").read_text())


def read(**changes):
    """Return the shipped policy with changes."""
    return read_policy(merged(SHIPPED, changes))


def problems(**changes):
    """Return what is wrong with the shipped policy after changes."""
    with pytest.raises(PolicyError) as raised:
        read(**changes)
    return [str(problem) for problem in raised.value.problems]


def test_the_shipped_policy_has_no_problem_and_observes():
    assert read().modes.default is Mode.OBSERVE
    assert read().modes.speaks is False


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param(
            {"pause": {"quit": "8s"}},
            "pause.quit = '8s': there is no such key; did you mean 'quiet'?",
            id="a misspelled key",
        ),
        pytest.param({"pause": {"quiet": 8}}, "pause.quiet = 8: write a number and s, m, h or d, such as 45m", id="a duration without a unit"),
        pytest.param({"answers": {"threshold": 60}}, "answers.threshold = 60: write a number from 0 to 1", id="a percentage"),
        pytest.param({"answers": {"threshold": True}}, "answers.threshold = True: write a number from 0 to 1", id="a truth value for a number"),
        pytest.param(
            {"answers": {"thresholds": {"billing": "high"}}},
            "answers.thresholds.billing = 'high': write a number from 0 to 1",
            id="a value inside a table",
        ),
        pytest.param({"answers": {"in_a_row": -1}}, "answers.in_a_row = -1: write a whole number, 0 or more", id="a negative count"),
        pytest.param({"csat": {"ask": "yes"}}, "csat.ask = 'yes': write true or false", id="a word for a truth value"),
        pytest.param({"csat": "no"}, "csat = 'no': write a table", id="a word for a table"),
        pytest.param({"audience": {"folders": {"x/": "secret"}}}, "write public, account:ID, person:ID or internal", id="an unknown audience"),
        pytest.param({"hours": {"zone": "Berlin"}}, "there is no such time zone; write one such as Europe/Berlin", id="an unknown zone"),
        pytest.param({"hours": {"week": {"mon": ["9-17"]}}}, 'write shifts as "09:00-17:00"', id="a shift without minutes"),
        pytest.param({"hours": {"week": {"mon": ["17:00-09:00"]}}}, 'write shifts as "09:00-17:00"', id="a shift that ends before it begins"),
        pytest.param({"hours": {"week": {"monday": ["09:00-17:00"]}}}, "write one of mon, tue", id="an unknown day"),
        pytest.param(
            {"hours": {"closed": []}}, "there is no key 'closed' here: write zone, week, country and holidays", id="an unknown key of hours"
        ),
        pytest.param({"modes": {"default": "automatic"}}, "write one of observe, draft, auto", id="an unknown mode"),
        pytest.param({"modes": {"rules": [{"mode": "auto", "channel": "x"}]}}, "'channel' is none of them", id="an unknown key of a rule"),
        pytest.param({"modes": {"rules": [{"kind": "shared"}]}}, "a rule has mode", id="a rule without a mode"),
        pytest.param({"modes": {"rules": [{"mode": "auto", "kind": "shard"}]}}, "did you mean 'shared'?", id="a misspelled kind"),
        pytest.param({"phrases": {"en": {"holding": "by {tme}"}}}, "{tme} is not known here", id="an unknown placeholder"),
        pytest.param({"phrases": {"de": {"holding": "bis {"}}}, "a brace stands alone; write {{ for a brace", id="a lone brace"),
        pytest.param({"colour": {}}, "colour = {}: there is no such key", id="an unknown section"),
        pytest.param(
            {"triage": {"order": ["locla"]}},
            "triage.order.0 = 'locla': write one of local, model (did you mean 'local'?)",
            id="an unknown classifier",
        ),
        pytest.param(
            {"priority": {"urgency": {"outage": -1}}}, "priority.urgency.outage = -1: write a whole number", id="points that urgency would take away"
        ),
        pytest.param(
            {"model": {"images": "sometimes"}},
            "model.images = 'sometimes': write one of always, verified, never",
            id="another word for whose pictures a model sees",
        ),
        pytest.param(
            {"model": {"redact": ["passport"]}}, "model.redact.0 = 'passport': write one of email, phone", id="a kind that nobody can redact"
        ),
        pytest.param({"model": {"effort": "max"}}, "model.effort = 'max': write one of low, medium, high", id="an effort that no model knows"),
        pytest.param({"model": {"answers": ""}}, "model.answers = '': write a model's id", id="no model at all"),
        pytest.param({"model": {"team_language": "klingon"}}, "write a language by its two letters", id="a language by its name"),
        pytest.param({"model": {"bounds": {"turns": 0}}}, "model.bounds.turns = 0: write a whole number, 1 or more", id="no call for a turn"),
        pytest.param(
            {"model": {"breaker": {"failures": 0}}}, "model.breaker.failures = 0: write a whole number, 1", id="a breaker that is never closed"
        ),
    ],
)
def test_a_mistake_is_named_with_its_path_its_value_and_what_to_write(changes, said):
    (problem,) = problems(**changes)
    assert said in problem


def test_every_mistake_is_reported_at_once():
    assert len(problems(pause={"quiet": 8, "most": 9}, csat={"low": "two"})) == 3


def test_a_missing_key_and_a_missing_sentence_are_named():
    lacking = deepcopy(SHIPPED)
    del lacking["pause"]["most"]
    del lacking["phrases"]["en"]["observe"]
    with pytest.raises(PolicyError) as raised:
        read_policy(lacking)
    assert [str(p) for p in raised.value.problems] == [
        "pause.most = None: this key is missing",
        "phrases.en.observe = None: this sentence is missing",
    ]


@pytest.mark.parametrize(("text", "span"), [("8s", 8), ("45m", 2700), ("1h30m", 5400), ("14d", 1209600), ("2 h", 7200)])
def test_durations(text, span):
    assert read_duration(text) == timedelta(seconds=span)


@pytest.mark.parametrize("text", ["", "8", "m", "1w", "1h later", None, 8])
def test_what_is_no_duration(text):
    with pytest.raises(InvalidInput, match="write a number and s, m, h or d"):
        read_duration(text)


def test_tables_merge_key_by_key_and_everything_else_is_replaced():
    assert merged({"a": {"x": 1, "y": [1]}}, {"a": {"y": [2]}}, {"b": 3}) == {"a": {"x": 1, "y": [2]}, "b": 3}


def test_values_are_read_as_what_they_are():
    policy = read(
        hours={"zone": "Europe/Berlin", "holidays": ["2026-12-25"], "week": {"sat": ["10:00-12:00", "20:00-24:00"]}},
        modes={"default": "draft", "rules": [{"mode": "auto", "kind": "shared", "category": "billing", "tier": "enterprise"}]},
    )
    assert policy.hours.week[5] == ((time(10), time(12)), (time(20), time.max))
    assert policy.hours.holidays == {date(2026, 12, 25)}
    assert policy.modes.of("billing", ChannelKind.SHARED, tier="enterprise") is Mode.AUTO
    assert policy.audience.folders["internal/"] == INTERNAL


def test_the_version_changes_with_any_value_and_a_sections_hash_with_its_own():
    one, other = read(), read(csat={"low": 3})
    assert one.version != other.version
    assert {name for name in one.hashes if one.hashes[name] != other.hashes[name]} == {"csat"}
    assert read().version == one.version


def test_a_fixed_sentence_falls_back_to_english():
    policy = read(phrases={"xx": {"solved": "Xolved"}})
    assert policy.phrase("solved", "xx") == "Xolved"
    assert policy.phrase("not_solved", "xx") == policy.phrase("not_solved", None) == "Not solved"
    assert policy.phrases_in("xx")["not_solved"] == "Not solved"


@pytest.mark.parametrize("language", sorted(SHIPPED["phrases"]))
def test_every_language_has_every_sentence_with_the_placeholders_of_the_english_one(language):
    def names(text):
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    spoken, english = SHIPPED["phrases"][language], SHIPPED["phrases"]["en"]
    assert spoken.keys() == english.keys()
    assert {code: names(text) for code, text in spoken.items()} == {code: names(text) for code, text in english.items()}


def test_the_shipped_threshold_is_what_an_answerer_measured():
    answers = read().answers
    assert answers.threshold_of("billing", calibrated=0.83) == 0.83
    assert answers.threshold_of("billing") == UNCALIBRATED


def test_a_threshold_of_the_operators_wins_over_a_measured_one():
    assert read(answers={"threshold": 0.4}).answers.threshold_of("billing", calibrated=0.83) == 0.4
    assert problems(answers={"threshold": "high"}) == ["answers.threshold = 'high': write a number from 0 to 1, or \"calibrated\""]


def test_a_threshold_of_a_category_wins():
    policy = read(answers={"threshold": 0.5, "thresholds": {"billing": 0.9}})
    assert (policy.answers.threshold_of("billing"), policy.answers.threshold_of("onboarding")) == (0.9, 0.5)
