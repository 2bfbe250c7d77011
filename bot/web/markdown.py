"""Markdown: text of people and articles as HTML that can do nothing: no tags, no images, links to the web and to mail only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from desk import instants

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

SHOWN = 4_000
"""So many characters of one text are drawn; the rest stays in the file."""
OVERRIDES = {0x202D: None, 0x202E: None}
"""Characters that make a line read backwards, which no right-to-left language needs."""
SCHEMES = ("http://", "https://", "mailto:", "message:")
ADDRESS = re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]}]")


def render(text: str) -> Markup:
    """Return HTML for a text of unknown origin, cut to what can be shown. `message:` links, our own, lead to a message on the same page."""
    return Markup(_parser().render(straight(text[:SHOWN]))) + left_out(text)  # noqa: S704  # The parser escapes; see its options.


def bare(text: str) -> str:
    """Return a text without its markup, on one line: what a quote says, where only a line or two of it are shown. It is not escaped."""
    pieces: list[str] = []
    for token in _parser().parse(straight(text[:SHOWN])):
        if token.type == "list_item_open":
            pieces.append(f"{token.info}{token.markup}" if token.info else "•")
        elif token.type in ("fence", "code_block"):
            pieces.append(token.content)
        elif token.type == "inline":
            # A line's end is a token without content.
            pieces.append("".join(child.content or " " * child.type.endswith("break") for child in token.children or ()))
    return " ".join(" ".join(pieces).split())


def left_out(text: str) -> Markup:
    """Return a line that says how much of a text is not shown, empty when all is."""
    more = len(text) - SHOWN
    return Markup('<p class="cut">… and {} more characters</p>').format(f"{more:,}") if more > 0 else Markup("")


def straight(text: str) -> str:
    """Return a text without the characters that turn it around, with its instants in words."""
    # What is drawn already holds no instants any more, and stays what it is: drawn.
    return (instants.plain(text) if instants.ANY.search(text) else text).translate(OVERRIDES)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # No images: one from elsewhere would tell its owner who reads, and when.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["strikethrough", "table"]).disable("image")
    parser.validateLink = lambda url: url.strip().lower().startswith(SCHEMES)  # type: ignore[method-assign]
    parser.core.ruler.push("addresses", _link_addresses)
    for rule, draw in (("link_open", _link), ("heading_open", _heading), ("heading_close", _heading_end)):
        parser.add_render_rule(rule, draw)
    return parser


def _link(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    address = str(tokens[index].attrs.get("href", ""))
    if address.startswith("message:"):
        channel, _, message = address.rpartition("/")
        return f'<a class="to-message" href="#{escape(message)}" data-channel="{escape(channel.rpartition("/")[2])}">'
    return f'<a href="{escape(address)}" rel="noopener noreferrer nofollow" target="_blank">'


def _heading(*_: Any) -> str:
    # A heading somebody typed is no heading of the page.
    return '<p class="heading">'


def _heading_end(*_: Any) -> str:
    return "</p>"


def _link_addresses(state: StateCore) -> None:
    """Make links of bare web addresses, outside code and links."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = list(_with_links(block.children))


def _with_links(tokens: Sequence[Token]) -> Sequence[Token]:
    made: list[Token] = []
    inside = 0
    for token in tokens:
        inside += token.nesting if token.type.startswith("link_") else 0
        made += [token] if inside or token.type != "text" else _split(token)
    return made


def _split(text: Token) -> list[Token]:
    made, end = [], 0
    for found in ADDRESS.finditer(text.content):
        opened = type(text)("link_open", "a", 1, attrs={"href": found[0]})
        made += [text.copy(content=text.content[end : found.start()]), opened, text.copy(content=found[0]), type(text)("link_close", "a", -1)]
        end = found.end()
    return [*made, text.copy(content=text.content[end:])]
