"""Markdown: what our answers, people and phrases are written in, read into pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from bot.text.links import OURS, safe, where
from bot.text.markup import Fence, Item, Line, Piece, Quoted, Span, Spans, said, seen, timed
from desk import instants

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Leads = Callable[[str], str]

BARE = re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]}]")
LANGUAGE = re.compile(r"[A-Za-z][\w+#-]{0,19}(?=\s|$)")
"""How a piece of code may call its language."""
STYLES = {f"{name}_{end}": style for name, style in (("strong", "bold"), ("em", "italic"), ("s", "strike")) for end in ("open", "close")}


def pieces(text: str, *, to: Leads = safe) -> tuple[Piece, ...]:
    """Return a Markdown text in pieces. `to` says where a link may lead, to messages of ours too; "" keeps its words alone."""
    made: list[Piece] = []
    for piece in _pieces(_parser().parse(seen(text)), to):
        made[-1:] = _joined(made[-1], piece) if made else [piece]
    return tuple(made)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["strikethrough", "table"]).disable("image")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # What a link may be is said by `safe`; others keep their words.
    parser.normalizeLink = lambda url: url if url.startswith(OURS) else MarkdownIt.normalizeLink(parser, url)  # type: ignore[method-assign]
    return parser


@dataclass(slots=True)
class _Where:
    """Where in lists, quotations, headings and tables the reading is."""

    numbers: list[int | None] = field(default_factory=list)
    quotes: int = 0
    begun: bool = False
    """The item's mark is drawn; what follows in it is more of it."""
    heading: bool = False
    rows: list[list[str]] = field(default_factory=list)

    def pass_by(self, token: Token) -> None:
        """Note what begins or ends here."""
        kind: str = token.type
        match kind:
            case "bullet_list_open" | "ordered_list_open":
                self.numbers.append(None if kind.startswith("bullet") else int(token.attrs.get("start", 1)) - 1)
            case "bullet_list_close" | "ordered_list_close":
                self.numbers.pop()
                self.begun = True
            case "list_item_open":
                number = self.numbers[-1]
                self.numbers[-1], self.begun = None if number is None else number + 1, False
            case "blockquote_open" | "blockquote_close":
                self.quotes += token.nesting
            case "heading_open" | "heading_close":
                self.heading = token.nesting > 0
            case "tr_open":
                self.rows.append([])
            case _:
                pass  # The ends of paragraphs, and of what has none of its own.


def _pieces(tokens: Sequence[Token], to: Leads) -> Iterator[Piece]:
    at = _Where()
    for token in tokens:
        at.pass_by(token)
        if token.type in ("fence", "code_block"):
            yield Fence(instants.plain(token.content.rstrip("\n")), _language(token.info))
        elif token.type == "hr":
            yield Line((Span("———"),))
        elif token.type == "table_close":
            yield Fence(_table(at.rows))
            at.rows = []
        elif token.type == "inline":
            spans = tuple(_spans(token.children or (), to))
            if at.rows:
                at.rows[-1].append(said(spans))
            elif spans or at.numbers:
                yield _piece(spans, at)
                at.begun = True


def _language(info: str) -> str:
    found = LANGUAGE.match(info)
    return found[0] if found else ""


def _piece(spans: Spans, at: _Where) -> Piece:
    spans = tuple(replace(span, bold=True) for span in spans) if at.heading else spans
    if at.quotes:
        mark = "" if not at.numbers or at.begun else "• " if at.numbers[-1] is None else f"{at.numbers[-1]}. "
        return Quoted((Span(mark), *spans) if mark else spans)
    if not at.numbers:
        return Line(spans)
    return Item(spans, len(at.numbers) - 1, -1 if at.begun else at.numbers[-1])


def _joined(before: Piece, piece: Piece) -> list[Piece]:
    """Put a paragraph that goes on an item to it, and paragraphs of one quotation together."""
    if isinstance(piece, Item) and piece.number == -1:
        if isinstance(before, Item) and before.depth == piece.depth:
            return [replace(before, spans=(*before.spans, Span("\n"), *piece.spans))]
        return [before, Line(piece.spans)]
    if isinstance(piece, Quoted) and isinstance(before, Quoted):
        return [Quoted((*before.spans, Span("\n"), *piece.spans))]
    return [before, piece]


def _spans(tokens: Sequence[Token], to: Leads) -> Iterator[Span]:
    style: dict[str, bool] = {}
    label: list[Span] = []
    address: str | None = None
    target = ""
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrs.get("href", ""))
            address, label = to(target), []
        elif token.type == "link_close":
            yield from _link(label, address or "", own=target.startswith(OURS))
            address = None
        elif token.type in STYLES:
            style[STYLES[token.type]] = token.nesting > 0
        else:
            found = _token(token, style, linking=address is not None)
            if address is None:
                yield from found
            else:
                label += found


def _token(token: Token, style: dict[str, bool], *, linking: bool) -> list[Span]:
    if token.type.endswith("break"):
        return [Span("\n")]
    if token.type == "code_inline":
        return [Span(instants.plain(token.content), code=True)]
    if not token.content:
        return []
    found = [Span(token.content)] if linking else _addressed(token.content)
    bold, italic, strike = (style.get(name, False) for name in ("bold", "italic", "strike"))
    return [replace(span, bold=bold, italic=italic, strike=strike) for each in found for span in timed(each)]


def _link(label: Sequence[Span], address: str, *, own: bool) -> Iterator[Span]:
    """Yield a link, span by span; a link that may not be is its words. One to our own message needs no warning, though a file's name has a dot."""
    if not address:
        yield from label
        return
    for span in label:
        yield replace(span, address=address) if span.text.strip() else span
    yield from () if own else where(said(tuple(label)), address)


def _addressed(text: str) -> list[Span]:
    """Make links of bare web addresses."""
    made, end = [], 0
    for found in BARE.finditer(text):
        made += [Span(text[end : found.start()]), Span(found[0], address=safe(found[0]))]
        end = found.end()
    return [span for span in (*made, Span(text[end:])) if span.text]


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Return a table in columns, for a font in which all characters are as wide."""
    widths = [max((len(row[n]) for row in rows if n < len(row)), default=0) for n in range(max(map(len, rows)))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]
    return "\n".join((lines[0], "  ".join("-" * width for width in widths), *lines[1:]))
