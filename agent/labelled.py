"""Labelled rows: a customer's own messages with their categories, read from CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desk.errors import InvalidInput, Rejected

FEWEST = 10
"""Rows a category needs: with fewer, what is measured on the held-out ones means nothing."""
LARGEST = 64_000_000
MOST_ROWS = 50_000
MOST_CATEGORIES = 500
NAMED = 5
"""Mistakes of one kind that are named one by one."""
DELIMITERS = (",", ";", "\t")
OUT_OF_SCOPE = frozenset({"out of scope", "out_of_scope", "oos"})
"""Categories whose rows are examples of what is none of the desk's business."""


class BadTable(Rejected):
    """A table of examples cannot be learned from; the message says which line, and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One message as its author wrote it, its category and the line of the file it stands on."""

    text: str
    category: str
    subject: str = ""
    line: int = 0

    @property
    def message(self) -> str:
        """Return what is classified, subject first, as `classify` puts it."""
        return "\n".join(filter(None, (self.subject, self.text)))


@dataclass(frozen=True, slots=True)
class Table:
    """What there is to learn from: rows of the categories, and rows that are out of scope; every message stands once."""

    rows: tuple[Row, ...]
    strange: tuple[Row, ...] = ()

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the categories in the order of the alphabet."""
        return tuple(sorted({row.category for row in self.rows}))


def read(path: Path) -> Table:
    """Read a CSV file with the columns text, category and perhaps subject, with commas, semicolons or tabs between them.

    Raises InvalidInput when there is no such file, and BadTable with one sentence that names the lines. The same message twice in
    one category counts once.
    """
    rows = _unique(_checked(list(_rows(path))))
    strange = tuple(row for row in rows if row.category.lower() in OUT_OF_SCOPE)
    table = Table(tuple(row for row in rows if row.category.lower() not in OUT_OF_SCOPE), strange)
    _judge(Counter(row.category for row in table.rows))
    return table


def _judge(counts: Counter[str]) -> None:
    """Raise BadTable when the categories are too few, too many or too small to be learned and measured."""
    if len(counts) < 2:
        found = f"only the category {next(iter(counts))!r}" if counts else "no row with a category"
        raise BadTable(f"the file has {found}: two categories are the fewest to tell apart")
    if len(counts) > MOST_CATEGORIES:
        raise BadTable(f"there are {len(counts)} categories, and {MOST_CATEGORIES} are the most: is that really the column with the category?")
    if few := {category: count for category, count in sorted(counts.items()) if count < FEWEST}:
        named = ", ".join(f"{category!r} has {count}" for category, count in list(few.items())[:NAMED])
        raise BadTable(f"every category needs at least {FEWEST} different messages: {named}{_more(few)}; add some, or give them another category")


def _rows(path: Path) -> Iterator[Row]:
    try:
        text = _text(path)
    except FileNotFoundError as error:
        raise InvalidInput(f"there is no file {str(path)!r}: name a CSV file with the columns text and category") from error
    except OSError as error:
        raise BadTable(f"{str(path)!r} cannot be read: {error.strerror or error}") from error
    # Excel writes semicolons where the comma is the decimal sign.
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        places = _places(next(reader, []))
        start = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                text, category, subject = (_cell(cells, places.get(name)) for name in ("text", "category", "subject"))
                yield Row(text, category, subject, start)
            # A quoted text may span lines; people look for the one it starts on.
            start = reader.line_num + 1
    except csv.Error as error:
        raise BadTable(
            f"line {reader.line_num} is no CSV ({error}): put text with quotes or line breaks in quotes, and double the quotes in it"
        ) from error


def _text(path: Path) -> str:
    # The size is asked first: a wrong file of gigabytes must not be read to be refused.
    size = path.stat().st_size
    if size > LARGEST:
        raise BadTable(f"the file has {size / 1e6:,.0f} MB, and {LARGEST / 1e6:.0f} are the most: some thousand rows are plenty")
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadTable(f"line {line} is not UTF-8: save the file as UTF-8 (in Excel, CSV UTF-8) and try again") from error
    if "\x00" in text:
        raise BadTable(f"line {text[: text.index(chr(0))].count(chr(10)) + 1} holds a zero byte, so this is no CSV: export the table as CSV UTF-8")
    return text


def _places(header: Sequence[str]) -> Mapping[str, int]:
    named = {cell.strip().lower(): place for place, cell in enumerate(header)}
    if missing := [name for name in ("text", "category") if name not in named]:
        found = ", ".join(repr(cell.strip()[:40]) for cell in header[:8]) or "nothing"
        raise BadTable(f"the first line has no column {' and no column '.join(map(repr, missing))}: it names {found}; write text,category")
    return named


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place].strip() if place is not None and place < len(cells) else ""


def _checked(rows: Sequence[Row]) -> Sequence[Row]:
    for name in ("text", "category"):
        if empty := [row.line for row in rows if not getattr(row, name)]:
            raise BadTable(f"{_lines(empty)} no {name}: fill it in, or delete the row")
    if len(rows) > MOST_ROWS:
        raise BadTable(f"there are {len(rows):,} rows, and {MOST_ROWS:,} are the most: a few hundred a category are plenty")
    return rows


def _unique(rows: Sequence[Row]) -> Sequence[Row]:
    said: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        said[" ".join(row.message.lower().split())].append(row)
    # One message in two categories would teach both and show up as a mistake of the head, so a person has to choose.
    for same in said.values():
        if len({row.category for row in same}) > 1:
            told = " and ".join(f"{row.category!r} (line {row.line})" for row in {row.category: row for row in same}.values())
            raise BadTable(f"one message has two categories, {told}: decide for one")
    return [same[0] for same in said.values()]


def _lines(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"line {numbers[0]} has"
    return f"lines {', '.join(map(str, numbers[:NAMED]))}{_more(numbers)} have"


def _more(found: Sequence[object] | Mapping[str, object]) -> str:
    return f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
