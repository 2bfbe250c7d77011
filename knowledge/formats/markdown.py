"""Markdown files: an article each, with its fields in YAML front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from desk.errors import InvalidInput
from knowledge.article import Article, Failure, compose

FENCE = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
MOST_FIELDS = 20_000
"""Characters of the longest front matter; YAML is parsed slowly."""
ID = re.compile(r"""^id:[ \t]*["']?([^\n"'#]+?)["']?[ \t]*$""", re.MULTILINE)


def read(text: str, *, path: str, where: str) -> Iterator[Article | Failure]:
    """Read one Markdown file; its id is `path` unless the front matter names one."""
    try:
        fields, body = front_matter(text)
        yield compose(fields, body, id=path, where=where, fallback=readable(path))
    except InvalidInput as error:
        emptied = not text.strip()
        yield Failure(where, str(error), frozenset() if emptied else mentioned(text, path=path))


def front_matter(text: str) -> tuple[Mapping[str, object], str]:
    """Return the fields between two lines of `---` at the top, and the text below; raise InvalidInput when they are not a YAML table."""
    import yaml

    text = text.replace("\r\n", "\n")
    if not text.startswith(("---\n", "--- \n")):
        return {}, text
    found = FENCE.match(text)
    if not found:
        raise InvalidInput("the front matter is not closed: end it with a line of ---")
    if len(found[1]) > MOST_FIELDS:
        raise InvalidInput(f"the front matter has {len(found[1]):,} characters; at most {MOST_FIELDS:,} are read")
    try:
        fields = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidInput(f"the front matter is not valid YAML{_position(error)}") from error
    if not isinstance(fields, dict | None):
        raise InvalidInput("the front matter is not a table: write lines such as `title: Refunds`")
    return fields or {}, text[found.end() :]


def mentioned(text: str, *, path: str) -> frozenset[str]:
    """Return the ids that a file which cannot be read may stand for."""
    return frozenset({path, *ID.findall(text[:4096])})


def readable(path: str) -> str:
    """Return a file's name as a title: `two-factor_setup.md` is "Two factor setup"."""
    words = re.sub(r"[-_\s]+", " ", PurePosixPath(path).stem).strip()
    return words[:1].upper() + words[1:] or path


def _position(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" (line {mark.line + 2}: {getattr(error, 'problem', '')})" if mark else ""
