"""A command: who may give it, what it does, and every way to write it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from desk.cards import Card, Form
from desk.changes import Changes
from desk.customer import Role
from desk.events import CommandInvoked
from desk.ports import Query
from handlers.services import Services

Run = Callable[[CommandInvoked, Services], Awaitable[tuple[Card, Changes]]]
Open = Callable[[Query, Services], Awaitable[Form | None]]
"""Returns the form that a command opens, filled with what is set now; None when it was written out and runs at once."""
Check = Callable[[Query, Mapping[str, str], Services], Awaitable[Mapping[str, str]]]
"""Returns what is wrong with the values of a command's form, as sentences by field."""


class Group(StrEnum):
    """The heading under which help lists a command."""

    QUEUE = "What waits"
    TICKETS = "One ticket"
    ASK = "Look and try"
    SETUP = "Set up"
    POLICY = "How the bot behaves"
    OTHER = "Other"


@dataclass(frozen=True, slots=True)
class Command:
    """A command: who may give it, what it does, and how it is written.

    `ways` are the ways to write it, for help and hints: words as they are, `a|b` for one of these, SLOTS in capitals (`handlers.commands.hints`),
    and what may be left out in brackets. Without any, `usage` is the only one.
    """

    run: Run
    roles: frozenset[Role]
    usage: str
    form: Open | None = None
    check: Check | None = None
    group: Group = Group.OTHER
    ways: tuple[str, ...] = ()

    @property
    def help(self) -> str:
        """Return the first line of the function's docstring."""
        return self.about.splitlines()[0]

    @property
    def about(self) -> str:
        """Return the function's docstring: a line, and perhaps more to know after an empty one."""
        lines = [line.strip() for line in (self.run.__doc__ or "").strip().splitlines()]
        return "\n".join(lines)
