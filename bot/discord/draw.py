"""Draw: cards as messages of Discord. Pure: the same card gives the same messages.

What customers read is text with buttons under it, in as many messages as it takes. What the team reads is made of components, in one message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.discord.limits import COMPONENTS, CONTENT, ROWS, TEXT, cut, size
from bot.discord.links import safe
from bot.discord.rows import Drawing, Json, rows
from bot.discord.split import messages
from bot.discord.written import escaped, mention, small, written
from bot.text.markup import Piece
from bot.text.told import ALL, FURTHER, Room, fine, is_placed, is_small, told
from desk.cards import Block, Buttons, Card, Header, plain

SUPPRESS_EMBEDS, EPHEMERAL, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 15
DISPLAY, SEPARATOR, CONTAINER = 10, 14, 17
LEVEL = re.compile(r"\s*(urgent|high|normal|low)\b")
"""How pressing something is, as the beginning of what stands at a header's edge says."""
ACCENTS = {"urgent": 0xD92D20, "high": 0xF79009, "normal": 0x2E90FA, "low": 0x98A2B3}
PLAIN_ACCENT = 0x667085


@dataclass(frozen=True, slots=True)
class Ping:
    """Whom a message mentions."""

    users: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Return the mentions as a text."""
        return " ".join((*(mention(user) for user in self.users), *(mention(role, is_role=True) for role in self.roles)))

    @property
    def allowed(self) -> Json:
        """Return whom Discord may notify: nobody but these, whatever the text says."""
        named = {name: list(ids) for name, ids in (("users", self.users), ("roles", self.roles)) if ids}
        return {"parse": [], **named, "replied_user": False}


NOBODY = Ping()
ROOMS = (Room(), Room(quoted=600), Room(quoted=250), Room(2500, 150), Room(1800, 150), Room(1000, 120), Room(500, 100), Room(200, 60), Room(80, 40))
"""From all of a card to so little of it that any card fits, tried in order."""


def texts(card: Card, *, carrier: str, to: Ping = NOBODY) -> Sequence[Json]:
    """Draw a card that a customer reads: messages with a text each, the last one with the buttons."""
    drawing = Drawing(carrier)
    contents = list(_contents(card, to))
    under = [row for block in card.blocks if isinstance(block, Buttons) for row in rows(block, drawing)][:ROWS]
    bodies = [_body({"content": content, "components": []}, to if n == 0 else NOBODY) for n, content in enumerate(contents or ["\u200b"])]
    bodies[-1]["components"] = under
    return bodies


def components(card: Card, *, carrier: str, to: Ping = NOBODY) -> Json:
    """Draw a card that the team reads: one message made of components. What has no room is cut, and says so."""
    head = [_display(to.words)] if to.words else []
    for room in ROOMS:
        inside = list(_inside(card, carrier, room))
        made = [*head, {"type": CONTAINER, "accent_color": accent(card), "components": inside or [_display("…")]}]
        if _fits(made):
            break
    else:
        made = [*head, {"type": CONTAINER, "accent_color": accent(card), "components": _first(inside, head)}]
    return _body({"flags": COMPONENTS_V2, "components": made}, to)


def bare(card: Card, *, carrier: str, to: Ping = NOBODY) -> Json:
    """Draw a card in plain words with its buttons, for where Discord does not take it as it was drawn."""
    words = cut("\n".join(filter(None, (to.words, escaped(plain(card))))), CONTENT) or "…"
    drawing = Drawing(carrier)
    under = [row for block in card.blocks if isinstance(block, Buttons) for row in rows(block, drawing)][:ROWS]
    return _body({"content": words, "components": under}, to)


def accent(card: Card) -> int:
    """Return the color of a card's edge, by how pressing it says that it is."""
    aside = next((block.aside for block in card.blocks if isinstance(block, Header)), "")
    found = LEVEL.match(aside)
    return ACCENTS[found[1]] if found else PLAIN_ACCENT


