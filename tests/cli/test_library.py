"""A play changes copies of articles, never the articles."""

import pytest

from cli.play.library import copy_knowledge, folders, write_articles
from desk.errors import InvalidInput


@pytest.fixture
def articles(tmp_path):
    (tmp_path / "kb" / "billing").mkdir(parents=True)
    (tmp_path / "kb" / "billing" / "refunds.md").write_text("Refunds.")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "faq.jsonl").write_text("{}")
    (tmp_path / "home").mkdir()
    return tmp_path


def test_folders_and_files_are_copied(articles):
    found = copy_knowledge([articles / "kb", articles / "more" / "faq.jsonl"], articles / "home")
    assert [path.name for path in found] == ["0", "files"]
    assert (found[0] / "billing" / "refunds.md").read_text() == "Refunds."
    assert (found[1] / "faq.jsonl").exists()


def test_two_files_of_one_name_both_stay(articles):
    (articles / "kb" / "faq.jsonl").write_text("other")
    (found,) = copy_knowledge([articles / "more" / "faq.jsonl", articles / "kb" / "faq.jsonl"], articles / "home")
    assert sorted(str(path.relative_to(found)) for path in found.rglob("*.jsonl")) == ["faq.jsonl", "kb/faq.jsonl"]


def test_an_article_is_changed_where_it_is(articles):
    home = articles / "home"
    copy_knowledge([articles / "more", articles / "kb"], home)
    write_articles(home, {"billing/refunds.md": "New."})
    assert (home / "knowledge" / "1" / "billing" / "refunds.md").read_text() == "New."
    assert (articles / "kb" / "billing" / "refunds.md").read_text() == "Refunds."


def test_a_new_article_goes_into_the_first_folder(articles):
    copy_knowledge([articles / "kb", articles / "more"], articles / "home")
    write_articles(articles / "home", {"account/new.md": "New."})
    assert (articles / "home" / "knowledge" / "0" / "account" / "new.md").exists()


def test_an_empty_text_removes_an_article(articles):
    (found,) = copy_knowledge([articles / "kb"], articles / "home")
    write_articles(articles / "home", {"billing/refunds.md": ""})
    assert not (found / "billing" / "refunds.md").exists()


def test_a_play_without_knowledge_can_still_get_an_article(articles):
    assert copy_knowledge([], articles / "home") == []
    assert [path.name for path in write_articles(articles / "home", {"a.md": "A."})] == ["files"]
    assert folders(articles / "home") == write_articles(articles / "home", {"b.md": "B."})


@pytest.mark.parametrize(("name", "text"), [("../../escape.md", "x"), ("/etc/escape.md", "x"), ("none.md", "")])
def test_what_lies_elsewhere_or_nowhere_is_refused(articles, name, text):
    copy_knowledge([articles / "kb"], articles / "home")
    with pytest.raises(InvalidInput):
        write_articles(articles / "home", {name: text})
