"""Quoting: the sentences that answer a question, word for word and in the order of their article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.ranking import Read
from agent.sentences import Kind
from agent.units import Unit

SHORT = 90
"""Words up to which a section or paragraph is quoted whole: cutting it would save little and lose what its sentences refer to."""
MOST = 4
BESIDE = 0.2
"""How much less near than the best a sentence may be and still be quoted."""
FLOOR = 0.3
TOGETHER, APART = 3, 1.5
"""The most passages of an article that answer one question together, and how far (in log-odds) the last may lie behind the first. Chosen on the
development questions with the lengths above: at 0.7 apart 110 of 232 quotes hold the sentence that answers, in 55 words on average; at 1.5 it is
114 in 61, at 2.0 116 in 67."""
BEHIND = 0.15
"""How much less near the best sentence of a further passage may be than that of the first."""
BARE = 6
"""Words from which a sentence can open a reply: what is shorter ("Owners and admins.") answers its heading, as do lists, tables and code."""
REFERS = re.compile(r"^\W*(?:it|its|this|that|these|those|they|them|then|there|such|otherwise|after that|instead)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quote:
    """What is quoted of one passage."""

    read: Read
    units: tuple[Unit, ...]


def quotes(reads: Sequence[Read]) -> tuple[Quote, ...]:
    """Return what answers best, and what of the same article answers about as well: an answer may be spread over two sections."""
    if not reads:
        return ()
    first = reads[0]
    close = [read for read in reads[1:] if read.passage.document == first.passage.document and _is_close(read, first)]
    # In the article's order, not by nearness: a second section often builds on the one before it.
    kept = sorted([first, *close[: TOGETHER - 1]], key=lambda read: read.passage.n)
    return tuple(Quote(read, units) for read in kept if (units := chosen(read)))


def joined(one: Quote, other: Quote) -> Quote:
    """Return what two quotes of a passage say together, in its order."""
    return Quote(one.read, tuple(sorted({*one.units, *other.units}, key=lambda unit: unit.at)))


def chosen(read: Read) -> tuple[Unit, ...]:
    """Return the units to quote: the best one, what is nearly as near, and whatever they cannot do without."""
    if not read.near:
        return read.units[:1]
    best = max(range(len(read.near)), key=lambda at: read.near[at])
    section = [unit for unit in read.units if unit.section == read.units[best].section]
    if _words(section) <= SHORT:
        return tuple(section)
    ranked = sorted((at for at, near in enumerate(read.near) if near >= max(FLOOR, read.near[best] - BESIDE)), key=lambda at: -read.near[at])[:MOST]
    return _complete(read.units, {best, *ranked})


def text_of(units: Iterable[Unit], n: int | None = None) -> str:
    """Return quoted units as Markdown under their bold headlines; with a number, each sentence carries it, and a list behind its last line.

    A table or a code block has no room for one: its number is that of what stands before it.
    """
    written: list[str] = []
    number = "" if n is None else f" [{n}]"
    previous: Unit | None = None
    for unit in units:
        if unit.headline and (previous is None or unit.section != previous.section):
            written.append(f"**{unit.headline}**{number}")
        text = unit.text if unit.kind in (Kind.TABLE, Kind.CODE) else unit.text + number
        if previous and previous.block == unit.block and unit.kind is Kind.TEXT:
            written[-1] += f" {text}"
        else:
            written.append(text)
        previous = unit
    return "\n\n".join(written)


def said(quote: Quote, n: int, *, headed: bool) -> str:
    """Return a quote as a reply says it: under its heading, if it is to be `headed` or could not be understood without."""
    text, first, passage = text_of(quote.units, n), quote.units[0], quote.read.passage
    opens = first.kind is Kind.TEXT and len(first.text.split()) >= BARE
    if first.headline or (opens and not headed):
        return text
    return f"**{passage.heading or passage.title}** [{n}]\n\n{text}"


def _is_close(read: Read, first: Read) -> bool:
    return first.score - read.score < APART and first.best - read.best <= BEHIND


def _complete(units: tuple[Unit, ...], kept: set[int]) -> tuple[Unit, ...]:
    """Add the rest of short paragraphs, the sentence that a quoted one refers back to, and what stands on either side of a colon."""
    kept = kept | {unit.at for at in kept for unit in _paragraph(units, at)}
    # From the last to the first, because what a sentence refers back to may refer back itself.
    for before, unit in reversed(list(pairwise(units))):
        if unit.at in kept and REFERS.match(unit.text) and before.section == unit.section:
            kept.add(before.at)
    for before, unit in pairwise(units):
        if _leads(before, unit) and kept & {before.at, unit.at}:
            kept |= {before.at, unit.at}
    return tuple(unit for unit in units if unit.at in kept)


def _paragraph(units: tuple[Unit, ...], at: int) -> list[Unit]:
    """Return the units of the same paragraph, none when it is a long one."""
    found = [unit for unit in units if unit.block == units[at].block]
    return found if _words(found) <= SHORT else []


def _leads(before: Unit, unit: Unit) -> bool:
    return before.section == unit.section and before.text.rstrip("*_ ").endswith(":")


def _words(units: Iterable[Unit]) -> int:
    return sum(len(unit.text.split()) for unit in units)
