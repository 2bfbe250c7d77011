"""Globs: which paths of a source are read."""

import pytest

from knowledge.globs import admits


@pytest.mark.parametrize(
    ("path", "glob", "fits"),
    [
        ("docs/a.md", "docs", True),
        ("docs/deep/a.md", "docs/", True),
        ("/docs/a.md", "/docs", True),
        ("docs", "docs", True),
        ("docs-old/a.md", "docs", False),
        ("my/docs/a.md", "docs", False),
        ("a.md", "*.md", True),
        ("docs/a.md", "*.md", False),
        ("docs/a.md", "docs/*.md", True),
        ("docs/deep/a.md", "docs/*.md", False),
        ("docs/a.md", "docs/**/*.md", True),
        ("docs/deep/er/a.md", "docs/**/*.md", True),
        ("docs/deep/a.txt", "docs/**/*.md", False),
        ("a/b/c", "**/c", True),
        ("c", "**/c", True),
        ("a/bc", "**/c", False),
        ("docs/v1/a.md", "docs/v?", True),
        ("docs/v10/a.md", "docs/v?", False),
        ("docs/[a].md", "docs/[a].md", True),
        ("docs/a.md", "docs/[a].md", False),
        ("docs/a+b.md", "docs/a+b.md", True),
        ("docs/a\nb.md", "docs/*", True),
        ("anything/at/all", "**", True),
    ],
)
def test_a_glob_lets_in_what_it_says(path, glob, fits):
    assert admits(path, include=(glob,), exclude=()) is fits
    assert admits(path, include=(), exclude=(glob,)) is not fits


def test_what_is_left_out_goes_before_what_is_let_in():
    assert not admits("docs/old/a.md", include=("docs",), exclude=("docs/old",))


def test_without_globs_everything_is_read():
    assert admits("any/thing", include=(), exclude=())
