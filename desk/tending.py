"""Tending: what the team has done to the articles and to the record of a person, by command and in the background."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from desk.article import Document
from desk.audience import PUBLIC, Audience
from desk.ids import EventId, PersonId
from desk.source import PREFIX, Holding, Source, SyncState
from desk.space import UserRef

PASTED = "pasted"
"""Where articles are from that somebody wrote into a command."""


NOTHING_HELD = Holding(0, 0)


@dataclass(frozen=True, slots=True)
class SyncSource:
    """A source of the policy is to be read now."""

    source: str

    @property
    def subject(self) -> str:
        """Return what it is about."""
        return PREFIX + self.source


@dataclass(frozen=True, slots=True)
class PutArticle:
    """An article is to be put into the knowledge base as somebody pasted it; one of the same title is replaced."""

    title: str
    text: str
    audience: Audience = PUBLIC

    @property
    def subject(self) -> str:
        """Return what it is about."""
        return PASTED


@dataclass(frozen=True, slots=True)
class DropArticles:
    """Articles are to be removed: all that say they are from `origin`, which the policy does not name any more, or one of them."""

    origin: str
    document: str = ""

    @property
    def subject(self) -> str:
        """Return what it is about."""
        return self.origin


@dataclass(frozen=True, slots=True)
class ForgetPerson:
    """Everything that somebody wrote is to be emptied, and their row in the customer record; by ids only."""

    people: tuple[PersonId, ...] = ()
    users: tuple[UserRef, ...] = ()

    @property
    def subject(self) -> str:
        """Return what it is about."""
        return f"person:{','.join([*self.people, *map(str, self.users)])}"


Chore = SyncSource | PutArticle | DropArticles | ForgetPerson
"""What takes longer than a commit may, and is done in the background."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What the knowledge base has of one place, and how its last sync went.

    `source` is None for what the policy does not name: articles that were ingested or pasted, or are left from a source that is named no more.
    """

    origin: str
    source: Source | None = None
    holding: Holding = NOTHING_HELD
    state: SyncState | None = None
    due: datetime | None = None
    """When it is read next by itself, None when only a command does."""
    running: bool = False
    old: int = 0
    """Articles that are due for review, or expired."""

    @property
    def place(self) -> str:
        """Return the source's name, or the ingested path."""
        return self.origin.removeprefix(PREFIX)


class Librarian(Protocol):
    """Tends the articles. Raises Unavailable("store") when the store does not answer."""

    async def stock(self) -> Sequence[Stock]:
        """Return every place that articles are from: the policy's sources in order, then the others."""
        ...

    async def documents(self) -> Sequence[Document]:
        """Return all articles."""
        ...

    async def sync(self, source: Source) -> SyncState:
        """Read a source now; what went wrong is in the state's `error`. Raises Retryable while somebody else reads it. May take many minutes."""
        ...

    async def put(self, article: PutArticle) -> int:
        """Put a pasted article, and return how many pieces it was cut into; raise InvalidInput for one that cannot be used."""
        ...

    async def drop(self, chore: DropArticles) -> int:
        """Remove articles and return how many. Raises Retryable while somebody reads their source."""
        ...


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Whose words are to be emptied: their ids in the customer record and on the platforms, and the command that asked for it."""

    people: tuple[PersonId, ...]
    users: tuple[UserRef, ...]
    cause: EventId | None = None


class Eraser(Protocol):
    """Something that keeps what people wrote."""

    async def erase(self, whom: Forgotten) -> int:
        """Empty what these people wrote, and return how many rows; doing it again does no harm."""
        ...


Erasers = Mapping[str, Eraser]
"""Everything that keeps people's words, in the order in which it is emptied: last what finds the others."""
