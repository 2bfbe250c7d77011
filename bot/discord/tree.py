"""Tree: the desk's commands as Discord offers them below /frontdesk, and what somebody chose there as the desk reads it. Pure.

Whatever `COMMANDS` has is here by itself: a command is a subcommand, one whose ways begin with words of their own is a group of these, and what
its ways leave to fill in are its options.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desk.catalog import SLOT, Catalog, Listed, variants

Json = dict[str, Any]

NAME = "frontdesk"
SAYS = "Look after the support desk"
HOME, RUN = "home", "run"
"""Subcommands that only a list of commands needs: one's own page, and a command as it is written elsewhere."""
LINE = "command"
"""The option of `run`."""
ABOUT_HOME = "Your page: what waits for you, what is at risk, and how the desk is set up"
ABOUT_RUN = "A command as it is written in one line: mode draft billing"
GROUPS: Mapping[str, tuple[str, str]] = {"One ticket": ("ticket", "What can be done with one ticket")}
"""Headings of help whose commands stand in a group of their own: one list takes 25."""
MOST, TEXT, CHOICE = 25, 100, 100
"""Things in one list, characters of what is said of one, and of a choice."""
WHOLE = 8_000
"""Characters of all names, descriptions and choices."""
MANAGE_MESSAGES = 1 << 13
"""Who sees /frontdesk in the list at first. The desk asks each time who may give a command; a server's admins may show it to others."""
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
CHANNELS = [0, 5, 15]
PICKED: Mapping[str, tuple[int, str, Json]] = {"CHANNEL": (7, "<#{}>", {"channel_types": CHANNELS}), "USER": (6, "<@{}>", {})}
"""Slots that Discord has a picker for: its type, and how what was picked is written."""
SUGGESTED = frozenset(
    {"ACCOUNT", "CATEGORY", "COMMAND", "INCIDENT", "KEY", "MACRO", "PERSON", "ROTA", "RULE", "SECTION", "SOURCE", "SOURCEKIND", "TEAM", "TEAMMATE"}
    | {"TICKET", "TIER", "AUDIENCE", "KIND"}
)
"""Slots of which the desk knows what may be filled in."""
TICKET = "TICKET"
LONG = frozenset({"REASON", "NOTE", "TEXT", "WORDS", "VALUE", "SPAN", "INSTANT", "TIME", "KEY", "NUMBER", "ADDRESS"})
"""Slots that are written as they are, also of several words."""
SPOKEN: Mapping[str, str] = {
    LINE: "Without /frontdesk",
    DO: "What is to be done",
    "channel": "Which channel",
    "every": "How often, such as 6h",
    "for": "How long, such as 2h",
    "from": "When, such as 2026-11-02T18:00",
    "into": "Into which ticket",
    "key": "A key of the policy",
    "note": "For them alone",
    "person": "@somebody, a name or an e-mail address",
    "question": "What a customer would ask",
    "reason": "Why; it is kept with the change",
    "ticket": "Which ticket",
    "until": "When it ends",
    "user": "Somebody on this server",
}
"""What is said of an option; of every other its name says it."""


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


@dataclass(frozen=True, slots=True)
class Tree:
    """Every command there is, by its path."""

    leaves: Mapping[tuple[str, ...], Leaf] = field(default_factory=dict)

    def command(self) -> Json:
        """Return /frontdesk as Discord is told of it."""
        tops: dict[str, Json] = {}
        for leaf in self.leaves.values():
            drawn = {"type": 1, "name": leaf.path[-1], "description": _cut(leaf.says), "options": _options(leaf)}
            if len(leaf.path) == 1:
                tops[leaf.path[0]] = drawn
            else:
                group = tops.setdefault(leaf.path[0], {"type": 2, "name": leaf.path[0], "description": _about(leaf), "options": []})
                group["options"].append(drawn)
        kinds = {"contexts": [0], "integration_types": [0], "default_member_permissions": MANAGE_MESSAGES}
        return {"name": NAME, "type": 1, "description": SAYS, "options": list(tops.values()), **kinds}

    def text(self, data: Mapping[str, Any]) -> str:
        """Return what somebody chose as the desk reads a command."""
        path, given = chosen(data)
        if path == (RUN,):
            return given.get(LINE, "").strip().removeprefix(f"/{NAME}").strip()
        leaf = self.leaves.get(path)
        return written(leaf, given) if leaf else " ".join(path)


