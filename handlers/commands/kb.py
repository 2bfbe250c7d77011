"""Articles by command: what the knowledge base has, and having sources read, added and removed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from desk.article import Document
from desk.audience import INTERNAL
from desk.cards import Block, Card, Form, Header, Notes, Sources, Text
from desk.changes import NOTHING, Changes
from desk.customer import TEAM, Role
from desk.draft import Evidence, Passage
from desk.errors import InvalidInput
from desk.events import CommandInvoked
from desk.ports import Query
from desk.source import PREFIX
from desk.tending import PASTED, Stock, SyncSource
from handlers import chores
from handlers.commands import stocking
from handlers.commands.words import ADMINS, expected, only, split
from handlers.services import Services
from handlers.times import brief

USAGE = "kb status|list|search|sync|add|remove"
WAYS = (
    "kb status",
    "kb list [SOURCE]",
    "kb search WORDS",
    "kb sync [SOURCE]",
    "kb add SOURCEKIND ADDRESS [name NAME] [every SPAN] [audience AUDIENCE]",
    "kb add article TITLE TEXT",
    "kb remove SOURCE|ARTICLE [confirm]",
)
MOST = 40
"""Articles that a card lists."""
FOUND = 5
QUOTED = 300
Verb = Callable[[CommandInvoked, Services, Sequence[str]], Awaitable[tuple[Card, Changes]]]


async def kb(event: CommandInvoked, services: Services) -> tuple[Card, Changes]:
    """See and tend the articles that answers are made from.

    `sync` reads sources in the background and tells you how it went; a failure is told in the agents channel.
    `add` names a new source, as a change of policy, or takes an article that you paste. `remove` takes a source out with its articles.
    """
    verb, *words = split(event.text)[1:] or ["status"]
    if verb not in VERBS:
        raise expected("kb", list(VERBS), verb)
    run, roles = VERBS[verb]
    only(roles, event.role, f"kb {verb}")
    return await run(event, services, words)


async def form(query: Query, services: Services) -> Form | None:
    """Return what `kb add` asks, and what `kb remove` says before anything goes."""
    verb, *words = split(query.subject)[1:] or [""]
    if verb not in stocking.FORMS:
        return None
    only(ADMINS, query.role, f"kb {verb}")
    return await stocking.FORMS[verb](words, services)


async def check(query: Query, values: Mapping[str, str], services: Services) -> Mapping[str, str]:
    """Return what is wrong with the values of a form."""
    verb, *words = split(query.subject)[1:] or [""]
    return await stocking.wrong(verb, words, values, services)


async def _status(event: CommandInvoked, services: Services, words: Sequence[str]) -> tuple[Card, Changes]:
    stock, zone = await chores.librarian(services).stock(), (await services.policy.current()).hours.zone
    lines = [line for item in stock for line in _of_stock(item, now=services.clock.now(), zone=zone)]
    total = f"{sum(item.holding.documents for item in stock)} articles"
    return Card((Header("Knowledge base", total), Notes("Where they are from", tuple(lines) or (EMPTY,)))), NOTHING


async def _list(event: CommandInvoked, services: Services, words: Sequence[str]) -> tuple[Card, Changes]:
    place = " ".join(words)
    found = [each for each in await chores.librarian(services).documents() if place in ("", each.source, each.source.removeprefix(PREFIX))]
    if not found and place:
        known = sorted({item.place for item in await chores.librarian(services).stock()})
        raise expected("kb list", known, place)
    lines = [*map(_line, found[:MOST]), *([f"and {len(found) - MOST} more: `./frontdesk kb list` has them all"] if len(found) > MOST else [])]
    return Card((Header("Articles", str(len(found))), Notes(place or "All places", tuple(lines) or (EMPTY,)))), NOTHING


async def _search(event: CommandInvoked, services: Services, words: Sequence[str]) -> tuple[Card, Changes]:
    query = " ".join(words)
    if not query:
        raise InvalidInput("Write what to search for: `/frontdesk kb search refund times`.")
    found = (await services.knowledge.search(query, frozenset({INTERNAL}), k=FOUND)).passages
    shown: Block = Sources(tuple(_evidence(n, passage) for n, passage in enumerate(found, 1)), detailed=True) if found else Text("Nothing was found.")
    return Card((Header(f"Found for “{query}”", str(len(found))), shown)), NOTHING


async def _sync(event: CommandInvoked, services: Services, words: Sequence[str]) -> tuple[Card, Changes]:
    chores.librarian(services)
    known = [source.name for source in (await services.policy.current()).knowledge.sources]
    if not known:
        raise InvalidInput("The policy names no sources: `/frontdesk kb add` adds one.")
    if unknown := next((word for word in words if word not in known), None):
        raise expected("kb sync", known, unknown)
    chosen = list(words) or known
    said = f"{' and '.join(chosen)} {'is' if len(chosen) == 1 else 'are'} read now. I will tell you how it went."
    return Card((Text(said),)), chores.asked(event, *map(SyncSource, chosen))


def _of_stock(item: Stock, *, now: datetime, zone: str) -> tuple[str, ...]:
    held = f"{item.holding.documents} article{'s' * (item.holding.documents != 1)}{f', {item.old} due for review' if item.old else ''}"
    if item.source is None:
        return (f"{item.place}: {held}; {'pasted by command' if item.origin == PASTED else 'no source of the policy claims them'}",)
    state = item.state
    last = f"last read {brief(state.finished, now=now, zone=zone)}" if state and state.finished else "never read whole"
    due = f"next {brief(max(item.due, now), now=now, zone=zone)}" if item.due else "read by command only"
    missed = f"; {len(state.failed)} could not be read" if state and state.failed else ""
    now_or_next = "being read now" if item.running else due
    where = f"{item.source.kind} {item.source.address}, for {item.source.audience}"
    head = f"{item.place}: {where}; {held}; {last}, {now_or_next}{missed}"
    return (head, *((f"  {state.error}",) if state and state.error else ()))


def _line(document: Document) -> str:
    return f"{document.id}  {document.title}  [{document.audience}]{f'  changed {document.updated}' if document.updated else ''}"


def _evidence(n: int, passage: Passage) -> Evidence:
    text = passage.text if len(passage.text) <= QUOTED else f"{passage.text[:QUOTED].rstrip()}…"
    where = (passage.title, passage.document, passage.heading, passage.url, passage.updated, passage.hash, passage.reviewed, passage.expires)
    return Evidence(n, "passage", passage.id, passage.audience, text, *where)


EMPTY = "There are no articles yet: `/frontdesk kb add` names a source or takes an article that you paste."
VERBS: Mapping[str, tuple[Verb, frozenset[Role]]] = {
    "status": (_status, TEAM),
    "list": (_list, TEAM),
    "search": (_search, TEAM),
    "sync": (_sync, TEAM),
    "add": (stocking.add, ADMINS),
    "remove": (stocking.remove, ADMINS),
}
"""What follows `kb`, and who may say it."""
