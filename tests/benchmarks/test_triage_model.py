"""How far a model's word at triage can be believed: printed and kept from scripted replies over the wire."""

import random

import pytest

from agent.sureness import load
from agent.triage_examples import chosen
from agent.triage_schema import Opinion, Said
from benchmarks.judged import Known, known, picked, verdicts
from benchmarks.triage_model import NO_MODEL, binned, crossed, main, table
from desk.triage import CATEGORIES
from tests.agent.judge import reply

SHOWN = chosen({}, CATEGORIES)


@pytest.fixture
def home(monkeypatch, tmp_path):
    """Return a home of the test's own."""
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("FRONTDESK_POLICY", raising=False)
    return tmp_path / "home"


def wrong(name, right):
    """Return some value that is not the right one."""
    return {"category": next(c for c in CATEGORIES if c != right), "sentiment": "neutral" if right != "neutral" else "furious"}.get(name, not right)


def answer(one: Known, dice: random.Random):
    """Return the reply of a model that says 0.95 and is right in four of five messages, or says 0.6 and is right in every third."""
    sure, chance = dice.choice([(0.95, 0.8), (0.6, 1 / 3)])
    told = {
        name: right if dice.random() < chance else wrong(name, right)
        for name, right in one.values.items()
        if name in ("category", "request", "sentiment")
    }
    return reply(sure=sure, **told)


async def test_scripted_replies_give_the_curve_that_made_them(llmock, home, capsys):
    dice = random.Random(11)
    for one in known(shown=SHOWN, own=None, rows=28):
        llmock.reply(answer(one, dice))
    assert await main(["--rows", "28", "--at-once", "1", "--fit", str(home / "triage.json")]) == 0
    out = capsys.readouterr().out
    assert "claude-haiku-5-5, prompt" in out
    assert "0 without an answer" in out
    assert "  0.9 to 1.0  n" in out
    assert "Brier" in out
    measured = load(home / "triage.json")
    assert measured.holds(model="claude-haiku-5-5", prompt=measured.prompt)
    for name in ("category", "request", "sentiment"):
        assert measured.of(name, 0.95) == pytest.approx(0.8, abs=0.15)
        assert measured.of(name, 0.6) == pytest.approx(0.4, abs=0.2)
    assert measured.of("category", 0.6) < measured.of("category", 0.95)
    assert not measured.measures("urgency")


async def test_without_a_key_it_says_so_in_one_sentence(home, capsys):
    assert await main([]) == 2
    assert capsys.readouterr().err == f"{NO_MODEL}\n"
    assert not home.exists()


async def test_a_wrong_key_ends_it_at_once(llmock, home, capsys):
    llmock.fail(401, times=None)
    assert await main(["--rows", "3", "--fit", str(home / "triage.json")]) == 1
    assert "The model cannot be asked" in capsys.readouterr().err
    assert not (home / "triage.json").exists()


async def test_what_it_may_cost_is_a_bound(llmock, home, capsys):
    llmock.reply(reply(), times=None)
    assert await main(["--rows", "20", "--most", "0.05"]) == 1
    assert "budget" in capsys.readouterr().err
    assert len(llmock.requests) < 20


async def test_a_message_that_gets_no_answer_is_counted_and_judged_by_nobody(llmock, home, capsys):
    llmock.reply("no", times=None)
    assert await main(["--rows", "2"]) == 0
    out = capsys.readouterr().out
    assert "18 messages, 18 without an answer" in out
    assert "not measured" in out


def test_what_the_prompt_shows_is_not_asked_about():
    shown = {text for texts in SHOWN.values() for text in texts}
    asked = known(shown=SHOWN, own=None, rows=1000)
    assert not shown & {one.text for one in asked}
    assert len(asked) > 1000


def test_the_labels_are_those_of_the_files():
    asked = known(shown=SHOWN, own=None, rows=30)
    assert {one.values["category"] for one in asked if "category" in one.values} == set(CATEGORIES)
    assert {name for one in asked for name in one.values} == {"category", "request", "sentiment", "intent", "out_of_scope", "language", "trend"}
    assert {name for one in asked for name in one.signals} == {"asks_human", "security", "data_loss", "legal", "safety"}
    assert {len(one.before) for one in asked if "trend" in one.values} == {1, 2}
    assert {code for one in asked for code in one.urgency or ()} == {"deadline", "blocked", "outage", "money", "many_users"}


def test_only_what_is_known_is_judged():
    said = Opinion(
        request=Said(True, 0.9), category=Said("billing", 0.7), signals=(Said("legal", 0.8), Said("security", 0.6)), urgency=(Said("money", 0.5),)
    )
    assert list(verdicts(Known("x", {"category": "bug report", "intent": "plan"}, {"legal": True}), said)) == [
        ("category", (0.7, False)),
        ("signals", (0.8, True)),
    ]
    assert list(verdicts(Known("x", urgency=frozenset({"outage"})), said)) == [("urgency", (0.5, False))]


def test_rows_are_picked_from_all_over():
    rows = [Known(str(n)) for n in range(10)]
    assert [one.text for one in picked(rows, 3)] == ["0", "3", "6"]
    assert picked(rows, 30) == rows


def test_a_table_holds_the_figures_and_its_bins():
    head, *bins = table("category", [(0.9, True)] * 9 + [(0.9, False)] + [(0.55, True)] * 5 + [(0.55, False)] * 5)[1:]
    assert head.split("  calibrated")[0] == "category      n 20  right 0.700  stated 0.725  ECE 0.025  Brier 0.171"
    assert bins == ["  0.5 to 0.6  n   10  stated 0.550  right 0.500", "  0.9 to 1.0  n   10  stated 0.900  right 0.900"]


def test_a_curve_is_tried_on_the_half_that_it_was_not_fitted_to():
    overconfident = [(0.99, n % 2 == 0 or n % 4 == 1) for n in range(100)]
    (only,) = binned(crossed(overconfident)[:50])
    assert only.confidence == pytest.approx(0.5, abs=0.02)
