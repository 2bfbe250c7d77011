"""The model that replies at once: it writes what it was shown, so that the whole way to an answer is gone."""

import pytest

from benchmarks.agent_overhead import TURN, at_once
from benchmarks.agent_script import pieces_of
from desk.timeline import Purpose

SHOWN = {
    "type": "search_result",
    "title": "[4] Refunds > How long",
    "source": "refunds",
    "content": [{"type": "text", "text": '[4] document refunds\n<untrusted label="article">\nIt takes 5 days. Weekends do not count.\n</untrusted>'}],
}


def body(*blocks, **more):
    return {"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": "How long?"}, *blocks]}], **more}


def test_it_repeats_the_first_sentence_it_was_shown_under_its_number():
    (use,) = at_once(body(SHOWN), TURN)["tool_use"]
    assert (use["name"], use["input"]["thread"]) == ("submit_reply", "It takes 5 days. [4]")
    assert use["input"]["claims"] == [{"text": "It takes 5 days.", "evidence": [4]}]


def test_it_brings_in_a_person_where_nothing_was_shown():
    (use,) = at_once(body(), TURN)["tool_use"]
    assert use["name"] == "hand_over"


def test_it_answers_triage_too():
    asks = {"output_config": {"format": {"schema": {"properties": {"category": {}}}}}}
    assert at_once(body(**asks), TURN)["json"]["request"]["value"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param("It takes 5 days. More.", "It takes 5 days.", id="one sentence of two"),
        pytest.param("| a | b |", None, id="a table has no sentence"),
    ],
)
def test_a_piece_of_evidence_has_its_number_and_its_first_sentence(words, said):
    text = {"type": "text", "text": f"[2] Plan\n<untrusted>\n{words}\n</untrusted>"}
    assert list(pieces_of(body(text))) == ([(2, said)] if said else [])


def test_an_answer_is_told_from_other_posts_by_its_purpose():
    assert str(Purpose.ANSWER) == Purpose.ANSWER
