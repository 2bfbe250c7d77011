"""JSON articles: one a line, or a list of them."""

import json

import pytest

from desk.audience import INTERNAL, account
from knowledge.article import Article, Failure
from knowledge.formats.jsonlines import read_lines, read_list

REFUNDS = {"id": "refunds", "title": "Refunds", "content": "Five days."}


def lines(*items: object) -> list[Article | Failure]:
    text = "\n".join(item if isinstance(item, str) else json.dumps(item) for item in items)
    return list(read_lines(text, path="kb.jsonl", where="kb.jsonl"))


def test_each_line_is_an_article():
    found = lines(REFUNDS, "", {**REFUNDS, "id": "plans", "url": "https://help.example/plans", "audience": "account:acme", "updated": "2026-01-02"})
    assert found == [
        Article("refunds", "Refunds", "Five days.", "kb.jsonl:1"),
        Article("plans", "Refunds", "Five days.", "kb.jsonl:3", "https://help.example/plans", account("acme"), "2026-01-02"),
    ]


def test_an_internal_title_wins_over_a_public_audience():
    (found,) = lines({**REFUNDS, "title": "Internal: refunds", "audience": "public"})
    assert isinstance(found, Article)
    assert found.audience == INTERNAL


def test_half_a_character_is_replaced():
    (found,) = lines('{"id": "a", "title": "A", "content": "broken \\ud83d here"}')
    assert isinstance(found, Article)
    found.text.encode()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param('{"id": "refunds", "title"', "not a line of JSON", id="half a line"),
        pytest.param("[1, 2]", "not an article", id="a list"),
        pytest.param('{"id": "refunds", "title": "Refunds"}', "no text in content", id="no content"),
        pytest.param('{"id": "refunds", "content": 7}', "no text in content", id="a number as content"),
        pytest.param('{"title": "Refunds", "content": "text"}', "no id", id="no id"),
        pytest.param('{"id": "refunds", "content": "  "}', "empty", id="empty content"),
        pytest.param('{"id": "refunds", "content": "text", "audience": "everyone"}', "everyone", id="an unknown audience"),
        pytest.param('{"id": "refunds", "content": "text", "url": ["a"]}', "url is a list", id="a list as address"),
        pytest.param("[" * 100_000, "not a line of JSON", id="brackets without end"),
    ],
)
def test_a_bad_line_is_reported_by_its_number_and_the_others_are_read(line, reason):
    good, bad = lines(REFUNDS, line)
    assert isinstance(good, Article)
    assert isinstance(bad, Failure)
    assert bad.path == "kb.jsonl:2"
    assert reason in bad.reason


def test_a_bad_line_still_says_which_document_it_is():
    (found,) = lines('{"id": "refunds", "title"')
    assert isinstance(found, Failure)
    assert found.ids == {"refunds"}


def test_a_list_holds_articles_and_reports_the_bad_one():
    found = list(read_list(json.dumps([REFUNDS, 7]), path="kb.json", where="kb.json"))
    assert [type(item) for item in found] == [Article, Failure]
    assert found[1] == Failure("kb.json:2", "not an article: write an object with id, title and content")


@pytest.mark.parametrize("text", ['{"id": "refunds"}', "[1,"], ids=["an object", "half a list"])
def test_a_file_that_is_no_list_is_one_failure(text):
    (found,) = read_list(text, path="kb.json", where="kb.json")
    assert isinstance(found, Failure)
    assert "not a JSON list" in found.reason


def test_a_number_of_thousands_of_digits_costs_its_line_only():
    bad, good = read_lines('{"id": ' + "1" * 5000 + '}\n{"id": "a", "content": "Five days."}', path="a.jsonl", where="a.jsonl")
    assert isinstance(bad, Failure)
    assert bad.file == "a.jsonl"
    assert isinstance(good, Article)
