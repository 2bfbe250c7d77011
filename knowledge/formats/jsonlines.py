"""JSON articles: one a line in a `.jsonl` file, or a list of them in a `.json` file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from desk.errors import InvalidInput
from knowledge.article import Article, Failure, compose, word
from knowledge.formats import faq

ID = re.compile(r'"id"\s*:\s*"((?:[^"\\]|\\.)*)"')

ASKED = frozenset({"question", "answer"})
"""Keys of an object that is a question with its answer."""


def read_lines(text: str, *, path: str, where: str) -> Iterator[Article | Failure]:
    """Read JSON Lines; a bad line is reported as `file.jsonl:12` and the others are read."""
    for n, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _line(line, path=path, where=f"{where}:{n}")


def read_list(text: str, *, path: str, where: str) -> Iterator[Article | Failure]:
    """Read a JSON list of articles; a bad one is reported with its number, from 1."""
    try:
        items = json.loads(text)
        if not isinstance(items, list):
            raise InvalidInput("write a list of articles, each with id, title and content")
    except (ValueError, InvalidInput, RecursionError) as error:  # Numbers of thousands of digits are refused by a plain ValueError.
        yield Failure(where, f"not a JSON list: {_why(error)}", mentioned(text), path)
        return
    for n, item in enumerate(items, start=1):
        yield _item(item, path=path, where=f"{where}:{n}")


def mentioned(text: str, *, path: str = "") -> frozenset[str]:
    """Return the ids that text which cannot be read may stand for."""
    return frozenset(ID.findall(text))


def _line(line: str, *, path: str, where: str) -> Article | Failure:
    try:
        return _item(json.loads(line), path=path, where=where)
    except (ValueError, RecursionError) as error:
        # A line that names no id may be any that the file had.
        ids = mentioned(line)
        return Failure(where, f"not a line of JSON: {_why(error)}", ids, "" if ids else path)


def _item(item: object, *, path: str, where: str) -> Article | Failure:
    if not isinstance(item, dict):
        return Failure(where, "not an article: write an object with id, title and content")
    if "content" not in item and not ASKED.isdisjoint(item):
        return faq.article(faq.named(item), path=path, where=where)
    known = frozenset({str(item["id"])}) if isinstance(item.get("id"), str | int) else frozenset()
    content = item.get("content")
    if not isinstance(content, str):
        return Failure(where, "the article has no text in content", known)
    try:
        if not word(item, "id"):
            raise InvalidInput("the article has no id")
        return compose(item, content, id="", where=where, fallback=word(item, "id"))
    except InvalidInput as error:
        return Failure(where, str(error), known if content.strip() else frozenset())


def _why(error: Exception) -> str:
    return f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
