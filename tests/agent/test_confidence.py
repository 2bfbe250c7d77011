from dataclasses import replace

import pytest

from agent.calibration import fitted
from agent.confidence import SIGNS, TOWARD, Signs, confidence, signs
from agent.quoting import Quote
from agent.ranking import Cues, Read
from agent.units import units
from tests.agent.test_quoting import passage

SURE = Signs(quoted=4.0, nearest=0.9, agreement=1.0, coverage=1.0, worded=1.0, shaped=1.0, out_of_scope=0.0, kind="how_to")
UNSURE = Signs(quoted=-2.0, nearest=0.3, agreement=0.5, coverage=0.3, worded=0.2, shaped=0.0, out_of_scope=0.5, kind="other")


def read(document, *, chance, dense=0.5, lexical=5.0, best=0.5, coverage=0.5):
    found = passage("Text.", id=document, document=document, dense=dense, lexical=lexical)
    return Read(found, (), (best,), Cues(coverage=coverage), 1.0, chance)


def seen(*reads, question="How do I pay?"):
    return signs(reads, (Quote(reads[0], ()),), question=question, out_of_scope=0.1)


@pytest.mark.parametrize(
    "worse",
    [{"quoted": -4.0}, {"nearest": 0.2}, {"agreement": 0.0}, {"coverage": 0.0}, {"worded": 0.0}, {"shaped": 0.0}, {"out_of_scope": 1.0}],
    ids=lambda worse: next(iter(worse)),
)
def test_no_sign_counts_the_wrong_way(worse):
    assert 0 < confidence(replace(SURE, **worse), fitted()) <= confidence(SURE, fitted()) < 1


def test_good_evidence_passes_the_shipped_threshold_and_poor_evidence_does_not():
    assert confidence(SURE, fitted()) > fitted().threshold(0.02)
    assert confidence(UNSURE, fitted()) < 0.3


def test_every_weight_that_ships_has_a_sign():
    assert set(fitted().weights) == set(SIGNS)
    assert all(fitted().weights[name] * way >= 0 for name, way in TOWARD.items())


def test_the_signs_are_those_of_what_is_quoted():
    found = seen(read("a", chance=0.7, dense=0.7), read("b", chance=0.2, lexical=9.0))
    assert found.quoted == pytest.approx(0.846, abs=0.01)
    assert (found.nearest, found.coverage, found.out_of_scope, found.kind) == (0.5, 0.5, 0.1, "how_to")


def test_the_legs_of_the_search_agree_or_not():
    assert seen(read("a", chance=0.7, dense=0.7, lexical=9.0), read("b", chance=0.2)).agreement == 1.0
    assert seen(read("a", chance=0.7, dense=0.7), read("b", chance=0.2, lexical=9.0)).agreement == 0.5


def test_a_sure_thing_is_finite():
    assert 6 < seen(read("a", chance=1.0)).quoted < 8
    assert -8 < seen(read("a", chance=0.0)).quoted < -6


def quoted(text, question, *, heading=""):
    found = passage(text, heading=heading)
    own = Read(found, units(found), (0.5,), Cues(), 1.0, 0.7)
    return signs([own], (Quote(own, own.units),), question=question, out_of_scope=0.1)


def test_words_of_the_question_count_when_they_are_quoted_or_in_the_heading():
    assert quoted("It is valid for 60 minutes.", "How long is the reset link valid?").worded == pytest.approx(1 / 4)
    assert quoted("It is valid for 60 minutes.", "How long is the reset link valid?", heading="Reset link").worded == pytest.approx(3 / 4)


def test_a_quote_without_a_time_does_not_look_as_an_answer_to_how_long():
    assert quoted("The link works once.", "How long is the link valid?").shaped == 0.0
    assert quoted("It is valid for 60 minutes.", "How long is the link valid?").shaped == 1.0
    assert quoted("The link works once.", "Is the link safe?").shaped == 1.0
