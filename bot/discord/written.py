"""Written: pieces of a text in Discord's own Markdown. What is anybody's words is escaped, so that nothing in them is markup or pings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.text.markup import Fence, Item, Line, Piece, Quoted, Span, Spans, seen

SIGNS = re.compile(r"[\\*_~|`\[\]<]")
LEADING = re.compile(r"^([ \t]*)(#|>|-#|[-+](?= )|\d{1,9}(?=\. ))", re.MULTILINE)
"""What makes a heading, a quotation, small print or a list at the beginning of a line."""
PINGING = re.compile(r"@(?=(?:here|everyone)\b)", re.IGNORECASE)
JOINER = "\u2060"
"""A character without width: after it a word is no name."""
LOOK_ALIKE = "\u02cb"
"""Stands for a back quote where no escape is known, in code."""
ADDRESS = re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]}]")
SCHEME = re.compile(r"https?://", re.IGNORECASE)
WEB = ("http://", "https://")


def escaped(text: str) -> str:
    """Return somebody's words so that they are shown as they are. An address in them is one that can be pressed, so it takes no escapes."""
    made, end, clean = [], 0, seen(text)
    for found in ADDRESS.finditer(clean):
        made += [_signs(clean[end : found.start()]), f"<{found[0]}>"]
        end = found.end()
    return PINGING.sub(f"@{JOINER}", LEADING.sub(_led, "".join((*made, _signs(clean[end:])))))


def written(pieces: Sequence[Piece]) -> str:
    """Return pieces in Discord's Markdown."""
    made = [_piece(pieces[0])] if pieces else []
    for before, piece in pairwise(pieces):
        made += [_between(before, piece), _piece(piece)]
    return "".join(made)


def small(text: str) -> str:
    """Return lines as small print."""
    return "\n".join(f"-# {line}" if line.strip() else line for line in text.split("\n"))


def line(spans: Spans) -> str:
    """Return spans in Discord's Markdown."""
    return "".join(_span(span) for span in spans)


def date(at: int) -> str:
    """Return an instant, in seconds since 1970, which Discord says in the reader's zone and language."""
    return f"<t:{at}:f>"


def mention(id: str, *, is_role: bool = False) -> str:
    """Return a mention of a user or of a role."""
    return f"<@{'&' if is_role else ''}{id}>"


def _signs(text: str) -> str:
    return SIGNS.sub(lambda found: f"\\{found[0]}", text)


def _led(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def _between(before: Piece, piece: Piece) -> str:
    together = isinstance(before, Fence | Quoted) or isinstance(piece, Fence | Item)
    return "\n" if together and not isinstance(before, Quoted) else "\n\n"


def _piece(piece: Piece) -> str:
    match piece:
        case Fence(text, language):
            return f"```{language}\n{seen(text).replace('`', LOOK_ALIKE)}\n```"
        case Item(spans, depth, number):
            mark = "- " if number is None else f"{number}. "
            return f"{'  ' * depth}{mark}{line(spans)}".replace("\n", f"\n{'  ' * depth}{' ' * len(mark)}")
        case Quoted(spans):
            return "\n".join(f"> {each}" for each in line(spans).split("\n"))
        case Line(spans):
            return line(spans)


def _span(span: Span) -> str:
    if span.at is not None:
        return date(span.at)
    if span.address.startswith(WEB):
        return _link(span)
    if span.code:
        return f"`{seen(span.text).replace('`', LOOK_ALIKE)}`" if span.text.strip() else span.text
    words = _styled(span)
    address = span.address.removeprefix("mailto:")
    # Discord makes links to the web only.
    return f"{words} ({escaped(address)})" if address and address != span.text.strip() else words


def _link(span: Span) -> str:
    if span.text.strip() == span.address:
        return _apart(span.text, f"<{span.address}>")
    # Discord makes no link of words that are an address themselves.
    label = PINGING.sub(f"@{JOINER}", _signs(" ".join(SCHEME.sub("", seen(span.text)).split()))) or "link"
    return _apart(span.text, f"[{label}](<{span.address}>)")


def _apart(text: str, made: str) -> str:
    """Return what was made of a text with a blank wherever the text begins or ends with one: a link in several styles is several spans."""
    return f"{' ' * text[:1].isspace()}{made}{' ' * text[-1:].isspace()}"


def _styled(span: Span) -> str:
    """Put a style's signs around the words, inside of the blanks, line by line: Discord sees no style where a blank follows its sign."""
    signs = "".join(sign for sign, on in (("**", span.bold), ("*", span.italic), ("~~", span.strike)) if on)
    return "\n".join(_signed(each, signs) for each in span.text.split("\n"))


def _signed(text: str, signs: str) -> str:
    words = text.strip()
    if not (signs and words):
        return escaped(text)
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    closing = "".join(reversed(re.findall(r"\*\*|\*|~~", signs)))
    return f"{before}{signs}{escaped(words)}{closing}{after}"
