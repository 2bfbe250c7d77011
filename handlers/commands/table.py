"""The table of slash commands, and how one is run: permission, function, whisper."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from desk.audience import INTERNAL, PUBLIC
from desk.cards import Card, Form, Text
from desk.changes import NOTHING, Changes
from desk.customer import LEADS, TEAM, Role
from desk.errors import InvalidInput, NotAllowed
from desk.events import CommandInvoked
from desk.ports import Query
from handlers import say
from handlers.commands import queue, stop, tickets
from handlers.services import Services

Run = Callable[[CommandInvoked, Services], Awaitable[tuple[Card, Changes]]]
Open = Callable[[Query, Services], Awaitable[Form | None]]
"""Returns the form that a command opens, filled with what is set now; None when it was written out and runs at once."""
Check = Callable[[Query, Mapping[str, str], Services], Awaitable[Mapping[str, str]]]
"""Returns what is wrong with the values of a command's form, as sentences by field."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: who may give it, what it does, and how it is written."""

    run: Run
    roles: frozenset[Role]
    usage: str
    form: Open | None = None
    check: Check | None = None

    @property
    def help(self) -> str:
        """Return the first line of the function's docstring."""
        return (self.run.__doc__ or "").strip().splitlines()[0]


async def help_(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """List what you may do here."""
    lines = [f"`/frontdesk {c.usage}` {c.help}" for c in COMMANDS.values() if event.role in c.roles]
    return Card((Text("\n".join(lines)),)), NOTHING


COMMANDS: dict[str, Command] = {
    "help": Command(help_, TEAM, "help"),
    "next": Command(queue.next_, TEAM, "next"),
    "queue": Command(queue.queue, TEAM, "queue"),
    "why": Command(tickets.why, TEAM, "why TICKET"),
    "take": Command(tickets.take, TEAM, "take TICKET"),
    "handback": Command(tickets.hand_back, TEAM, "handback TICKET"),
    "mute": Command(tickets.mute, TEAM, "mute TICKET"),
    "unmute": Command(tickets.unmute, TEAM, "unmute TICKET"),
    "merge": Command(tickets.merge, TEAM, "merge TICKET into TICKET"),
    "split": Command(tickets.split, TEAM, "split TICKET"),
    "pause": Command(stop.pause, LEADS, "pause [#channel | category NAME] [for 2h]"),
    "resume": Command(stop.resume, LEADS, "resume [#channel | category NAME]"),
}


async def command_invoked(event: CommandInvoked, services: Services) -> Changes:
    """Run a command and whisper its card to who gave it; a wrong or forbidden one is answered with a sentence."""
    try:
        card, changes = await _run(event, services)
    except (InvalidInput, NotAllowed) as error:
        card, changes = Card((Text(str(error)),)), NOTHING
    audience = INTERNAL if event.role in TEAM else PUBLIC
    return changes + say.whisper("", to=event.by, place=event.place, cause=event.id, at=event.at, audience=audience, card=card)


async def form_of(query: Query, services: Services) -> Form | None:
    """Return the form that a command opens as it is written; None for one that is run at once, also to be told what is wrong with it."""
    try:
        command = _named(query.subject, query.role)
        return await command.form(query, services) if command.form else None
    except (InvalidInput, NotAllowed):
        return None


async def checked(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with the values of a command's form, as sentences by field."""
    command = _named(query.subject, query.role)
    return await command.check(query, values, services) if command.check else {}


async def _run(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    return await _named(event.text, event.role).run(event, services)


def _named(text: str, role: Role) -> Command:
    name = text.split(maxsplit=1)[0].lower() if text.split() else "help"
    command = COMMANDS.get(name)
    if command is None:
        raise InvalidInput(f"There is no command {name!r}; `/frontdesk help` lists them.")
    if role not in command.roles:
        raise NotAllowed(f"`{name}` is for {' and '.join(sorted(role.value + 's' for role in command.roles))} only.")
    return command
