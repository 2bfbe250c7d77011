"""Markup: our Markdown as lines, items, quotes and code made of spans, which are then drawn without any markup of their own.

Whatever the text's author meant as Slack's markup, a mention or a date stays words: spans are literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from bot.slack.limits import ADDRESS
from desk import instants

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

UNSEEN = re.compile(
    # Controls, soft hyphens, zero-width characters, what turns a line around, tags, and halves of characters.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
"""Characters that nobody sees, with which a text could read otherwise than it is. Joiners stay: scripts and emoji need them."""
BARE = re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]}]")
SAFE = re.compile(r"(?:https?://[^\s<>\"|\\^`{}]+|mailto:[^\s<>\"|\\^`{}]+)", re.IGNORECASE)
OWN = re.compile(r"message:slack/[^/]+/([A-Z0-9]+)/(\d+)\.(\d+)")
READS_AS_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@\S+|(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
HOST = re.compile(r"(?:https?://|mailto:)?(?:[^/@\s]*@)?([^/:?#\s@]+)", re.IGNORECASE)


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
    """Code, and tables as code."""

    text: str


Piece = Line | Item | Quoted | Fence


def pieces(text: str, *, url: str = "") -> tuple[Piece, ...]:
    """Return a Markdown text in pieces. `url` is the workspace's address, to which links to our own messages lead."""
    made: list[Piece] = []
    for piece in _pieces(_parser().parse(seen(text)), url):
        made[-1:] = _joined(made[-1], piece) if made else [piece]
    return tuple(made)


def words(pieces: Sequence[Piece]) -> str:
    """Return pieces as plain words."""
    return "\n".join(_words(piece) for piece in pieces)


def literal(text: str, *, bold: bool = False) -> Spans:
    """Return somebody's words as they are, with the instants in them; no markup and no links."""
    return tuple(replace(span, bold=bold) for span in _timed(Span(seen(text))))


def seen(text: str) -> str:
    """Return a text without the characters that nobody sees."""
    return UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def safe(address: str, *, url: str = "") -> str:
    """Return where a link may lead: to the web, to mail, or to a message of this workspace; "" for anywhere else."""
    if own := OWN.fullmatch(address):
        channel, seconds, rest = own.groups()
        return f"{url.rstrip('/')}/archives/{channel}/p{seconds}{rest}?thread_ts={seconds}.{rest}&cid={channel}" if url else ""
    return address if len(address) <= ADDRESS and SAFE.fullmatch(address) else ""


def linked(label: str, address: str) -> Spans:
    """Return a link; one whose words read as another address than it leads to says where it leads."""
    host = _host(address)
    forged = READS_AS_ADDRESS.fullmatch(label.strip()) and _host(label.strip()) != host
    return (Span(label, address=address), *((Span(f" ({host})"),) if forged else ()))


def _host(address: str) -> str:
    found = HOST.match(address)
    return found[1].lower().removeprefix("www.") if found else ""


def _words(piece: Piece) -> str:
    match piece:
        case Fence(text):
            return text
        case Item(spans, depth, number):
            return f"{'  ' * depth}{'•' if number is None else f'{number}.'} {said(spans)}"
        case Line(spans) | Quoted(spans):
            return said(spans)


def said(spans: Spans) -> str:
    """Return spans as plain words."""
    return "".join(span.text for span in spans)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["strikethrough", "table"]).disable("image")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # What a link may be is said by `safe`; others keep their words.
    parser.normalizeLink = lambda url: url if url.startswith("message:") else MarkdownIt.normalizeLink(parser, url)  # type: ignore[method-assign]
    return parser


@dataclass(slots=True)
class _Lists:
    """How deep in lists and quotations the reading is."""

    numbers: list[int | None]
    quotes: int = 0
    begun: bool = False
    """The item's mark is drawn; what follows in it is more of it."""
    heading: bool = False


