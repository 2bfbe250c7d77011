"""The catalog: the commands there are, as a platform that lists commands offers them."""

from __future__ import annotations

from dataclasses import dataclass

from desk.customer import Role


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
