"""Reasons: every code the desk can give is rendered as a sentence for whoever reads it."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.decision import Decision, Observe, Reply
from desk.facts import HARD, Facts, Occasion
from desk.modes import Mode
from desk.ticket import Reason
from escalation.rules import RULES
from handlers.reasons import SENTENCES, asides, decision_lines, render, told

HANDLERS = Path(__file__).parents[2] / "handlers"
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("code", sorted({*RULES, *HARD, *(o.value for o in Occasion if o is not Occasion.MESSAGE)}))
def test_every_rule_and_every_occasion_has_a_sentence(code):
    assert code in SENTENCES


def test_every_reason_that_is_made_in_code_has_a_sentence():
    made = set()
    for path in [*HANDLERS.rglob("*.py"), *(HANDLERS.parent / "desk").glob("*.py")]:
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Reason"]
        made |= {call.args[0].value for call in calls if call.args and isinstance(call.args[0], ast.Constant)}
    assert made <= SENTENCES.keys()


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_is_rendered_whatever_is_known(code):
    assert "{" not in render(Reason(code))
    assert "{" not in render(Reason(code), Facts(confidence=0.5, teammate="lead", down="kb"))


def test_two_numbers_that_look_alike_get_more_digits():
    assert render(Reason("unsure"), Facts(confidence=0.8104, threshold=0.8131)) == "confidence 0.8104 is below the threshold 0.8131"
    assert render(Reason("unsure"), Facts(confidence=0.5, threshold=0.81)) == "confidence 0.50 is below the threshold 0.81"


def test_why_no_answer_was_kept_is_said_in_words():
    assert render(Reason("abstained", (("why", "handed_over_decision_needed"),))) == "no answer was kept: decision needed"
    assert render(Reason("abstained", (("why", "nothing_may_be_said"),))) == "no answer was kept: nothing may be said"


def test_a_value_that_nobody_has_leaves_no_dash_behind():
    assert render(Reason("loop")) == "the conversation goes round in circles"


def test_a_code_nobody_knows_is_shown_as_words():
    assert render(Reason("quite_new")) == "quite new"


def test_values_come_from_the_reason_before_the_facts():
    assert render(Reason("unsure", (("confidence", "0.11"),)), Facts(confidence=0.5, threshold=0.6)) == "confidence 0.11 is below the threshold 0.60"


def test_a_decision_is_a_line_and_its_reasons():
    decision = Decision(
        "d", "t", NOON, 2, 3, Facts(mode=Mode.OBSERVE, confidence=0.9, threshold=0.6), Observe(Reply("r")), (Reason("sure"), Reason("mode_observe"))
    )
    assert decision_lines(decision) == (
        "2026-11-02 12:00:00 turn 2: observe (would reply), mode observe",
        "  - confidence 0.90 reaches the threshold 0.60, and every sentence has evidence",
        "  - in mode observe the bot only remembers what it would have done",
    )


def test_what_the_two_classifiers_see_differently_is_told_behind_the_reasons():
    facts = Facts(disagreed=("category:billing/bug report", "asks_human:no/yes"))
    decision = Decision("d", "t", NOON, 2, 3, facts, Reply("r"), (Reason("sure"),))
    assert decision_lines(decision)[2:] == (
        "  - category: the local classifier says billing, the model bug report",
        "  - asks human: the local classifier says no, the model yes",
    )


def test_a_difference_that_is_not_of_its_form_is_left_out():
    assert asides(Facts(disagreed=("category", "", "x:y"))) == ()


def test_what_could_not_be_used_is_told_behind_the_reasons():
    facts = Facts(degraded=("triage_slow", "budget_day"), disagreed=("category:billing/bug report",))
    decision = Decision("d", "t", NOON, 2, 3, facts, Reply("r"), (Reason("approved"),))
    assert told(decision) == (
        "a teammate approved it",
        "the language model that classifies did not answer in time",
        "the budget of the day for the language model is used up",
        "category: the local classifier says billing, the model bug report",
    )
    assert decision_lines(decision)[2] == "  - the language model that classifies did not answer in time"
