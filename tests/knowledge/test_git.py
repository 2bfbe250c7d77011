"""Git repositories as sources: which files of a repository are read, of which commit, and what is never done."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from desk.errors import Unavailable
from desk.source import Source, SourceKind
from knowledge.article import Article, Failure
from knowledge.repository.git import open_git
from tests.knowledge.kit import write

DAYS = {"first": "2024-01-02", "second": "2025-03-04", "third": "2026-05-06"}


@dataclass
class Repo:
    """A repository that a test makes."""

    root: Path

    def __post_init__(self) -> None:
        self.root.mkdir()
        self.git("init", "--quiet", "--initial-branch", "trunk")

    def git(self, *arguments: str, day: str = "2026-01-01") -> str:
        who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@a.example", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@a.example"}
        when = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "GIT_CONFIG_GLOBAL": os.devnull}
        command = ("git", "-C", str(self.root), *arguments)
        return subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **who, **when}).stdout.strip()

    def commit(self, files: Mapping[str, str | bytes], *, day: str = "2026-01-01", gone: Sequence[str] = ()) -> str:
        write(self.root, files)
        for path in gone:
            (self.root / path).unlink()
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change", day=day)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


@dataclass
class Run:
    """What a run over a repository came to."""

    articles: dict[str, Article] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    cursors: list[str] = field(default_factory=list)


async def read(at: Path | str, cache: Path, *, cursor: str = "", batches: int = 99, **fields: object) -> Run:
    """Read a repository, or only its first batches."""
    source = Source("docs", SourceKind.GIT, str(at), **{"private_network": True, **fields})
    found = Run()
    async for batch in open_git(source, cache=cache, environ={}).batches(cursor):
        found.cursors.append(batch.cursor)
        found.articles |= {item.id: item for item in batch.items if isinstance(item, Article)}
        found.failures |= {item.path: item for item in batch.items if isinstance(item, Failure)}
        if len(found.cursors) == batches:
            break
    return found


async def test_the_documentation_of_a_repository_is_read(repo, tmp_path):
    docs = {"README.md": "# Frontdesk\n\nWhat it is.", "docs/a.md": "# Refunds\n\nFive days.", "docs/deep/b.html": "<h1>Keys</h1><p>Press it.</p>"}
    repo.commit(
        docs | {"src/main.py": "print()", "src/notes.md": "notes", "docs/data.json": "{}", "docs/requirements.txt": "x", ".github/a.md": "hidden"}
    )
    found = await read(repo.root, tmp_path / "cache")
    assert {id: article.title for id, article in found.articles.items()} == {
        "README.md": "Frontdesk",
        "docs/a.md": "Refunds",
        "docs/deep/b.html": "Keys",
    }
    assert found.failures == {}


async def test_a_file_bears_the_day_of_the_commit_that_changed_it_last(repo, tmp_path):
    repo.commit({"docs/a.md": "one", "docs/b c.md": "two", "docs/ü.md": "three"}, day=DAYS["first"])
    repo.commit({"docs/b c.md": "two and more"}, day=DAYS["second"])
    repo.commit({"src/x.py": "1", "docs/ü.md": "---\nupdated: 2020-01-01\n---\nthree"}, day=DAYS["third"])
    found = await read(repo.root, tmp_path / "cache")
    assert {id: article.updated for id, article in found.articles.items()} == {
        "docs/a.md": DAYS["first"],
        "docs/b c.md": DAYS["second"],
        "docs/ü.md": "2020-01-01",
    }


async def test_a_file_that_was_merged_bears_the_day_on_which_it_was_written(repo, tmp_path):
    repo.commit({"docs/a.md": "one"}, day=DAYS["first"])
    repo.git("checkout", "--quiet", "-b", "side")
    repo.commit({"docs/b.md": "two"}, day=DAYS["second"])
    repo.git("checkout", "--quiet", "trunk")
    repo.commit({"docs/c.md": "three"}, day=DAYS["second"])
    repo.git("merge", "--quiet", "--no-ff", "--message", "merge", "side", day=DAYS["third"])
    found = await read(repo.root, tmp_path / "cache")
    assert found.articles["docs/b.md"].updated == DAYS["second"]


async def test_globs_and_a_branch_say_what_is_read(repo, tmp_path):
    repo.commit({"manual/a.md": "one", "manual/old/b.md": "two", "manual/c.txt": "three", "docs/d.md": "four"})
    repo.git("branch", "release")
    repo.commit({"manual/new.md": "five"})
    found = await read(repo.root, tmp_path / "cache", include=("manual/**/*.md", "manual/c.txt"), exclude=("manual/old",), branch="release")
    assert sorted(found.articles) == ["manual/a.md", "manual/c.txt"]


async def test_a_folder_that_is_named_brings_no_lists_of_a_programs_parts(repo, tmp_path):
    repo.commit({"web/a.md": "one", "web/package.json": "[]", "web/requirements.txt": "markdown", "web/faq.csv": "question,answer\nWhy?,Because."})
    assert sorted((await read(repo.root, tmp_path / "cache", include=("web",))).articles) == ["web/a.md"]
    assert sorted((await read(repo.root, tmp_path / "cache", include=("web", "web/*.csv"))).articles) == ["web/a.md", "web/faq.csv#why"]


async def test_the_next_run_reads_what_changed_meanwhile(repo, tmp_path):
    repo.commit({"docs/a.md": "one", "docs/b.md": "two"})
    await read(repo.root, tmp_path / "cache")
    repo.commit({"docs/a.md": "one and more", "docs/c.md": "three"}, gone=["docs/b.md"])
    found = await read(repo.root, tmp_path / "cache")
    assert {id: article.text for id, article in found.articles.items()} == {"docs/a.md": "one and more", "docs/c.md": "three"}


async def test_a_run_that_broke_off_goes_on_with_the_commit_it_read(repo, tmp_path):
    repo.commit({f"docs/{n:02}.md": f"text {n}" for n in range(30)})
    first = await read(repo.root, tmp_path / "cache", batches=1)
    repo.commit({"docs/00.md": "changed", "docs/29.md": "changed"})
    rest = await read(repo.root, tmp_path / "cache", cursor=first.cursors[-1])
    assert len(first.articles) == 20
    assert sorted(rest.articles) == [f"docs/{n:02}.md" for n in range(20, 30)]
    assert rest.articles["docs/29.md"].text == "text 29"


@pytest.mark.parametrize("lost", ["the clone", "the commit"])
async def test_a_run_whose_commit_is_lost_begins_anew(repo, tmp_path, lost):
    repo.commit({f"docs/{n:02}.md": "text" for n in range(30)})
    first = await read(repo.root, tmp_path / "cache", batches=1)
    cursor = first.cursors[-1] if lost == "the clone" else '{"commit": "' + "0" * 40 + '", "branch": "trunk", "done": 20}'
    found = await read(repo.root, tmp_path / ("other" if lost == "the clone" else "cache"), cursor=cursor)
    assert len(found.articles) == 30


@pytest.mark.parametrize("cursor", ["nonsense", "[]", '{"commit": 1}', '{"commit": "--help", "branch": "", "done": 0}'])
async def test_a_cursor_that_is_none_begins_anew(repo, tmp_path, cursor):
    repo.commit({"docs/a.md": "one"})
    assert sorted((await read(repo.root, tmp_path / "cache", cursor=cursor)).articles) == ["docs/a.md"]


async def test_links_in_the_tree_are_never_followed(repo, tmp_path):
    write(tmp_path, {"secret/passwd.md": "secret"})
    (repo.root / "docs").mkdir()
    (repo.root / "docs" / "link.md").symlink_to(tmp_path / "secret" / "passwd.md")
    (repo.root / "docs" / "folder").symlink_to(tmp_path / "secret")
    repo.commit({"docs/a.md": "one"})
    assert sorted((await read(repo.root, tmp_path / "cache")).articles) == ["docs/a.md"]


async def test_nothing_of_the_repository_is_run(repo, tmp_path):
    """No file is checked out, so neither hooks nor filters nor submodules come into effect."""
    mark = tmp_path / "ran"
    repo.commit(
        {"docs/a.md": "one", ".gitattributes": "*.md filter=evil diff=evil", ".gitmodules": '[submodule "x"]\npath = x\nurl = ext::sh -c x\n'}
    )
    for hook in ("post-checkout", "reference-transaction", "post-merge", "pre-auto-gc"):
        write(repo.root / ".git" / "hooks", {hook: f"#!/bin/sh\ntouch {mark}\n"})
        (repo.root / ".git" / "hooks" / hook).chmod(0o755)
    assert sorted((await read(repo.root, tmp_path / "cache")).articles) == ["docs/a.md"]
    assert not mark.exists()


async def test_what_cannot_be_read_is_reported_and_the_rest_is_read(repo, tmp_path):
    lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    repo.commit(
        {"docs/a.md": "one", "docs/big.md": "x" * 5_000_001, "docs/lfs.pdf": lfs, "docs/empty.md": " ", "docs/z.md": "---\nid: docs/a.md\n---\nother"}
    )
    found = await read(repo.root, tmp_path / "cache")
    assert {id: article.text for id, article in found.articles.items()} == {"docs/a.md": "one"}
    assert set(found.failures) == {"docs/big.md", "docs/lfs.pdf", "docs/empty.md", "docs/z.md"}
    assert "5 MB" in found.failures["docs/big.md"].reason
    assert "LFS" in found.failures["docs/lfs.pdf"].reason
    assert "taken by docs/a.md" in found.failures["docs/z.md"].reason


async def test_an_empty_repository_removes_nothing_and_says_so(repo, tmp_path):
    found = await read(repo.root, tmp_path / "cache")
    assert [(failure.ids, "nothing in it" in failure.reason) for failure in found.failures.values()] == [(None, True)]


async def test_a_branch_that_is_not_there_removes_nothing_and_says_so(repo, tmp_path):
    repo.commit({"docs/a.md": "one"})
    found = await read(repo.root, tmp_path / "cache", branch="nowhere")
    assert [failure.ids for failure in found.failures.values()] == [None]


async def test_a_repository_without_documentation_removes_nothing_and_says_so(repo, tmp_path):
    repo.commit({"src/main.py": "x"})
    found = await read(repo.root, tmp_path / "cache")
    assert "include" in found.failures[str(repo.root)].reason


async def test_a_repository_that_is_not_there_is_unavailable(tmp_path):
    with pytest.raises(Unavailable, match="look whether `at` is right"):
        await read(tmp_path / "nowhere", tmp_path / "cache")


async def test_what_a_killed_git_left_behind_is_in_nobodys_way(repo, tmp_path):
    repo.commit({"docs/a.md": "one"})
    await read(repo.root, tmp_path / "cache")
    (clone,) = (tmp_path / "cache").iterdir()
    write(clone, {"refs/heads/source.lock": "", "objects/pack/tmp_pack_1": "x", "shallow.lock": "", "objects/tmp_objdir-1/pack/x": "x"})
    repo.commit({"docs/b.md": "two"})
    assert sorted((await read(repo.root, tmp_path / "cache")).articles) == ["docs/a.md", "docs/b.md"]
    assert not list(clone.rglob("*.lock"))


async def test_a_clone_that_was_killed_before_it_was_one_is_made_anew(repo, tmp_path):
    repo.commit({"docs/a.md": "one"})
    await read(repo.root, tmp_path / "cache")
    (clone,) = (tmp_path / "cache").iterdir()
    (clone / "HEAD").unlink()
    assert sorted((await read(repo.root, tmp_path / "cache")).articles) == ["docs/a.md"]
