"""The follower: an index that keeps up with the library, and is made anew when it has to be."""

import asyncio

import pytest

from desk.audience import INTERNAL, PUBLIC
from desk.errors import Unavailable
from knowledge import index as module
from knowledge.edge import EdgeIndex
from knowledge.index import Broken, Follower
from tests.fakes import MemoryIndex, MemoryLibrary
from tests.knowledge.kit import Shelf


class Breaking(MemoryIndex):
    """An index that breaks as often as it is told to."""

    def __init__(self, *, near: int = 0, apply: int = 0):
        super().__init__()
        self.left = {"near": near, "apply": apply}
        self.cleared = 0

    def near(self, vector, audiences, *, k):
        self._break("near")
        return super().near(vector, audiences, k=k)

    def apply(self, put, gone, *, position):
        self._break("apply")
        super().apply(put, gone, position=position)

    def clear(self):
        self.cleared += 1
        super().clear()

    def _break(self, what):
        if self.left[what]:
            self.left[what] -= 1
            raise Broken(f"{what} does not work")


@pytest.fixture
async def shelf():
    made = Shelf()
    for n in range(5):
        await made.add(f"article{n}", f"refund number{n}")
    return made


def following(shelf, index):
    return Follower(index, shelf.library, embedder=shelf.embedder.id)


async def words(follower, text="refund"):
    return {found.id for found in await follower.matching(text, None, k=99)}


async def test_it_catches_up_with_what_was_put_and_removed(shelf):
    follower = following(shelf, MemoryIndex())
    assert await follower.refresh() == 5
    await shelf.library.remove(["article1"])
    await shelf.add("article9", "refund new")
    assert await follower.refresh() == 7
    assert await words(follower) == {"c-article0", "c-article2", "c-article3", "c-article4", "c-article9"}


async def test_it_catches_up_in_portions(shelf, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 2)
    follower = following(shelf, MemoryIndex())
    assert await follower.refresh() == 5
    assert len(await words(follower)) == 5


async def test_a_chunk_that_came_and_went_between_is_never_seen(shelf):
    await shelf.library.remove(["article0"])
    follower = following(shelf, MemoryIndex())
    await follower.refresh()
    assert "c-article0" not in await words(follower)


async def test_an_index_ahead_of_the_library_is_another_library_s(shelf):
    index = MemoryIndex()
    await following(shelf, index).refresh()
    other = Follower(index, MemoryLibrary(), embedder=shelf.embedder.id)
    assert await other.refresh() == 0
    assert await words(other) == set()


async def test_an_index_that_breaks_while_it_is_written_is_made_anew(shelf):
    index = Breaking(apply=1)
    follower = following(shelf, index)
    assert await follower.refresh() == 5
    assert (index.cleared, len(await words(follower))) == (1, 5)


async def test_an_index_that_breaks_while_it_is_searched_is_made_anew_once_for_all_who_search(shelf):
    index = Breaking(near=3)
    follower = following(shelf, index)
    await follower.refresh()
    vector = (await shelf.embedder.embed(["refund"]))[0]
    results = await asyncio.gather(*(follower.near(vector, None, k=9) for _ in range(3)))
    assert [len(found) for found in results] == [5, 5, 5]
    assert index.cleared == 1


async def test_an_index_that_stays_broken_says_so(shelf):
    with pytest.raises(Broken):
        await following(shelf, Breaking(apply=99)).refresh()


async def test_an_edge_folder_is_made_anew_from_stored_vectors_without_embedding_again(tmp_path, shelf):
    def opened(embedder="words@1"):
        return EdgeIndex.open(tmp_path / "index", embedder=embedder, dimensions=shelf.embedder.dimensions)

    first = following(shelf, opened())
    await first.refresh()
    await first.close()
    (tmp_path / "index" / "cursor.json").unlink()
    shelf.embedder.texts.clear()
    again = following(shelf, opened())
    assert await again.refresh() == 5
    assert len(await words(again)) == 5
    assert shelf.embedder.texts == []
    await again.close()


async def test_after_a_restart_only_what_is_new_is_applied(tmp_path, shelf):
    first = following(shelf, EdgeIndex.open(tmp_path / "index", embedder="words@1", dimensions=64))
    await first.refresh()
    await first.close()
    await shelf.add("article9", "refund new")
    index = EdgeIndex.open(tmp_path / "index", embedder="words@1", dimensions=64)
    assert index.position() == 5
    again = following(shelf, index)
    assert await again.refresh() == 6
    assert len(await words(again)) == 6
    await again.close()


async def test_searches_and_writes_at_once_all_succeed(tmp_path, shelf):
    shelf.index = EdgeIndex.open(tmp_path / "index", embedder="words@1", dimensions=64)
    knowledge = shelf.knowledge

    async def write():
        for n in range(30):
            await shelf.add(f"late{n}", f"refund late{n}", audience=INTERNAL if n % 2 else PUBLIC)

    results, _ = await asyncio.gather(asyncio.gather(*(knowledge.search(f"refund {n}", frozenset({PUBLIC})) for n in range(30))), write())
    assert all(hits.passages and not hits.degraded for hits in results)
    assert len((await knowledge.search("refund", frozenset({INTERNAL}), k=99)).passages) == 35
    await knowledge.close()


async def test_a_full_disk_leaves_what_was_indexed_and_does_not_clear_it(shelf):
    class Full(Breaking):
        def _break(self, what):
            if what == "apply" and self.position():
                raise Unavailable("kb", "the disk is full")

    index = Full()
    shelf.index = index
    knowledge = shelf.knowledge
    await knowledge.search("refund", frozenset({PUBLIC}))
    await shelf.add("late", "refund late")
    hits = await knowledge.search("refund", frozenset({PUBLIC}))
    assert (len(hits.passages), hits.degraded, index.cleared) == (5, True, 0)
