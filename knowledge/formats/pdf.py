"""PDF files: the lines that stand on their pages, with where and how large they are set."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from math import hypot
from typing import TYPE_CHECKING

from desk.errors import InvalidInput
from knowledge.formats.extract import Extract
from knowledge.formats.layout import markdown
from knowledge.formats.printed import Bookmark, Cell, Line, beside
from knowledge.formats.text import iso_date, one_line, visible

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

MOST_PAGES = 2000
MOST_CHARACTERS = 20_000_000
MOST_BLANK = 0.2
"""Share of a file's pages without text above which somebody should know."""
SHOWN = 1.5
"""Points of the smallest letters that anybody reads."""
TURNED = 0.2
"""Radians from which a line is a watermark or a label beside a drawing."""
GAP = 1.0
"""Sizes of a letter between two words from which they stand in different cells of a row."""
LINE = re.compile("[^\n\x02]+\x02?")
CONTROLS = {0x0A: "\n", 0x0D: "\n", 0x02: "\x02"}
LETTERS = {0x0D: "\n", 0xAD: "\x02", 0xFFFE: "\x02", 0x00: " "}
"""PDFium puts one of three characters for a hyphen at the end of a line, and for the end itself."""
FIXED_PITCH = 1
"""The first of a font's flags (ISO 32000, 9.8.2), which not every program sets."""
BOLD = re.compile("bold|black|heavy|medi(?:ital)?$")
MONOSPACED = re.compile("courier|mono|nimbusmon|consol|menlo|typewriter|cmtt|source ?code")
MACHINE_TITLE = re.compile(
    r"\(?(?:unspecified|untitled|anonymous)\)?|microsoft (?:word|powerpoint|excel) - .*|.*\.(?:docx?|pptx?|indd|odt|tex|pdf)", re.IGNORECASE
)
DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)")
REASONS = {
    3: "the PDF is broken or was not saved whole: export it anew",
    4: "the PDF is protected by a password: save it without one",
    5: "the PDF is protected in a way that cannot be read: save it without protection",
}
"""By PDFium's error code."""


def read(content: bytes, *, most: int | None = None) -> Extract:
    """Read a PDF of up to 2,000 pages, or `most`; headings come from its bookmarks and from sizes, and what repeats on every page is left out."""
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(content)
    except PdfiumError as error:
        raise InvalidInput(REASONS.get(error.err_code, REASONS[3])) from error
    pages = list(_pages(document, most=most or MOST_PAGES))
    # Text in pictures is beyond this: recognizing it takes models that weigh more than all the rest.
    if not any(pages):
        raise InvalidInput("the PDF has no text: it is probably a scan, so run text recognition (OCR) over it first")
    said = document.get_metadata_dict()
    title = one_line(said.get("Title", ""))
    return Extract(
        markdown(pages, bookmarks=tuple(_bookmarks(document))),
        "" if MACHINE_TITLE.fullmatch(title) else title,
        _day(said.get("ModDate") or said.get("CreationDate") or ""),
        lacking=_lacking(pages, count=len(document)),
    )


def _pages(document: PdfDocument, *, most: int) -> Iterator[list[Line]]:
    from pypdfium2 import PdfiumError

    room = MOST_CHARACTERS
    for n in range(min(len(document), most)):
        try:
            lines = list(_lines(document[n]))
        except PdfiumError:  # One broken page is as good as an empty one: the others are read.
            lines = []
        yield lines
        room -= sum(len(line.text) for line in lines)
        if room < 0:
            return


def _lacking(pages: Sequence[Sequence[Line]], *, count: int) -> str:
    blank = sum(not page for page in pages)
    if len(pages) < count:
        return f"only the first {len(pages):,} of {count:,} pages were read: split the file"
    if blank > max(1, count * MOST_BLANK):
        return f"{blank:,} of {count:,} pages have no text and are probably scans: run text recognition (OCR) over them"
    return ""


def _bookmarks(document: PdfDocument) -> Iterator[Bookmark]:
    from pypdfium2 import PdfiumError

    try:
        for mark in document.get_toc(max_depth=6):
            target = mark.get_dest()
            yield Bookmark(mark.get_title(), mark.level + 1, target.get_index() if target else None)
    except PdfiumError:  # An outline that leads nowhere is none.
        return


def _day(text: str) -> str:
    found = DATE.match(text)
    return iso_date("-".join(found.groups())) if found else ""


def _lines(page: PdfPage) -> Iterator[Line]:
    """Yield what stands on a page, in the order of the file. Lines beyond its edges, turned ones and dust are none."""
    text_page = page.get_textpage()
    try:
        letters = _Letters(text_page, page.get_cropbox())
        found = (line for start, end in letters.lines() if (line := letters.line(start, end)) is not None)
        yield from beside(found)
    finally:
        text_page.close()
        page.close()


