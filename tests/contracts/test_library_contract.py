"""The library contract: what ingestion and every index may rely on."""

import pytest

from desk.audience import INTERNAL
from knowledge.vectors import packed
from store.database import open_database
from store.library import SqlLibrary
from tests.fakes import MemoryLibrary
from tests.knowledge.kit import chunk, document

EMBEDDER = "words@1"
VECTOR, OTHER = packed([1.0, 0.0]), packed([0.0, 1.0])


@pytest.fixture(params=["memory", "sql"])
async def library(request, tmp_path):
    if request.param == "memory":
        yield MemoryLibrary()
        return
    database = await open_database(f"sqlite:///{tmp_path}/frontdesk.db")
    yield SqlLibrary(database)
    await database.close()


async def put(library, *chunks, of=None, vectors=None):
    vectors = {each.id: VECTOR for each in chunks} if vectors is None else vectors
    await library.put(of or document(), chunks, vectors, embedder=EMBEDDER)


async def changed(library, after=0):
    return [(change.chunk, change.gone) for change in await library.changes(after)]


async def test_an_empty_library_stands_at_the_beginning(library):
    assert await library.position() == 0
    assert list(await library.documents()) == []
    assert list(await library.changes(0)) == []


async def test_what_was_put_is_there(library):
    one, two = chunk("c-1"), chunk("c-2", "Weekends do not count.", n=1)
    await put(library, two, one)
    assert list(await library.documents()) == [document()]
    assert await library.chunks(["c-1", "c-9"]) == {"c-1": one}
    assert list(await library.chunks_of("refunds")) == [one, two]
    assert await library.vectors(["c-1", "c-9"], embedder=EMBEDDER) == {"c-1": VECTOR}
    assert sorted(await changed(library)) == [("c-1", False), ("c-2", False)]


async def test_documents_are_told_apart_by_source(library):
    await put(library, chunk("c-1"))
    plans = document("plans", source="/other")
    await put(library, chunk("c-2", of=plans), of=plans)
    assert list(await library.documents("/other")) == [plans]
    assert len(await library.documents()) == 2


async def test_only_what_really_changed_enters_the_change_list(library):
    await put(library, chunk("c-1"), chunk("c-2", n=1), chunk("c-3", n=2))
    position = await library.position()
    await put(library, chunk("c-1"), chunk("c-2", "Ten days.", n=1), chunk("c-4", n=2), of=document(hash="h2"))
    assert sorted(await changed(library, position)) == [("c-2", False), ("c-3", True), ("c-4", False)]


async def test_a_changed_audience_is_a_change(library):
    await put(library, chunk("c-1"))
    position = await library.position()
    hidden = document(audience=INTERNAL)
    await put(library, chunk("c-1", of=hidden), of=hidden)
    assert await changed(library, position) == [("c-1", False)]
    assert (await library.chunks(["c-1"]))["c-1"].audience == INTERNAL


async def test_a_chunk_that_only_moved_keeps_its_vector_and_is_no_change(library):
    await put(library, chunk("c-1"), chunk("c-2", n=1))
    position = await library.position()
    await put(library, chunk("c-2", n=0), chunk("c-1", n=1), vectors={})
    assert await changed(library, position) == []
    assert [each.id for each in await library.chunks_of("refunds")] == ["c-2", "c-1"]
    assert (await library.vectors(["c-1", "c-2"], embedder=EMBEDDER)).keys() == {"c-1", "c-2"}


async def test_the_vector_of_an_older_text_is_forgotten(library):
    await put(library, chunk("c-1"))
    await put(library, chunk("c-1", "Ten days."), vectors={})
    assert await library.vectors(["c-1"], embedder=EMBEDDER) == {}
    assert [each.id for each in await library.lacking(EMBEDDER)] == ["c-1"]


async def test_removal_takes_chunks_and_vectors_along_and_is_announced(library):
    await put(library, chunk("c-1"))
    position = await library.position()
    await library.remove(["refunds", "never there"])
    assert list(await library.documents()) == []
    assert await library.chunks(["c-1"]) == {}
    assert await library.vectors(["c-1"], embedder=EMBEDDER) == {}
    assert await changed(library, position) == [("c-1", True)]


async def test_changes_come_in_order_and_in_portions(library):
    for n in range(5):
        await put(library, chunk("c-1", f"{n} days."))
    first = await library.changes(0, limit=2)
    rest = await library.changes(first[-1].seq)
    positions = [change.seq for change in [*first, *rest]]
    assert len(positions) == 5
    assert positions == sorted(positions)
    assert positions[-1] == await library.position()


async def test_the_position_never_goes_back(library):
    await put(library, chunk("c-1"))
    await library.remove(["refunds"])
    before = await library.position()
    await put(library, chunk("c-1"))
    assert await library.position() > before


async def test_vectors_belong_to_their_embedder(library):
    await put(library, chunk("c-1"), chunk("c-2", n=1))
    assert [each.id for each in await library.lacking("other@1", limit=1)] == ["c-1"]
    await library.add_vectors({"c-1": OTHER, "c-9": OTHER}, embedder="other@1")
    assert [each.id for each in await library.lacking("other@1")] == ["c-2"]
    assert await library.vectors(["c-1", "c-9"], embedder="other@1") == {"c-1": OTHER}
    assert await library.vectors(["c-1"], embedder=EMBEDDER) == {"c-1": VECTOR}


async def test_indexes_hear_of_vectors_that_are_made_later(library):
    await put(library, chunk("c-1"), chunk("c-2", n=1))
    position = await library.position()
    await library.add_vectors({"c-1": OTHER, "c-9": OTHER}, embedder="other@1")
    assert await changed(library, position) == [("c-1", False)]


async def test_it_tells_how_much_each_embedder_has_read(library):
    assert await library.embedders() == {}
    await put(library, chunk("c-1"), chunk("c-2", n=1))
    await library.add_vectors({"c-1": OTHER}, embedder="other@1")
    assert await library.embedders() == {EMBEDDER: 2, "other@1": 1}
    await library.remove(["refunds"])
    assert await library.embedders() == {}


async def test_many_ids_may_be_asked_for_at_once(library):
    await put(library, *(chunk(f"c-{n:04}", n=n) for n in range(1200)))
    ids = [f"c-{n:04}" for n in range(1200)]
    assert len(await library.chunks(ids)) == len(await library.vectors(ids, embedder=EMBEDDER)) == 1200


async def test_right_to_left_text_and_emoji_come_back_as_they_were(library):
    only = chunk("c-1", "يستغرق خمسة أيام 💸 \u200f", of=document(title="استرداد"))
    await put(library, only, of=document(title="استرداد"))
    assert (await library.chunks(["c-1"]))["c-1"] == only


async def test_a_review_is_noted_in_documents_and_chunks_and_changes_no_text(library):
    await put(library, chunk("c-1"), chunk("c-2", n=1))
    plans = document("plans")
    await put(library, chunk("c-3", of=plans), of=plans)
    position = await library.position()
    assert list(await library.mark_reviewed(["refunds", "never there"], on="2026-11-02")) == ["refunds"]
    assert {each.id: each.reviewed for each in await library.documents()} == {"refunds": "2026-11-02", "plans": ""}
    assert {each.reviewed for each in await library.chunks_of("refunds")} == {"2026-11-02"}
    assert (await library.chunks(["c-1"]))["c-1"].hash == chunk("c-1").hash
    assert await library.position() == position
    assert await library.vectors(["c-1"], embedder=EMBEDDER) == {"c-1": VECTOR}
