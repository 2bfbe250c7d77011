"""Fusion: what both searches found comes first, by how much better it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.fusion import Balance, Ranking, best, by_article, fused, relative, with_parts
from knowledge.index import Found

FOUND = st.lists(st.builds(Found, st.sampled_from("abcdef"), st.floats(-1, 30)), max_size=6, unique_by=lambda found: found.id)


def found(**scores):
    return [Found(id, score) for id, score in scores.items()]


def ordered(ranking):
    return sorted(ranking.scores, key=lambda id: -ranking.scores[id])


def test_scores_are_shares_of_the_best():
    assert relative(found(a=8.0, b=4.0), depth=9) == Ranking({"a": 1.0, "b": 0.5}, 0.0)


def test_what_a_full_search_left_out_is_at_most_as_good_as_its_last():
    assert relative(found(a=8.0, b=4.0), depth=2).of("z") == 0.5


@pytest.mark.parametrize("leg", [[], found(a=-0.2), found(a=0.0)], ids=["nothing", "an opposite", "a zero"])
def test_a_search_that_found_nothing_near_gives_no_score(leg):
    assert set(relative(leg, depth=1).scores.values()) <= {0.0}


def test_what_both_legs_found_comes_first():
    dense, lexical = relative(found(a=0.9, b=0.8), depth=9), relative(found(b=7.0, c=3.0), depth=9)
    assert ordered(fused(dense, lexical)) == ["b", "a", "c"]


def test_a_passage_that_is_much_better_by_words_beats_one_that_is_a_little_better_by_meaning():
    dense, lexical = relative(found(a=0.50, b=0.49), depth=9), relative(found(b=20.0, a=4.0), depth=9)
    assert ordered(fused(dense, lexical)) == ["b", "a"]


def test_fused_scores_are_weighted_means():
    made = fused(Ranking({"a": 1.0}), Ranking({"b": 1.0}), balance=Balance(meaning=0.7))
    assert made.scores == pytest.approx({"a": 0.7, "b": 0.3})


def test_each_part_of_a_query_brings_its_own_best_forward():
    whole = Ranking({"mixed": 1.0, "one": 0.8, "two": 0.7})
    made = with_parts(whole, [Ranking({"one": 1.0}), Ranking({"two": 1.0})], balance=Balance(part=0.5))
    assert ordered(made) == ["one", "two", "mixed"]
    assert made.scores["one"] == pytest.approx(0.9)


def test_without_parts_the_whole_stands():
    whole = Ranking({"a": 1.0}, 0.1)
    assert with_parts(whole, []) is whole


def test_an_article_with_two_good_passages_comes_before_one_with_one():
    scores = by_article({"a1": 0.9, "b1": 0.9, "b2": 0.8, "c1": 0.1}, {"a1": "a", "b1": "b", "b2": "b", "c1": "c"})
    assert max(scores, key=scores.__getitem__) == "b1"
    assert (scores["a1"], scores["b2"], scores["c1"]) == (0.9, 0.8, 0.1)


def test_a_chunk_is_as_good_as_its_best_window():
    assert best([[Found("a", 0.2), Found("b", 0.5)], [Found("a", 0.9)]], k=2) == [Found("a", 0.9), Found("b", 0.5)]
    assert best([[Found("a", -0.2)]], k=2) == [Found("a", -0.2)]


@given(dense=FOUND, lexical=FOUND)
def test_fused_scores_are_between_0_and_1_whatever_was_found(dense, lexical):
    made = fused(relative(dense, depth=6), relative(lexical, depth=6))
    assert made.scores.keys() == {each.id for each in (*dense, *lexical)}
    assert all(0 <= score <= 1 for score in made.scores.values())
    assert 0 <= made.floor <= 1
