"""Units: what can be quoted of a passage (sentences, lists, tables, code blocks), as it was written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.sentences import Block, Kind, blocks, sentences
from desk.draft import Passage

GIST = 40
"""Words of a unit that are embedded."""
HEADLINE = re.compile(r"^\*\*[^*]+\*\*:?$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, list, table or code block of a passage, as written. `at` is its place there; `section` counts the bold headlines before it."""

    text: str
    kind: Kind
    at: int
    block: int
    section: int
    headline: str = ""

    @property
    def gist(self) -> str:
        """Return what is embedded of it: its headline and its first words, without the marks of a table."""
        words = re.sub(r"[|*`]|-{3,}", " ", self.text).split()
        return f"{self.headline} {' '.join(words[:GIST])}".strip()


def units(passage: Passage) -> tuple[Unit, ...]:
    """Cut a passage into what can be quoted; its headings and bold headlines are no sentences."""
    found: list[Unit] = []
    headline, section = "", 0
    for n, block in enumerate(blocks(passage.text)):
        if block.kind is Kind.HEADING or HEADLINE.match(block.text.strip()):
            headline, section = block.text.strip("#*: "), section + 1
            continue
        for text in _quotable(block):
            found.append(Unit(text, block.kind, len(found), n, section, headline))
    return tuple(found)


def _quotable(block: Block) -> tuple[str, ...]:
    return sentences(block.text) if block.kind is Kind.TEXT else (block.text,)
