"""Chunks: an article cut by its structure into pieces that are searched and quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from desk.article import Chunk, Document
from desk.ids import derived

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

VERSION = "1"
"""Part of every document's hash: raise it when the same text would be cut otherwise."""
TARGET = 180
"""Words from which a chunk is full."""
MOST = 230
"""Words a chunk has at most; the embedder reads about as many."""
TINY = 25
"""Words below which a section is joined to the next one under the same heading."""
BYTES_A_WORD = 7
"""For measuring text that has no spaces between words."""
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])\s*")
SEPARATOR = " > "


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


def cut(document: Document, text: str) -> tuple[Chunk, ...]:
    """Cut a document's Markdown into chunks with stable ids; none when nothing stands below its headings."""
    ordinals: dict[str, int] = {}
    chunks: list[Chunk] = []
    for section in joined(sections(text, title=document.title)):
        heading = SEPARATOR.join(section.path)
        for piece in pieces(section):
            ordinal = ordinals[heading] = ordinals.get(heading, -1) + 1
            id = derived("c", document.id, heading, ordinal)
            chunks.append(
                Chunk(
                    id, document.id, len(chunks), document.title, heading, document.url, document.audience, piece, document.updated, document.language
                )
            )
    return tuple(chunks)


def searchable(chunk: Chunk) -> str:
    """Return what is embedded and indexed of a chunk: its title, its headings and its text."""
    return "\n".join(filter(None, (chunk.title, chunk.heading, chunk.text)))


def size(text: str) -> int:
    """Return a text's length in words, counting text without spaces by its bytes."""
    return max(len(text.split()), len(text.encode()) // BYTES_A_WORD)


def sections(text: str, *, title: str) -> Iterator[Section]:
    """Split Markdown at its headings; a first heading that repeats the title adds nothing to the path."""
    lines = text.split("\n")
    tokens = _parser().parse(text)
    path: list[tuple[int, str]] = []
    blocks: list[Block] = []
    for at, token in enumerate(tokens):
        if token.level or not token.map:
            continue
        if token.type != "heading_open":
            blocks.extend(_block(tokens, at, lines=lines))
            continue
        if blocks:
            yield Section(tuple(name for _, name in path), tuple(blocks))
        depth, name, blocks = int(token.tag[1:]), _plain(tokens[at + 1]), []
        path = [(outer, known) for outer, known in path if outer < depth]
        if name and (path or name.casefold() != title.casefold()):
            path.append((depth, name))
    if blocks:
        yield Section(tuple(name for _, name in path), tuple(blocks))


def joined(found: Iterable[Section]) -> Iterator[Section]:
    """Join sections of a few words to their neighbors under the same heading, with their own headings in bold."""
    run: list[Section] = []
    for section in found:
        total = sum(each.size for each in run)
        siblings = bool(run) and bool(section.path) and len(run[0].path) == len(section.path) and run[0].path[:-1] == section.path[:-1]
        if siblings and min(total, section.size) < TINY and total + section.size <= TARGET:
            run.append(section)
            continue
        if run:
            yield _merged(run)
        run = [section]
    if run:
        yield _merged(run)


def pieces(section: Section) -> Iterator[str]:
    """Yield a section's text in chunks: whole blocks while they fit, a block longer than a chunk in parts."""
    waiting: list[str] = []
    for block in section.blocks:
        room = MOST - sum(map(size, waiting))
        if waiting and (size(block.text) > room or room < MOST - TARGET):
            yield "\n\n".join(waiting)
            waiting = []
        if size(block.text) <= MOST:
            waiting.append(block.text)
        else:
            yield from _split(block)
    if waiting:
        yield "\n\n".join(waiting)


def _merged(run: Sequence[Section]) -> Section:
    if len(run) == 1:
        return run[0]
    texts = ("\n\n".join([f"**{section.path[-1]}**", *(block.text for block in section.blocks)]) for section in run)
    return Section(run[0].path[:-1], tuple(Block(text, (text,)) for text in texts))


def _split(block: Block) -> Iterator[str]:
    room = max(MOST - size(block.head + block.tail), TINY)
    waiting: list[str] = []
    for part in (short for long in block.parts for short in _shortened(long, room)):
        if waiting and size(block.glue.join([*waiting, part])) > room:
            yield block.head + block.glue.join(waiting) + block.tail
            waiting = []
        waiting.append(part)
    if waiting:
        yield block.head + block.glue.join(waiting) + block.tail


def _shortened(part: str, room: int) -> Iterator[str]:
    """Yield a part in pieces that fit: at sentences, else between words, else anywhere."""
    if size(part) <= room:
        yield part
        return
    words = [word[at : at + room] for word in part.split() for at in range(0, len(word), room)]
    waiting: list[str] = []
    length = 0
    for word in words:
        if waiting and (length + len(word.encode()) > room * BYTES_A_WORD or len(waiting) >= room):
            yield " ".join(waiting)
            waiting, length = [], 0
        waiting.append(word)
        length += len(word.encode()) + 1
    yield " ".join(waiting)


def _block(tokens: Sequence[Token], at: int, *, lines: Sequence[str]) -> Iterator[Block]:
    """Yield the block that a token opens, none for one that says nothing."""
    token = tokens[at]
    start, end = token.map or (0, 0)
    own = list(lines[start:end])
    text = "\n".join(own).strip("\n").rstrip()
    if not text.strip() or token.type == "hr":
        return
    if token.type == "paragraph_open":
        yield Block(text, tuple(SENTENCE_END.split(text)), glue=" ")
    elif token.type in ("bullet_list_open", "ordered_list_open"):
        yield Block(text, tuple(_items(tokens, at, lines=lines)))
    elif token.type == "table_open":
        yield Block(text, tuple(own[2:]), head="\n".join(own[:2]) + "\n")
    elif token.type == "fence":
        mark = own[0].lstrip()[:3]
        yield Block(text, tuple(token.content.rstrip("\n").split("\n")), head=own[0] + "\n", tail=f"\n{mark}")
    else:
        yield Block(text, tuple(own))


def _items(tokens: Sequence[Token], at: int, *, lines: Sequence[str]) -> Iterator[str]:
    for token in tokens[at + 1 :]:
        if token.level == tokens[at].level:
            return
        if token.type == "list_item_open" and token.level == 1 and token.map:
            yield "\n".join(lines[slice(*token.map)]).rstrip()


def _plain(inline: Token) -> str:
    """Return a heading's words without its markup."""
    return " ".join("".join(child.content or " " for child in inline.children or ()).split())


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")
