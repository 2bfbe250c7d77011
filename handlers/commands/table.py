"""The table of slash commands, and how one is run: permission, function, whisper."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from desk.audience import INTERNAL, PUBLIC
from desk.cards import Card, Text
from desk.changes import NOTHING, Changes
from desk.customer import LEADS, TEAM, Role
from desk.errors import InvalidInput, NotAllowed
from desk.events import CommandInvoked
from handlers import say
from handlers.commands import queue, stop, tickets
from handlers.services import Services

Run = Callable[[CommandInvoked, Services], Awaitable[tuple[Card, Changes]]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command: who may give it, what it does, and how it is written."""

    run: Run
    roles: frozenset[Role]
    usage: str

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


async def _run(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    name = event.text.split()[0].lower() if event.text.split() else "help"
    command = COMMANDS.get(name)
    if command is None:
        raise InvalidInput(f"There is no command {name!r}; `/frontdesk help` lists them.")
    if event.role not in command.roles:
        raise NotAllowed(f"`{name}` is for {' and '.join(sorted(role.value + 's' for role in command.roles))} only.")
    return await command.run(event, services)
