"""Blocks: cards as Block Kit messages. Pure: the same card gives the same blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from typing import Any

from bot.slack import mrkdwn, rich
from bot.slack.limits import FALLBACK, HEADER, MESSAGE, MESSAGE_BLOCKS, SECTION, SMALL, TEXT, cut
from bot.slack.links import safe
from bot.slack.markdown import pieces
from bot.slack.rows import plain_text, rows
from bot.text.links import linked
from bot.text.markup import Item, Line, Piece, Quoted, Span, Spans, literal, seen, words
from bot.text.split import shortened, stretches, weight
from desk.audience import Scope
from desk.cards import Block, Buttons, Card, Fields, Header, Notes, Quote, Sources, Style, Text, dates
from desk.draft import Evidence
from desk.instants import plain

Json = dict[str, Any]
USER = re.compile(r"[UW][A-Z0-9]+")
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
class Drawn:
    """A message: its blocks, and the text that stands in for them. Without blocks the text is all of it."""

    text: str
    blocks: Sequence[Json]


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a card's own words and of what is quoted in it is shown; None shows all."""

    said: int | None = None
    quoted: int | None = None


ROOMS = (Room(), Room(quoted=1000), Room(quoted=300), Room(3000, 300), Room(1500, 200), Room(700, 200), Room(300, 120), Room(100, 60))
"""From all of a card to so little of it that any card fits, tried in order."""


def drawn(card: Card, *, carrier: str, url: str = "", to: Sequence[str] = ()) -> Drawn:
    """Draw a card as a message that mentions `to` (user ids) at its beginning. `carrier` is what its buttons say they stand under.

    What a customer reads is whole: about 11,000 characters with all their marks stand in blocks; a longer text, up to Slack's 40,000, goes
    without its buttons. What the team reads is shortened, and says so. `url` is the workspace's address, for links to messages.
    """
    pinged = [user for user in to if USER.fullmatch(user)]
    fallback = " ".join((*map(mrkdwn.mention, pinged), mrkdwn.bare(cut(_words(card), FALLBACK))))
    for room in ROOMS if _is_internal(card) else ROOMS[:1]:
        blocks = body(card, carrier=carrier, url=url, to=pinged, room=room)
        if len(blocks) <= MESSAGE_BLOCKS and _size(blocks) <= MESSAGE:
            return Drawn(fallback, blocks)
    if _is_internal(card):
        return Drawn(fallback, _first(blocks))
    return Drawn(cut(_whole(card, url, pinged), TEXT), ())


def body(card: Card, *, carrier: str, url: str = "", to: Sequence[str] = (), room: Room = ROOMS[0], titled: bool = False) -> list[Json]:
    """Return a card's blocks, however many: neighbors of one kind stand in one block, which takes less room on a phone.

    With `titled` its headers are large headings, as a page has them.
    """
    numbers = count()
    made: list[Json] = []
    for kind, run in groupby(card.blocks, _kind):
        same = list(run)
        if kind == "row":
            made += (row for block in same if isinstance(block, Buttons) for row in rows(block, carrier, numbers))
        elif titled and isinstance(same[0], Header):
            made += (heading for block in same if isinstance(block, Header) for heading in _heading(block))
        elif kind == "small":
            made += _small([_fine(block, url, room) for block in same])
        else:
            drawn = [piece for block in same for piece in _told(block, url, room)]
            made += (rich.block(group) for group in stretches(drawn, SECTION))
    return _pinging(made, to)


def _heading(block: Header) -> Iterator[Json]:
    yield {"type": "header", "text": plain_text(" · ".join(filter(None, (block.text, block.aside))), HEADER)}


def _pinging(blocks: list[Json], to: Sequence[str]) -> list[Json]:
    if not to:
        return blocks
    if blocks and blocks[0]["type"] == "rich_text":
        first = blocks[0]["elements"][0]
        if first["type"] == "rich_text_section":
            whole = {**first, "elements": [*rich.mentions(to), *first["elements"]]}
            return [{**blocks[0], "elements": [whole, *blocks[0]["elements"][1:]]}, *blocks[1:]]
    return [rich.block((), to=to), *blocks]


def _kind(block: Block) -> str:
    match block:
        case Buttons():
            return "row"
        case Sources() | Text(style=Style.QUIET):
            return "small"
        case Header() | Quote():
            return "head"  # Who it is for, and their words: one block, which a phone shows whole.
        case Text() if PLACED.match(block.text):
            return f"part {id(block)}"
        case _:
            return "told"


def _told(block: Block, url: str, room: Room) -> Sequence[Piece]:
    """Return what a block says in pieces of text."""
    match block:
        case Header(text, aside):
            return [Line((*literal(text, bold=True), *((Span("\n"), *literal(aside)) if aside else ())))]
        case Quote(text, author):
            return _most((Quoted((*literal(f"{author}: " if author else "", bold=True), *literal(text))),), room.quoted)
        case Text(text, style):
            return _text(text, style, url, room)
        case Notes(title, lines):
            points = [Item(literal(line.removeprefix("• "))) for line in lines]
            return _most([Line(literal(title, bold=True)), *points], room.quoted)
        case Fields(pairs):
            return [Line(_pairs(pairs))]
        case _:
            return ()


