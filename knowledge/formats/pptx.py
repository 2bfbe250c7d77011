"""Presentations: slides as sections of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from desk.errors import InvalidInput
from knowledge.formats.archive import repacked, unpacked
from knowledge.formats.docx import properties
from knowledge.formats.extract import Extract
from knowledge.formats.html import to_markdown

MAIN = "ppt/presentation.xml"
FURNITURE = frozenset({13, 15, 16})
"""Placeholders that stand on every slide: its number, the footer, the date (PP_PLACEHOLDER)."""
COVER = 3
"""The title of a title slide, which is that of the whole presentation."""
BODIES = frozenset({2, 6, 7})
DEEPEST = 20
"""Groups of shapes within each other."""


def read(content: bytes) -> Extract:
    """Read a presentation: a section for each slide under its title. Hidden slides and the speaker's notes are not for the audience and stay out."""
    from pptx import Presentation

    members = unpacked(content, main=MAIN)
    slides = [slide for slide in Presentation(repacked(members)).slides if slide._element.get("show") not in ("0", "false")]
    text = to_markdown("".join(part for slide in slides for part in _slide(slide)))
    if not text:
        raise InvalidInput("the slides have no text, only pictures or nothing at all")
    return Extract(text, **properties(members))


def _slide(slide: Any) -> Iterator[str]:
    """Yield a slide as HTML, its shapes as one reads them: downward, and from left to right."""
    title = slide.shapes.title
    if title is not None and title.text_frame.text.strip():
        # The title of a title slide is that of the presentation.
        level = 1 if title.placeholder_format.type == COVER else 2
        yield f"<h{level}>{_words(title.text_frame.text)}</h{level}>"
    seen = [shape for shape in _shapes(slide.shapes, depth=0) if title is None or shape.shape_id != title.shape_id]
    for shape in sorted(seen, key=lambda shape: (shape.top or 0, shape.left or 0)):
        yield from _table(shape.table) if getattr(shape, "has_table", False) else _text(shape)


def _shapes(shapes: Any, *, depth: int) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < DEEPEST:
                yield from _shapes(shape.shapes, depth=depth + 1)
        elif not (_is_furniture(shape) or _is_hidden(shape)):
            yield shape


def _is_furniture(shape: Any) -> bool:
    return bool(shape.is_placeholder) and shape.placeholder_format.type in FURNITURE


def _is_hidden(shape: Any) -> bool:
    return any(element.get("hidden") in ("1", "true") for element in shape._element.iter("{*}cNvPr"))


def _text(shape: Any) -> Iterator[str]:
    """Yield the paragraphs of a shape; in the body of a slide they are the items of a list."""
    paragraphs = shape.text_frame.paragraphs if getattr(shape, "has_text_frame", False) else ()
    said = [(paragraph.level, words) for paragraph in paragraphs if (words := _words(paragraph.text))]
    if _is_body(shape):
        yield from _list(said)
    else:
        yield from (f"<p>{words}</p>" for _, words in said)


def _list(items: Iterable[tuple[int, str]]) -> Iterator[str]:
    depth = 0
    for level, words in items:
        wanted = min(level, depth) + 1  # A level that is left out cannot be shown.
        yield "<ul><li>" if wanted > depth else "</li></ul>" * (depth - wanted) + "</li><li>"
        yield words
        depth = wanted
    yield "</li></ul>" * depth


def _is_body(shape: Any) -> bool:
    return bool(shape.is_placeholder) and shape.placeholder_format.type in BODIES


def _table(table: Any) -> Iterator[str]:
    yield "<table>"
    for n, row in enumerate(table.rows):
        kind = "th" if n == 0 else "td"
        yield "<tr>" + "".join(f"<{kind}>{_words(cell.text)}</{kind}>" for cell in row.cells) + "</tr>"
    yield "</table>"


def _words(text: str) -> str:
    return escape(" ".join(text.split()))
