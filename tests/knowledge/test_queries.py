"""Queries: what is searched for of a text, however long and odd it is."""

import pytest

from knowledge.queries import PARTS, QUERY, WINDOW, parts, sentences, shortened, windows

LONG = " ".join(f"The sentence number {n} of a long message says something." for n in range(60))


def test_a_long_query_keeps_its_beginning_and_its_end_in_whole_words():
    text = shortened(" ".join(f"word{n}" for n in range(5_000)))
    assert len(text) <= QUERY
    assert text.startswith("word0 word1 ")
    assert text.endswith(" word4999")
    assert set(text.split()) <= {f"word{n}" for n in range(5_000)}


def test_a_10_mb_query_is_cut_before_it_is_cleaned():
    assert len(shortened("x" * 10_000_000)) <= QUERY


def test_lines_stay_apart_without_the_space_around_them():
    assert shortened("  My order \n\n\t is   late\r\n") == "My order\nis late"


@pytest.mark.parametrize(("words", "count"), [(1, 1), (WINDOW, 1), (WINDOW + 1, 2), (400, 5)], ids=["a word", "a window", "one more", "many"])
def test_windows_overlap_and_cover_a_query(words, count):
    text = [f"word{n}" for n in range(words)]
    made = windows(" ".join(text))
    assert len(made) == count
    assert sorted({word for window in made for word in window.split()}) == sorted(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("How long does a refund take?", [], id="one question"),
        pytest.param("I cancelled on Monday. How long does a refund take?", [], id="one question with what it is about"),
        pytest.param("How long does a refund take? Thanks a lot!", [], id="one question and thanks"),
        pytest.param(
            "I cancelled on Monday. When is my refund here? And can I export my data first?",
            ["I cancelled on Monday. When is my refund here?", "And can I export my data first?"],
            id="two questions, the first with what it is about",
        ),
        pytest.param(
            "When is my refund here? By the way, the export fails since yesterday.",
            ["When is my refund here?", "By the way, the export fails since yesterday."],
            id="a question and a complaint",
        ),
        pytest.param(
            "返金はいつですか？ データを出力できますか？", ["返金はいつですか？", "データを出力できますか？"], id="two questions in Japanese"
        ),
        pytest.param("why?? why?! why?", ["why??", "why?!", "why?"], id="impatience"),
    ],
)
def test_a_short_text_is_searched_question_by_question(text, expected):
    assert parts(text) == expected


def test_a_long_text_is_searched_by_its_longest_sentences_in_their_order():
    found = parts(f"Hi. Thanks. {LONG}")
    assert len(found) == PARTS
    assert found == [sentence for sentence in sentences(LONG) if sentence in found]


@pytest.mark.parametrize("text", ["one\ntwo", "One. Two!", "One: two", "一。二"], ids=["lines", "marks", "a colon", "without space"])
def test_sentences_are_told_apart_without_knowing_the_language(text):
    assert len(sentences(text)) == 2


def test_an_address_and_a_number_are_no_ends_of_sentences():
    assert sentences("See https://help.example/a.b about 3.5 GB") == ["See https://help.example/a.b about 3.5 GB"]
