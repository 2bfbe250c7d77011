"""Copies: what came from elsewhere stands in files for a moment, so that it is read as files are, with their limits."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from knowledge import sources
from knowledge.article import Article, Failure


def is_plain(path: str) -> bool:
    """Tell whether a path from elsewhere stays below the folder it is put in, by names that every system takes as they are."""
    names = path.split("/")
    return all(0 < len(name.encode()) < 255 and not name.startswith(".") and not set(name) & set('\\\0:<>"|?*') for name in names)


def is_read(path: str) -> bool:
    """Tell whether files of a kind are read at all."""
    return PurePosixPath(path).suffix.lower() in sources.READERS


def read(files: Mapping[str, bytes]) -> list[Article | Failure]:
    """Read the contents of files by their paths, all of them plain; `where` and a failure's path are those paths again."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as name:
        root = Path(name)
        for path, content in files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        reading = sources.read(root, folders={})
    articles = [replace(article, where=_below(root, article.where)) for article in reading.articles]
    return [*articles, *(replace(failure, path=_below(root, failure.path)) for failure in reading.failures)]


def _below(root: Path, where: str) -> str:
    return where.removeprefix(f"{root}/")
