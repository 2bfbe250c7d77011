"""Chunks: an article cut by its structure into pieces that are searched and quoted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from desk.article import Chunk, Document
from desk.ids import derived
from knowledge.languages import detected
from knowledge.sections import BYTES_A_WORD, Block, Section, sections, size

VERSION = "2"
"""Part of every document's hash: raise it when the same text would be cut otherwise."""
TARGET = 180
"""Words up to which blocks are put into one chunk."""
MOST = 230
"""Words of the longest block that is left whole; the embedder reads about as many."""
TINY = 25
"""Words below which a section is joined to the next one under the same heading."""
SEPARATOR = " > "


def cut(document: Document, text: str) -> tuple[Chunk, ...]:
    """Cut a document's Markdown into chunks with stable ids; none when nothing stands below its headings.

    They carry what the document says of itself; its language is detected when it does not say it.
    """
    said = document if document.language else replace(document, language=detected(text))
    ordinals: dict[str, int] = {}
    chunks: list[Chunk] = []
    for section in joined(sections(text, title=document.title)):
        heading = SEPARATOR.join(section.path)
        for piece in pieces(section):
            # Counted among equal headings only, so that an edit above leaves the ids below it alone.
            ordinal = ordinals[heading] = ordinals.get(heading, -1) + 1
            chunks.append(_chunk(derived("c", document.id, heading, ordinal), said, len(chunks), heading=heading, text=piece))
    return tuple(chunks)


def searchable(chunk: Chunk) -> str:
    """Return what is embedded and indexed of a chunk: its title, its headings and its text."""
    return "\n".join(filter(None, (chunk.title, chunk.heading, chunk.text)))


def joined(found: Iterable[Section]) -> Iterator[Section]:
    """Join sections of a few words to their neighbors under the same heading, with their own headings in bold."""
    run: list[Section] = []
    length = 0
    for section in found:
        if not (run and _are_siblings(run[0], section) and min(length, section.size) < TINY and length + section.size <= TARGET):
            yield from _merged(run)
            run, length = [], 0
        run.append(section)
        length += section.size
    yield from _merged(run)


def pieces(section: Section) -> Iterator[str]:
    """Yield a section's text in chunks: whole blocks while they fit, a block longer than a chunk in parts."""
    texts = (text for block in section.blocks for text in ([block.text] if size(block.text) <= MOST else _split(block)))
    return filled(texts, TARGET, glue="\n\n")


def filled(parts: Iterable[str], room: int, *, glue: str) -> Iterator[str]:
    """Yield parts joined by `glue` while together they have at most `room` words; a longer one stands alone."""
    waiting: list[str] = []
    words, length = 0, 0
    for part in parts:
        more, longer = len(part.split()), len(part.encode()) + len(glue)
        if waiting and max(words + more, (length + longer) // BYTES_A_WORD) > room:
            yield glue.join(waiting)
            waiting, words, length = [], 0, 0
        waiting.append(part)
        words, length = words + more, length + longer
    if waiting:
        yield glue.join(waiting)


def _chunk(id: str, said: Document, n: int, *, heading: str, text: str) -> Chunk:
    return Chunk(
        id,
        said.id,
        n,
        said.title,
        heading,
        said.url,
        said.audience,
        text,
        updated=said.updated,
        language=said.language,
        reviewed=said.reviewed,
        expires=said.expires,
    )


def _are_siblings(one: Section, other: Section) -> bool:
    return bool(other.path) and (len(one.path), one.path[:-1]) == (len(other.path), other.path[:-1])


def _merged(run: Sequence[Section]) -> Iterator[Section]:
    if len(run) < 2:
        yield from run
        return
    texts = ("\n\n".join([f"**{section.path[-1]}**", *(block.text for block in section.blocks)]) for section in run)
    yield Section(run[0].path[:-1], tuple(Block(text, (text,)) for text in texts))


def _split(block: Block) -> Iterator[str]:
    room = max(MOST - size(block.head + block.tail), TINY)
    short = (text for part in block.parts for text in _shortened(part, room))
    return (block.head + text + block.tail for text in filled(short, room, glue=block.glue))


def _shortened(part: str, room: int) -> Iterator[str]:
    """Yield a part whole when it fits, else split between words, and inside words that are longer than all the room."""
    if size(part) <= room:
        yield part
        return
    words = (word[at : at + room] for word in part.split() for at in range(0, len(word), room))
    yield from filled(words, room, glue=" ")
