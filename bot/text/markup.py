"""Markup: a text as lines, items, quotes and code made of spans, which are drawn without any markup of their own.

Whatever the text's author meant as a platform's markup, a mention or a date stays words: spans are literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from desk import instants

UNSEEN = re.compile(
    # Controls, soft hyphens, zero-width characters, what turns a line around, tags, and halves of characters.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
"""Characters that nobody sees, with which a text could read otherwise than it is. Joiners stay: scripts and emoji need them."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words in one style. `address` makes a link of them; `at`, in seconds since 1970, an instant that they say."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    address: str = ""
    at: int | None = None


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph; a line's end within it is a line feed."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Item:
    """A point of a list, `depth` lists deep; a numbered one has its number."""

    spans: Spans
    depth: int = 0
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """A paragraph of a quotation."""

    spans: Spans


@dataclass(frozen=True, slots=True)
class Fence:
    """Code, and tables as code; `language` is what its author called it."""

    text: str
    language: str = ""


Piece = Line | Item | Quoted | Fence


def words(pieces: Sequence[Piece]) -> str:
    """Return pieces as plain words."""
    return "\n".join(_words(piece) for piece in pieces)


def literal(text: str, *, bold: bool = False) -> Spans:
    """Return somebody's words as they are, with the instants in them; no markup and no links."""
    return tuple(replace(span, bold=bold) for span in timed(Span(seen(text))))


def seen(text: str) -> str:
    """Return a text without the characters that nobody sees."""
    return UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _words(piece: Piece) -> str:
    match piece:
        case Fence(text=text):
            return text
        case Item(spans, depth, number):
            return f"{'  ' * depth}{'•' if number is None else f'{number}.'} {said(spans)}"
        case Line(spans) | Quoted(spans):
            return said(spans)


def said(spans: Spans) -> str:
    """Return spans as plain words."""
    return "".join(span.text for span in spans)


def timed(span: Span) -> Iterator[Span]:
    """Yield a span's instants apart from its words."""
    end = 0
    for found in instants.MARK.finditer(span.text):
        if before := instants.without_marks(span.text[end : found.start()]):
            yield replace(span, text=before)
        if found[2]:
            yield replace(span, text=found[2], at=int(found[1]))
        end = found.end()
    if rest := instants.without_marks(span.text[end:]):
        yield replace(span, text=rest)
