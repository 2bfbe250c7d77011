"""Split: long texts in stretches that a platform takes, never within a word, a link or a line of code that could be kept whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.text.markup import Fence, Piece, Span, Spans

ENDS = ("\n\n", "\n", ". ", " ")
"""Where a text is best parted, the best first."""


def parted(text: str, most: int) -> tuple[str, ...]:
    """Return a text in stretches of at most so many characters, which put together are the text."""
    made = []
    while len(text) > most:
        at = _end(text, most)
        made.append(text[:at])
        text = text[at:]
    return (*made, text)


def stretches(pieces: Sequence[Piece], most: int) -> Iterator[tuple[Piece, ...]]:
    """Yield pieces in groups of at most so many characters; a longer piece is parted, code into several pieces of code."""
    group: list[Piece] = []
    size = 0
    for piece in (part for whole in pieces for part in _parts(whole, most)):
        if group and size + weight(piece) > most:
            yield tuple(group)
            group, size = [], 0
        group.append(piece)
        size += weight(piece)
    if group:
        yield tuple(group)


def shortened(pieces: Sequence[Piece], most: int) -> tuple[tuple[Piece, ...], int]:
    """Return the beginning of a text, of at most so many characters, and how many are left out."""
    first = next(stretches(pieces, most), ())
    return first, sum(map(weight, pieces)) - sum(map(weight, first))


def weight(piece: Piece) -> int:
    """Return how many characters a piece shows."""
    return len(piece.text) if isinstance(piece, Fence) else sum(len(span.text) for span in piece.spans)


def _parts(piece: Piece, most: int) -> Iterator[Piece]:
    if weight(piece) <= most:
        yield piece
    elif isinstance(piece, Fence):
        yield from (replace(piece, text=text.strip("\n")) for text in parted(piece.text, most))
    else:
        yield from (replace(piece, spans=spans) for spans in _lines(piece.spans, most))


def _lines(spans: Spans, most: int) -> Iterator[Spans]:
    line: list[Span] = []
    left = most
    for span in spans:
        text = span.text
        while len(text) > left:
            # A link or an instant that does not fit any more goes on the next line whole; one too long for any line cannot.
            at = _end(text, left) if _may_part(span) or (not line and left == most) else 0
            line += [replace(span, text=text[:at])] if at else []
            if line:
                yield tuple(line)
            text, line, left = text[at:], [], most
        line.append(replace(span, text=text))
        left -= len(text)
    if line:
        yield tuple(line)


def _may_part(span: Span) -> bool:
    return not span.address and span.at is None


def _end(text: str, most: int) -> int:
    """Return where to part a text that is longer than `most`: after the last good end in its second half, else after any, else anywhere."""
    for least in (most // 2, 0):
        for end in ENDS:
            at = text.rfind(end, least, most)
            if at >= least and at + len(end) <= most and at > 0:
                return at + len(end)
    return most
