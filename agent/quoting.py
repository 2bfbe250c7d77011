"""Quoting: the sentences of a passage that answer a question, word for word and in their order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.ranking import Read, Unit
from agent.sentences import Kind

SHORT = 45
"""Words up to which a section is quoted whole: cutting it would save nothing."""
MOST = 4
BESIDE = 0.12
"""How much less near than the best a sentence may be and still be quoted."""
FLOOR = 0.3
STEPS = re.compile(r"\b(?:how|where|steps?|way to|set ?up|instructions|guide|wie|wo|comment|ou|como|donde|onde)\b", re.IGNORECASE)


def chosen(read: Read, question: str) -> tuple[Unit, ...]:
    """Return the units to quote: the best one, what is nearly as near, and whatever they cannot do without."""
    if not read.near:
        return read.units[:1]
    near = {
        unit.at: value + (0.1 if unit.kind is Kind.LIST and STEPS.search(question) else 0.0)
        for unit, value in zip(read.units, read.near, strict=False)
    }
    best = max(near, key=lambda at: near[at])
    section = [unit for unit in read.units if unit.section == read.units[best].section]
    if sum(len(unit.text.split()) for unit in section) <= SHORT:
        return tuple(section)
    ranked = sorted((at for at in near if near[at] >= max(FLOOR, near[best] - BESIDE)), key=lambda at: -near[at])[:MOST]
    return _complete(read.units, {best, *ranked})


def text_of(units: Iterable[Unit], n: int | None = None) -> str:
    """Return quoted units as Markdown; with a number, each sentence carries it, and a list, table or code block behind its last line."""
    written: list[str] = []
    previous: Unit | None = None
    for unit in units:
        follows = previous and previous.block == unit.block and unit.kind is Kind.TEXT
        written.append((" " if follows else "\n\n" if previous else "") + (unit.text if n is None else cited(unit, n)))
        previous = unit
    return "".join(written)


def cited(unit: Unit, n: int) -> str:
    """Return one unit with the number of its evidence."""
    if unit.kind in (Kind.TABLE, Kind.CODE):
        return f"{unit.text}\n\n[{n}]"
    return f"{unit.text} [{n}]"


def _complete(units: tuple[Unit, ...], kept: set[int]) -> tuple[Unit, ...]:
    """Add the sentence that leads into a quoted list, table or code block, and the block that a quoted sentence leads into."""
    for unit in units:
        following = unit.at + 1
        leads = (
            unit.kind is Kind.TEXT and unit.text.rstrip("*_ ").endswith(":") and following < len(units) and units[following].section == unit.section
        )
        if leads and (unit.at in kept or following in kept):
            kept |= {unit.at, following}
    return tuple(unit for unit in units if unit.at in kept)
