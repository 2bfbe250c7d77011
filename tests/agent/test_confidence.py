from dataclasses import replace

import pytest

from agent.confidence import MARGIN, Cues, coefficients, confidence, cues
from agent.ranking import Read
from desk.errors import Misconfigured
from tests.agent.test_quoting import passage

SURE = Cues(dense=0.7, best_unit=0.8, margin=0.6, agreement=1.0, coverage=1.0, out_of_scope=0.0)


def read(document, *, score, dense=0.5, lexical=5.0, best=0.5, coverage=0.5):
    return Read(passage("Text.", id=document, document=document, dense=dense, lexical=lexical), (), (best,), score, coverage)


def sure_of(found):
    return confidence(found, embedder=coefficients().embedder)


def test_confidence_was_fitted_to_the_embedder_that_ships(embedder):
    assert coefficients().embedder == embedder.id, "run python -m benchmarks.answers --fit"


@pytest.mark.parametrize(
    "worse", [{"dense": 0.2}, {"best_unit": 0.2}, {"margin": 0.0}, {"agreement": 0.0}, {"out_of_scope": 1.0}], ids=lambda worse: next(iter(worse))
)
def test_each_cue_counts_the_right_way(worse):
    assert 0 < sure_of(replace(SURE, **worse)) < sure_of(SURE) < 1


def test_good_evidence_passes_the_shipped_threshold_and_poor_evidence_does_not():
    assert sure_of(SURE) > 0.6
    assert sure_of(Cues(0.3, 0.3, 0.05, 0.5, 0.5, 0.5)) < 0.1


def test_another_embedder_is_refused():
    with pytest.raises(Misconfigured, match=r"'other@1'"):
        confidence(SURE, embedder="other@1")


def test_the_cues_are_those_of_the_article_and_its_distance_to_the_next():
    found = cues((read("a", score=1.0, dense=0.4), read("a", score=1.5, dense=0.7), read("b", score=1.2, lexical=9.0)), out_of_scope=0.1)
    assert found == Cues(dense=0.7, best_unit=0.5, margin=pytest.approx(0.3), agreement=0.5, coverage=0.5, out_of_scope=0.1)


def test_an_article_alone_is_no_surer_for_it():
    assert cues((read("a", score=1.4),), out_of_scope=0.0).margin == MARGIN
