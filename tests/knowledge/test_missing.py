"""Missing: what is removed while something cannot be read, and what is held back."""

from dataclasses import replace

from desk.article import Document
from knowledge.article import Failure
from knowledge.syncing.missing import missing
from tests.knowledge.kit import Shelf, document, write


def known(**files: str) -> dict[str, Document]:
    return {id: replace(document(id), file=file) for id, file in files.items()}


def test_what_is_not_there_any_more_is_missing():
    assert missing(known(a="a.md", b="b.md"), present={"a"}, failed=[]) == ("b",)


def test_a_failure_holds_the_documents_it_names():
    assert missing(known(a="a.md", b="b.md"), present=set(), failed=[Failure("b.md", "broken", frozenset({"b"}))]) == ("a",)


def test_a_file_that_cannot_be_read_holds_what_came_from_it_and_nothing_else():
    assert missing(known(a="faq.json", b="faq.json", c="c.md"), present=set(), failed=[Failure("faq.json", "broken", None, "faq.json")]) == ("c",)


def test_an_unreadable_file_of_which_nothing_came_may_hold_anything():
    assert missing(known(a="a.md"), present=set(), failed=[Failure("new.md", "closed", None, "new.md")]) == ()


def test_a_failure_that_names_no_file_may_hide_anything():
    assert missing(known(a="a.md"), present=set(), failed=[Failure("/kb", "the folder cannot be read", None)]) == ()


def test_a_document_whose_file_was_never_noted_is_held_while_any_file_is_broken():
    assert missing(known(a="", b="b.md", c="c.md"), present=set(), failed=[Failure("b.md", "closed", None, "b.md")]) == ("c",)
    assert missing(known(a=""), present=set(), failed=[]) == ("a",)


async def test_one_broken_file_of_a_folder_does_not_keep_the_others_alive(tmp_path):
    shelf = Shelf()
    await shelf.ingest(write(tmp_path, {"a.md": "---\nid: refunds\n---\ntext", "b.md": "text", "faq.csv": "question,answer\nHow?,So."}))
    (tmp_path / "b.md").unlink()
    report = await shelf.ingest(write(tmp_path, {"a.md": b"x" * 5_000_001, "faq.csv": "q without columns\n"}))
    assert (report.removed, len(report.failed)) == (1, 2)
    assert {each.id for each in await shelf.library.documents()} == {"refunds", "faq.csv#how"}


async def test_a_list_that_broke_keeps_what_it_held_whatever_its_articles_are_called(tmp_path):
    shelf = Shelf()
    await shelf.ingest(write(tmp_path, {"a.json": '[{"id": 7, "content": "text"}]', "b.jsonl": '{"id": 8, "content": "text"}\n'}))
    report = await shelf.ingest(write(tmp_path, {"a.json": "[{", "b.jsonl": "{ torn\n"}))
    assert (report.removed, len(report.failed)) == (0, 2)
    assert {each.id for each in await shelf.library.documents()} == {"7", "8"}
