"""Tree: the desk's commands as Discord offers them below /frontdesk, and what somebody chose there as the desk reads it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.discord.ways import GROUPS, Leaf, Piece, leaves, written
from desk.catalog import Catalog

Json = dict[str, Any]

NAME = "frontdesk"
SAYS = "Look after the support desk"
HOME, RUN = "home", "run"
"""Subcommands that only a list of commands needs: one's own page, and a command as it is written elsewhere."""
LINE = "command"
"""The option of `run`."""
ABOUT_HOME = "Your page: what waits for you, what is at risk, and how the desk is set up"
ABOUT_RUN = "A command as it is written in one line: mode draft billing"
MOST, TEXT, CHOICE = 25, 100, 100
"""Things in one list, characters of what is said of one, and of a choice."""
WHOLE = 8_000
"""Characters of all names, descriptions and choices."""
MANAGE_MESSAGES = 1 << 13
"""Who sees /frontdesk in the list at first. The desk asks each time who may give a command; a server's admins may show it to others."""
CHANNELS = [0, 5, 15]
PICKED: Mapping[str, tuple[int, Json]] = {"CHANNEL": (7, {"channel_types": CHANNELS}), "USER": (6, {})}
"""Slots that Discord has a picker for: its type, and what it is limited to."""
SUGGESTED = frozenset(
    {"ACCOUNT", "CATEGORY", "COMMAND", "INCIDENT", "KEY", "MACRO", "PERSON", "ROTA", "RULE", "SECTION", "SOURCE", "SOURCEKIND", "TEAM", "TEAMMATE"}
    | {"TICKET", "TIER", "AUDIENCE", "KIND"}
)
"""Slots of which the desk knows what may be filled in."""
SPOKEN: Mapping[str, str] = {
    LINE: "Without /frontdesk",
    "do": "What is to be done",
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
    found = [leaf for listed in catalog.commands for leaf in leaves(listed)]
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


def _options(leaf: Leaf) -> list[Json]:
    needed = leaf.needed
    ordered = sorted(leaf.options.values(), key=lambda piece: piece.name not in needed)
    return [{**_option(piece), "required": True} if piece.name in needed else _option(piece) for piece in ordered[:MOST]]


def _option(piece: Piece) -> Json:
    about = SPOKEN.get(piece.name) or piece.name.replace("_", " ").capitalize()
    drawn: Json = {"type": 3, "name": piece.name, "description": _cut(about)}
    if piece.slot in PICKED:
        kind, more = PICKED[piece.slot]
        return {**drawn, "type": kind, **more}
    if piece.words and not piece.slot:
        return {**drawn, "choices": [{"name": word, "value": word} for word in piece.words[:MOST]]}
    return {**drawn, "autocomplete": True} if piece.slot in SUGGESTED else drawn


def _about(leaf: Leaf) -> str:
    own = next((says for name, says in GROUPS.values() if name == leaf.path[0]), "")
    return _cut(own or f"Everything about {leaf.path[0]}")


def _cut(text: str) -> str:
    return text if len(text) <= TEXT else text[: TEXT - 1].rstrip() + "…"