def _text(text: str, style: Style, url: str, room: Room) -> Sequence[Piece]:
    place = PLACED.match(text)
    told = _most(pieces(text[place.end() :] if place else text, url=url), room.said)
    if place:
        return _led((*literal(f"{place[1][0].upper()}{place[1][1:]}:", bold=True), Span("\n")), told)
    return _led((Span("(!) ", bold=True),), told) if style is Style.WARNING else told


def _led(head: Spans, told: Sequence[Piece]) -> Sequence[Piece]:
    """Put words before a text, on its first line where it begins with one."""
    first = told[0] if told else None
    return (Line((*head, *first.spans)), *told[1:]) if isinstance(first, Line) else (Line(head), *told)


def _most(told: Sequence[Piece], most: int | None) -> Sequence[Piece]:
    if most is None or sum(map(weight, told)) <= most:
        return told
    first, left = shortened(told, most)
    return (*first, Line((Span(MORE.format(left=f"{left:,}"), italic=True),)))


def _pairs(pairs: Sequence[tuple[str, str]]) -> Spans:
    """Return labelled values: short ones side by side, which takes less room on a phone."""
    made: list[Span] = []
    for n, (label, value) in enumerate(pairs):
        alone = len(value) > SHORT or (n > 0 and len(pairs[n - 1][1]) > SHORT)
        made += [Span("\n" if alone else "  ·  ")] if n else []
        made += [*literal(f"{label}: ", bold=True), *literal(value)]
    return tuple(made)


def _fine(block: Block, url: str, room: Room) -> Sequence[Piece]:
    """Return what small print says."""
    match block:
        case Text(text):
            return _most(pieces(text, url=url), room.said)
        case Sources(items, detailed):
            return [Line(_source(item, url, room, detailed=detailed)) for item in items]
        case _:
            return ()


def _source(item: Evidence, url: str, room: Room, *, detailed: bool) -> Spans:
    """Return a piece of evidence as a line; for the team with who may see it, its dates and the words it gives."""
    title = " ".join((item.title or item.quote or item.url or item.id).split())
    address = safe(item.url, url=url)
    name = linked(seen(title), address) if address else literal(title)
    line = (Span(f"[{item.n}] "), *name)
    if not detailed:
        return line
    quoted = f": “{cut(' '.join(item.quote.split()), min(QUOTED, room.quoted or QUOTED))}”" if item.quote and item.title else ""
    known = ", ".join(filter(None, (SCOPES.get(item.audience.scope, item.audience.scope.value), dates(item))))
    return (*line, *literal(f"  {known}{quoted}"))


def _small(told: Sequence[Sequence[Piece]]) -> Iterator[Json]:
    """Yield small print: plain where it has no links, styles or instants."""
    for group in stretches([piece for each in told for piece in each], SMALL // 2):
        text = mrkdwn.mrkdwn(group)
        yield {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _is_internal(card: Card) -> bool:
    """Tell whether a card has what customers' cards never have; only such a card may be shortened."""
    return any(isinstance(block, Header | Notes | Quote | Fields) or (isinstance(block, Sources) and block.detailed) for block in card.blocks)


def _words(card: Card) -> str:
    """Return a card in plain words, for a notification."""
    return "\n".join(filter(None, (_block_words(block) for block in card.blocks)))


def _block_words(block: Block) -> str:
    match block:
        case Header(text, aside):
            return plain(f"{text}   {aside}".rstrip())
        case Text(text, style):
            return ("(!) " if style is Style.WARNING else "") + words(pieces(text))
        case Buttons():
            return ""
        case Sources(items):
            return "\n".join(f"[{item.n}] {item.title or item.quote}" for item in items)
        case _:
            return words(_told(block, "", ROOMS[0]))


def _whole(card: Card, url: str, to: Sequence[str]) -> str:
    told = [mrkdwn.mrkdwn([*_fine(block, url, ROOMS[0])] if _kind(block) == "small" else [*_told(block, url, ROOMS[0])]) for block in card.blocks]
    return "\n\n".join(filter(None, (" ".join(map(mrkdwn.mention, to)), *told)))


def _first(blocks: Sequence[Json]) -> list[Json]:
    """Return as many blocks as fit, and say that there are more."""
    note = {"type": "context", "elements": [{"type": "mrkdwn", "text": FURTHER, "verbatim": True}]}
    fit = list(blocks[: MESSAGE_BLOCKS - 1])
    while _size([*fit, note]) > MESSAGE:
        fit.pop()
    return [*fit, note]


def _size(blocks: Sequence[Mapping[str, Any]]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
