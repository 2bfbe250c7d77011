"""Generations: a switch of embedder, and searches that go on all the while."""

import asyncio
from dataclasses import replace

import pytest

from desk.audience import PUBLIC
from desk.errors import Unavailable
from knowledge.edge import CURSOR
from knowledge.generations import Place, Renewal, Silent, serving
from knowledge.index import move
from knowledge.search import HybridKnowledge
from tests.fakes import WordEmbedder
from tests.knowledge.kit import Shelf

EVERYBODY = frozenset({PUBLIC})


class Gated(WordEmbedder):
    """The new embedder, which reads chunks only while its gate is open."""

    def __init__(self):
        super().__init__("words@2", dimensions=32)
        self.gate = asyncio.Event()
        self.waiting = asyncio.Event()
        self.failures = 0

    async def embed(self, texts):
        self.waiting.set()
        await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise Unavailable("model", "the test says so")
        return await super().embed(texts)


@pytest.fixture
async def shelf():
    made = Shelf()
    await made.add("refunds", "Refunds take five working days")
    await made.add("plans", "There are three plans")
    made.embedder.texts.clear()
    return made


def keeping(*embedders):
    return lambda id: next((embedder for embedder in embedders if embedder.id == id), None)


async def started(shelf, wanted, place, *, known):
    """Return a knowledge base as a start of the desk makes it, and its renewal."""
    live = await serving(shelf.library, wanted, known)
    knowledge = HybridKnowledge(shelf.library, live, await place.open(live, shelf.library), clock=shelf.clock)
    return knowledge, Renewal(knowledge, shelf.library, wanted=wanted, place=place, clock=shelf.clock)


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "index")


async def found(knowledge, query="refunds"):
    hits = await knowledge.search(query, EVERYBODY)
    return hits.passages[0].document, hits.version.partition("/")[2], hits.degraded


async def test_searches_go_on_with_the_old_vectors_until_the_new_ones_are_complete(shelf, place):
    new = Gated()
    knowledge, renewal = await started(shelf, new, place, known=keeping(shelf.embedder))
    renewing = asyncio.create_task(renewal.run())
    await new.waiting.wait()
    assert await found(knowledge) == ("refunds", "words@1", False)
    assert (await knowledge.search("refunds", EVERYBODY)).passages[0].dense > 0
    new.gate.set()
    await renewing
    assert await found(knowledge) == ("refunds", "words@2", False)
    assert [folder.name for folder in place.folder.glob("*/")] == ["words-2"]
    await knowledge.close()


async def test_searches_under_way_during_the_switch_all_find(shelf, place):
    new = Gated()
    knowledge, renewal = await started(shelf, new, place, known=keeping(shelf.embedder))
    new.gate.set()
    results, _ = await asyncio.gather(asyncio.gather(*(found(knowledge) for _ in range(40))), renewal.run())
    assert {document for document, _, _ in results} == {"refunds"}
    assert {degraded for _, _, degraded in results} == {False}
    await knowledge.close()


async def test_without_the_old_embedder_words_are_searched_until_then(shelf, place):
    new = Gated()
    knowledge, renewal = await started(shelf, new, place, known=keeping())
    renewing = asyncio.create_task(renewal.run())
    await new.waiting.wait()
    assert await found(knowledge) == ("refunds", Silent.id, True)
    new.gate.set()
    await renewing
    assert await found(knowledge) == ("refunds", "words@2", False)
    await knowledge.close()


async def test_a_renewal_that_was_interrupted_is_finished_by_the_next_start(shelf, place):
    new = Gated()
    new.gate.set()
    await shelf.library.add_vectors({"c-plans": b"\0" * 128}, embedder=new.id)
    assert (await serving(shelf.library, new, keeping(shelf.embedder))).id == "words@1"
    knowledge, renewal = await started(shelf, new, place, known=keeping(shelf.embedder))
    await renewal.run()
    assert await found(knowledge) == ("refunds", "words@2", False)
    assert new.texts == ["refunds\nRefunds take five working days", "refunds"]
    await knowledge.close()


async def test_an_index_that_was_filled_before_its_vectors_were_made_gets_them(shelf, place):
    new = Gated()
    new.gate.set()
    early = place.index(new.id, new.dimensions)
    await move(shelf.library, early, embedder=new.id)
    early.close()
    knowledge, renewal = await started(shelf, new, place, known=keeping(shelf.embedder))
    await renewal.run()
    assert (await knowledge.search("refunds", EVERYBODY)).passages[0].dense > 0
    await knowledge.close()


async def test_an_embedder_that_is_down_is_tried_again_later(shelf, place):
    new = Gated()
    new.failures = 2
    new.gate.set()
    knowledge, renewal = await started(shelf, new, place, known=keeping(shelf.embedder))
    before = shelf.clock.now()
    await renewal.run()
    assert (shelf.clock.now() - before).total_seconds() == 120
    assert await found(knowledge) == ("refunds", "words@2", False)
    await knowledge.close()


async def test_what_is_added_meanwhile_is_found_by_its_words_at_once_and_is_there_after_the_switch(shelf, place):
    new = Gated()
    knowledge, renewal = await started(shelf, new, place, known=keeping(shelf.embedder))
    renewing = asyncio.create_task(renewal.run())
    await new.waiting.wait()
    await replace(shelf, embedder=WordEmbedder("words@2", dimensions=32)).add("late", "Holidays are listed here")
    assert (await found(knowledge, "holidays"))[:2] == ("late", "words@1")
    new.gate.set()
    await renewing
    assert (await found(knowledge, "holidays"))[:2] == ("late", "words@2")
    await knowledge.close()


async def test_the_wanted_embedder_serves_at_once_when_it_has_read_everything(shelf, place):
    assert await serving(shelf.library, shelf.embedder, keeping()) is shelf.embedder
    assert await serving(Shelf().library, shelf.embedder, keeping()) is shelf.embedder
    knowledge, renewal = await started(shelf, shelf.embedder, place, known=keeping())
    await renewal.run()
    assert shelf.embedder.texts == []
    await knowledge.close()


async def test_an_index_from_before_there_was_a_folder_for_each_embedder_is_replaced(shelf, place):
    (place.folder / "segments").mkdir(parents=True)
    (place.folder / CURSOR).write_text("{}")
    knowledge, _ = await started(shelf, shelf.embedder, place, known=keeping())
    assert (await found(knowledge))[0] == "refunds"
    assert not (place.folder / "segments").exists()
    await knowledge.close()


async def test_a_command_beside_the_server_searches_an_index_of_its_own(shelf, place):
    server, _ = await started(shelf, shelf.embedder, place, known=keeping())
    command, _ = await started(shelf, shelf.embedder, place, known=keeping())
    assert await found(server) == await found(command)
    await command.close()
    await server.close()
