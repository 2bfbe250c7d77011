"""Markdown articles: front matter, titles and what is wrong with a file."""

import pytest

from desk.audience import INTERNAL, PUBLIC, account
from knowledge.article import Article, Failure
from knowledge.formats.markdown import read, readable


def only(text: str, path: str = "billing/refund-times.md") -> Article | Failure:
    (item,) = read(text, path=path, where=f"kb/{path}")
    return item


def article(text: str, path: str = "billing/refund-times.md") -> Article:
    item = only(text, path)
    assert isinstance(item, Article)
    return item


def failure(text: str, path: str = "a.md") -> Failure:
    item = only(text, path)
    assert isinstance(item, Failure)
    return item


def test_front_matter_says_what_the_article_is():
    fields = "id: refunds\ntitle: How long a refund takes\nurl: https://help.example/r\naudience: account:acme\nupdated: 2026-09-14\nlanguage: en"
    found = article(f"---\n{fields}\n---\nFive days.\n")
    assert (found.id, found.title, found.text) == ("refunds", "How long a refund takes", "Five days.\n")
    assert (found.url, found.audience, found.updated, found.language) == ("https://help.example/r", account("acme"), "2026-09-14", "en")


def test_without_front_matter_the_path_is_the_id_and_the_first_heading_the_title():
    found = article("# Refund *times*\n\nFive days.")
    assert (found.id, found.title, found.audience) == ("billing/refund-times.md", "Refund *times*", PUBLIC)


def test_without_a_heading_the_file_name_is_the_title():
    assert article("Five days.").title == "Refund times"


@pytest.mark.parametrize(
    ("path", "title"), [("two-factor_setup.md", "Two factor setup"), ("a/b/FAQ.md", "FAQ"), ("___.md", "___.md")], ids=["words", "folders", "no word"]
)
def test_a_file_name_becomes_a_readable_title(path, title):
    assert readable(path) == title


def test_a_number_as_id_is_read_as_text():
    assert article("---\nid: 204\ntitle: 7\n---\ntext").id == "204"


def test_a_title_that_begins_with_internal_makes_the_article_internal():
    assert article("---\ntitle: 'INTERNAL: refund authority'\naudience: public\n---\ntext").audience == INTERNAL
    assert article("# Internal: who may refund\n\ntext").audience == INTERNAL


def test_windows_line_ends_and_nul_bytes_are_cleaned():
    found = article("---\r\ntitle: Refunds\r\n---\r\nFive\0 days.\r\nOr more.")
    assert (found.title, found.text) == ("Refunds", "Five days.\nOr more.")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("---\ntitle: [unclosed\n---\ntext", "not valid YAML", id="YAML that does not parse"),
        pytest.param("---\n- a\n- b\n---\ntext", "not a table", id="YAML that is a list"),
        pytest.param("---\ntitle: Refunds\ntext", "not closed", id="front matter without an end"),
        pytest.param("---\naudience: intrenal\n---\ntext", "intrenal", id="an audience nobody knows"),
        pytest.param("---\naudience: person:mara\n---\ntext", "public, account:ID or internal", id="an article for one person"),
        pytest.param("---\ntitle: [a, b]\n---\ntext", "title is a list", id="a title that is a list"),
        pytest.param("---\nupdated: 2026-13-45\n---\ntext", "not valid YAML", id="a date that does not exist"),
        pytest.param("---\ntitle: Refunds\n---\n \n", "empty", id="fields and no text"),
        pytest.param("", "empty", id="nothing at all"),
    ],
)
def test_what_cannot_be_used_is_reported_with_its_reason(text, reason):
    found = failure(text)
    assert reason in found.reason
    assert found.path == "kb/a.md"


def test_a_broken_file_still_says_which_documents_it_may_be():
    assert failure("---\nid: refunds\ntitle: [\n---\ntext").ids == {"a.md", "refunds"}


def test_an_emptied_file_is_no_document_any_more():
    assert failure("").ids == frozenset()


def test_a_line_of_dashes_further_down_is_not_front_matter():
    assert article("First.\n\n---\n\nSecond.").text == "First.\n\n---\n\nSecond."


def test_right_to_left_text_and_emoji_are_kept():
    found = article("# استرداد الأموال 💸\n\nيستغرق خمسة أيام.")
    assert (found.title, found.text.splitlines()[-1]) == ("استرداد الأموال 💸", "يستغرق خمسة أيام.")


@pytest.mark.parametrize("closing", ["", " ##", " #  "])
def test_a_first_heading_loses_the_signs_that_close_it(closing):
    assert article(f"# Refund times{closing}\n\nFive days.").title == "Refund times"


def test_a_first_heading_keeps_a_sign_that_belongs_to_it():
    assert article("# Writing C#\n\nFive days.").title == "Writing C#"


def test_a_heading_with_a_megabyte_of_spaces_is_read_at_once_and_cut():
    title = article("# Refunds" + " " * 1_000_000 + "x\n\nFive days.").title
    assert title == "Refunds…"


@pytest.mark.parametrize("fields", ["[" * 5000, "x: " + "{a: " * 4000], ids=["lists in lists", "tables in tables"])
def test_front_matter_that_is_nested_without_end_is_reported(fields):
    assert "not valid YAML" in failure(f"---\n{fields}\n---\nFive days.").reason


def test_front_matter_as_long_as_a_book_is_not_parsed():
    assert "at most 20,000" in failure("---\n" + "a: b\n" * 100_000 + "---\nFive days.").reason


def test_a_field_as_long_as_a_page_is_refused():
    assert failure(f"---\nowner: {'x' * 5000}\n---\nFive days.").reason == "owner has 5,000 characters: write at most 2,000"
