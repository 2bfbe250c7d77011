"""What a prompt shows before anything is asked for: as few passages as will likely answer."""

import pytest

from agent.ranking import Read
from agent.worth import MOST, worth
from desk.audience import PUBLIC
from desk.draft import Passage


def reads(name, *chances):
    return [
        Read(Passage(f"{name}{n}", name, name, "", "", PUBLIC, "words", "hash"), (), (), chance=chance) for n, chance in enumerate(chances, start=1)
    ]


def ids(*answers, **more):
    return [passage.id for passage in worth(answers, **more)]


@pytest.mark.parametrize(
    ("chances", "shown"),
    [
        pytest.param((0.9, 0.05, 0.05), ["a1"], id="one that is sure to answer is enough"),
        pytest.param((0.5, 0.4, 0.1), ["a1", "a2"], id="two that may both answer are shown both"),
        pytest.param((0.3, 0.2, 0.1), ["a1", "a2"], id="what speaks for none of them does not count"),
        pytest.param((0.2, 0.2, 0.2, 0.2, 0.2), ["a1", "a2", "a3", "a4"], id="where each is as likely as the next, no more than so many"),
        pytest.param((0.0, 0.0), ["a1"], id="where nothing is likely, the first"),
        pytest.param((), [], id="nothing was found"),
    ],
)
def test_as_few_as_will_likely_answer_are_shown(chances, shown):
    assert ids(reads("a", *chances)) == shown


def test_questions_take_turns():
    assert ids(reads("a", 0.5, 0.4, 0.1), reads("b", 0.9, 0.1)) == ["a1", "b1", "a2"]


def test_a_passage_that_answers_two_questions_is_shown_once():
    assert ids(reads("a", 0.9, 0.1), reads("a", 0.6, 0.3, 0.1)) == ["a1", "a2"]


def test_there_are_never_more_than_wanted():
    assert len(ids(reads("a", *[0.1] * 10), reads("b", *[0.1] * 10))) == MOST
    assert ids(reads("a", 0.5, 0.4, 0.1), most=1) == ["a1"]


def test_nothing_was_asked():
    assert ids() == []
