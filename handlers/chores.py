"""Chores: what commands asked for and a commit would be too short for. Each is an event of its own: a killed process does it again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from desk.audience import INTERNAL
from desk.cards import Card, Header, Notes, Text
from desk.changes import NOTHING, Changes, Enqueue, follow, write
from desk.errors import InvalidInput, Retryable
from desk.events import ChoreAsked, CommandInvoked
from desk.ids import EventId, OutboxId, derived
from desk.post import Direct, Post, Target
from desk.source import SyncState
from desk.tending import Chore, DropArticles, ForgetPerson, Librarian, PutArticle, SyncSource
from desk.timeline import Purpose
from handlers import forgetting
from handlers.services import Services
from handlers.situation import agents_place

MOST = 10
"""Documents that could not be read which a report names."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a chore: a card for who asked, and whether it failed, so that the whole team hears of it."""

    card: Card
    failed: bool = False
    changes: Changes = NOTHING


def asked(event: CommandInvoked, *chores: Chore) -> Changes:
    """Return the events that have chores done once the command is committed."""
    return follow(
        *(
            ChoreAsked(
                id=EventId(derived("ev", event.id, chore.subject, n)), chore=chore, cause=event.id, by=event.by, by_name=event.by_name, at=event.at
            )
            for n, chore in enumerate(chores)
        )
    )


def librarian(services: Services) -> Librarian:
    """Return who tends the articles; raise InvalidInput where nobody does."""
    if services.librarian is None:
        raise InvalidInput("Articles cannot be tended here: run `./frontdesk kb` beside the server.")
    return services.librarian


async def chore_asked(event: ChoreAsked, services: Services) -> Changes:
    """Do a chore and tell who asked what became of it; when it failed, in the agents channel. Raises Retryable for one that has to wait."""
    try:
        done = await _DOERS[type(event.chore)](event, event.chore, services)
    except Retryable:
        raise
    except InvalidInput as error:
        done = Done(Card((Text(str(error)),)), failed=True)
    place = await agents_place(services) if done.failed else None
    target: Target = place or Direct(event.by)
    post = Post(OutboxId(derived("o", event.id, "done")), target, Purpose.NOTICE, INTERNAL, services.clock.now(), card=done.card, to=(event.by,))
    return done.changes + write(Enqueue(post))


def read(state: SyncState) -> Card:
    """Say how a sync went."""
    counts = ", ".join(f"{getattr(state, name)} {name}" for name in ("added", "changed", "unchanged", "removed"))
    head = f"{state.source} was not read" if state.is_under_way else f"{state.source} was read: {counts}"
    aside = "" if state.is_under_way else f"{state.documents} articles"
    missed = tuple(f"{each.path}: {each.reason}" if each.path else each.reason for each in state.failed[:MOST])
    more = (f"and {len(state.failed) - MOST} more",) if len(state.failed) > MOST else ()
    wrong = (Notes("What went wrong", (state.error,)),) if state.error else ()
    return Card((Header(head, aside), *wrong, *((Notes("Could not be read", (*missed, *more)),) if missed and not state.is_under_way else ())))


async def _sync(event: ChoreAsked, chore: SyncSource, services: Services) -> Done:
    source = next((each for each in (await services.policy.current()).knowledge.sources if each.name == chore.source), None)
    if source is None:
        raise InvalidInput(f"The source {chore.source!r} was taken out of the policy before it could be read.")
    state = await librarian(services).sync(source)
    return Done(read(state), failed=bool(state.error))


async def _put(event: ChoreAsked, chore: PutArticle, services: Services) -> Done:
    try:
        pieces = await librarian(services).put(chore)
    except InvalidInput as error:
        raise InvalidInput(f"The article {chore.title!r} was not added: {error}") from error
    return Done(Card((Text(f"The article {chore.title!r} is in the knowledge base, for {chore.audience}: {pieces} piece{'s' * (pieces != 1)}."),)))


async def _drop(event: ChoreAsked, chore: DropArticles, services: Services) -> Done:
    removed = await librarian(services).drop(chore)
    return Done(Card((Text(f"{removed} article{'s were' if removed != 1 else ' was'} removed from the knowledge base."),)))


async def _forget(event: ChoreAsked, chore: ForgetPerson, services: Services) -> Done:
    card, changes = await forgetting.forget(event, chore, services)
    return Done(card, changes=changes)


_DOERS: dict[type[Chore], Callable[[ChoreAsked, Any, Services], Awaitable[Done]]] = {
    SyncSource: _sync,
    PutArticle: _put,
    DropArticles: _drop,
    ForgetPerson: _forget,
}