def words_of(message: Mapping[str, Any]) -> str:
    """Return all that a message shows as one text, whichever way it was drawn, to know it again by."""
    found: list[str] = [str(message.get("content") or "")]
    waiting = list(message.get("components") or ())
    while waiting:
        part = waiting.pop(0)
        found += [str(part.get("content") or ""), str(part.get("label") or "")]
        waiting[:0] = part.get("components") or ()
    return "".join("".join(found).split()).replace("\u200b", "")


def _body(shown: Json, to: Ping) -> Json:
    return {**shown, "flags": shown.get("flags", 0) | SUPPRESS_EMBEDS, "allowed_mentions": to.allowed}


def _contents(card: Card, to: Ping) -> Iterator[str]:
    """Yield the texts of a customer's card; what stands before small print goes with it as long as there is room."""
    said = messages([piece for block in card.blocks if not is_small(block) for piece in told(block, safe, ALL)], most=CONTENT - size(to.words) - 1)
    printed = "\n".join(part for each in _printed(card) for part in messages([each], most=CONTENT // 2))
    first, *rest = said or [""]
    made = [" ".join(filter(None, (to.words, first))), *rest]
    under = small(printed)
    if size(made[-1]) + size(under) + 1 <= CONTENT:
        made[-1] = "\n".join(filter(None, (made[-1], under)))
        yield from filter(None, made)
    else:
        yield from filter(None, made)
        yield from _lines(under)


def _printed(card: Card) -> Iterator[Piece]:
    return (piece for block in card.blocks if is_small(block) for piece in fine(block, safe, ALL))


def _lines(text: str) -> Iterator[str]:
    group = ""
    for each in text.split("\n"):
        if group and size(group) + size(each) + 1 > CONTENT:
            yield group
            group = ""
        group = "\n".join(filter(None, (group, cut(each, CONTENT))))
    yield from filter(None, (group,))


def _inside(card: Card, carrier: str, room: Room) -> Iterator[Json]:
    """Yield what stands in a card's frame: neighbors of one kind in one text, which takes less room on a phone."""
    drawing = Drawing(carrier)
    for kind, run in groupby(card.blocks, _kind):
        same = list(run)
        if kind == "row":
            yield from (row for block in same if isinstance(block, Buttons) for row in rows(block, drawing))
            continue
        if kind == "small":
            # Line by line: small print needs no room between.
            text = small("\n".join(written([piece]) for block in same for piece in fine(block, safe, room)))
        else:
            text = written([piece for block in same for piece in told(block, safe, room)])
        if text.strip():
            yield _display(text)


def _display(text: str) -> Json:
    return {"type": DISPLAY, "content": text}


def _kind(block: Block) -> str:
    if isinstance(block, Buttons):
        return "row"
    if is_small(block):
        return "small"
    return f"part {id(block)}" if is_placed(block) else "told"


def _fits(made: Sequence[Json]) -> bool:
    every = list(_every(made))
    return len(every) <= COMPONENTS and sum(size(part.get("content", "")) for part in every) <= TEXT


def _every(parts: Iterable[Json]) -> Iterator[Json]:
    for part in parts:
        yield part
        yield from _every(part.get("components") or ())


def _first(inside: Sequence[Json], head: Sequence[Json]) -> list[Json]:
    """Return as much as fits, the last rows of buttons before the words, and say that there is more."""
    note, kept = _display(small(FURTHER)), list(inside)
    while not _fits([*head, {"type": CONTAINER, "components": [*kept, note]}]):
        words = [part for part in kept if part["type"] == DISPLAY]
        if len(words) > 1 or (words and len(kept) > len(words)):
            kept.remove(words[-1])
        else:
            kept.pop(0 if kept[0]["type"] != DISPLAY else -1)
    return [*(part for part in kept if part["type"] == DISPLAY), note, *(part for part in kept if part["type"] != DISPLAY)]