def _pieces(tokens: Sequence[Token], url: str) -> Iterator[Piece]:
    state = _Lists([])
    rows: list[list[str]] = []
    for token in tokens:
        kind: str = token.type
        match kind:
            case "bullet_list_open":
                state.numbers.append(None)
            case "ordered_list_open":
                state.numbers.append(int(token.attrs.get("start", 1)) - 1)
            case "bullet_list_close" | "ordered_list_close":
                state.numbers.pop()
                state.begun = True
            case "list_item_open":
                number = state.numbers[-1]
                state.numbers[-1] = None if number is None else number + 1
                state.begun = False
            case "blockquote_open" | "blockquote_close":
                state.quotes += token.nesting
            case "heading_open" | "heading_close":
                state.heading = token.nesting > 0
            case "fence" | "code_block":
                yield Fence(instants.plain(token.content.rstrip("\n")))
            case "hr":
                yield Line((Span("———"),))
            case "tr_open":
                rows.append([])
            case "table_close":
                yield Fence(_table(rows))
                rows = []
            case "inline":
                spans = tuple(_spans(token.children or (), url))
                if rows:
                    rows[-1].append(said(spans))
                else:
                    yield _piece(spans, state)
                    state.begun = True
            case _:
                pass  # The ends of paragraphs, and of what has none of its own.


def _piece(spans: Spans, state: _Lists) -> Piece:
    spans = tuple(replace(span, bold=True) for span in spans) if state.heading else spans
    if state.quotes:
        mark = "" if not state.numbers or state.begun else "• " if state.numbers[-1] is None else f"{state.numbers[-1]}. "
        return Quoted((Span(mark), *spans) if mark else spans)
    if not state.numbers:
        return Line(spans)
    return Item(spans, len(state.numbers) - 1, -1 if state.begun else state.numbers[-1])


def _joined(before: Piece, piece: Piece) -> list[Piece]:
    """Put a paragraph that goes on an item to it, and paragraphs of one quotation together."""
    if isinstance(piece, Item) and piece.number == -1:
        if isinstance(before, Item) and before.depth == piece.depth:
            return [replace(before, spans=(*before.spans, Span("\n"), *piece.spans))]
        return [before, Line(piece.spans)]
    if isinstance(piece, Quoted) and isinstance(before, Quoted):
        return [Quoted((*before.spans, Span("\n"), *piece.spans))]
    return [before, piece]


def _spans(tokens: Sequence[Token], url: str) -> Iterator[Span]:
    style: dict[str, bool] = {}
    label: list[Span] = []
    address: str | None = None
    for token in tokens:
        if token.type == "link_open":
            address, label = safe(str(token.attrs.get("href", "")), url=url), []
        elif token.type == "link_close":
            yield from _link(label, address or "")
            address = None
        elif token.type in STYLES:
            style[STYLES[token.type]] = token.nesting > 0
        else:
            found = _token(token, style, linking=address is not None)
            if address is None:
                yield from found
            else:
                label += found


STYLES = {f"{name}_{end}": style for name, style in (("strong", "bold"), ("em", "italic"), ("s", "strike")) for end in ("open", "close")}


def _token(token: Token, style: dict[str, bool], *, linking: bool) -> list[Span]:
    if token.type.endswith("break"):
        return [Span("\n")]
    if token.type == "code_inline":
        return [Span(instants.plain(token.content), code=True)]
    if not token.content:
        return []
    found = [Span(token.content)] if linking else _addressed(token.content)
    bold, italic, strike = (style.get(name, False) for name in ("bold", "italic", "strike"))
    return [replace(span, bold=bold, italic=italic, strike=strike) for each in found for span in _timed(each)]


def _link(label: Sequence[Span], address: str) -> Iterator[Span]:
    """Yield a link, span by span; a link that may not be is its words."""
    if not address:
        yield from label
        return
    for span in label:
        yield replace(span, address=address) if span.text.strip() else span
    forged = linked(said(tuple(label)), address)[1:]
    yield from forged


def _addressed(text: str) -> list[Span]:
    """Make links of bare web addresses."""
    made, end = [], 0
    for found in BARE.finditer(text):
        made += [Span(text[end : found.start()]), Span(found[0], address=safe(found[0]))]
        end = found.end()
    return [span for span in (*made, Span(text[end:])) if span.text]


def _timed(span: Span) -> Iterator[Span]:
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


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Return a table in columns, for a font in which all characters are as wide."""
    widths = [max((len(row[n]) for row in rows if n < len(row)), default=0) for n in range(max(map(len, rows)))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip() for row in rows]
    return "\n".join((lines[0], "  ".join("-" * width for width in widths), *lines[1:]))
