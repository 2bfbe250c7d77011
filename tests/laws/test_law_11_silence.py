"""Law 11: silence is not resolution; autonomy is earned by measurement, which needs labels that cannot be faked."""

import ast
from pathlib import Path

import pytest

from desk.ticket import Containment, Status
from desk.timeline import Purpose

QUESTION = "When does my refund arrive?"
ROOT = Path(__file__).parents[2]


async def _silence(w):
    await w.wait(days=4)


async def _resolved(w):
    await w.clicks("ina", "Get a human")
    await w.clicks("noor", "Resolve", verdict="needed")


async def _thanked(w):
    await w.asks("ina", "thanks, great", under=(await w.ticket()).anchor)
    await w.wait(days=4)


@pytest.mark.parametrize("end", [pytest.param(_silence, id="silence"), pytest.param(_resolved, id="a teammate"), pytest.param(_thanked, id="thanks")])
async def test_nothing_but_the_customers_word_calls_a_ticket_solved(w, end):
    await w.asks("ina", QUESTION)
    await end(w)
    ticket = await w.ticket()
    assert ticket.status is Status.CLOSED
    assert ticket.containment is not Containment.CONFIRMED


@pytest.mark.parametrize("who", ["noor", "ada", "kim", "jon", "max"])
async def test_nobody_elses_click_calls_it_solved(w, who):
    await w.asks("ina", QUESTION)
    await w.clicks(who, "Solved")
    assert (await w.ticket()).status is Status.WAITING_CUSTOMER


def calls_solved(path):
    """Tell how often a module gives a ticket the status `solved`."""
    keywords = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.keyword) and node.arg == "status"]
    return sum("Status.SOLVED" in ast.unparse(keyword.value) for keyword in keywords)


def test_one_place_in_the_code_calls_a_ticket_solved():
    modules = [path for folder in ("handlers", "escalation", "bot", "store") for path in ROOT.glob(f"{folder}/**/*.py")]
    assert {path.stem: calls_solved(path) for path in modules if calls_solved(path)} == {"ending": 1}


async def test_silence_is_told_apart_from_confirmation_and_from_coming_back(w):
    await w.asks("ina", QUESTION)
    await w.wait(days=4)
    assert (await w.ticket()).containment is Containment.SILENT
    await w.asks("ina", "unsure: refund still missing", under=(await w.ticket()).anchor)
    assert (await w.ticket()).containment is Containment.RECONTACTED


async def test_a_human_in_the_conversation_is_no_deflection(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Edit", text="In a week.")
    await drafting.wait(days=4)
    ticket = await drafting.ticket()
    assert (ticket.deflected, ticket.containment) == (False, None)


async def test_wrong_retract_and_correct_all_count_as_a_wrong_answer_and_once(w):
    for label, form in (("Wrong", {}), ("Retract", {}), ("Correct", {"text": "10 days"})):
        await w.asks("max", f"{label} refund?")
        await w.clicks("noor", label, **form)
        await w.clicks("max", "Get a human")
        await w.wait(hours=2)
    labels = [f for t in await w.store.tickets() for f in await w.store.feedback(t.id) if f.kind in ("wrong", "retract", "correct")]
    assert sorted(f.kind for f in labels) == ["correct", "retract", "wrong"]
    assert len({f.subject for f in labels}) == 3


async def test_a_label_of_a_customer_is_none(w):
    await w.asks("ina", QUESTION)
    await w.clicks("ina", "Wrong")
    assert await w.store.feedback((await w.ticket()).id) == []
    assert w.posts(Purpose.QUESTION) == []
