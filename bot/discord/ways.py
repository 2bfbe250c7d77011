"""Ways: how a command may be written, as things to fill in one by one, and what was filled in as the desk reads it. Pure.

Whatever `COMMANDS` has is here by itself: a command whose ways begin with words of their own is one for each of these, and what its ways leave
to fill in are its options.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from desk.catalog import SLOT, Listed, variants

GROUPS: Mapping[str, tuple[str, str]] = {"One ticket": ("ticket", "What can be done with one ticket")}
"""Headings of help whose commands stand in a group of their own: one list takes 25."""
CONNECTORS = frozenset(
    {"because", "for", "to", "into", "from", "until", "name", "every", "audience", "threshold", "level", "does", "category", "agents"} | {"confirm"}
)
"""Words that stand before what is filled in, and are written with it."""
VALUES = frozenset({"mine", "seniors", "nobody", "default", "article"})
"""Words that may stand in place of what is filled in."""
NAMES: Mapping[str, str] = {
    "1": "level",
    "agent": "role",
    "all": "intake",
    "community": "kind",
    "first_response": "target",
    "hand_over": "does",
    "observe": "mode",
    "off": "to",
    "public": "readers",
    "tier": "what",
}
"""How a choice is called, by its first word."""
RENAMED: Mapping[str, str] = {"SOURCEKIND": "kind"}
BY_WORD = frozenset({"SPAN", "INSTANT"})
"""Slots that are called by the word before them."""
DO = "do"
"""How a choice is called that says what is to be done."""
MENTIONS: Mapping[str, str] = {"CHANNEL": "<#{}>", "USER": "<@{}>"}
"""How what was picked is written, by its slot."""
TICKET = "TICKET"
LONG = frozenset({"REASON", "NOTE", "TEXT", "WORDS", "VALUE", "SPAN", "INSTANT", "TIME", "KEY", "NUMBER", "ADDRESS"})
"""Slots that are written as they are, also of several words."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Something to fill in or to choose: its option's name, the slot that it is (`TICKET`), or the words that it takes; and the words before it."""

    name: str
    slot: str = ""
    words: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A command as Discord has it. `path` are the words after /frontdesk there, `begins` those in the desk, `forms` every way to go on."""

    path: tuple[str, ...]
    begins: tuple[str, ...]
    says: str
    forms: tuple[tuple[Piece, ...], ...]
    asks: bool = False
    """A form asks for what was left out."""

    @property
    def options(self) -> Mapping[str, Piece]:
        """Return what may be filled in, by name and in the order in which it is written; of a choice with all its words."""
        found: dict[str, Piece] = {}
        for piece in (piece for form in self.forms for piece in form):
            known = found.get(piece.name)
            slot = piece.slot or (known.slot if known else "")
            words = tuple(dict.fromkeys((*(known.words if known else ()), *piece.words)))
            found[piece.name] = Piece(piece.name, slot, words, piece.before)
        return found

    @property
    def needed(self) -> frozenset[str]:
        """Return what no way goes on without; where a form asks for what was left out, that is only the ticket it is about."""
        names = [frozenset(piece.name for piece in form if not self.asks or piece.slot == TICKET) for form in self.forms]
        return names[0].intersection(*names) if names else frozenset()


def written(leaf: Leaf, given: Mapping[str, str], *, until: str = "") -> str:
    """Return a command as the desk reads it, written the way that what was filled in fits best; before the option `until` if that is named."""
    form = min(leaf.forms, key=lambda form: _misfit(form, given))
    words = list(leaf.begins)
    for piece in form:
        if piece.name == until:
            return " ".join((*words, *piece.before))
        if piece.name in given:
            words += [*piece.before, spelled(piece, given[piece.name])]
    # What fits nowhere is written too: the desk says what it expected.
    left = [value for name, value in given.items() if name not in {piece.name for piece in form} and name != until]
    return " ".join((*words, *left)).strip()


def spelled(piece: Piece, value: str) -> str:
    """Return what was filled in as a command writes it: a name of several words in quotes, what was picked as a mention."""
    if piece.slot in MENTIONS and value.isdecimal():
        return MENTIONS[piece.slot].format(value)
    said = " ".join(value.split())
    if piece.slot == "QUESTION" or (" " in said and piece.slot not in LONG and not _is_quoted(said)):
        return f'"{said}"' if '"' not in said else "“{}”".format(said.replace("”", '"').replace("“", '"'))
    return said


def _misfit(form: Sequence[Piece], given: Mapping[str, str]) -> tuple[int, int]:
    """Return how many things that were filled in have no place in a way to go on, and how many that it needs were not."""
    fits = {piece.name for piece in form if piece.name in given and (not piece.words or piece.slot or given[piece.name] in piece.words)}
    return len(given.keys() - fits), len({piece.name for piece in form} - fits)


def leaves(listed: Listed) -> Iterator[Leaf]:
    """Yield a command as Discord has it, or one for each word that its ways begin with if they all begin with one."""
    ways = [(parts[1:], way) for way in listed.ways or (listed.usage,) for parts in variants(way)]
    group, _ = GROUPS.get(listed.group, ("", ""))
    if group:
        name = "show" if listed.name == group else listed.name
        yield Leaf((group, name), (listed.name,), listed.says, _forms([parts for parts, _ in ways]), listed.asks)
    elif all(parts and _is_word(parts[0]) for parts, _ in ways):
        for verb in dict.fromkeys(parts[0] for parts, _ in ways):
            mine = [(parts[1:], way) for parts, way in ways if parts[0] == verb]
            yield Leaf((listed.name, verb), (listed.name, verb), mine[0][1], _forms([parts for parts, _ in mine]), listed.asks)
    else:
        yield Leaf((listed.name,), (listed.name,), listed.says, _forms([parts for parts, _ in ways]), listed.asks)


def _forms(ways: Sequence[Sequence[str]]) -> tuple[tuple[Piece, ...], ...]:
    first = [word for parts in ways if parts and not _slots(parts[0]) for word in parts[0].split("|") if word not in CONNECTORS | VALUES]
    called = next((NAMES[word] for word in first if word in NAMES), DO)
    return tuple(dict.fromkeys(tuple(_pieces(parts, ways, called=called)) for parts in ways))


def _pieces(parts: Sequence[str], ways: Sequence[Sequence[str]], *, called: str) -> Iterator[Piece]:
    """Yield what is to be filled in of one way, in order; `called` is the name of a choice at the very beginning."""
    taken: list[str] = []
    before: tuple[str, ...] = ()
    for at, part in enumerate(parts):
        slots, words = _slots(part), tuple(part.strip('"').split("|"))
        others = [way[at] for way in ways if len(way) > at and tuple(way[:at]) == tuple(parts[:at])]
        beside = next((slot for other in others for slot in _slots(other)), "")
        if not slots and len(words) == 1 and words[0] in CONNECTORS and at + 1 < len(parts):
            before = (*before, words[0])
            continue
        if slots:
            called_by = before[-1] if before and slots[0] in BY_WORD else RENAMED.get(slots[0], slots[0].lower())
            piece = _named(called_by, taken, before, slot=slots[0])
        elif beside and set(words) <= VALUES:
            piece = _named(RENAMED.get(beside, beside.lower()), taken, before, slot=beside)
        else:
            alone = len(words) == 1 and len(set(others)) == 1
            name = called if not at else NAMES.get(words[0], words[0] if alone else DO)
            piece = _named(name, taken, before, words=words)
        taken.append(piece.name)
        before = ()
        yield piece


def _named(name: str, taken: Sequence[str], before: tuple[str, ...], *, slot: str = "", words: tuple[str, ...] = ()) -> Piece:
    """Return a piece of a name that is free: the second of one kind is called by the word before it."""
    if name in taken:
        name = before[-1] if before and before[-1] not in taken else f"{name}{taken.count(name) + 1}"
    return Piece(name, slot, words, before)


def _slots(part: str) -> tuple[str, ...]:
    """Return the slots that a part of a way is, none for words."""
    words = part.strip('"').split("|")
    return tuple(words) if all(SLOT.fullmatch(word) for word in words) else ()


def _is_word(part: str) -> bool:
    return "|" not in part and not _slots(part) and part not in CONNECTORS


def _is_quoted(text: str) -> bool:
    return text[:1] in '"“' and text[-1:] in '"”'
