"""Hints: how the beginning of a command may go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from desk.cards import Card, Notes, Text
from desk.catalog import SLOT, Option, Options, variants
from desk.customer import TEAM
from desk.layers import leaves
from desk.ports import Query
from desk.source import SourceKind
from escalation.rules import RULES
from handlers.commands.command import Command
from handlers.commands.table import COMMANDS
from handlers.commands.tiers import tiers
from handlers.commands.words import LONGEST, near, split
from handlers.roster import roster
from handlers.services import Services

MOST = 25
"""What a platform lists at most."""
LABELED = ("t-", "i-")
"""How the ids begin that say nothing by themselves."""
Choices = Mapping[str, Sequence[str]]


async def hints(query: Query, services: Services) -> Card:
    """Return a card that lists how a command may go on, each line the whole command until there."""
    if query.role not in TEAM:
        return Card((Text("Commands are for the support team only."),))
    before, last = _begun(query.subject)
    found = await _following(before, query, services) if before else sorted(_mine(query))
    fitting = [choice for choice in found if choice.casefold().startswith(last.casefold())] or _meant(last, found)
    lines = tuple(" ".join((*map(quoted, before), quoted(choice))) for choice in fitting[:MOST])
    return Card((Notes("May follow", lines),)) if lines else Card((Text("Nothing more is expected here."),))


async def options(query: Query, services: Services) -> Options:
    """Return how a command may go on, as whole commands until there; a ticket or an incident is found by what it reads as, too.

    What is in capitals is left out: there is nothing to choose from.
    """
    before, last = _begun(query.subject)
    found = await _following(before, query, services) if before else sorted(_mine(query))
    labels = await _labels(services) if any(choice.startswith(LABELED) for choice in found) else {}
    begun = [Option(" ".join((*map(quoted, before), quoted(choice))), labels.get(choice, choice)) for choice in found if not SLOT.fullmatch(choice)]
    said = last.casefold()
    ordered = sorted((o for o in begun if said in o.label.casefold()), key=lambda o: not o.label.casefold().startswith(said))
    return Options(tuple(ordered[:MOST]))


def quoted(word: str) -> str:
    """Return a name as a command writes it: in quotes if it is of several words."""
    return f'"{word}"' if " " in word else word


def following(command: Command, words: Sequence[str], choices: Choices) -> tuple[str, ...]:
    """Return what may follow the words after a command's name: words as they are, and for a slot its choices, or the slot where anything goes."""
    found: dict[str, None] = {}
    for way in command.ways or (command.usage,):
        for parts in variants(way):
            for part in _next(parts[1:], words, choices):
                found |= dict.fromkeys(choices.get(part) or (part,))
    return tuple(found)


def _begun(text: str) -> tuple[list[str], str]:
    """Return the words of a command that are whole, and the beginning of the next one."""
    *before, last = [*split(text), *([""] if not text.strip() or text[-1].isspace() else [])]
    return before, last


def _next(parts: Sequence[str], words: Sequence[str], choices: Choices) -> Sequence[str]:
    """Return what may stand next once the words are read, nothing when they are not the beginning of these parts."""
    if not words:
        return parts[0].split("|") if parts else ()
    if not parts:
        return ()
    return [found for part in parts[0].split("|") for count in _read(part, words, choices) for found in _next(parts[1:], words[count:], choices)]


def _read(part: str, words: Sequence[str], choices: Choices) -> Iterator[int]:
    """Yield how many words a part may take."""
    if not SLOT.fullmatch(part):
        yield from (1,) if words[0].casefold() == part.casefold() else ()
        return
    known = {choice.casefold() for choice in choices.get(part, ())}
    counts = [count for count in range(1, min(LONGEST, len(words)) + 1) if " ".join(words[:count]).casefold() in known]
    yield from counts or ((1,) if part in OPEN or not known else ())


async def _following(before: Sequence[str], query: Query, services: Services) -> Sequence[str]:
    command = COMMANDS.get(before[0].lower())
    if command is None or query.role not in command.roles:
        return ()
    needed = {slot for way in command.ways or (command.usage,) for slot in SLOT.findall(way) if slot in SLOTS}
    return following(command, before[1:], {slot: await SLOTS[slot](query, services) for slot in needed})


