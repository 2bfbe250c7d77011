"""Commanding: a command as a story writes it, chosen and filled in as somebody does it on Discord: a subcommand with its options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from bot.discord.tree import LINE, RUN, Tree, tree
from bot.discord.ways import LONG, MENTIONS, Leaf, Piece, written
from cli.play.discord.names import channel_id, user_id
from cli.play.discord.state import Home
from handlers.commands.table import catalog
from handlers.commands.words import split

Json = dict[str, Any]
WORD = re.compile(r'"[^"]*"|“[^”]*”|\S+')
LONGEST = 8
"""Words that a name may have."""
SUBCOMMAND, GROUP = 1, 2


def chosen(home: Home, command: Mapping[str, Any], line: str) -> Json:
    """Return what somebody chooses below a command: the subcommand that stands for a line, with its options; the one that takes a whole line
    where none does, or where Discord was not told of it."""
    for path, given in _meant(home, line):
        if (made := _below(command, path, given)) is not None:
            return made
    return {"name": RUN, "type": SUBCOMMAND, "options": [{"name": LINE, "type": 3, "value": line}]}


def _meant(home: Home, line: str) -> Sequence[tuple[tuple[str, ...], dict[str, str]]]:
    """Return what may stand for a line, the likeliest first: what is written just so, in the most options, of which the fewest take anything."""
    words = WORD.findall(line)
    found: list[tuple[tuple[bool, int, int], tuple[str, ...], dict[str, str]]] = []
    for leaf in _known().leaves.values():
        rest = words[len(leaf.begins) :]
        if leaf.path == (RUN,) or [word.lower() for word in words[: len(leaf.begins)]] != list(leaf.begins):
            continue
        if not rest and not leaf.needed:
            found.append(((False, 0, 0), leaf.path, {}))
        for form in leaf.forms:
            free = sum(not piece.words for piece in form)
            read = (given for given in _read(form, rest, home) if _is_same(leaf, given, line))
            found += (((written(leaf, given) != line, -len(given), free), leaf.path, given) for given in read)
    return [(path, given) for _, path, given in sorted(found, key=lambda each: each[0])]


def _is_same(leaf: Leaf, given: Mapping[str, str], line: str) -> bool:
    """Tell whether the desk is told the line, word by word; what is picked is told by its id."""
    picked = {piece.name for form in leaf.forms for piece in form if piece.slot in MENTIONS}
    return bool(picked & given.keys()) or _spoken(written(leaf, given)) == _spoken(line)


def _spoken(line: str) -> str:
    return " ".join(split(line)).casefold()


def _read(form: Sequence[Piece], words: Sequence[str], home: Home) -> Iterator[dict[str, str]]:
    """Yield every way to read all of the words as what is to be filled in."""
    if not form:
        yield from () if words else ({},)
        return
    piece, after = form[0], words[len(form[0].before) :]
    if not after or [word.lower() for word in words[: len(piece.before)]] != list(piece.before):
        return
    most = len(after) if piece.slot in LONG else min(LONGEST, len(after)) if piece.slot else 1
    for count in range(1, most + 1):
        value = _value(piece, after[:count], home)
        for rest in _read(form[1:], after[count:], home) if value is not None else ():
            yield {piece.name: value or "", **rest}


def _value(piece: Piece, words: Sequence[str], home: Home) -> str | None:
    """Return what some words are as one option, None where they are none."""
    if piece.slot in MENTIONS:
        return _picked(piece.slot, words[0], home) if len(words) == 1 else None
    said = " ".join(words)
    if piece.slot in LONG:
        return said
    bare = said.strip('"“”') if len(words) == 1 else said
    return bare if piece.slot or bare in piece.words else None


def _picked(slot: str, word: str, home: Home) -> str | None:
    """Return the id of whom or what somebody picks from Discord's own list."""
    bare = word.strip("<#@!>")
    id = bare if bare.isdigit() else channel_id(bare) if slot == "CHANNEL" else user_id(bare.strip('"“”'))
    return id if home.channel(id) is not None or id in home.users else None


def _below(command: Mapping[str, Any], path: Sequence[str], given: Mapping[str, str]) -> Json | None:
    """Return a choice in a command as Discord was told of it; None where it was not told of that."""
    options: Mapping[str, Json] = {option["name"]: option for option in command.get("options") or ()}
    found = options.get(path[0])
    if found is None:
        return None
    if found["type"] == GROUP:
        inside = _below(found, path[1:], given) if path[1:] else None
        return {"name": path[0], "type": GROUP, "options": [inside]} if inside else None
    known = {option["name"]: option for option in found.get("options") or ()}
    if given.keys() - known.keys() or any(known[name].get("required") and name not in given for name in known):
        return None
    filled = [{"name": name, "type": known[name]["type"], "value": value} for name, value in given.items()]
    return {"name": path[0], "type": SUBCOMMAND, "options": filled}


@cache
def _known() -> Tree:
    return tree(catalog())
