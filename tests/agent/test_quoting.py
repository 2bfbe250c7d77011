from dataclasses import replace

import numpy as np
import pytest

from agent import ranking
from agent.asking import Asked
from agent.quoting import TOGETHER, Quote, chosen, joined, quotes, said, text_of
from agent.ranking import Read
from agent.sentences import Kind
from agent.shape import BONUS, bonus
from agent.units import units
from desk.audience import PUBLIC
from desk.draft import Passage

LONG = " ".join(["This sentence is here to make the paragraph longer than what is quoted whole."] * 7)


def passage(text, *, id="c-1", document="refund-times", title="Refunds", heading="", dense=0.5, lexical=5.0):
    return Passage(id, document, title, heading, f"https://help.example/{document}", PUBLIC, text, "hash", dense=dense, lexical=lexical)


def read(text, near):
    found = passage(text)
    return Read(found, units(found), tuple(near))


def quoted(text, near):
    return [unit.text for unit in chosen(read(text, near))]


def test_a_passage_is_cut_into_sentences_and_whole_blocks():
    found = units(passage("## Head\n\n**Monthly to yearly**\n\nOne. Two:\n\n1. A\n2. B\n\n```\ncode\n```"))
    assert [(unit.text, unit.kind) for unit in found] == [
        ("One.", Kind.TEXT),
        ("Two:", Kind.TEXT),
        ("1. A\n2. B", Kind.LIST),
        ("```\ncode\n```", Kind.CODE),
    ]
    assert {unit.headline for unit in found} == {"Monthly to yearly"}


def test_a_short_section_is_quoted_whole():
    assert quoted("One thing. Another thing.\n\nA third.", [0.1, 0.9, 0.1]) == ["One thing.", "Another thing.", "A third."]


def test_of_a_long_section_only_what_answers_is_quoted():
    assert quoted(f"{LONG}\n\nThe answer is here.\n\n{LONG}", [0.1] * 7 + [0.9] + [0.1] * 7) == ["The answer is here."]


def test_steps_bring_the_sentence_that_leads_to_them():
    text = f"{LONG}\n\nDo this:\n\n1. Open it.\n2. Close it."
    assert quoted(text, [0.1] * 7 + [0.1, 0.8]) == ["Do this:", "1. Open it.\n2. Close it."]
    assert quoted(text, [0.1] * 7 + [0.8, 0.1]) == ["Do this:", "1. Open it.\n2. Close it."]


def test_a_sentence_that_refers_back_brings_what_it_refers_to():
    text = f"Ask for the reference.\n\nIt starts with RF.\n\n{LONG}"
    assert quoted(text, [0.1, 0.9] + [0.1] * 7) == ["Ask for the reference.", "It starts with RF."]


def test_sections_under_bold_headlines_are_kept_apart():
    text = f"**Monthly**\n\nPay monthly now.\n\n**Yearly**\n\nPay yearly now.\n\n{LONG}"
    assert quoted(text, [0.9, 0.2, *[0.1] * 7]) == ["Pay monthly now."]


def test_each_sentence_carries_its_number_and_a_list_behind_it():
    found = units(passage("One. Two.\n\n| a | b |\n|---|---|\n\n- x\n- y"))
    assert text_of(found, 3) == "One. [3] Two. [3]\n\n| a | b |\n|---|---|\n\n- x\n- y [3]"
    assert text_of(found) == "One. Two.\n\n| a | b |\n|---|---|\n\n- x\n- y"


def test_bold_headlines_stand_over_what_is_quoted_below_them():
    found = units(passage("**Monthly**\n\nPay now.\n\n**Yearly**\n\nPay later. Or now."))
    assert text_of(found, 1) == "**Monthly** [1]\n\nPay now. [1]\n\n**Yearly** [1]\n\nPay later. [1] Or now. [1]"
    assert text_of(found[1:]) == "**Yearly**\n\nPay later. Or now."


SENTENCE = "Every refund goes back to the card it came from."


@pytest.mark.parametrize(
    ("text", "heading", "opening"),
    [
        pytest.param("| a | b |\n|---|---|", "Error codes", "**Error codes** [2]\n\n| a | b |", id="a table"),
        pytest.param("```\ncode\n```", "", "**Refunds** [2]\n\n```", id="code, under the title where there is no heading"),
        pytest.param("- One\n- Two", "What to bring", "**What to bring** [2]\n\n- One", id="a list"),
        pytest.param("Owners and admins.", "Who can invite?", "**Who can invite?** [2]\n\nOwners", id="a few words"),
        pytest.param(SENTENCE, "Where it goes", SENTENCE, id="a whole sentence stands alone"),
        pytest.param(f"**Cards**\n\n{SENTENCE}", "Where it goes", f"**Cards** [2]\n\n{SENTENCE}", id="a headline of its own"),
    ],
)
def test_what_cannot_be_understood_alone_is_said_under_its_heading(text, heading, opening):
    found = passage(text, heading=heading)
    assert said(Quote(Read(found, units(found), ()), units(found)), 2, headed=False).startswith(opening)


def test_one_of_several_quotes_is_always_said_under_its_heading():
    found = passage(SENTENCE, heading="Where it goes")
    assert said(Quote(Read(found, units(found), ()), units(found)), 2, headed=True) == f"**Where it goes** [2]\n\n{SENTENCE} [2]"


