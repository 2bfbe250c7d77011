"""Autocomplete: what may be filled in where somebody is typing, as the desk knows it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.discord import tree
from bot.discord.people import Who
from bot.discord.tree import RUN, Tree
from bot.discord.ways import Leaf, written
from desk.catalog import Option, Options
from desk.customer import TEAM
from desk.ports import Desk, Query
from desk.space import Place

MOST = 25
LONGEST = 100


class Autocomplete:
    """Asks the desk how a command that was begun may go on."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def choices(self, body: Mapping[str, Any], known: Tree, who: Who, place: Place) -> Sequence[Mapping[str, str]]:
        """Return what Discord lists, nothing for whoever is not of the team."""
        if who.role not in TEAM:
            return ()
        path, given = tree.chosen(body["data"])
        name = tree.focused(body["data"])
        leaf = known.leaves.get(path)
        if leaf is None or name not in given:
            return ()
        before = "" if path == (RUN,) else _before(leaf, given, name)
        asked = f"{before} {given[name].lstrip()}".lstrip()
        found = await self._desk.view(Query("options", asked, by=who.ref, role=who.role, place=place, name=who.name))
        return listed(found.options if isinstance(found, Options) else (), before)


def listed(options: Sequence[Option], before: str) -> Sequence[Mapping[str, str]]:
    """Return options as choices: without what stands before what is being typed."""
    written = [(option.label, option.command.removeprefix(before).strip()) for option in options]
    # What is filled in is put in quotes where it needs them; a whole line is as it is.
    made = [(label, value.strip('"') if before else value) for label, value in written]
    return [{"name": _cut(label if before else value), "value": value} for label, value in made if value and len(value) <= LONGEST][:MOST]


def _before(leaf: Leaf, given: Mapping[str, str], name: str) -> str:
    """Return the command until the option that is being typed; what stands after it says nothing of it."""
    earlier = {other: value for other, value in given.items() if other != name}
    return written(leaf, {**earlier, name: given[name]}, until=name)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
