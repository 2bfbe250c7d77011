"""The scripted model: one rule on both sides."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from benchmarks.agent_script import called, ours, plain, purpose_of
from benchmarks.agent_tickets import Field, Need, Turn

NEED = Need("within 5 to 7 working days", "how long does a refund take", "refund-times")
FIELD = Field("INV-7: EUR 5.00, open", "get_invoices")
TURN = Turn(
    "t",
    0,
    datetime(2026, 11, 23, tzinfo=UTC),
    "When?",
    "reply",
    "reply",
    "billing",
    "en",
    (NEED,),
    thread=("It takes 5 to 7 working days. [1]", "Bye!"),
)
FOUND = {"type": "search_result", "title": "[3] Refunds", "source": "u", "content": [{"type": "text", "text": f"It is back {NEED.words}."}]}
SIDES = pytest.mark.parametrize("side", [pytest.param(ours, id="ours"), pytest.param(plain, id="the plain loop")])


def body(*blocks, more=()):
    return {"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": "When?"}, *blocks]}, *more]}


def turn_of(*uses, results=()):
    blocks = [{"type": "tool_use", "id": str(n), "name": name, "input": given} for n, (name, given) in enumerate(uses)]
    told = [{"type": "tool_result", "tool_use_id": str(n), "content": [{"type": "text", "text": text}]} for n, text in enumerate(results)]
    return {"role": "assistant", "content": blocks}, {"role": "user", "content": told}


def uses(reply):
    return [(use["name"], use["input"]) for use in reply.get("tool_use", ())]


@SIDES
def test_what_the_prompt_lacks_is_searched_for(side):
    assert uses(side(body(), TURN)) == [("search_knowledge", {"query": NEED.query})]


@SIDES
def test_what_the_prompt_holds_is_not_searched_for(side):
    assert "search_knowledge" not in dict(uses(side(body(FOUND), TURN)))


@SIDES
def test_everything_is_looked_up_at_once(side):
    assert [name for name, _ in uses(side(body(), replace(TURN, fields=(FIELD,))))] == ["search_knowledge", "get_invoices"]


@SIDES
def test_two_fields_of_one_tool_are_one_look_up(side):
    assert uses(side(body(FOUND), replace(TURN, fields=(FIELD, Field("INV-8", "get_invoices"))))) == [("get_invoices", {})]


@SIDES
def test_an_article_is_read_where_the_search_brought_another_part_of_it(side):
    searched = turn_of(("search_knowledge", {"query": NEED.query}), results=["refund-times: something else"])
    assert uses(side(body(more=searched), TURN)) == [("read_article", {"document": "refund-times"})]


@SIDES
def test_what_is_found_nowhere_goes_to_a_person(side):
    searched = turn_of(("search_knowledge", {"query": NEED.query}), results=["nothing"])
    name, given = uses(side(body(more=searched), TURN))[0]
    assert name in ("hand_over", "escalate_to_human")
    assert given["summary"]


def test_the_plain_loop_takes_leave_once_somebody_was_told():
    told = turn_of(("escalate_to_human", {"summary": "s"}), results=["ok"])
    assert "person" in plain(body(more=told), replace(TURN, ends="hand_over", needs=()))["text"]


@SIDES
def test_an_action_is_asked_for_before_the_turn_ends(side):
    wants = replace(TURN, action={"name": "resend_invoice", "number": "INV-7"})
    name, given = uses(side(body(FOUND), wants))[0]
    assert (name, given) in [("run_action", {"action": "resend_invoice", "parameters": {"number": "INV-7"}}), ("resend_invoice", {"number": "INV-7"})]


def test_ours_cites_by_the_numbers_of_its_prompt():
    (name, given), *_ = uses(ours(body(FOUND), TURN))
    assert (name, given["thread"]) == ("submit_reply", "It takes 5 to 7 working days. [3] Bye!")
    assert given["claims"] == [{"text": "It takes 5 to 7 working days.", "evidence": [3]}]


def test_ours_tells_of_an_accepted_action_by_its_number():
    wants = replace(TURN, action={"name": "reset"}, thread=("Done. [2]",))
    accepted = turn_of(
        ("run_action", {"action": "reset", "parameters": {}}), results=['Accepted: it runs. You may say, in thread: "Done." [9] Nothing more of it.']
    )
    (_, given), *_ = uses(ours(body(FOUND, more=accepted), wants))
    assert given["thread"] == "Done. [9]"


def test_the_plain_loop_says_the_same_in_text():
    assert plain(body(FOUND), TURN) == {"text": "It takes 5 to 7 working days. Bye!"}


def test_a_refused_sentence_is_left_out_of_the_second_try():
    refused = turn_of(("submit_reply", {}), results=['The reply was not sent. Mend this:\n- "It takes 5 to 7 working days.": no evidence'])
    (_, given), *_ = uses(ours(body(FOUND, more=refused), TURN))
    assert (given["thread"], given["claims"]) == ("Bye!", [])


def test_a_question_is_asked_by_both():
    asks = replace(TURN, ends="ask", question="Which version?", thread=())
    assert uses(ours(body(FOUND), asks)) == [("ask_customer", {"question": "Which version?"})]
    assert plain(body(FOUND), asks) == {"text": "Which version?"}


def test_calls_of_an_earlier_turn_do_not_count():
    before = [*turn_of(("search_knowledge", {"query": NEED.query}), results=["nothing"]), {"role": "user", "content": "And now?"}]
    assert called(body(more=before)) == []


@pytest.mark.parametrize(
    ("keys", "purpose"),
    [
        pytest.param({}, "answer", id="no schema is an answer"),
        pytest.param({"points": {}}, "summary", id="points are a summary"),
        pytest.param({"category": {}}, "triage", id="a category is triage"),
    ],
)
def test_a_call_says_what_it_is_for(keys, purpose):
    schema = {"output_config": {"format": {"schema": {"properties": keys}}}} if keys else {}
    assert purpose_of({**body(), **schema}) == purpose
