"""Deeds: who says that something was done needs more than an article."""

import pytest

from agent.deeds import UNDONE, undone
from desk.audience import PUBLIC
from desk.draft import Evidence

ARTICLE = Evidence(1, "passage", "c", PUBLIC, "A duplicate charge is always refunded in full, once we have approved it.")
MACRO = Evidence(2, "macro", "m", PUBLIC, "I have approved your refund.")
RAN = Evidence(3, "action", "restart", PUBLIC, "The integration was restarted.")


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("We have refunded the second charge.", id="we have"),
        pytest.param("I've already refunded it.", id="shortened, with a word between"),
        pytest.param("I refunded the duplicate charge in full.", id="in the past tense"),
        pytest.param("Good news: we have just escalated this.", id="behind an opening"),
    ],
)
def test_an_article_shows_of_nothing_that_it_was_done(sentence):
    assert undone(sentence, [ARTICLE]) == UNDONE


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("A duplicate charge is refunded in full.", id="what is done for everybody"),
        pytest.param("The money arrives once we have approved it.", id="when it happens"),
        pytest.param("We refund it as soon as we have approved it.", id="when it happens, in more words"),
        pytest.param("We will have it looked at.", id="nothing that was done"),
    ],
)
def test_what_is_always_so_needs_no_deed(sentence):
    assert undone(sentence, [ARTICLE]) == ""


def test_an_action_that_ran_shows_it():
    assert undone("I have restarted the bank feed.", [ARTICLE, RAN]) == ""


def test_an_article_shows_it_in_the_same_words():
    news = Evidence(4, "passage", "c", PUBLIC, "We have added a dark theme.")
    assert undone("We have added a dark theme.", [news]) == ""
    assert undone("We have added a dark theme, and I refunded you.", [news]) == UNDONE


def test_what_a_teammate_may_say_of_themselves_is_nothing_that_the_agent_did():
    assert undone("I have approved your refund.", [MACRO]) == UNDONE
