"""Print: the lines that stand on pages, with their places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

LARGER = 1.12
"""Times the size of the text from which a line is a heading."""
EDGE = 0.1
"""Share of a page's height at its top and bottom where running heads and page numbers stand."""
SAME_HEIGHT = 0.3
"""Share of a letter's height by which lines may stand higher or lower than those beside them."""
PAGE_NUMBER = re.compile(r"(?:\w+\s)?[-–\s]*(?:\d{1,4}|[ivxlc]{1,6})[-–\s]*(?:(?:of|/|von|de|sur)\s*\d{1,4})?", re.IGNORECASE)
NUMBER = re.compile(r"(?<![\d.,])\d{1,4}(?![\d.,]\d)")
REPEATED = 3
"""Pages on which a line stands that belongs to none of them."""
LEADERS = re.compile(r"(?:\.\s?){5,}\s*\w{0,6}$")
"""Dots that lead to a page number in a table of contents, which says nothing that its chapters do not say."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Words that stand together in a line, with their left and right edges in points."""

    text: str
    left: float
    right: float


@dataclass(frozen=True)
class Line:
    """A line on a page. `top` (its baseline, counted downward) and `size` are points; `at` is the share of the page above it.

    `first` is the width of its first word.
    """

    cells: tuple[Cell, ...]
    top: float
    size: float
    at: float
    first: float = 0.0
    bold: bool = False
    mono: bool = False

    @cached_property
    def text(self) -> str:
        """Return its words."""
        return " ".join(cell.text for cell in self.cells)

    @property
    def left(self) -> float:
        """Return its left edge."""
        return self.cells[0].left

    @property
    def right(self) -> float:
        """Return its right edge."""
        return self.cells[-1].right


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of a file's outline: what it is called, how deep it lies (from 1) and its page (from 0, None when it does not say)."""

    title: str
    level: int
    page: int | None


def beside(lines: Iterable[Line]) -> Iterator[Line]:
    """Join lines that stand beside each other, as the cells of a row do when they lie far apart."""
    waiting: Line | None = None
    for line in lines:
        if waiting and abs(waiting.top - line.top) < waiting.size * SAME_HEIGHT and line.left > waiting.right:
            waiting = replace(waiting, cells=(*waiting.cells, *line.cells), bold=waiting.bold and line.bold, mono=waiting.mono and line.mono)
        else:
            if waiting:
                yield waiting
            waiting = line
    if waiting:
        yield waiting


def without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Drop tables of contents, page numbers, and what repeats at the edges of pages: the same words, or others with the page's number."""
    usual = usual_size(line for page in pages for line in page)
    edges = [(n, line) for n, page in enumerate(pages) for line in page if _is_at_edge(line)]
    words = Counter(_standing(line) for _, line in edges)
    small = [(n, line) for n, line in edges if line.size <= usual * LARGER]  # Larger ones are the heads of chapters, which have numbers, too.
    offset, counted = max(Counter(ahead for n, line in small for ahead in _ahead(line, n)).items(), key=lambda item: item[1], default=(0, 0))

    def runs(line: Line, n: int) -> bool:
        numbered = bool(PAGE_NUMBER.fullmatch(line.text)) or (counted >= REPEATED and offset in _ahead(line, n))
        return _is_at_edge(line) and (words[_standing(line)] >= REPEATED or (numbered and line.size <= usual * LARGER))

    return [[line for line in page if not runs(line, n) and not LEADERS.search(line.text)] for n, page in enumerate(pages)]


def _is_at_edge(line: Line) -> bool:
    return line.at < EDGE or line.at > 1 - EDGE


def _standing(line: Line) -> tuple[str, int]:
    return line.text, round(line.at * 100)


def _ahead(line: Line, page: int) -> frozenset[int]:
    """Return how far the numbers in a line are ahead of the count of its page: those of page numbers all by the same."""
    return frozenset(int(number) - page for number in NUMBER.findall(line.text))


def usual_size(lines: Iterable[Line]) -> float:
    """Return the size that most letters have, in steps of half a point; 0 where there are none."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[rounded(line.size)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def rounded(size: float) -> float:
    """Return a size in steps of half a point."""
    return round(size * 2) / 2
