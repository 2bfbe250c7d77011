"""Sentences: text cut where a reader would pause, with lists, tables and code kept whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

ABBREVIATIONS = frozenset(
    {
        *(
            "e.g",
            "i.e",
            "etc",
            "vs",
            "approx",
            "no",
            "nr",
            "dr",
            "mr",
            "mrs",
            "ms",
            "prof",
            "st",
            "inc",
            "ltd",
            "co",
            "corp",
            "fig",
            "vol",
            "art",
            "sec",
        ),
        *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "a.m", "p.m", "u.s", "u.k"),
        *("z.b", "d.h", "u.a", "bzw", "ca", "evtl", "ggf", "inkl", "usw", "p.ex", "env", "m", "mme", "sr", "sra", "ud", "p.ej", "aprox", "av"),
    }
)
END = re.compile(r"[.!?…。！？]+[\"'”’)\]*_]*(?:\s+\[\d+\])*(?=\s|$)")
CITED = re.compile(r"\s*\[\d+\]")
FENCE = re.compile(r"^\s*(```|~~~)")
ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")
LONGEST = 2000
"""Characters after which a sentence without an end is cut: nobody writes one, and a wall of text must stay cheap."""


class Kind(StrEnum):
    """What a block is; only text is cut into sentences."""

    TEXT = "text"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of Markdown that belongs together, as it was written."""

    kind: Kind
    text: str


def blocks(markdown: str) -> tuple[Block, ...]:
    """Cut Markdown into its blocks, in order; code fences keep their fences, an open one runs to the end."""
    found: list[Block] = []
    kept: list[str] = []
    kind = Kind.TEXT
    for line in markdown.splitlines():
        following = _kind_of(line, kind, kept)
        if following is not kind or (not line.strip() and kind is not Kind.CODE) or _opens(line, kind, kept):
            _close(found, kept, kind)
            kind = following
        if line.strip() or kind is Kind.CODE:
            kept.append(line)
    _close(found, kept, kind)
    return _joined(found)


def sentences(text: str) -> tuple[str, ...]:
    """Cut prose into sentences; an abbreviation, a number or a version does not end one, a line break between paragraphs does."""
    return tuple(sentence for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:[-*+•]|\d{1,3}[.)])\s)", text) for sentence in _cut(paragraph))


def items(block: str) -> tuple[str, ...]:
    """Return the items of a list, each with its marker and what hangs under it."""
    found: list[str] = []
    for line in block.splitlines():
        if ITEM.match(line) or not found:
            found.append(line)
        else:
            found[-1] += "\n" + line
    return tuple(found)


def _cut(paragraph: str) -> list[str]:
    found, start = [], 0
    for end in END.finditer(paragraph):
        # "3." alone is the number of a step, and the end of nothing.
        if not _abbreviated(paragraph, end.start()) and not paragraph[start : end.end()].strip().rstrip(".)").isdigit():
            found.append(paragraph[start : end.end()].strip())
            start = end.end()
    rest = paragraph[start:].strip()
    whole = [*found, rest] if rest else found
    return [sentence[at : at + LONGEST] for sentence in whole for at in range(0, len(sentence), LONGEST)]


def _abbreviated(text: str, dot: int) -> bool:
    if text[dot : dot + 2].strip() != ".":
        return False
    word = re.search(r"[\w.]{1,12}$", text[max(0, dot - 12) : dot])
    said = word.group().lower() if word else ""
    following = text[dot + 1 : dot + 3].strip()
    if len(said) == 1 and said.isalpha() and said != "i":
        return True
    return said in ABBREVIATIONS and not (said in {"etc", "no", "co", "a.m", "p.m", "m", "st"} and following[:1].isupper())


def _kind_of(line: str, present: Kind, kept: list[str]) -> Kind:
    if present is Kind.CODE and (len(kept) < 2 or not FENCE.match(kept[-1])):
        return Kind.CODE
    shapes = (
        (FENCE.match(line), Kind.CODE),
        (HEADING.match(line), Kind.HEADING),
        (line.lstrip().startswith("|"), Kind.TABLE),
        (ITEM.match(line), Kind.LIST),
    )
    for matches, kind in shapes:
        if matches:
            return kind
    hangs = present is Kind.LIST and line[:1] in " \t" and line.strip()
    return Kind.LIST if hangs else Kind.TEXT


def _opens(line: str, present: Kind, kept: list[str]) -> bool:
    """Tell whether a fence opens right behind a closed one."""
    return bool(present is Kind.CODE and len(kept) >= 2 and FENCE.match(kept[-1]) and FENCE.match(line))


def _close(found: list[Block], kept: list[str], kind: Kind) -> None:
    if any(line.strip() for line in kept):
        found.append(Block(kind, "\n".join(kept).strip("\n")))
    kept.clear()


def _joined(found: list[Block]) -> tuple[Block, ...]:
    """Join list blocks that only a blank line separated: their numbers run on."""
    joined: list[Block] = []
    for block in found:
        if joined and block.kind is Kind.LIST and joined[-1].kind is Kind.LIST:
            joined[-1] = Block(Kind.LIST, joined[-1].text + "\n" + block.text)
        else:
            joined.append(block)
    return tuple(joined)
