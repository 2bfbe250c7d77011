"""Doubt: when the local classification is enough, and what it leaves open."""

import pytest

from agent.doubt import left_open
from desk.audience import INTERNAL
from desk.customer import Role
from desk.triage import Classification, Sentiment, Signal
from tests.agent.conftest import THRESHOLDS
from tests.agent.judge import heard, said

PLAIN = "Where do I change my credit card?"


def local(**told):
    """Return a classification that is sure of everything but what is told."""
    return Classification("billing", 0.95, **{"is_request_confidence": 0.95, "out_of_scope_score": 0.1, "language": "en", **told})


@pytest.mark.parametrize(
    ("found", "text", "before", "open_"),
    [
        pytest.param(local(), PLAIN, (), (), id="sure of everything"),
        pytest.param(local(is_request_confidence=0.84), PLAIN, (), ("request",), id="perhaps no request"),
        pytest.param(local(is_request=False, is_request_confidence=0.84), PLAIN, (), ("request",), id="perhaps a request after all"),
        pytest.param(local(is_request=False, labels=()), "urgent thanks", (), (), id="chat, whatever words stand in it"),
        pytest.param(local(out_of_scope_score=0.5), PLAIN, (), ("scope",), id="near the edge of what is ours"),
        pytest.param(local(out_of_scope_score=0.9), PLAIN, (), (), id="surely none of ours"),
        pytest.param(local(language=None), "ok", (), (), id="too short for a language"),
        pytest.param(
            local(language=None), "Proszę o pomoc z fakturą za październik, nie mogę jej znaleźć", (), ("language",), id="a language nobody serves"
        ),
        pytest.param(local(language=None), "Где?", (), ("language",), id="another alphabet"),
        pytest.param(local(), "Payroll runs tomorrow and the file is wrong", (), ("urgency",), id="words of urgency"),
        pytest.param(local(), "Die Frist läuft morgen ab, bitte um Hilfe", (), ("urgency",), id="words of urgency in German"),
        pytest.param(local(), "How do I download the form?", (), (), id="no urgency in a word that contains one"),
        pytest.param(local(sentiment=Sentiment.UNHAPPY), PLAIN, (), (), id="a mood at the beginning"),
        pytest.param(local(sentiment=Sentiment.UNHAPPY), PLAIN, (said("hi"),), ("trend",), id="a mood that may have changed"),
        pytest.param(local(sentiment=Sentiment.UNHAPPY), PLAIN, (said("hi", role=Role.BOT),), (), id="a mood, and only we spoke before"),
        pytest.param(local(signals=frozenset({Signal.NOT_SOLVED})), PLAIN, (said("hi"),), ("trend",), id="not solved"),
        pytest.param(local(signals=frozenset({Signal.SECURITY}), is_request_confidence=0.5), PLAIN, (), (), id="a person is needed anyway"),
        pytest.param(local(is_request_confidence=0.6, language=None), "Где?", (), ("request", "language"), id="several things"),
    ],
)
def test_what_is_left_open_is_what_a_model_could_add(found, text, before, open_):
    assert left_open(found, text, heard(*before), THRESHOLDS) == open_


def test_an_unsure_category_is_left_open():
    assert left_open(Classification("billing", 0.84, language="en"), PLAIN, heard(), THRESHOLDS) == ("category",)


def test_where_there_are_no_categories_to_choose_from_none_is_left_open():
    assert left_open(Classification("", 0.0, language="en"), PLAIN, heard(), THRESHOLDS) == ()


def test_a_note_among_ourselves_is_no_earlier_mood():
    found = local(sentiment=Sentiment.UNHAPPY)
    assert left_open(found, PLAIN, heard(said("angry one", role=Role.TEAMMATE, audience=INTERNAL)), THRESHOLDS) == ()


def test_a_monstrous_message_is_looked_at_quickly():
    assert left_open(local(language=None), "x" * 10_000_000, heard(), THRESHOLDS) == ("language",)
