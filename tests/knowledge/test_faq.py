"""FAQ: tables and objects of questions with their answers."""

import json

import pytest

from desk.audience import INTERNAL
from knowledge.article import Article, Failure
from knowledge.formats import faq, files
from knowledge.formats.jsonlines import read_lines


def rows(text: str | bytes) -> list[Article | Failure]:
    content = text.encode() if isinstance(text, str) else text
    return list(files.read(".csv", content, path="faq.csv", where="kb/faq.csv"))


def article(text: str | bytes) -> Article:
    (found,) = rows(text)
    assert isinstance(found, Article), found
    return found


def test_a_row_is_an_article_whose_title_is_the_question():
    found = article('question,answer\n"How long, at most, does a refund take?",Five days.\n')
    assert (found.title, found.text, found.id) == (
        "How long, at most, does a refund take?",
        "Five days.",
        "faq.csv#how-long-at-most-does-a-refund-take",
    )


def test_a_row_may_name_its_fields():
    header = "id,question,answer,url,audience,updated,language,reviewed,expires,owner"
    found = article(f"{header}\nrefunds,How?,So.,https://help.example/r,internal,2026-09-14,en,2026-10-01,2027-01-31,Mara\n")
    assert (found.id, found.url, found.audience, found.updated) == ("refunds", "https://help.example/r", INTERNAL, "2026-09-14")
    assert (found.language, found.reviewed, found.expires, found.owner) == ("en", "2026-10-01", "2027-01-31", "Mara")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Question;Answer\nHow?;So, or so.\n", id="semicolons and capitals"),
        pytest.param("Q\tA\nHow?\tSo, or so.\n", id="tabs and initials"),
        pytest.param(b'\xef\xbb\xbfquestion,answer\r\nHow?,"So, or so."\r\n', id="a byte order mark and Windows' line ends"),
        pytest.param('question,answer\nHow?,"So, or so."\n'.encode("utf-16"), id="UTF-16"),
        pytest.param('category,Answer ,Question\nbilling,"So, or so.",How?\n', id="other columns and another order"),
        pytest.param("Title|Body\nHow?|So, or so.\n", id="other names"),
    ],
)
def test_tables_are_read_as_programs_save_them(text):
    assert (article(text).title, article(text).text) == ("How?", "So, or so.")


def test_a_table_saved_by_a_western_spreadsheet_is_read():
    assert article("question;answer\nWie lange?;Fünf Tage für 5 €.\n".encode("cp1252")).text == "Fünf Tage für 5 €."


def test_an_answer_in_html_becomes_markdown():
    assert article('question,answer\nHow?,"<p>Press <b>Refund</b><script>x</script></p><ul><li>a</li><li>b</li></ul>"\n').text == (
        "Press **Refund**\n\n- a\n- b"
    )


def test_an_answer_keeps_its_lines():
    assert article('question,answer\nHow?,"First.\n\n- a\n- b"\n').text == "First.\n\n- a\n- b"


@pytest.mark.parametrize(
    ("row", "reason", "ids"),
    [
        pytest.param("How?,", "no answer", {"faq.csv#how"}, id="no answer"),
        pytest.param(",So.", "no question", set(), id="no question"),
        pytest.param("How?", "no answer", {"faq.csv#how"}, id="half a row"),
    ],
)
def test_a_bad_row_is_reported_by_its_line_and_the_others_are_read(row, reason, ids):
    good, bad, other = rows(f"question,answer\nWhen?,Now.\n{row}\n\n,\nWhy?,Because.\n")
    assert isinstance(good, Article)
    assert isinstance(other, Article)
    assert isinstance(bad, Failure)
    assert (bad.path, bad.ids) == ("kb/faq.csv:3", ids)
    assert reason in bad.reason


def test_a_table_without_the_columns_is_one_failure_that_says_what_to_write():
    (found,) = rows("name,price\nBasic,5\n")
    assert isinstance(found, Failure)
    assert "write question,answer above the rows" in found.reason
    assert (found.ids, found.file) == (frozenset(), "faq.csv")


def test_a_quotation_mark_without_its_other_is_reported_where_it_stands():
    *good, bad = rows('question,answer\nHow?,So.\nWhy?,"' + "endless " * 20_000)
    assert [type(item) for item in good] == [Article]
    assert isinstance(bad, Failure)
    assert "quotation mark" in bad.reason
    assert bad.ids is None


def test_an_empty_table_is_a_failure():
    (found,) = rows("")
    assert isinstance(found, Failure)


def test_two_rows_with_one_question_have_one_id():
    assert len({item.id for item in rows("question,answer\nHow?,So.\nhow ?,Or so.\n") if isinstance(item, Article)}) == 1


def test_objects_with_question_and_answer_are_read_from_json():
    lines = "\n".join(json.dumps(item) for item in ({"question": "How?", "answer": "So."}, {"Question": "x"}, {"question": "Why?", "answer": 7}))
    good, strange, bad = read_lines(lines, path="faq.jsonl", where="faq.jsonl")
    assert isinstance(good, Article)
    assert (good.id, good.title, good.text) == ("faq.jsonl#how", "How?", "So.")
    assert isinstance(strange, Failure)
    assert isinstance(bad, Failure)
    assert (bad.reason, bad.ids) == ("the question has no answer", {"faq.jsonl#why"})


def test_the_first_of_several_names_for_a_column_counts():
    assert faq.named({"Title": "t", "Question": "q", "Body": "b", "Answer": "a", "price": 5}) == {"question": "q", "answer": "a"}
