"""Sureness: what a model's word is worth, as far as it was measured."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sureness import COIN, FEWEST, UNMEASURED, Step, Sureness, brier, calibrated, fit, fit_all, load, save

JUDGED = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)
CURVE = (Step(0.5, 10, 4), Step(0.8, 40, 34))


@given(judged=JUDGED, first=st.floats(0, 1), second=st.floats(0, 1))
def test_a_surer_word_never_counts_for_less(judged, first, second):
    curve = fit(judged)
    low, high = sorted((first, second))
    assert 0 <= calibrated(curve, low) <= calibrated(curve, high) < 1


@given(judged=JUDGED)
def test_a_curve_rises_with_every_step_and_counts_everything_once(judged):
    curve = fit(judged)
    assert [step.measured for step in curve] == sorted({step.measured for step in curve})
    assert (sum(step.judged for step in curve), sum(step.right for step in curve)) == (len(judged), sum(right for _, right in judged))


def test_an_overconfident_model_is_taken_at_what_it_achieves():
    curve = fit([(0.99, n < 60) for n in range(100)] + [(0.6, n < 20) for n in range(50)])
    assert calibrated(curve, 0.99) == pytest.approx(0.6, abs=0.01)
    assert calibrated(curve, 0.6) == pytest.approx(0.4, abs=0.01)


def test_neighbors_that_contradict_the_order_are_pooled():
    assert fit([(0.7, True), (0.8, False), (0.9, True)]) == (Step(0.7, 2, 1), Step(0.9, 1, 1))


def test_a_few_lucky_values_make_nobody_certain():
    assert calibrated(fit([(0.9, True)] * 5), 0.9) == pytest.approx(5.5 / 6)


@pytest.mark.parametrize(
    ("stated", "measured"),
    [
        pytest.param(0.9, 34.5 / 41, id="above the last step"),
        pytest.param(0.79, 4.5 / 11, id="between two steps it reaches the lower one"),
        pytest.param(0.5, 4.5 / 11, id="on a step"),
        pytest.param(0.2, 0.1, id="below all of them, where nothing was measured"),
    ],
)
def test_a_stated_confidence_becomes_what_was_measured(stated, measured):
    assert calibrated(CURVE, stated) == pytest.approx(measured)


@given(stated=st.floats(0, 1))
def test_an_unmeasured_model_is_never_surer_than_a_coin(stated):
    assert UNMEASURED.of("category", stated) <= COIN


def test_a_measurement_holds_for_its_model_and_prompt_only():
    measured = Sureness("small", "abc", {"category": CURVE})
    assert measured.holds(model="small", prompt="abc")
    assert not measured.holds(model="other", prompt="abc")
    assert not measured.holds(model="small", prompt="abd")
    assert not UNMEASURED.holds(model="", prompt="")


def test_a_field_with_few_judged_values_has_no_curve():
    found = fit_all(
        {"category": [(0.9, True)] * FEWEST, "intent": [(0.9, True)] * (FEWEST - 1), "missing": [(0.9, True)] * 99}, model="m", prompt="p"
    )
    assert (found.measures("category"), found.measures("intent"), found.measures("missing")) == (True, False, False)


def test_the_score_of_brier_is_that_of_a_coin_for_a_coin():
    assert brier([(0.5, True), (0.5, False)]) == 0.25
    assert brier([]) == 0


def test_what_is_saved_is_read_again(tmp_path):
    measured = Sureness("small", "abc", {"category": CURVE})
    save(measured, tmp_path / "home" / "triage.json")
    assert load(tmp_path / "home" / "triage.json") == measured
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["triage.json"]


def test_nothing_was_measured_where_there_is_no_file(tmp_path):
    assert load(tmp_path / "triage.json") is UNMEASURED


WHOLE = {"schema": 1, "model": "m", "prompt": "p", "curves": {"category": [[0.5, 10, 4]]}}


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("", id="empty"),
        pytest.param("[1]", id="no table"),
        pytest.param("{", id="half a file"),
        pytest.param("\x00\xff", id="no text"),
        pytest.param(json.dumps({**WHOLE, "schema": 2}), id="of another schema"),
        pytest.param(json.dumps({**WHOLE, "curves": {"category": [[0.5, 10]]}}), id="a step that is none"),
        pytest.param(json.dumps({**WHOLE, "curves": {"category": [[0.5, 10, 11]]}}), id="more right than judged"),
        pytest.param(json.dumps({**WHOLE, "curves": {"category": [[0.5, 10, 9], [0.6, 10, 1]]}}), id="a curve that falls"),
        pytest.param(json.dumps({**WHOLE, "curves": {"category": [[1.5, 10, 9]]}}), id="more than certain"),
        pytest.param(json.dumps({**WHOLE, "curves": {"category": [["high", 10, 9]]}}), id="words for numbers"),
    ],
)
def test_a_file_that_cannot_be_believed_counts_for_nothing(tmp_path, caplog, written):
    (tmp_path / "triage.json").write_text(written, encoding="utf-8")
    assert load(tmp_path / "triage.json") is UNMEASURED
    assert "fit it again" in caplog.text
