"""Told: what the blocks of a card say, in pieces that each platform draws its own way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.text.links import linked
from bot.text.markdown import Leads, pieces
from bot.text.markup import Item, Line, Piece, Quoted, Span, Spans, literal, seen
from bot.text.split import shortened, weight
from desk.audience import Scope
from desk.cards import Block, Card, Fields, Header, Notes, Quote, Sources, Style, Text, dates
from desk.draft import Evidence

PLACED = re.compile(r"(in the thread|to [^:\n]{1,80} alone): ", re.IGNORECASE)
"""How a draft card says where a part will go."""
MORE = "… ({left} characters more on the ticket's page)"
FURTHER = "… (more on the ticket's page)"
SHORT = 48
"""Characters of a labelled value that stands beside others."""
SCOPES = {Scope.PERSON: "personal"}
"""How an audience is called where its own word would be taken for something else."""
QUOTED = 240
"""Characters of a passage shown beside its title."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a card's own words and of what is quoted in it is shown; None shows all."""

    said: int | None = None
    quoted: int | None = None


ALL = Room()


def is_for_team(card: Card) -> bool:
    """Tell whether a card has what customers' cards never have; only such a card may be shortened."""
    return any(isinstance(block, Header | Notes | Quote | Fields) or (isinstance(block, Sources) and block.detailed) for block in card.blocks)


def is_small(block: Block) -> bool:
    """Tell whether a block is small print."""
    return isinstance(block, Sources) or (isinstance(block, Text) and block.style is Style.QUIET)


def is_placed(block: Block) -> bool:
    """Tell whether a block is a part of a draft that says where it will go."""
    return isinstance(block, Text) and PLACED.match(block.text) is not None


def told(block: Block, to: Leads, room: Room) -> Sequence[Piece]:
    """Return what a block says in pieces of text; nothing for small print and for buttons. `to` says where a link may lead."""
    match block:
        case Header(text, aside):
            return [Line((*literal(text, bold=True), *((Span("\n"), *literal(aside)) if aside else ())))]
        case Quote(text, author):
            return _most((Quoted((*literal(f"{author}: " if author else "", bold=True), *literal(text))),), room.quoted)
        case Text(text, style):
            return _text(text, style, to, room)
        case Notes(title, lines):
            points = [Item(literal(line.removeprefix("• "))) for line in lines]
            return _most([Line(literal(title, bold=True)), *points], room.quoted)
        case Fields(pairs):
            return [Line(_pairs(pairs))]
        case _:
            return ()


def fine(block: Block, to: Leads, room: Room) -> Sequence[Piece]:
    """Return what small print says."""
    match block:
        case Text(text):
            return _most(pieces(text, to=to), room.said)
        case Sources(items, detailed):
            return [Line(_source(item, to, room, detailed=detailed)) for item in items]
        case _:
            return ()


def _text(text: str, style: Style, to: Leads, room: Room) -> Sequence[Piece]:
    place = PLACED.match(text)
    said = _most(pieces(text[place.end() :] if place else text, to=to), room.said)
    if place:
        return _led((*literal(f"{place[1][0].upper()}{place[1][1:]}:", bold=True), Span("\n")), said)
    return _led((Span("(!) ", bold=True),), said) if style is Style.WARNING else said


def _led(head: Spans, said: Sequence[Piece]) -> Sequence[Piece]:
    """Put words before a text, on its first line where it begins with one."""
    first = said[0] if said else None
    return (Line((*head, *first.spans)), *said[1:]) if isinstance(first, Line) else (Line(head), *said)


def _most(said: Sequence[Piece], most: int | None) -> Sequence[Piece]:
    if most is None or sum(map(weight, said)) <= most:
        return said
    first, left = shortened(said, most)
    return (*first, Line((Span(MORE.format(left=f"{left:,}"), italic=True),)))


def _pairs(pairs: Sequence[tuple[str, str]]) -> Spans:
    """Return labelled values: short ones side by side, which takes less room on a phone."""
    made: list[Span] = []
    for n, (label, value) in enumerate(pairs):
        alone = len(value) > SHORT or (n > 0 and len(pairs[n - 1][1]) > SHORT)
        made += [Span("\n" if alone else "  ·  ")] if n else []
        made += [*literal(f"{label}: ", bold=True), *literal(value)]
    return tuple(made)


def _source(item: Evidence, to: Leads, room: Room, *, detailed: bool) -> Spans:
    """Return a piece of evidence as a line; for the team with who may see it, its dates and the words it gives."""
    title = " ".join((item.title or item.quote or item.url or item.id).split())
    address = to(item.url)
    name = linked(seen(title), address) if address else literal(title)
    line = (Span(f"[{item.n}] "), *name)
    if not detailed:
        return line
    quoted = f": “{_cut(' '.join(item.quote.split()), min(QUOTED, room.quoted or QUOTED))}”" if item.quote and item.title else ""
    known = ", ".join(filter(None, (SCOPES.get(item.audience.scope, item.audience.scope.value), dates(item))))
    return (*line, *literal(f"  {known}{quoted}"))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
