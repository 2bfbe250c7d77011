"""The questions written for measuring answers: each is whole, and rests on a sentence that really stands in its article."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from desk.audience import INTERNAL, PUBLIC
from knowledge.sources import read

DEMO = Path(__file__).parents[2] / "demo"
KINDS = {"how_to", "when", "how_much", "yes_no", "why", "trouble", "what", "where", "other"}
KEYS = {"question", "article", "heading", "sentence", "kind", "audience", "out_of_scope", "split"}
SETS = {name: [json.loads(line) for line in (DEMO / name).read_text("utf-8").splitlines()] for name in ("faq200.jsonl", "faq_dev.jsonl")}
ROWS = [row for rows in SETS.values() for row in rows]
FAQ = SETS["faq200.jsonl"]
ARTICLES = {article.id: article for article in read(DEMO / "knowledge", folders={"internal": INTERNAL}).articles}


def section(article: str, heading: str) -> str:
    """Return the text below a heading, up to the next one; with no heading, what stands before the first."""
    pieces = re.split(r"^#+ (.+)$", ARTICLES[article].text, flags=re.MULTILINE)
    return dict(zip(["", *pieces[1::2]], pieces[::2], strict=True))[heading]


def words(question: str) -> str:
    """Return a question without what two writings of it may differ in."""
    return " ".join(re.findall(r"\w+", question.casefold()))


def passages(row: dict) -> list[dict]:
    """Return every passage that a row names: its own, those of a second part and those that answer as well."""
    return [row, *row.get("also", ()), *row.get("or", ())]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["question"][:40]) for row in ROWS if not row["out_of_scope"]])
def test_a_question_rests_on_a_sentence_of_its_article_below_its_heading(row):
    for passage in passages(row):
        assert passage["sentence"]
        assert passage["sentence"] in section(passage["article"], passage["heading"])


def test_every_row_has_the_agreed_keys_and_words():
    for row in ROWS:
        assert KEYS <= row.keys() <= KEYS | {"also", "or"}
        assert row["kind"] in KINDS
        assert row["split"] in {"dev", "test"}
        assert row["question"] == row["question"].strip() != ""


def test_what_is_out_of_scope_names_no_article():
    for row in ROWS:
        assert row["out_of_scope"] == (row["article"] is None)
        if row["out_of_scope"]:
            assert (row["heading"], row["sentence"], row["audience"]) == ("", "", "public")
            assert len(passages(row)) == 1


def test_a_question_is_internal_when_only_an_internal_article_answers_it():
    for row in ROWS:
        if row["article"]:
            audiences = {ARTICLES[row["article"]].audience, *(ARTICLES[other["article"]].audience for other in row.get("or", ()))}
            assert row["audience"] == ("public" if PUBLIC in audiences else "internal")


def test_no_question_is_asked_twice_also_not_in_the_older_set():
    older = [json.loads(line) for line in (DEMO / "faq_eval.jsonl").read_text("utf-8").splitlines()]
    asked = [words(row["question"]) for row in ROWS]
    assert len(asked) == len({*asked})
    assert not {*asked} & {words(row["question"]) for row in older}


def test_the_two_halves_of_the_set_are_alike():
    assert Counter(row["split"] for row in FAQ) == {"dev": 100, "test": 100}
    assert Counter(row["split"] for row in FAQ if row["out_of_scope"]) == {"dev": 10, "test": 10}
    assert Counter(row["split"] for row in FAQ if row["audience"] == "internal") == {"dev": 6, "test": 6}
    kinds = Counter((row["kind"], row["split"]) for row in FAQ)
    assert all(abs(kinds[kind, "dev"] - kinds[kind, "test"]) <= 1 for kind in KINDS)


def test_every_article_is_asked_about_in_both_halves():
    for split in ("dev", "test"):
        assert {row["article"] for row in FAQ if row["split"] == split} == {*ARTICLES, None}


def test_fifteen_questions_or_more_have_two_parts():
    assert sum("also" in row for row in FAQ) >= 15


def test_the_other_questions_are_for_development_only():
    assert {row["split"] for row in SETS["faq_dev.jsonl"]} == {"dev"}
    assert len(SETS["faq_dev.jsonl"]) == 120
    assert sum(row["out_of_scope"] for row in SETS["faq_dev.jsonl"]) == 12
