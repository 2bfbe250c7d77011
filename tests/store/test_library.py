"""The library in SQL, on both databases: what the contract of libraries leaves to this one."""

from dataclasses import replace

import pytest

from desk.article import Chunk, Document
from desk.audience import INTERNAL, PUBLIC
from desk.changes import ExpectBasis
from desk.errors import Conflict
from store.database import Database
from store.library import AT_ONCE, SqlLibrary
from store.repository import SqlStore
from tests.store.samples import commit

ARTICLE = Document("passwords", "/kb", "Passwords", "https://help.example/passwords", PUBLIC, "h1", updated="2026-09-01", language="en")
FIRST = Chunk("c-1", "passwords", 0, "Passwords", "Reset", ARTICLE.url, PUBLIC, "Open Settings.", updated="2026-09-01")
SECOND = replace(FIRST, id="c-2", n=1, heading="Reset > Lost phone", text="Call us.", audience=INTERNAL)
VECTORS = {"c-1": b"\x00\x01" * 768, "c-2": b"\xff\x00" * 768}


@pytest.fixture
def library(database: Database) -> SqlLibrary:
    return SqlLibrary(database)


async def ingested(library: SqlLibrary, *chunks: Chunk) -> None:
    await library.put(ARTICLE, chunks, {c.id: VECTORS[c.id] for c in chunks}, embedder="mini@1")


async def changed(library: SqlLibrary, after: int) -> list[tuple[str, bool]]:
    return [(change.chunk, change.gone) for change in await library.changes(after)]


async def test_an_article_comes_back_with_its_chunks_in_order_and_its_vectors(library: SqlLibrary):
    await ingested(library, SECOND, FIRST)
    assert await library.documents() == [ARTICLE]
    assert await library.chunks_of("passwords") == [FIRST, SECOND]
    assert await library.vectors(["c-1", "c-2"], embedder="mini@1") == VECTORS
    assert await library.vectors(["c-1"], embedder="other@1") == {}


async def test_only_what_changed_enters_the_change_list(library: SqlLibrary):
    await ingested(library, FIRST, SECOND)
    before = await library.position()
    await ingested(library, FIRST, replace(SECOND, text="Write to us."))
    assert await changed(library, before) == [("c-2", False)]


async def test_a_changed_piece_loses_the_vector_of_its_old_text(library: SqlLibrary):
    await ingested(library, FIRST, SECOND)
    await library.put(ARTICLE, [FIRST, replace(SECOND, text="Write to us.")], {}, embedder="mini@1")
    assert [chunk.id for chunk in await library.lacking("mini@1")] == ["c-2"]


async def test_a_date_that_changed_is_stored_without_a_word_to_the_index(library: SqlLibrary):
    await ingested(library, FIRST)
    before = await library.position()
    await ingested(library, replace(FIRST, updated="2026-10-01"))
    assert await changed(library, before) == []
    assert [chunk.updated for chunk in await library.chunks_of("passwords")] == ["2026-10-01"]


async def test_a_removed_article_takes_its_chunks_and_vectors_along(library: SqlLibrary):
    await ingested(library, FIRST, SECOND)
    before = await library.position()
    await library.remove(["passwords", "never-was"])
    assert await changed(library, before) == [("c-1", True), ("c-2", True)]
    assert await library.documents() == []
    assert await library.vectors(["c-1"], embedder="mini@1") == {}


async def test_a_change_of_embedder_adds_vectors_beside_the_old_ones(library: SqlLibrary):
    await ingested(library, FIRST, SECOND)
    await library.add_vectors({"c-1": b"new", "c-9": b"gone meanwhile"}, embedder="mini@2")
    await library.add_vectors({"c-1": b"newer"}, embedder="mini@2")
    assert await library.vectors(["c-1", "c-9"], embedder="mini@2") == {"c-1": b"newer"}
    assert [chunk.id for chunk in await library.lacking("mini@2", limit=1)] == ["c-2"]


async def test_more_ids_than_a_query_may_carry_are_asked_for_in_parts(library: SqlLibrary):
    many = [replace(FIRST, id=f"c-{n:04}", n=n, text=str(n)) for n in range(AT_ONCE + 5)]
    await library.put(ARTICLE, many, {}, embedder="mini@1")
    assert len(await library.chunks([chunk.id for chunk in many])) == AT_ONCE + 5
    assert len(await library.changes(0, limit=10)) == 10
    await library.put(ARTICLE, [], {}, embedder="mini@1")
    assert await library.chunks_of("passwords") == []


async def test_a_draft_holds_while_its_passages_do(library: SqlLibrary, store: SqlStore):
    await ingested(library, FIRST, SECOND)
    await commit(store, ExpectBasis({"c-1": FIRST.hash, "c-2": SECOND.hash}), ExpectBasis())
    await ingested(library, replace(FIRST, text="Open Security."), SECOND)
    with pytest.raises(Conflict, match="c-1"):
        await commit(store, ExpectBasis({"c-1": FIRST.hash, "c-2": SECOND.hash}))


async def test_a_draft_falls_with_a_passage_that_is_gone(library: SqlLibrary, store: SqlStore):
    await ingested(library, FIRST, SECOND)
    await ingested(library, SECOND)
    with pytest.raises(Conflict, match="c-1"):
        await commit(store, ExpectBasis({"c-1": FIRST.hash}))


async def test_an_empty_library_stands_at_the_start(library: SqlLibrary):
    assert await library.position() == 0
    assert await library.changes(0) == []