def test_nothing_to_quote_quotes_nothing():
    assert chosen(read("## Only a heading", [])) == ()


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How long does it take?", "It takes 5 to 7 working days."),
        ("When does the check run?", "The check runs at 06:00."),
        ("What does it cost?", "It costs EUR 12.00."),
        ("How many users are included?", "There are 5 users."),
        ("How do I set it up?", "1. Open it.\n2. Close it."),
        ("Where do I find it?", "1. Open it.\n2. Close it."),
    ],
)
def test_a_sentence_that_looks_like_an_answer_counts_more(question, text):
    looks = bonus(question)
    assert looks(units(passage(text))[0]) == BONUS
    assert looks(units(passage("Nothing of the kind."))[0]) == 0


WEIGHTS = dict.fromkeys(ranking.CUES, 1.0)


def ranked(words, passages, vectors, weights=WEIGHTS):
    asked = Asked(words, words)
    assert len(ranking.texts(asked, passages)) == len(vectors)
    return ranking.rank(asked, np.array(vectors, dtype=np.float32), passages=passages, weights=weights)


FAR_AND_NEAR = (passage("Far away.", id="c-1", document="a", dense=0.2), passage("Near by.", id="c-2", document="b", dense=0.7))


def test_the_passage_that_answers_best_comes_first():
    reads = ranked("which one", FAR_AND_NEAR, [[1, 0], [1, 0], [0, 1], [0, 1], [0, 1], [0.9, 0]])
    assert [found.passage.document for found in reads] == ["b", "a"]
    assert reads[0].best == pytest.approx(0.9)
    assert reads[0].chance > reads[1].chance


def test_weights_say_what_counts():
    vectors = [[1, 0], [1, 0], [1, 0], [0.9, 0], [0, 1], [0, 1]]
    assert ranked("which one", FAR_AND_NEAR, vectors, {"nearest": 1.0})[0].passage.document == "a"
    assert ranked("which one", FAR_AND_NEAR, vectors, {"dense": 1.0})[0].passage.document == "b"


def test_a_passage_alone_competes_with_one_that_does_not_answer():
    alone = [[1, 0], [1, 0], [0, 1], [0, 1]]
    assert ranked("which one", FAR_AND_NEAR[:1], alone, {**WEIGHTS, ranking.ELSEWHERE: 9.0})[0].chance < 0.01


def test_each_clause_of_a_question_is_looked_for():
    assert ranking.clauses("Our IT guy is lost, it says audience mismatch. What is wrong?") == (
        "Our IT guy is lost",
        "it says audience mismatch.",
        "What is wrong?",
    )
    both = ranked("first thing, second thing", FAR_AND_NEAR[:1], [[1, 0], [1, 0], [0, 1], [1, 0], [0, 1]])[0]
    assert both.cues.clauses == pytest.approx(1.0)


def test_a_word_that_few_passages_have_counts_more():
    found = (passage("The refund of a card.", id="c-1"), passage("The refund of a bank.", id="c-2"), passage("A refund.", id="c-3"))
    reads = ranked("refund card", found, [[1, 0]] * 8)
    by_id = {read.passage.id: read.cues.coverage for read in reads}
    assert by_id["c-1"] == 1.0
    assert by_id["c-2"] == by_id["c-3"] < 0.5


def test_the_article_of_the_whole_message_is_favored_where_it_is_close():
    here, there = spread(7.5, document="here"), spread(8.0, document="there")
    assert [found.passage.document for found in ranking.favoring((*there, *here), "here")] == ["here", "there"]
    far = spread(6.5, document="here")
    assert [found.passage.document for found in ranking.favoring((*there, *far), "here")] == ["there", "here"]


def test_no_passage_ranks_nothing():
    assert ranked("which one", (), [[1, 0], [1, 0]]) == ()


def test_the_texts_to_embed_stay_few():
    many = tuple(passage(" ".join(f"Sentence number {n}." for n in range(80)), id=f"c-{n}", document=str(n)) for n in range(12))
    texts = ranking.texts(Asked("How? " * 40, "How?"), many)
    assert len(texts) <= 1 + ranking.CLAUSES + ranking.READ + ranking.UNITS
    assert all(len(text.split()) < 60 for text in texts)


def spread(*scores, document="refund-times"):
    """Return passages of one article, read in the order of their scores, that stand there the other way round."""
    return tuple(
        replace(read(f"Part {n}.", [0.9]), passage=replace(passage(f"Part {n}.", id=f"c-{n}", document=document), n=9 - n), score=score)
        for n, score in enumerate(scores)
    )


def test_an_answer_spread_over_an_article_is_quoted_in_its_order():
    assert [quote.read.passage.id for quote in quotes(spread(8.0, 7.0, 4.0))] == ["c-1", "c-0"]


def test_no_more_than_three_passages_answer_together():
    assert len(quotes(spread(8.0, 7.9, 7.8, 7.7))) == TOGETHER


def test_another_article_says_something_else():
    assert len(quotes((*spread(8.0), *spread(7.9, document="other")))) == 1


def test_nothing_found_quotes_nothing():
    assert quotes(()) == ()


def test_two_quotes_of_a_passage_become_one_in_its_order():
    found = read("One. Two. Three.", [0.1, 0.2, 0.3])
    one, two, three = found.units
    assert joined(Quote(found, (two, three)), Quote(found, (one, two))).units == (one, two, three)
