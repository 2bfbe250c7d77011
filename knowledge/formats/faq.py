"""FAQ: questions with their answers, a row or an object each, as articles whose title is the question."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping

from desk.errors import InvalidInput
from knowledge.article import Article, Failure, compose, line, word
from knowledge.formats.html import to_markdown

NAMES = {
    "question": ("question", "questions", "q", "title", "subject", "query"),
    "answer": ("answer", "answers", "a", "content", "response", "reply", "text", "body"),
    "id": ("id", "key"),
    "url": ("url", "link", "address"),
    "updated": ("updated", "updatedat", "lastupdated", "modified", "lastmodified", "date"),
    "audience": ("audience", "visibility"),
    "language": ("language", "lang", "locale"),
    "reviewed": ("reviewed", "reviewedat", "lastreviewed"),
    "expires": ("expires", "expiresat", "expiry"),
    "owner": ("owner", "author"),
}
"""What tables call the fields of an article, without case, spaces and signs; the first name that is there counts."""
DELIMITERS = ",;\t|"
MARKUP = re.compile(r"</?(?:p|br|div|ul|ol|li|a|b|strong|em|h[1-6]|table)\b[^<>]*>", re.IGNORECASE)
LONGEST_SLUG = 120


def read(text: str, *, path: str, where: str) -> Iterator[Article | Failure]:
    """Read a table whose first line names its columns; a bad row is reported as `file.csv:12` and the others are read."""
    names, delimiter = _header(text)
    if not {"question", "answer"} <= names.keys():
        yield Failure(where, "the first line does not name the columns: write question,answer above the rows", file=path)
        return
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    next(rows)
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                cells = {name: row[at] for name, at in names.items() if at < len(row)}
                yield article(cells, path=path, where=f"{where}:{rows.line_num}")
    except csv.Error as error:
        yield Failure(
            f"{where}:{rows.line_num}", f"the rows from here on cannot be told apart ({error}): look for a quotation mark without its other", None
        )


def article(fields: Mapping[str, object], *, path: str, where: str) -> Article | Failure:
    """Make an article of a question and its answer. Without an id its id is made of the file and the question, so that rows may move."""
    known: frozenset[str] = frozenset()
    try:
        question = line(fields, "question")
        if not question:
            raise InvalidInput("the row has no question")
        id = word(fields, "id") or f"{path}#{_slug(question)}"
        known = frozenset({id})
        answer = fields.get("answer")
        if not isinstance(answer, str) or not answer.strip():
            raise InvalidInput("the question has no answer")
        # Exports of help centers hold answers as HTML, spreadsheets as text.
        text = to_markdown(answer) if MARKUP.search(answer) else answer
        return compose({**fields, "title": question}, text, id=id, where=where, fallback=question)
    except InvalidInput as error:
        return Failure(where, str(error), known)


def named(fields: Mapping[str, object]) -> dict[str, object]:
    """Return fields under the names that articles have for them; those of other names are dropped."""
    found = {_plain(name): value for name, value in fields.items()}
    return {name: found[alias] for name, aliases in NAMES.items() if (alias := next((alias for alias in aliases if alias in found), ""))}


def _header(text: str) -> tuple[dict[str, int], str]:
    """Return where the columns stand, and the delimiter under which the first line names most of them."""
    # Delimiters are guessed from the names alone: answers are full of commas and semicolons.
    line = text.lstrip("\r\n").split("\n", 1)[0][:10_000]
    found = []
    for delimiter in DELIMITERS:
        cells = next(csv.reader([line], delimiter=delimiter), [])
        found.append(({name: int(str(at)) for name, at in named({cell: at for at, cell in enumerate(cells)}).items()}, delimiter))
    return max(found, key=lambda pair: len(pair[0]))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _slug(question: str) -> str:
    return re.sub(r"\W+", "-", question.casefold()).strip("-")[:LONGEST_SLUG]
