"""Split: a long text in messages that Discord takes, never within a word, a link or a line of code that could be kept whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.discord.limits import CONTENT, cut, size
from bot.discord.written import written
from bot.text.markup import Piece
from bot.text.split import stretches

SHORTER = (CONTENT, 1_700, 1_200, 700, 350, 150, 60, 20)
"""How many characters a part of a long piece shows, tried in order: what is escaped takes more room than it shows."""


def messages(pieces: Sequence[Piece], *, most: int = CONTENT) -> Sequence[str]:
    """Return pieces as texts of at most so many characters, as few as will do. Code that is parted is code in every part."""
    made: list[str] = []
    group: list[Piece] = []
    for piece in (part for whole in pieces for part in _parts(whole, most)):
        if group and size(written([*group, piece])) > most:
            made.append(written(group))
            group = []
        group.append(piece)
    return [text for text in (*made, written(group)) if text.strip()]


def _parts(piece: Piece, most: int) -> Iterator[Piece]:
    for shown in SHORTER:
        parts = list(stretches([piece], shown))
        if all(size(written(part)) <= most for part in parts):
            yield from (each for part in parts for each in part)
            return
    raise AssertionError(f"a part of {SHORTER[-1]} characters is longer than {most}: {cut(written([piece]), 50)!r}")
