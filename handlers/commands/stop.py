"""Commands that stop the bot: pausing a channel, a category or everything, for a while or for good."""

from __future__ import annotations

import re

from desk.cards import Card, Text
from desk.changes import Changes, SetOverride, Unsend, write
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.policy import Policy
from desk.policy_check import read_duration
from desk.ticket import Ticket
from handlers.commands.changes import announced
from handlers.services import Services
from handlers.times import timed

WORDS = re.compile(r"^\w+\s*(?P<what>#[\w-]+|category .+?)?\s*(?:for (?P<span>\w+))?$")


async def pause(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Pause the bot in a channel, for a category, or everywhere; waiting posts to customers are dropped."""
    policy = await services.policy.current()
    path, what, span = await _read(event.text, policy, services)
    until = event.at + read_duration(span) if span else None
    when = f"until {timed(until, now=event.at, zone=policy.hours.zone)}" if until else "until somebody resumes it"
    said = Card((Text(f"Paused {what} {when}, by {event.by_name}."),))
    override = SetOverride(path, until.isoformat() if until else "on", event.by_name, "paused by command", event.at)
    dropped = [Unsend(ticket.id) for ticket in await _concerned(path, services)]
    return said, write(override, *dropped) + await announced(said, event, services)


async def resume(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Let the bot work again where it was paused."""
    path, what, _ = await _read(event.text, await services.policy.current(), services)
    said = Card((Text(f"Resumed {what}, by {event.by_name}."),))
    override = SetOverride(path, None, event.by_name, "resumed by command", event.at)
    return said, write(override) + await announced(said, event, services)


async def _concerned(path: str, services: Services) -> list[Ticket]:
    """Return the open tickets that a pause silences."""
    _, kind, name = f"{path}.".split(".", 2)
    found = await services.store.tickets(open_only=True)
    channels = {channel.ref for channel in await services.store.channels() if channel.name == name.removesuffix(".")}
    if kind == "channels":
        return [ticket for ticket in found if ticket.place.channel in channels]
    return [ticket for ticket in found if kind == "everything" or ticket.category == name.removesuffix(".")]


async def _read(text: str, policy: Policy, services: Services) -> tuple[str, str, str]:
    """Return the policy path, what it names in words, and the span (empty for good)."""
    found = WORDS.match(text.strip())
    if found is None:
        raise InvalidInput("Write `pause`, `pause #channel` or `pause category NAME`, and `for 2h` if it should end by itself.")
    what, span = found["what"] or "", found["span"] or ""
    if what.startswith("#") and what[1:] not in {channel.name for channel in await services.store.channels()}:
        raise InvalidInput(f"There is no channel {what!r} that I was told about.")
    if what.startswith("#"):
        return f"paused.channels.{what[1:]}", what, span
    if what:
        category = what.removeprefix("category ").strip()
        if category not in policy.triage.categories:
            raise InvalidInput(f"There is no category {category!r}; there are {', '.join(policy.triage.categories)}.")
        return f"paused.categories.{category}", what, span
    return "paused.everything", "everything", span
