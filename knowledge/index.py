"""The index: what an index of chunks can do, and how one is kept in step with the library."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from desk.errors import FrontdeskError
from desk.library import Library
from knowledge.chunks import searchable

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Called with the position reached in the change list and the last one there is."""
BATCH = 1000
"""Changes applied at a time: about 0.3 s during which searches wait."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A chunk as an index keeps it. `vector` is None for one that this embedder has not read yet: it is found by its words only."""

    id: str
    audience: str
    text: str
    vector: bytes | None


@dataclass(frozen=True, slots=True)
class Found:
    """A chunk that one leg of a search found; `score` is a cosine, or a BM25 score."""

    id: str
    score: float


class Broken(FrontdeskError):
    """An index cannot be read or written; it may be made anew."""


class Index(Protocol):
    """Chunks by meaning and by words. Blocking, and used from one thread only. Every method raises Broken."""

    def position(self) -> int:
        """Return how far into the library's change list it has come, 0 when it is new."""
        ...

    def apply(self, put: Sequence[Entry], gone: Sequence[str], *, position: int) -> None:
        """Write and drop entries, then remember the position, each durable before the next."""
        ...

    def near(self, vector: Sequence[float], audiences: Sequence[str] | None, *, k: int) -> list[Found]:
        """Return the nearest chunks of these audiences (None for all), best first."""
        ...

    def matching(self, text: str, audiences: Sequence[str] | None, *, k: int) -> list[Found]:
        """Return the chunks of these audiences that share words with a text, best first."""
        ...

    def clear(self) -> None:
        """Throw everything away and start at position 0."""
        ...

    def close(self) -> None:
        """Let go of files and locks."""
        ...


async def move(library: Library, target: Index, *, embedder: str, progress: Progress | None = None) -> int:
    """Fill another index from the library's chunks and stored vectors, embedding nothing, and return the position it stands at.

    An index that was filled before gets what changed since. What serves meanwhile is left alone.
    """
    follower = Follower(target, library, embedder=embedder)
    try:
        return await follower.refresh(progress)
    finally:
        follower.release()


class Follower:
    """An index that follows the library. It may lag, so whoever reads it joins its answers to the library's live chunks."""

    def __init__(self, index: Index, library: Library, *, embedder: str) -> None:
        self._index = index
        self._library = library
        self._embedder = embedder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._turn = asyncio.Lock()
        self._made = 0

    async def refresh(self, progress: Progress | None = None) -> int:
        """Apply what changed in the library since the last time and return the position reached; an index that broke is made anew."""
        async with self._turn:
            try:
                return await self._catch_up(progress)
            except Broken:
                return await self._make_anew(progress)

    async def ask(self, question: Callable[[], T]) -> T:
        """Run one call of the index in its thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)

    async def near(self, vector: Sequence[float], audiences: Sequence[str] | None, *, k: int) -> list[Found]:
        """Return the nearest chunks of these audiences (None for all), best first."""
        return (await self.each_near([vector], audiences, k=k))[0]

    async def matching(self, text: str, audiences: Sequence[str] | None, *, k: int) -> list[Found]:
        """Return the chunks of these audiences that share words with a text, best first."""
        return (await self.each_matching([text], audiences, k=k))[0]

    async def each_near(self, vectors: Sequence[Sequence[float]], audiences: Sequence[str] | None, *, k: int) -> list[list[Found]]:
        """Return what is nearest to each of several vectors, in one go."""
        return await self._answer(lambda: [self._index.near(vector, audiences, k=k) for vector in vectors])

    async def each_matching(self, texts: Sequence[str], audiences: Sequence[str] | None, *, k: int) -> list[list[Found]]:
        """Return what shares words with each of several texts, in one go."""
        return await self._answer(lambda: [self._index.matching(text, audiences, k=k) for text in texts])

    async def close(self) -> None:
        """Let go of the index, and of its folder for another process."""
        await self.ask(self._index.close)
        self.release()

    def release(self) -> None:
        """Let the thread go and leave the index open."""
        self._thread.shutdown()

    async def _answer(self, question: Callable[[], T]) -> T:
        """Ask, and when the index is broken make it anew, once for all who found it so, and ask again."""
        # Several searches find a broken index at once. The count tells the later ones that it has been made anew since they asked.
        made = self._made
        try:
            return await self.ask(question)
        except Broken:
            async with self._turn:
                if made == self._made:
                    await self._make_anew()
            return await self.ask(question)

    async def _make_anew(self, progress: Progress | None = None) -> int:
        await self.ask(self._index.clear)
        self._made += 1
        return await self._catch_up(progress)

    async def _catch_up(self, progress: Progress | None) -> int:
        reached = await self.ask(self._index.position)
        target = await self._library.position()
        if reached > target:  # An index of another library, or of one restored from a backup.
            await self.ask(self._index.clear)
            reached = 0
        while reached < target:
            reached = await self._apply_after(reached, target=target)
            if progress:
                progress(reached, target)
        return reached

    async def _apply_after(self, reached: int, *, target: int) -> int:
        changes = await self._library.changes(reached, limit=BATCH)
        touched = list(dict.fromkeys(change.chunk for change in changes))
        chunks = await self._library.chunks(touched)
        vectors = await self._library.vectors(list(chunks), embedder=self._embedder)
        put = [Entry(id, str(chunk.audience), searchable(chunk), vectors.get(id)) for id, chunk in chunks.items()]
        gone = [id for id in touched if id not in chunks]
        position = changes[-1].seq if changes else target
        await self.ask(lambda: self._index.apply(put, gone, position=position))
        return position
