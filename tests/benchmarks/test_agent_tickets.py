"""The forty tickets: what they rest on is there, and the day is one that a cache does not simply favor."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.agent_tickets import NUMBER, bare, in_order, read_tickets

DEMO = Path(__file__).parents[2] / "demo"
TICKETS = read_tickets()
TURNS = [turn for _, turn in in_order(TICKETS)]
ARTICLES = {path.stem: path.read_text(encoding="utf-8") for path in (DEMO / "knowledge").rglob("*.md")}
NEEDS = [pytest.param(need, id=f"{turn.ticket} {turn.n + 1}: {need.query}") for turn in TURNS for need in turn.needs]


def test_there_are_forty_eight_of_them_with_a_second_turn():
    assert Counter(len(ticket.turns) for ticket in TICKETS) == {1: 32, 2: 8}


@pytest.mark.parametrize("need", NEEDS)
def test_the_words_an_answer_needs_stand_in_the_article_it_names_and_in_no_other(need):
    assert [name for name, text in ARTICLES.items() if need.words in text] == ([need.article] if need.article else [])


def test_no_customer_says_the_words_that_the_answer_needs():
    assert [turn.ticket for turn in TURNS for words in turn.words if words in turn.says] == []


def test_every_ending_is_among_them():
    assert set(Counter(turn.ends for turn in TURNS)) == {"reply", "ask", "hand_over"}
    assert any(turn.action for turn in TURNS)
    assert any(turn.fields and turn.needs for turn in TURNS)


def test_some_tickets_come_within_five_minutes_of_each_other_and_some_do_not():
    gaps = [later.at - earlier.at for earlier, later in pairwise(TURNS)]
    assert sum(gap <= timedelta(minutes=5) for gap in gaps) >= 15
    assert sum(gap > timedelta(minutes=5) for gap in gaps) >= 15
    assert sum(gap > timedelta(minutes=25) for gap in gaps) >= 5


def test_a_sentence_names_only_what_its_turn_knows():
    for turn in TURNS:
        known = len(turn.words) + (turn.action is not None)
        named = {int(n) for sentence in (*turn.thread, *turn.private) for n in NUMBER.findall(sentence)}
        assert named <= set(range(1, known + 1)), turn.ticket


def test_a_turn_has_what_its_ending_takes():
    for turn in TURNS:
        assert {"reply": bool(turn.thread or turn.private), "ask": bool(turn.question), "hand_over": bool(turn.reason and turn.summary)}[turn.ends], (
            turn.ticket
        )


def test_a_plain_agent_says_the_same_without_numbers():
    assert bare("A refund takes 5 days. [1] [2]") == "A refund takes 5 days."
    assert all("[" not in turn.said for turn in TURNS)


def test_a_second_turn_comes_after_the_first():
    for ticket in TICKETS:
        assert [turn.at for turn in ticket.turns] == sorted(turn.at for turn in ticket.turns)
        assert [turn.last for turn in ticket.turns] == [*([False] * (len(ticket.turns) - 1)), True]
