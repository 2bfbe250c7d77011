"""The contract of source rows: what a sync, and whoever looks at it, may rely on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.errors import Conflict
from desk.source import Holding, Missed, SyncState
from store.database import open_database
from store.library import SqlLibrary
from store.sources import SqlSources
from tests.fakes import START, MemoryLibrary, MemorySources
from tests.knowledge.kit import chunk, document

LATER = START + timedelta(minutes=5)
STATE = SyncState("help", started=START, cursor="page 2", failed=(Missed("a.md", "the file is empty"),), basis="b1", tried=START)


@pytest.fixture(params=["memory", "sqlite_url", "emptied_postgres_url"])
def url(request):
    """Return a database's address, None for the fake."""
    return None if request.param == "memory" else request.getfixturevalue(request.param)


@pytest.fixture
async def shelf(url):
    """Return a library and the rows about its sources."""
    if url is None:
        library = MemoryLibrary()
        yield library, MemorySources(library)
        return
    database = await open_database(url)
    yield SqlLibrary(database), SqlSources(database)
    await database.close()


@pytest.fixture
def rows(shelf):
    return shelf[1]


async def hold(rows, holder="one", *, now=START, until=LATER):
    return await rows.hold("help", holder, now=now, until=until)


async def test_nothing_is_known_of_a_source_that_was_never_read(rows):
    assert (await rows.states(), await rows.held(START), await rows.holdings()) == ({}, frozenset(), {})
    assert list(await rows.staged("help")) == []


async def test_a_state_comes_back_as_it_was_saved(rows):
    await hold(rows)
    await rows.save(STATE, holder="one")
    assert await rows.states() == {"help": STATE}


async def test_one_holds_a_source_at_a_time(rows):
    assert await hold(rows)
    assert not await hold(rows, "two")
    assert await rows.held(START) == {"help"}
    assert await rows.hold("other", "two", now=START, until=LATER)


async def test_whoever_holds_a_source_may_hold_it_longer(rows):
    await hold(rows)
    assert await hold(rows, until=LATER + timedelta(hours=1))
    assert not await hold(rows, "two", now=LATER, until=LATER)


async def test_a_hold_ends_when_its_time_is_over(rows):
    await hold(rows)
    assert await rows.held(LATER) == frozenset()
    assert await hold(rows, "two", now=LATER, until=LATER + timedelta(minutes=1))


async def test_a_hold_from_before_the_clock_was_put_back_holds_nothing(rows):
    await hold(rows)
    before = START - timedelta(days=300)
    assert await hold(rows, "two", now=before, until=before + timedelta(minutes=1))


async def test_a_hold_that_was_let_go_is_free_and_only_its_holder_lets_it_go(rows):
    await hold(rows)
    await rows.release("help", "two")
    assert not await hold(rows, "two")
    await rows.release("help", "one")
    assert await rows.held(START) == frozenset()
    assert await hold(rows, "two")


async def test_whoever_lost_a_source_saves_nothing(rows):
    await hold(rows)
    await hold(rows, "two", now=LATER, until=LATER + timedelta(minutes=1))
    with pytest.raises(Conflict):
        await rows.save(STATE, holder="one", staged={"a": "1"})
    with pytest.raises(Conflict):
        await rows.save(replace(STATE, source="never held"), holder="one")
    assert (await rows.states(), list(await rows.staged("help"))) == ({}, [])


async def test_what_is_staged_is_kept_with_its_state_and_comes_back_in_order(rows):
    await hold(rows)
    assert await rows.save(STATE, holder="one", staged={"b": "2", "a": "1"}) == 2
    assert await rows.save(replace(STATE, cursor="page 3"), holder="one", staged={"c": "3", "a": "1, again"}) == 3
    assert list(await rows.staged("help")) == [("a", "1, again"), ("b", "2"), ("c", "3")]
    assert list(await rows.staged("help", after="a", limit=1)) == [("b", "2")]
    assert list(await rows.staged("other")) == []
    assert (await rows.states())["help"].cursor == "page 3"


async def test_a_sync_that_begins_anew_drops_what_was_staged(rows):
    await hold(rows)
    await rows.save(STATE, holder="one", staged={"a": "1"})
    assert await rows.save(STATE, holder="one", staged={"b": "2"}, anew=True) == 1
    assert list(await rows.staged("help")) == [("b", "2")]


async def test_a_reminder_survives_a_sync_that_did_not_know_of_it(rows):
    await hold(rows)
    await rows.save(STATE, holder="one")
    await rows.remind("help", LATER)
    await rows.save(STATE, holder="one")
    assert (await rows.states())["help"] == replace(STATE, reminded=LATER)


async def test_an_owner_can_be_reminded_of_a_source_that_was_never_synced(rows):
    await rows.remind("help", START)
    assert await rows.states() == {"help": SyncState("help", reminded=START)}


async def test_a_forgotten_source_leaves_nothing(rows):
    await hold(rows)
    await rows.save(STATE, holder="one", staged={"a": "1"})
    await rows.forget("help")
    assert (await rows.states(), await rows.held(START), list(await rows.staged("help"))) == ({}, frozenset(), [])


async def test_holdings_count_documents_and_chunks_by_where_they_are_from(shelf):
    library, rows = shelf
    for id, source, parts in (("one", "source:help", 2), ("two", "source:help", 1), ("three", "/kb", 0)):
        of = document(id, source=source)
        await library.put(of, [chunk(f"{id}-{n}", of=of, n=n) for n in range(parts)], {}, embedder="words@1")
    assert await rows.holdings() == {"source:help": Holding(2, 3), "/kb": Holding(1, 0)}
