"""What the tests of syncs share: a source in memory, and a library whose process may die at any call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from desk.errors import Unavailable
from desk.library import Library, SourceRows
from desk.source import Source, SourceKind, SyncState
from knowledge.article import Article, Failure
from knowledge.connector import Batch, Connector
from knowledge.syncing.diff import Diff
from knowledge.syncing.sync import Means, preview, sync
from tests.fakes import FakeClock, MemoryLibrary, MemorySources, WordEmbedder

HELP = Source("help", SourceKind.FOLDER, "/kb", every=timedelta(hours=6))


def article(id: str, text: str = "Five days.", **said: Any) -> Article:
    return Article(id, said.pop("title", id.title()), text, f"/kb/{id}", **said)


class Killed(BaseException):
    """The process is dead: no code of it gets to do anything any more."""


@dataclass
class Site:
    """A source in memory, read two items at a time. `down_after` batches it is down; `asked` are the cursors it was asked for."""

    items: list[Article | Failure] = field(default_factory=list)
    down_after: int | None = None
    raises: Exception = field(default_factory=lambda: Unavailable("kb", "the site does not answer"))
    asked: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    opened: int = 0

    async def batches(self, cursor: str) -> AsyncIterator[Batch]:
        self.asked.append(cursor)
        start = int(cursor or 0)
        for n, at in enumerate(range(start, len(self.items), 2)):
            if n == self.down_after:
                raise self.raises
            few = tuple(self.items[at : at + 2])
            self.read += [item.id if isinstance(item, Article) else item.path for item in few]
            yield Batch(few, str(at + 2))
        if self.down_after is not None and self.down_after * 2 >= len(self.items) - start:
            raise self.raises

    @asynccontextmanager
    async def open(self, source: Source) -> AsyncIterator[Connector]:
        self.opened += 1
        yield self


class Mortal:
    """A port whose process dies before, or right after, one of the calls; it is dead from then on."""

    def __init__(self, port: Any, fate: Fate) -> None:
        self._port = port
        self._fate = fate

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def call(*arguments: Any, **named: Any) -> Any:
            self._fate.before()
            result = await getattr(self._port, name)(*arguments, **named)
            self._fate.after()
            return result

        return call


@dataclass
class Fate:
    """When a process dies: before its `at`th call to what is kept, or right after it."""

    at: int
    late: bool
    calls: int = 0

    def before(self) -> None:
        self.calls += 1
        if self.calls > self.at or (self.calls == self.at and not self.late):
            raise Killed

    def after(self) -> None:
        if self.calls >= self.at:
            raise Killed


@dataclass
class Bench:
    """Everything a sync works with, in memory unless a library and rows are given."""

    library: Library = field(default_factory=MemoryLibrary)
    rows: SourceRows | None = None
    embedder: WordEmbedder = field(default_factory=WordEmbedder)
    clock: FakeClock = field(default_factory=FakeClock)
    site: Site = field(default_factory=Site)

    def __post_init__(self) -> None:
        self.kept: SourceRows = self.rows or MemorySources(self.library)

    def means(self, holder: str = "one") -> Means:
        return Means(self.library, self.kept, self.embedder, self.clock, holder)

    async def sync(self, *items: Article | Failure, source: Source = HELP, remove: bool = False, holder: str = "one") -> SyncState:
        """Sync what the source holds: these items, or what it held before when there are none."""
        self.site.items = list(items) or self.site.items
        return await sync(source, self.site.open, self.means(holder), remove=remove)

    async def preview(self, *items: Article | Failure, source: Source = HELP) -> Diff:
        self.site.items = list(items)
        return await preview(source, self.site.open, self.means())

    async def die(self, fate: Fate, *, source: Source = HELP) -> bool:
        """Sync in a process that dies; False when it came to its end first."""
        means = replace(self.means("dead"), library=Mortal(self.library, fate), rows=Mortal(self.kept, fate))
        try:
            await sync(source, self.site.open, means)
        except Killed:
            return True
        return False

    async def held(self) -> Mapping[str, str]:
        """Return what the library holds: the words of each document by its id."""
        documents = await self.library.documents()
        return {document.id: " ".join([chunk.text for chunk in await self.library.chunks_of(document.id)]) for document in documents}

    async def state(self, name: str = "help") -> SyncState:
        return (await self.kept.states())[name]


def counts(state: SyncState) -> tuple[int, int, int, int]:
    return state.added, state.changed, state.unchanged, state.removed


def many(n: int) -> Sequence[Article]:
    return [article(f"a{number:02}") for number in range(n)]
