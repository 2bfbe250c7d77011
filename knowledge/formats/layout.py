"""Layout: the lines of printed pages put together again as headings, paragraphs, lists, tables and code."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from statistics import median

from knowledge.formats.printed import LARGER, Bookmark, Line, rounded, usual_size, without_running

LOOSE = 1.3
"""Times the usual distance of lines from which a new paragraph begins."""
MOST_OF_THEM = 0.9
"""Share of a column's lines that end before its right edge; the few that run over it say nothing."""
LONG = 0.6
"""Share of a column's width from which a line is not short."""
SMALLER = 0.95
TIGHT = 1.4
"""Sizes of its letters within which the second line of a heading follows the first."""
BUCKET = 36
"""Points by which left edges are told apart when a column's right edge is looked for."""
MOST_HEADING = 200
MOST_BOLD = 12
"""Words of a bold line that still is a heading."""
MOST_BOLD_SHARE = 0.4
DEEPEST = 6
MARKER = re.compile(r"(?:[-•◦▪‣●○■□·–—*\u2043\uf0b7\uf0a7]|(\d{1,3}|[a-z])[.)])\s+(?=\S)")
LONE_MARKER = re.compile(r"[-•◦▪‣●○■□·–—*\u2043\uf0b7\uf0a7]|\d{1,3}[.)]?|[a-z][.)]")
SIGNS = ".,;:!?()[]\"'“”‘’"
SPECIAL = re.compile(r"^(#{1,6}\s|>|`{3}|~{3}|[-=+*]\s|[-=]{2,}$)")
"""Beginnings of a line that would mean something in Markdown and meant nothing on the page."""
HYPHENATED = re.compile(r"([^\W\d_]+)-$")


class Kind(Enum):
    """What a line is part of."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Look:
    """What is usual in a file: the size of its text, the distance of its lines in sizes, its columns' right edges, its headings' sizes by rank."""

    size: float
    leading: float
    edges: Mapping[int, float]
    ranks: Mapping[float, int]
    marked: Mapping[tuple[int, str], int]
    bold_is_rare: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its page and with what it is; `level` is a heading's."""

    line: Line
    page: int
    kind: Kind
    level: int = 0


def markdown(pages: Sequence[Sequence[Line]], *, bookmarks: Sequence[Bookmark] = ()) -> str:
    """Return pages as Markdown: without what repeats at their edges, with paragraphs and words joined over line ends."""
    kept = without_running(pages)
    lines = [line for page in kept for line in page]
    if not lines:
        return ""
    look = _look(kept, bookmarks)
    placed = [_placed(line, n, look) for n, page in enumerate(kept) for line in page]
    known = frozenset(word.strip(SIGNS) for line in lines for word in line.text.lower().split() if "-" in word)
    return _stacked([(block[0].kind, _written(block, known)) for block in _blocks(placed, look)])


def _stacked(blocks: Sequence[tuple[Kind, str]]) -> str:
    """Set blocks below each other, the items of a list without a line between them."""
    gaps = ["\n" if above == below == Kind.ITEM else "\n\n" for (above, _), (below, _) in pairwise(blocks)]
    return "".join(f"{text}{gap}" for (_, text), gap in zip(blocks, [*gaps, ""], strict=True))


def _look(pages: Sequence[Sequence[Line]], bookmarks: Sequence[Bookmark]) -> Look:
    lines = [line for page in pages for line in page]
    size = usual_size(lines)
    steps = [
        (below.top - above.top) / size for page in pages for above, below in pairwise(page) if below.top > above.top and rounded(above.size) == size
    ]
    rights: dict[int, list[float]] = defaultdict(list)
    for line in lines:
        rights[_bucket(line)].append(line.right)
    edges = {bucket: sorted(found)[int(len(found) * MOST_OF_THEM)] for bucket, found in rights.items()}
    larger = sorted({line.size for line in lines if line.size > size * LARGER and len(line.text) <= MOST_HEADING}, reverse=True)
    marked = {(mark.page, _plain(mark.title)): mark.level for mark in bookmarks if mark.page is not None}
    # Where much of the running text is bold, a bold line says nothing.
    running = [line.bold for line in lines if len(line.text.split()) > MOST_BOLD]
    rare = sum(running) <= MOST_BOLD_SHARE * len(running)
    return Look(size, median(steps) if steps else 1.0, edges, _ranks(larger), marked, rare)


