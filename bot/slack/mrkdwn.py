"""Mrkdwn: texts in Slack's own markup, where nothing else will do: small print, and the text beside the blocks.

Everything is escaped. What Slack would take for markup in a text of other origin is written with look-alikes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.slack.rich import WHEN
from bot.text.markup import Fence, Item, Line, Piece, Quoted, Span, Spans, seen

ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
LOOK_ALIKES = {"*": "\u2217", "_": "\uff3f", "~": "\u223c", "`": "\u02cb"}
MARK = re.compile(r"(?<![^\W_])[*_~`]+|[*_~`]+(?![^\W_])|`+")
"""What may begin or end a style: Slack takes these signs for markup at a word's edge, and a back quote anywhere."""
QUOTING = re.compile(r"^(?=>)", re.MULTILINE)
PINGING = re.compile(r"@(?=(?:here|channel|everyone|group)\b)", re.IGNORECASE)
JOINER = "\u2060"
"""A character without width: after it a line does not begin with a sign, and a word is no name."""


def escaped(text: str) -> str:
    """Return somebody's words so that they are shown as they are and ping nobody, also where Slack looks for names in a text."""
    plain = PINGING.sub(f"@{JOINER}", QUOTING.sub(JOINER, MARK.sub(_look_alike, seen(text))))
    return plain.translate(ESCAPES)


def bare(text: str) -> str:
    """Return words for a place that knows no styles, escaped and without a ping."""
    return PINGING.sub(f"@{JOINER}", seen(text)).translate(ESCAPES)


def mrkdwn(pieces: Sequence[Piece]) -> str:
    """Return pieces in Slack's markup."""
    return "\n".join(_piece(piece) for piece in pieces)


def line(spans: Spans) -> str:
    """Return spans in Slack's markup."""
    return "".join(_span(span) for span in spans)


def date(at: int, fallback: str, *, address: str = "") -> str:
    """Return an instant, in seconds since 1970, which Slack says in the reader's zone and language."""
    link = f"^{_address(address)}" if address else ""
    return f"<!date^{at}^{WHEN}{link}|{escaped(fallback).replace('|', '/')}>"


def mention(user: str) -> str:
    """Return a mention of a user."""
    return f"<@{user}>"


def _look_alike(found: re.Match[str]) -> str:
    return "".join(LOOK_ALIKES[sign] for sign in found[0])


def _piece(piece: Piece) -> str:
    match piece:
        case Fence(text):
            return "```\n" + bare(text).replace("`", LOOK_ALIKES["`"]) + "\n```"
        case Item(spans, depth, number):
            return f"{'    ' * depth}{'•' if number is None else f'{number}.'} {line(spans)}"
        case Quoted(spans):
            return "\n".join(f">{each}" for each in line(spans).split("\n"))
        case Line(spans):
            return line(spans)


def _span(span: Span) -> str:
    if span.at is not None:
        return date(span.at, span.text, address=span.address)
    if span.address:
        return f"<{_address(span.address)}|{_label(span.text)}>"
    if span.code:
        return f"`{bare(span.text).replace('`', LOOK_ALIKES['`'])}`" if span.text.strip() else span.text
    return _styled(span)


def _styled(span: Span) -> str:
    """Put a style's signs around the words, inside of the blanks: Slack sees no style where a blank follows its sign."""
    words = span.text.strip()
    signs = "".join(sign for sign, on in (("*", span.bold), ("_", span.italic), ("~", span.strike)) if on)
    if not (signs and words) or "\n" in words:
        return escaped(span.text)
    before, after = span.text[: len(span.text) - len(span.text.lstrip())], span.text[len(span.text.rstrip()) :]
    return f"{before}{signs}{escaped(words)}{signs[::-1]}{after}"


def _label(text: str) -> str:
    return escaped(text.replace("|", "/").replace("\n", " ")) or "link"


def _address(address: str) -> str:
    return address.translate(ESCAPES).replace("|", "%7C").replace("^", "%5E")
