"""Blocks: cards as Block Kit messages. Pure: the same card gives the same blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, groupby
from typing import Any

from bot.slack import mrkdwn, rich
from bot.slack.limits import FALLBACK, HEADER, MESSAGE, MESSAGE_BLOCKS, SECTION, SMALL, TEXT, cut
from bot.slack.links import safe
from bot.slack.markdown import pieces
from bot.slack.rows import plain_text, rows
from bot.text.markup import Piece, words
from bot.text.split import stretches
from bot.text.told import ALL, FURTHER, Room, fine, is_for_team, is_placed, is_small, told
from desk.cards import Block, Buttons, Card, Header, Quote, Sources, Style, Text
from desk.instants import plain

Json = dict[str, Any]
USER = re.compile(r"[UW][A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message: its blocks, and the text that stands in for them. Without blocks the text is all of it."""

    text: str
    blocks: Sequence[Json]


ROOMS = (Room(), Room(quoted=1000), Room(quoted=300), Room(3000, 300), Room(1500, 200), Room(700, 200), Room(300, 120), Room(100, 60))
"""From all of a card to so little of it that any card fits, tried in order."""


def drawn(card: Card, *, carrier: str, url: str = "", to: Sequence[str] = ()) -> Drawn:
    """Draw a card as a message that mentions `to` (user ids) at its beginning. `carrier` is what its buttons say they stand under.

    What a customer reads is whole: about 11,000 characters with all their marks stand in blocks; a longer text, up to Slack's 40,000, goes
    without its buttons. What the team reads is shortened, and says so. `url` is the workspace's address, for links to messages.
    """
    pinged = [user for user in to if USER.fullmatch(user)]
    fallback = " ".join((*map(mrkdwn.mention, pinged), mrkdwn.bare(cut(_words(card), FALLBACK))))
    for room in ROOMS if is_for_team(card) else ROOMS[:1]:
        blocks = body(card, carrier=carrier, url=url, to=pinged, room=room)
        if len(blocks) <= MESSAGE_BLOCKS and _size(blocks) <= MESSAGE:
            return Drawn(fallback, blocks)
    if is_for_team(card):
        return Drawn(fallback, _first(blocks))
    return Drawn(cut(_whole(card, url, pinged), TEXT), ())


def body(card: Card, *, carrier: str, url: str = "", to: Sequence[str] = (), room: Room = ALL, titled: bool = False) -> list[Json]:
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
            made += _small([fine(block, partial(safe, url=url), room) for block in same])
        else:
            drawn = [piece for block in same for piece in told(block, partial(safe, url=url), room)]
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
        case Text() if is_placed(block):
            return f"part {id(block)}"
        case _:
            return "told"


def _small(printed: Sequence[Sequence[Piece]]) -> Iterator[Json]:
    """Yield small print: plain where it has no links, styles or instants."""
    for group in stretches([piece for each in printed for piece in each], SMALL // 2):
        text = mrkdwn.mrkdwn(group)
        yield {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


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
            return words(told(block, safe, ALL))


def _whole(card: Card, url: str, to: Sequence[str]) -> str:
    leads = partial(safe, url=url)
    said = [mrkdwn.mrkdwn((fine if is_small(block) else told)(block, leads, ALL)) for block in card.blocks]
    return "\n\n".join(filter(None, (" ".join(map(mrkdwn.mention, to)), *said)))


def _first(blocks: Sequence[Json]) -> list[Json]:
    """Return as many blocks as fit, and say that there are more."""
    note = {"type": "context", "elements": [{"type": "mrkdwn", "text": FURTHER, "verbatim": True}]}
    fit = list(blocks[: MESSAGE_BLOCKS - 1])
    while _size([*fit, note]) > MESSAGE:
        fit.pop()
    return [*fit, note]


def _size(blocks: Sequence[Mapping[str, Any]]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
