"""Commands that stop the bot: pausing a channel, a category or everything, for a while or for good."""

from __future__ import annotations

from dataclasses import dataclass

from desk.cards import Card, Notes, Text
from desk.changes import Changes, SetOverride, Unsend, write
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.policy_values import read_duration
from desk.space import Place
from desk.ticket import Ticket
from handlers.commands.changes import announced
from handlers.commands.places import declared, is_channel
from handlers.commands.words import near, split, without_reason
from handlers.services import Services
from handlers.times import timed

USAGE = ("pause [#channel | category NAME] [for 2h]", "resume [#channel | category NAME]")
WAYS = (
    ("pause [for SPAN] [because REASON]", "pause CHANNEL [for SPAN] [because REASON]", "pause category CATEGORY [for SPAN] [because REASON]"),
    ("resume", "resume CHANNEL", "resume category CATEGORY"),
)
ENDS = ", and `for 2h` if it should end by itself."


@dataclass(frozen=True, slots=True)
class Stop:
    """What is stopped or started: its key in the policy, in words, for how long ("" for good), and why."""

    path: str
    what: str
    span: str = ""
    reason: str = ""


async def pause(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Pause the bot in a channel, for a category, or everywhere; waiting posts to customers are dropped."""
    policy = await services.policy.current()
    stop = await _read(event.text, event.place, services)
    until = event.at + read_duration(stop.span) if stop.span else None
    when = f"until {timed(until, now=event.at, zone=policy.hours.zone)}" if until else "until somebody resumes it"
    said = _told(f"Paused {stop.what} {when}, by {event.by_name}.", stop.reason)
    override = SetOverride(stop.path, until.isoformat() if until else "on", event.by_name, stop.reason or "paused by command", event.at)
    dropped = [Unsend(ticket.id) for ticket in await _concerned(stop.path, services)]
    return said, write(override, *dropped) + await announced(said, event, services)


async def resume(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """Let the bot work again where it was paused."""
    stop = await _read(event.text, event.place, services)
    said = _told(f"Resumed {stop.what}, by {event.by_name}.", stop.reason)
    override = SetOverride(stop.path, None, event.by_name, stop.reason or "resumed by command", event.at)
    return said, write(override) + await announced(said, event, services)


def _told(said: str, reason: str) -> Card:
    return Card((Text(said), *([Notes("Reason", (reason,))] if reason else [])))


async def _concerned(path: str, services: Services) -> list[Ticket]:
    """Return the open tickets that a pause silences."""
    _, kind, name = f"{path}.".split(".", 2)
    found = await services.store.tickets(open_only=True)
    channels = {channel.ref for channel in await services.store.channels() if channel.name == name.removesuffix(".")}
    if kind == "channels":
        return [ticket for ticket in found if ticket.place.channel in channels]
    return [ticket for ticket in found if kind == "everything" or ticket.category == name.removesuffix(".")]


async def _read(text: str, place: Place, services: Services) -> Stop:
    """Read what is to be stopped or started, for how long, and why."""
    rest, reason = without_reason(text)
    command, *words = split(rest)
    span = ""
    if len(words) > 1 and words[-2].lower() == "for":
        *words, _, span = words
    if not words or words == ["everything"]:
        return Stop("paused.everything", "everything", span, reason)
    if words[0].lower() == "category":
        return await _category(" ".join(words[1:]), span, reason, services=services)
    found = await declared(words[0], place, services) if len(words) == 1 else None
    if found is not None:
        return Stop(f"paused.channels.{found.name}", f"#{found.name}", span, reason)
    if is_channel(words[0]):
        names = [f"#{channel.name}" for channel in await services.store.channels()]
        meant = near(words[0], names)
        raise InvalidInput(f"There is no channel {words[0]!r} that I was told about{f': did you mean {meant}?' if meant else '.'}")
    raise InvalidInput(f"Write `{command}`, `{command} #channel` or `{command} category NAME`{ENDS if command == 'pause' else '.'}")


async def _category(name: str, span: str, reason: str, *, services: Services) -> Stop:
    known = (await services.policy.current()).triage.categories
    if name not in known:
        meant = near(name, known)
        raise InvalidInput(f"There is no category {name!r}; there are {', '.join(known)}{f': did you mean {meant}?' if meant else '.'}")
    return Stop(f"paused.categories.{name}", f"category {name}", span, reason)