def tree(catalog: Catalog) -> Tree:
    """Return the commands of a catalog as Discord offers them."""
    found = [leaf for listed in catalog.commands for leaf in _leaves(listed)]
    line = (Piece(LINE, "COMMAND"),)
    own = [Leaf((HOME,), (HOME,), ABOUT_HOME, ((),)), Leaf((RUN,), (), ABOUT_RUN, (line,))]
    return Tree({leaf.path: leaf for leaf in (*found, *own)})


def chosen(data: Mapping[str, Any]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the path of a subcommand that was chosen, and what was filled in."""
    path: list[str] = []
    options: Sequence[Mapping[str, Any]] = data.get("options") or ()
    while options and int(options[0]["type"]) in (1, 2):
        path.append(str(options[0]["name"]))
        options = options[0].get("options") or ()
    return tuple(path), {str(option["name"]): str(option.get("value", "")) for option in options}


def focused(data: Mapping[str, Any]) -> str:
    """Return the name of the option that is being typed, "" for none."""
    options: Sequence[Mapping[str, Any]] = data.get("options") or ()
    while options and int(options[0]["type"]) in (1, 2):
        options = options[0].get("options") or ()
    return next((str(option["name"]) for option in options if option.get("focused")), "")


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
    if piece.slot in PICKED and value.isdecimal():
        return PICKED[piece.slot][1].format(value)
    said = " ".join(value.split())
    if piece.slot == "QUESTION" or (" " in said and piece.slot not in LONG and not _is_quoted(said)):
        return f'"{said}"' if '"' not in said else "“{}”".format(said.replace("”", '"').replace("“", '"'))
    return said


def _misfit(form: Sequence[Piece], given: Mapping[str, str]) -> tuple[int, int]:
    """Return how many things that were filled in have no place in a way to go on, and how many that it needs were not."""
    fits = {piece.name for piece in form if piece.name in given and (not piece.words or piece.slot or given[piece.name] in piece.words)}
    return len(given.keys() - fits), len({piece.name for piece in form} - fits)


def _leaves(listed: Listed) -> Iterator[Leaf]:
    """Yield a command, or one for each word that its ways begin with if they all begin with one."""
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


def _options(leaf: Leaf) -> list[Json]:
    needed = leaf.needed
    ordered = sorted(leaf.options.values(), key=lambda piece: piece.name not in needed)
    return [{**_option(piece), "required": True} if piece.name in needed else _option(piece) for piece in ordered[:MOST]]


def _option(piece: Piece) -> Json:
    about = SPOKEN.get(piece.name) or piece.name.replace("_", " ").capitalize()
    drawn: Json = {"type": 3, "name": piece.name, "description": _cut(about)}
    if piece.slot in PICKED:
        kind, _, more = PICKED[piece.slot]
        return {**drawn, "type": kind, **more}
    if piece.words and not piece.slot:
        return {**drawn, "choices": [{"name": word, "value": word} for word in piece.words[:MOST]]}
    return {**drawn, "autocomplete": True} if piece.slot in SUGGESTED else drawn


def _about(leaf: Leaf) -> str:
    own = next((says for name, says in GROUPS.values() if name == leaf.path[0]), "")
    return _cut(own or f"Everything about {leaf.path[0]}")


def _is_quoted(text: str) -> bool:
    return text[:1] in '"“' and text[-1:] in '"”'


def _cut(text: str) -> str:
    return text if len(text) <= TEXT else text[: TEXT - 1].rstrip() + "…"
