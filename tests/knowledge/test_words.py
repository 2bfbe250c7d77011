"""Words: what BM25 weighs in a text and in a query."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from knowledge.words import of_chunk, of_query


def weights(made):
    return dict(zip(made.terms, made.weights, strict=True))


def term(word):
    (found,) = of_query(word).terms
    return found


def test_words_of_one_stem_are_one_term():
    assert term("refund") == term("refunds") == term("Refunding")


def test_a_word_counts_as_often_as_sentences_say_it():
    asked = weights(of_query("My refund is late. The refund, refund, refund! When is it here?"))
    assert asked[term("refund")] == 2
    assert asked[term("late")] == 1


def test_lines_are_sentences_too():
    assert weights(of_query("refund\nrefund"))[term("refund")] == 2


@pytest.mark.parametrize("text", ["", "the of and", "?!", "\n"], ids=["nothing", "stop words", "marks", "a line"])
def test_a_text_without_words_has_no_terms(text):
    assert of_query(text).terms == of_chunk(text).terms == []


def test_in_a_text_a_term_counts_less_and_less_and_long_texts_count_less():
    once, twice, often = (weights(of_chunk("refund " * n + "filler " * (10 - n)))[term("refund")] for n in (1, 2, 9))
    assert once < twice < often < 9 * once
    assert weights(of_chunk("refund " + "filler " * 400))[term("refund")] < once


def test_it_works_from_any_thread():
    with ThreadPoolExecutor(2) as pool:
        assert len({tuple(made.terms) for made in pool.map(of_chunk, ["refund times"] * 20)}) == 1
