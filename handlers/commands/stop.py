"""Commands that stop the bot: pausing a channel, a category or everything, for a while or for good."""

from __future__ import annotations

import re
from datetime import datetime

from desk.cards import Card, Text
from desk.changes import Changes, SetOverride, Unsend, write
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.policy import Policy
from desk.policy_check import read_duration
from handlers.services import Services

WORDS = re.compile(r"^\w+\s*(?P<what>#[\w-]+|category .+?)?\s*(?:for (?P<span>\w+))?$")


async def pause(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Pause the bot in a channel, for a category, or everywhere; waiting posts to customers are dropped."""
    path, what, span = _read(event.text, await services.policy.current())
    until = (event.at + read_duration(span)).isoformat() if span else "on"
    dropped = [Unsend(ticket.id) for ticket in await services.store.tickets(open_only=True)]
    shown = f"until {datetime.fromisoformat(until):%Y-%m-%d %H:%M} UTC" if span else "until somebody resumes it"
    override = SetOverride(path, until, event.by_name, "paused by command", event.at)
    return Card((Text(f"Paused {what} {shown}, by {event.by_name}."),)), write(override, *dropped)


async def resume(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Let the bot work again where it was paused."""
    path, what, _ = _read(event.text, await services.policy.current())
    override = SetOverride(path, None, event.by_name, "resumed by command", event.at)
    return Card((Text(f"Resumed {what}."),)), write(override)


def _read(text: str, policy: Policy) -> tuple[str, str, str]:
    """Return the policy path, what it names in words, and the span (empty for good)."""
    found = WORDS.match(text.strip())
    if found is None:
        raise InvalidInput("Write `pause`, `pause #channel` or `pause category NAME`, and `for 2h` if it should end by itself.")
    what, span = found["what"] or "", found["span"] or ""
    if what.startswith("#"):
        return f"paused.channels.{what[1:]}", what, span
    if what:
        category = what.removeprefix("category ").strip()
        if category not in policy.triage.categories:
            raise InvalidInput(f"There is no category {category!r}; there are {', '.join(policy.triage.categories)}.")
        return f"paused.categories.{category}", what, span
    return "paused.everything", "everything", span
