"""The catalog: the commands there are, as a platform that lists commands offers them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from desk.customer import Role

PART = re.compile(r"\[([^\]]+)\]|(\S+)")
SLOT = re.compile(r"[A-Z]+")
"""How a way to write a command names what has to be filled in."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A command. `usage` is how it is written, `ways` every form that this takes, `group` the heading that `help` shows it under."""

    name: str
    usage: str
    says: str
    group: str
    ways: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    """Who may give it, which is checked again when it is given."""
    asks: bool = False
    """What is left out is asked for by a form."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every command, in the order in which `help` lists them."""

    commands: tuple[Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One way a command that was begun may go on: the command written further, and how that reads."""

    command: str
    label: str


@dataclass(frozen=True, slots=True)
class Options:
    """The ways a command may go on, the likeliest first."""

    options: tuple[Option, ...] = ()


def variants(way: str) -> Iterator[tuple[str, ...]]:
    """Yield every way to write a command with and without what may be left out: words as they are, `a|b` for one of these, SLOTS in capitals."""
    parts = [(tuple(optional.split()), ()) if optional else ((word,),) for optional, word in PART.findall(way)]
    for chosen in product(*parts):
        yield tuple(word for part in chosen for word in part)