def _ranks(sizes: Sequence[float]) -> dict[float, int]:
    """Return the depth of headings by their sizes, largest first; sizes that differ by a hair are one."""
    ranks: dict[float, int] = {}
    first, rank = float("inf"), 0
    for size in sizes:
        if size < first * SMALLER:
            first, rank = size, min(rank + 1, DEEPEST - 1)  # The last depth is left to bold lines.
        ranks[size] = rank
    return ranks


def _bucket(line: Line) -> int:
    return int(line.left // BUCKET)


def _plain(text: str) -> str:
    """Return a heading's words for comparison; outlines leave out the numbers of chapters, or add them."""
    return re.sub(r"\W+", "", re.sub(r"^[\W\d_]+", "", text)).casefold()


def _placed(line: Line, page: int, look: Look) -> Placed:
    level = _level(line, page, look)
    if level:
        return Placed(line, page, Kind.HEADING, min(level, DEEPEST))
    if line.mono:
        return Placed(line, page, Kind.CODE)
    if MARKER.match(line.text) or (len(line.cells) == 2 and LONE_MARKER.fullmatch(line.cells[0].text)):
        return Placed(line, page, Kind.ITEM)
    return Placed(line, page, Kind.ROW if len(line.cells) > 1 else Kind.TEXT)


def _level(line: Line, page: int, look: Look) -> int:
    """Return how deep a heading is, 0 for a line that is none. What the outline says goes before what the size says."""
    if len(line.text) > MOST_HEADING or not re.search(r"[^\W\d_]", line.text):
        return 0
    if marked := look.marked.get((page, _plain(line.text)), 0):
        return marked
    if rank := look.ranks.get(line.size, 0):
        return rank
    is_bold_heading = (
        look.bold_is_rare
        and line.bold
        and len(line.cells) == 1
        and len(line.text.split()) <= MOST_BOLD
        and not line.text.endswith((".", ",", ";", ":"))
    )
    return max(look.ranks.values(), default=0) + 1 if is_bold_heading and not MARKER.match(line.text) else 0


def _blocks(placed: Sequence[Placed], look: Look) -> Iterator[list[Placed]]:
    """Yield the lines of each heading, paragraph, item, table and code block."""
    block: list[Placed] = []
    for line in placed:
        if block and not _goes_on(block, line, look):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _goes_on(block: Sequence[Placed], below: Placed, look: Look) -> bool:
    above = block[-1]
    near = above.page == below.page and 0 < below.line.top - above.line.top <= LOOSE * look.leading * max(look.size, above.line.size)
    match block[0].kind if block[0].kind is Kind.ROW else above.kind, below.kind:
        case (Kind.HEADING, Kind.HEADING):
            # A heading of an outline is found by its first line, and what follows may be another.
            tight = above.page == below.page and 0 < below.line.top - above.line.top <= TIGHT * above.line.size
            return tight and above.level == below.level and rounded(above.line.size) == rounded(below.line.size) and not look.marked
        case (Kind.CODE, Kind.CODE):
            return above.page == below.page
        case (Kind.ROW, Kind.ROW):
            return above.page == below.page
        case (Kind.ROW, Kind.TEXT):  # A cell that goes on stands alone in its line, below a column that is not the first.
            return near and below.line.left > block[0].line.cells[1].left - look.size and len(block) > 1
        case (Kind.TEXT | Kind.ITEM, Kind.TEXT):
            return _is_full(above.line, below.line, look) and (near or _runs_over(above, below)) and not _is_indented(block, below, look)
        case _:
            return False


def _is_full(above: Line, below: Line, look: Look) -> bool:
    """Tell whether a line ended because the next word had no room, as the lines of a paragraph do and those of a list or an address do not."""
    if abs(above.size - below.size) > (LARGER - 1) * look.size:
        return False
    edge = max(look.edges.get(bucket, 0.0) for bucket in range(_bucket(above) - 1, _bucket(above) + 2))
    if above.right + below.first + look.size * 0.2 > edge:
        return True
    # In ragged columns, a long line that ends within a sentence.
    return below.text[:1].islower() and above.text[-1:] not in ".!?:;" and above.right - above.left > LONG * (edge - above.left)


def _runs_over(above: Placed, below: Placed) -> bool:
    """Tell whether a paragraph goes on at the top of the next page or column."""
    # A capital may begin a paragraph as well as a sentence, and two paragraphs made one are worse than one made two.
    return (below.page, below.line.top) != (above.page, above.line.top) and below.line.text[:1].islower() and above.line.text[-1:] not in ".!?:"


def _is_indented(block: Sequence[Placed], below: Placed, look: Look) -> bool:
    """Tell whether a line begins a paragraph by standing further in; below an item it stands under the item's words."""
    return block[-1].kind is Kind.TEXT and block[0].kind is Kind.TEXT and below.line.left > block[-1].line.left + look.size * 0.8 and len(block) > 1


def _written(block: Sequence[Placed], known: frozenset[str]) -> str:
    lines = [placed.line for placed in block]
    match block[0].kind:
        case Kind.HEADING:
            return f"{'#' * block[0].level} {_joined(lines, known)}"
        case Kind.CODE:
            return _code(lines)
        case Kind.ITEM:
            return _item(_joined(lines, known))
        case Kind.ROW if len(block) > 1:
            return _table(lines)
        case _:
            return SPECIAL.sub(r"\\\1", _joined(lines, known))


def _joined(lines: Sequence[Line], known: frozenset[str]) -> str:
    """Join lines to one, mending words that were cut at line ends unless the text also spells them with a hyphen."""
    text = lines[0].text
    for line in lines[1:]:
        cut = HYPHENATED.search(text)
        rest = line.text.split(" ", 1)[0]
        if cut and rest[:1].islower():
            spelled = f"{cut[1]}-{rest}".lower().strip(SIGNS)
            text = text + line.text if spelled in known else text[:-1] + line.text
        else:
            text = f"{text} {line.text}"
    return text


def _item(text: str) -> str:
    found = MARKER.match(text) or re.match(r"(\d{1,3}|[a-z])?\S?\s+", text)
    sign = found[1] if found else None
    rest = text[found.end() :] if found else text
    return f"{sign}. {rest}" if sign and sign.isdecimal() else f"- {f'{sign}) ' if sign else ''}{rest}"


def _code(lines: Sequence[Line]) -> str:
    # In a font of one width, the way a line is moved in is a number of letters.
    left = min(line.left for line in lines)
    widths = [(cell.right - cell.left) / len(cell.text) for line in lines for cell in line.cells if len(cell.text) > 3]
    width = median(widths) if widths else 6.0
    body = "\n".join(" " * round((line.left - left) / width) + line.text for line in lines)
    return f"```\n{body}\n```"


def _table(lines: Sequence[Line]) -> str:
    """Return rows as a table; each cell goes to the column of the widest row that it stands nearest to."""
    columns = max(lines, key=lambda line: len(line.cells)).cells
    rows: list[list[str]] = []
    for line in lines:
        cells = [""] * len(columns)
        for cell in line.cells:
            at = min(range(len(columns)), key=lambda n: min(abs(columns[n].left - cell.left), abs(columns[n].right - cell.right)))
            cells[at] = f"{cells[at]} {cell.text}".strip().replace("|", "\\|")
        if len(line.cells) == 1 and rows:  # The second line of a cell above.
            rows[-1] = [f"{old} {new}".strip() for old, new in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    written = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([written[0], f"|{' --- |' * len(columns)}", *written[1:]])