def _mine(query: Query) -> Sequence[str]:
    return [name for name, command in COMMANDS.items() if query.role in command.roles]


def _meant(wrote: str, choices: Sequence[str]) -> Sequence[str]:
    meant = near(wrote, choices) if wrote else ""
    return [meant] if meant else [choice for choice in choices if SLOT.fullmatch(choice)]


async def _channels(query: Query, services: Services) -> Sequence[str]:
    return [f"#{channel.name}" for channel in await services.store.channels()]


async def _categories(query: Query, services: Services) -> Sequence[str]:
    return (await services.policy.current()).triage.categories


async def _teams(query: Query, services: Services) -> Sequence[str]:
    return sorted((await services.policy.current()).routing.teams)


async def _teammates(query: Query, services: Services) -> Sequence[str]:
    return [person.name for person in await roster(await services.policy.current(), services)]


async def _macros(query: Query, services: Services) -> Sequence[str]:
    return sorted((await services.policy.current()).macros)


async def _tickets(query: Query, services: Services) -> Sequence[str]:
    return [ticket.id for ticket in reversed(await services.store.tickets(open_only=True))]


async def _incidents(query: Query, services: Services) -> Sequence[str]:
    return [incident.id for incident in reversed(await services.store.incidents(open_only=True))]


async def _labels(services: Services) -> Mapping[str, str]:
    """Return how tickets and incidents read in a list, by id."""
    tickets = await services.store.tickets(open_only=True)
    incidents = await services.store.incidents(open_only=True)
    read = {str(t.id): "  ".join(filter(None, (str(t.id), t.priority.level, t.customer_name, t.category))) for t in tickets}
    return {**read, **{str(incident.id): f"{incident.id}  {incident.title}" for incident in incidents}}


async def _people(query: Query, services: Services) -> Sequence[str]:
    """Return the customers who wait, and the team."""
    waiting = [ticket.customer_name for ticket in reversed(await services.store.tickets(open_only=True)) if ticket.customer_name]
    return tuple(dict.fromkeys((*waiting, *await _teammates(query, services))))


async def _rotas(query: Query, services: Services) -> Sequence[str]:
    return [rota.name for rota in (await services.policy.current()).oncall.rotas]


async def _keys(query: Query, services: Services) -> Sequence[str]:
    return sorted(key for key, _ in leaves(await services.policy.resolved()))


async def _accounts(query: Query, services: Services) -> Sequence[str]:
    return [account.name for account in await services.crm.accounts()]


async def _tiers(query: Query, services: Services) -> Sequence[str]:
    return await tiers(services)


async def _sections(query: Query, services: Services) -> Sequence[str]:
    return sorted(await services.policy.resolved())


async def _sources(query: Query, services: Services) -> Sequence[str]:
    return [source.name for source in (await services.policy.current()).knowledge.sources]


async def _commands(query: Query, services: Services) -> Sequence[str]:
    return _mine(query)


def _always(*words: str) -> Callable[[Query, Services], Awaitable[Sequence[str]]]:
    async def choices(query: Query, services: Services) -> Sequence[str]:
        return words

    return choices


SLOTS: Mapping[str, Callable[[Query, Services], Awaitable[Sequence[str]]]] = {
    "ACCOUNT": _accounts,
    "AUDIENCE": _always("public", "internal"),
    "CATEGORY": _categories,
    "TEAM": _teams,
    "TEAMMATE": _teammates,
    "CHANNEL": _channels,
    "COMMAND": _commands,
    "INCIDENT": _incidents,
    "KEY": _keys,
    "KIND": _always("community", "shared", "direct"),
    "MACRO": _macros,
    "PERSON": _people,
    "ROTA": _rotas,
    "RULE": _always(*RULES),
    "TICKET": _tickets,
    "TIER": _tiers,
    "SECTION": _sections,
    "SOURCE": _sources,
    "SOURCEKIND": _always(*SourceKind),
}
"""What may stand for a slot now."""
OPEN = frozenset({"INCIDENT", "CHANNEL", "TICKET", "MACRO", "PERSON", "KEY"})
"""Slots that also take what is not listed."""
