"""Sections: Markdown as the blocks that stand below each heading."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from knowledge.article import shortened

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

BYTES_A_WORD = 7
"""For measuring text that has no spaces between words."""
LONGEST_HEADING = 500
"""Characters of the longest heading whose markup is read."""
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])\s*")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list, table or code block. Too long for a chunk it is split between `parts`, and every piece gets `head` and `tail`."""

    text: str
    parts: tuple[str, ...]
    glue: str = "\n"
    head: str = ""
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below one heading, before the next. `path` are the headings from the outermost in."""

    path: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def size(self) -> int:
        """Return its length in words."""
        return sum(size(block.text) for block in self.blocks)


def size(text: str) -> int:
    """Return a text's length in words, counting text without spaces by its bytes."""
    return max(len(text.split()), len(text.encode()) // BYTES_A_WORD)


def sections(text: str, *, title: str) -> Iterator[Section]:
    """Split Markdown at its headings; a first heading that repeats the title adds nothing to the path."""
    lines = text.split("\n")
    references: dict[str, Any] = {}
    tokens = _parser().parse(text, references)
    path: list[tuple[int, str]] = []
    blocks: list[Block] = []
    for at, token in enumerate(tokens):
        if token.level or not token.map:
            continue
        if token.type == "heading_open":
            yield from _section(path, blocks)
            path, blocks = _below(path, int(token.tag[1:]), name=_plain(tokens[at + 1].content, references), title=title), []
        else:
            blocks.extend(_block(tokens, at, lines=lines))
    yield from _section(path, blocks)


def _section(path: Sequence[tuple[int, str]], blocks: Sequence[Block]) -> Iterator[Section]:
    if blocks:
        yield Section(tuple(name for _, name in path), tuple(blocks))


def _below(path: Sequence[tuple[int, str]], depth: int, *, name: str, title: str) -> list[tuple[int, str]]:
    outer = [(level, known) for level, known in path if level < depth]
    says_the_title = not outer and name.casefold() == title.casefold()
    return outer if says_the_title or not name else [*outer, (depth, shortened(name))]


def _plain(heading: str, references: dict[str, Any]) -> str:
    """Return a heading's words without its markup; one too long to be a heading is taken as it stands."""
    found: list[Token] = []
    if len(heading) <= LONGEST_HEADING:
        _parser().inline.parse(heading, _parser(), references, found)
    return " ".join("".join(token.content or " " for token in found).split()) if found else " ".join(heading.split())


def _block(tokens: Sequence[Token], at: int, *, lines: Sequence[str]) -> Iterator[Block]:
    """Yield the block that a token opens, none for one that says nothing."""
    own = list(lines[slice(*(tokens[at].map or (0, 0)))])
    text = "\n".join(own).strip("\n").rstrip()
    if text.strip() and tokens[at].type != "hr":
        yield BLOCKS.get(tokens[at].type, _lines)(text, own, tokens=tokens, at=at)


def _paragraph(text: str, own: Sequence[str], *, tokens: Sequence[Token], at: int) -> Block:
    return Block(text, tuple(SENTENCE_END.split(text)), glue=" ")


def _list(text: str, own: Sequence[str], *, tokens: Sequence[Token], at: int) -> Block:
    start, _ = tokens[at].map or (0, 0)
    inner = takewhile(lambda token: token.level > 0, (tokens[n] for n in range(at + 1, len(tokens))))
    spans = (token.map for token in inner if token.type == "list_item_open" and token.level == 1 and token.map)
    return Block(text, tuple("\n".join(own[first - start : last - start]).rstrip() for first, last in spans))


def _table(text: str, own: Sequence[str], *, tokens: Sequence[Token], at: int) -> Block:
    return Block(text, tuple(own[2:]), head="\n".join(own[:2]) + "\n")


def _code(text: str, own: Sequence[str], *, tokens: Sequence[Token], at: int) -> Block:
    return Block(text, tuple(tokens[at].content.rstrip("\n").split("\n")), head=own[0] + "\n", tail=f"\n{tokens[at].markup}")


def _lines(text: str, own: Sequence[str], *, tokens: Sequence[Token], at: int) -> Block:
    return Block(text, tuple(own))


BLOCKS: dict[str, Callable[..., Block]] = {
    "paragraph_open": _paragraph,
    "bullet_list_open": _list,
    "ordered_list_open": _list,
    "table_open": _table,
    "fence": _code,
}
"""Where blocks may be split, by the token that opens them; all others between their lines."""


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    # What stands inside of blocks is not looked at, and to read it takes minutes where somebody wrote a megabyte of brackets.
    parser.core.ruler.disable("inline")
    return parser