class _Letters:
    """The letters of one page. A call into PDFium takes a microsecond, and a file has millions of letters: only the ends of words are measured."""

    def __init__(self, text_page: PdfTextPage, edges: tuple[float, float, float, float]) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._page = text_page.raw
        self._left, self._bottom, self._right, self._top = edges
        self._text = self._characters(text_page)

    def _characters(self, text_page: PdfTextPage) -> str:
        """Return a character for each letter, so that both have one number; line ends are line feeds, hyphens at line ends are U+0002."""
        count = text_page.count_chars()
        text: str = text_page.get_text_range()
        if len(text) == count:
            return text.translate(LETTERS)
        # Some letters are two characters or none: each is asked for by its number then.
        read = self._pdfium.FPDFText_GetUnicode
        codes = (read(self._page, n) for n in range(count))
        return "".join(CONTROLS.get(code, " ") if code < 0x20 or 0xD800 <= code < 0xE000 else chr(code) for code in codes).translate(LETTERS)

    def lines(self) -> Iterator[tuple[int, int]]:
        """Yield where lines begin and end."""
        return ((found.start(), found.end()) for found in LINE.finditer(self._text))

    def line(self, start: int, end: int) -> Line | None:
        """Return one line, None for one that nobody sees."""
        words = [(start + found.start(), start + found.end()) for found in re.finditer(r"\S+", self._text[start:end])]
        if not words:
            return None
        # The longest word speaks for its line: first words are often bold, last ones footnote signs.
        begin, beyond = max(words, key=lambda word: word[1] - word[0])
        middle = (begin + beyond) // 2
        _, _, top, bottom = self._box(middle)
        size = self._size(middle)
        cells = tuple(self._cells(words, size))
        is_outside = cells[0].left > self._right or cells[-1].right < self._left or top < self._bottom or bottom > self._top
        if size < SHOWN or is_outside or abs(self._pdfium.FPDFText_GetCharAngle(self._page, middle)) > TURNED:
            return None
        first = self._box(words[0][1] - 1)[1] - cells[0].left
        fonts = [self._font(n) for n in (words[0][0], middle, words[-1][1] - 1)]
        down = self._top - self._baseline(middle)
        at = down / max(self._top - self._bottom, 1.0)
        return Line(cells, down, size, at, first, bold=all(bold for bold, _ in fonts), mono=all(mono for _, mono in fonts))

    def _cells(self, words: Sequence[tuple[int, int]], size: float) -> Iterator[Cell]:
        """Join words to cells; a wide gap between two words divides them."""
        start, last = words[0]
        left, right = self._box(start)[0], self._box(last - 1)[1]
        for begin, end in words[1:]:
            next_left, next_right = self._box(begin)[0], self._box(end - 1)[1]
            if next_left - right > GAP * size:
                yield Cell(self._words(start, last), left, right)
                start, left = begin, next_left
            last, right = end, next_right
        yield Cell(self._words(start, last), left, right)

    def _words(self, start: int, end: int) -> str:
        return visible(" ".join(self._text[start:end].replace("\x02", "-").split()))

    def _box(self, n: int) -> tuple[float, float, float, float]:
        """Return a letter's left, right, top and bottom as its font has them, whatever the letter's own shape."""
        box = self._pdfium.FS_RECTF()
        self._pdfium.FPDFText_GetLooseCharBox(self._page, n, ctypes.byref(box))
        return box.left, box.right, box.top, box.bottom

    def _size(self, n: int) -> float:
        """Return the size a letter is set in; programs that scale the page instead set everything in size 1."""
        matrix = self._pdfium.FS_MATRIX()
        scaled = self._pdfium.FPDFText_GetMatrix(self._page, n, ctypes.byref(matrix))
        return float(self._pdfium.FPDFText_GetFontSize(self._page, n)) * (hypot(matrix.c, matrix.d) if scaled else 1.0)

    def _baseline(self, n: int) -> float:
        x, y = ctypes.c_double(), ctypes.c_double()
        self._pdfium.FPDFText_GetCharOrigin(self._page, n, ctypes.byref(x), ctypes.byref(y))
        return y.value

    def _font(self, n: int) -> tuple[bool, bool]:
        """Tell whether a letter's font is bold, and whether its letters have one width."""
        buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        self._pdfium.FPDFText_GetFontInfo(self._page, n, buffer, 128, ctypes.byref(flags))
        name = buffer.value.decode("utf-8", "replace").lower()
        return bool(BOLD.search(name)), bool(flags.value & FIXED_PITCH or MONOSPACED.search(name))
