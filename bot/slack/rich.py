"""Rich text: pieces of a text as Block Kit's rich text, in which words are words: nothing in them can be markup, a mention or a date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from bot.text.markup import Fence, Item, Line, Piece, Quoted, Span, Spans

Block = dict[str, Any]
WHEN = "{date_short_pretty} {time}"
"""How Slack says an instant: `today 14:20`, in the reader's zone and language."""
DEEPEST = 8


def block(pieces: Sequence[Piece], *, to: Sequence[str] = ()) -> Block:
    """Return pieces as one block, which begins with a mention of each of these users."""
    made = list(_elements(pieces))
    if to and made and made[0]["type"] == "rich_text_section":
        made[0] = {**made[0], "elements": [*mentions(to), *made[0]["elements"]]}
    elif to:
        made = [{"type": "rich_text_section", "elements": mentions(to)}, *made]
    return {"type": "rich_text", "elements": made}


def mentions(to: Sequence[str]) -> list[Block]:
    """Return a mention of each of these users."""
    return [element for user in to for element in ({"type": "user", "user_id": user}, {"type": "text", "text": " "})]


def _elements(pieces: Sequence[Piece]) -> Iterator[Block]:
    before: type | None = None
    for kind, run in groupby(pieces, _kind):
        same = list(run)
        if kind is Line:
            yield _section(_paragraphs(same, spaced=before is Item))
        elif kind is Item:
            yield from _lists(same)
        else:
            yield from (_quote(piece) if isinstance(piece, Quoted) else _code(piece) for piece in same)
        before = kind


def _kind(piece: Piece) -> type:
    return type(piece)


def _paragraphs(lines: Sequence[Piece], *, spaced: bool) -> Spans:
    """Return paragraphs as one text; after a list one stands apart."""
    made: list[Span] = [Span("\n")] if spaced else []
    for n, line in enumerate(lines):
        made += [Span("\n\n")] if n else []
        made += line.spans if isinstance(line, Line) else ()
    return tuple(made)


def _lists(items: Sequence[Piece]) -> Iterator[Block]:
    """Yield lists of points. Slack counts by itself, from 1 and not across lists, so numbers that it would get wrong are written out."""
    numbers = [item.number for item in items if isinstance(item, Item)]
    counted = numbers == list(range(1, len(numbers) + 1))
    for (depth, numbered), run in groupby(items, lambda item: _level(item, counted=counted)):
        style = "ordered" if numbered and counted else "bullet"
        if numbered and not counted:
            yield from (_section((Span(f"{item.number}. "), *item.spans)) for item in run if isinstance(item, Item))
        else:
            sections = [_section(item.spans) for item in run if isinstance(item, Item)]
            yield {"type": "rich_text_list", "style": style, "indent": depth, "elements": sections}


def _level(item: Piece, *, counted: bool) -> tuple[int, bool]:
    assert isinstance(item, Item)
    return min(item.depth, DEEPEST), item.number is not None


def _section(spans: Spans) -> Block:
    return {"type": "rich_text_section", "elements": _drawn(spans)}


def _quote(piece: Quoted) -> Block:
    return {"type": "rich_text_quote", "elements": _drawn(piece.spans)}


def _code(piece: Piece) -> Block:
    text = piece.text if isinstance(piece, Fence) else ""
    return {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text or " "}]}


def _drawn(spans: Spans) -> list[Block]:
    return [_span(span) for span in spans if span.text] or [{"type": "text", "text": " "}]


def _span(span: Span) -> Block:
    style = {name: True for name in ("bold", "italic", "strike", "code") if getattr(span, name)}
    styled: Block = {"style": style} if style else {}
    if span.at is not None:
        linked = {"url": span.address} if span.address else {}
        return {"type": "date", "timestamp": span.at, "format": WHEN, "fallback": span.text, **linked, **styled}
    if span.address:
        return {"type": "link", "url": span.address, "text": span.text, **styled}
    return {"type": "text", "text": span.text, **styled}
