"""Search: fused from two legs, shown to whom it may be, and never an error for odd words."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from desk.article import Chunk
from desk.audience import INTERNAL, PUBLIC, account
from desk.errors import Misconfigured, Unavailable
from knowledge.edge import EdgeIndex
from knowledge.embeddings import OnnxEmbedder
from knowledge.index import Broken, Follower
from knowledge.search import HybridKnowledge
from knowledge.vectors import packed
from tests.fakes import MemoryIndex, WordEmbedder
from tests.knowledge.kit import Shelf, chunk, document

EVERYBODY = frozenset({PUBLIC})
TEAM = frozenset({INTERNAL})
DEMO = Path(__file__).parent.parent.parent / "demo"


@pytest.fixture
async def shelf():
    made = Shelf()
    await made.add("refunds", "Refunds take five working days")
    await made.add("plans", "There are three plans", audience=account("acme"))
    await made.add("authority", "Refunds above 500 need a lead", audience=INTERNAL)
    return made


def documents(hits):
    return [passage.document for passage in hits.passages]


async def test_a_passage_carries_everything_an_answer_quotes(shelf):
    (passage,) = (await shelf.knowledge.search("refunds", EVERYBODY)).passages
    chunk: Chunk = (await shelf.library.chunks(["c-refunds"]))["c-refunds"]
    assert (passage.id, passage.document, passage.title, passage.url, passage.text) == (chunk.id, "refunds", "refunds", chunk.url, chunk.text)
    assert passage.hash == chunk.hash
    assert passage.score > 0
    assert 0 < passage.dense <= 1
    assert passage.lexical > 0


@pytest.mark.parametrize(
    ("audiences", "expected"),
    [
        pytest.param(EVERYBODY, {"refunds"}, id="the public sees what is public"),
        pytest.param(frozenset({account("acme")}), {"refunds", "plans"}, id="an account also sees its own"),
        pytest.param(frozenset({account("bolt")}), {"refunds"}, id="another account does not"),
        pytest.param(TEAM, {"refunds", "plans", "authority"}, id="the team sees everything"),
        pytest.param(frozenset(), set(), id="nobody sees nothing"),
    ],
)
async def test_a_search_shows_what_its_audience_may_see(shelf, audiences, expected):
    assert set(documents(await shelf.knowledge.search("refunds plans lead", audiences))) == expected


async def test_what_was_hidden_since_it_was_indexed_is_not_shown(shelf):
    await shelf.knowledge.search("refunds", EVERYBODY)
    knowledge = HybridKnowledge(shelf.library, shelf.embedder, Still(shelf.index), clock=shelf.clock)
    await shelf.add("refunds", "Refunds take five working days", audience=INTERNAL)
    assert documents(await knowledge.search("refunds", EVERYBODY)) == []
    assert documents(await knowledge.search("refunds", TEAM, k=1)) == ["refunds"]


class Still(Follower):
    """A follower that no longer follows."""

    def __init__(self, index):
        super().__init__(index, None, embedder="")

    async def refresh(self):
        return self._index.position()


async def test_what_was_removed_since_it_was_indexed_is_not_shown(shelf):
    await shelf.knowledge.search("refunds", EVERYBODY)
    knowledge = HybridKnowledge(shelf.library, shelf.embedder, Still(shelf.index), clock=shelf.clock)
    await shelf.library.remove(["refunds"])
    assert documents(await knowledge.search("refunds", EVERYBODY)) == []


async def test_what_was_just_added_is_found(shelf):
    knowledge = shelf.knowledge
    await knowledge.search("holidays", EVERYBODY)
    await shelf.add("holidays", "We are closed on holidays")
    assert documents(await knowledge.search("holidays", EVERYBODY))[0] == "holidays"


@pytest.mark.parametrize("query", ["", "   \n\t", "\0", "\ud83d"], ids=["empty", "blank", "NUL", "half a character"])
async def test_a_query_that_says_nothing_is_no_error(shelf, query):
    hits = await shelf.knowledge.search(query, EVERYBODY)
    assert not hits.degraded
    assert hits.version


@pytest.mark.parametrize(
    "query",
    ["x" * 5_000, "refunds " * 2_000, "💸" * 3_000, "استرداد " * 900, "<@U1> *refunds* `'\"; DROP TABLE chunks; --", "refunds\0\ud83d"],
    ids=["one long word", "a long text", "emoji", "right to left", "markup", "broken characters"],
)
async def test_odd_queries_are_searched_on_the_real_index(tmp_path, shelf, query):
    shelf.index = EdgeIndex.open(tmp_path / "index", embedder="words@1", dimensions=64)
    knowledge = shelf.knowledge
    hits = await knowledge.search(query, TEAM, k=2)
    assert len(hits.passages) <= 2
    assert not hits.degraded
    await knowledge.close()


async def test_k_bounds_the_hits(shelf):
    assert len((await shelf.knowledge.search("refunds", TEAM, k=1)).passages) == 1
    assert (await shelf.knowledge.search("refunds", TEAM, k=0)).passages == ()


class Deaf(WordEmbedder):
    async def embed(self, texts):
        raise Unavailable("model")


class Wordless(MemoryIndex):
    def matching(self, text, audiences, *, k):
        raise Broken("no words")


class Lost(Wordless):
    def near(self, vector, audiences, *, k):
        raise Broken("no vectors")


async def test_without_the_embedder_words_still_find(shelf):
    shelf.embedder = Deaf()
    hits = await shelf.knowledge.search("refunds", EVERYBODY)
    assert (documents(hits), hits.degraded) == (["refunds"], True)
    assert hits.passages[0].dense == 0


async def test_half_a_search_that_finds_nothing_does_not_claim_that_there_is_nothing(shelf):
    shelf.embedder = Deaf()
    with pytest.raises(Unavailable):
        await shelf.knowledge.search("zebra", EVERYBODY)


async def test_without_words_the_embedder_still_finds(shelf):
    shelf.index = Wordless()
    hits = await shelf.knowledge.search("refunds", EVERYBODY)
    assert (documents(hits), hits.degraded) == (["refunds"], True)
    assert hits.passages[0].lexical == 0


async def test_without_both_the_knowledge_base_is_unavailable(shelf):
    shelf.index = Lost()
    with pytest.raises(Unavailable) as caught:
        await shelf.knowledge.search("refunds", EVERYBODY)
    assert caught.value.system == "kb"


async def test_a_missing_model_is_not_mistaken_for_a_passing_trouble(tmp_path, shelf):
    shelf.embedder = OnnxEmbedder(tmp_path)
    with pytest.raises(Misconfigured):
        await shelf.knowledge.search("refunds", EVERYBODY)


async def test_without_the_store_the_knowledge_base_is_unavailable(shelf):
    async def locked(*_):
        raise Unavailable("store")

    shelf.library.chunks = locked
    with pytest.raises(Unavailable) as caught:
        await shelf.knowledge.search("refunds", EVERYBODY)
    assert caught.value.system == "kb"


async def test_a_document_is_listed_once_with_its_best_passage(shelf, tmp_path):
    path = tmp_path / "late.md"
    path.write_text("\n\n".join(f"# Part {n}\n\nRefunds that are late. {'More words. ' * 20}" for n in range(4)))
    await shelf.ingest(path)
    passages = (await shelf.knowledge.search("refunds that are late", EVERYBODY)).passages
    hits = await shelf.knowledge.search_documents("refunds that are late", EVERYBODY)
    assert documents(hits) == list(dict.fromkeys(passage.document for passage in passages))
    assert hits.passages[0] == passages[0]


async def test_the_version_changes_with_every_document_and_embedder(shelf):
    before = await shelf.knowledge.version()
    assert (await shelf.knowledge.search("refunds", EVERYBODY)).version == before
    await shelf.add("new", "text")
    assert await shelf.knowledge.version() != before
    shelf.embedder = WordEmbedder("words@2")
    assert (await shelf.knowledge.version()).endswith("/words@2")


async def test_passages_are_as_they_are_now(shelf):
    found = await shelf.knowledge.passages(["c-refunds", "c-gone"])
    assert list(found) == ["c-refunds"]
    await shelf.add("refunds", "Refunds take ten days")
    assert (await shelf.knowledge.passages(["c-refunds"]))["c-refunds"].hash != found["c-refunds"].hash


async def test_each_question_of_a_message_finds_its_article(shelf):
    await shelf.add("export", "The export writes a file for spreadsheets")
    await shelf.add("mixed", "How long does the export of refunds take in working days and where is it")
    passages = (await shelf.knowledge.search("Where is the export for spreadsheets? When do refunds come?", EVERYBODY)).passages
    assert {"export", "refunds"} <= {passage.document for passage in passages[:3]}


async def test_further_queries_of_the_caller_are_searched_too(shelf):
    await shelf.add("export", "The export writes a file for spreadsheets")
    alone = await shelf.knowledge.search("refunds", EVERYBODY, k=2)
    both = await shelf.knowledge.search("refunds", EVERYBODY, k=2, also=["export file spreadsheets", ""])
    assert alone.passages[0].document == "refunds"
    assert set(documents(both)) == {"refunds", "export"}
    assert max(passage.lexical for passage in both.passages if passage.document == "export") > 0


async def test_copies_are_folded_into_one_passage_that_names_them(shelf):
    for place in ("one", "two"):
        parent = document(place, title="Shipping")
        only = chunk(f"c-{place}", "Parcels arrive in three days", of=parent)
        vector = (await shelf.embedder.embed([only.text]))[0]
        await shelf.library.put(parent, [only], {only.id: packed(vector)}, embedder=shelf.embedder.id)
    passages = [passage for passage in (await shelf.knowledge.search("parcels", EVERYBODY)).passages if passage.title == "Shipping"]
    assert len(passages) == 1
    assert {passages[0].id, *passages[0].copies} == {"c-one", "c-two"}


async def test_an_expired_passage_answers_our_own_people_only(shelf):
    parent = replace(document("sale"), expires="2026-11-10")
    only = replace(chunk("c-sale", "Refunds in the sale", of=parent), expires=parent.expires)
    await shelf.library.put(parent, [only], {}, embedder=shelf.embedder.id)
    knowledge = shelf.knowledge
    assert "sale" in documents(await knowledge.search("refunds sale", EVERYBODY))
    shelf.clock.advance(days=30)
    assert "sale" not in documents(await knowledge.search("refunds sale", EVERYBODY))
    assert "sale" in documents(await knowledge.search("refunds sale", TEAM))


async def test_of_equally_good_articles_the_newer_comes_first(shelf):
    for name, updated in (("a-old", "2019-01-01"), ("b-new", "2026-10-01")):
        parent = document(name, title=name)
        only = replace(chunk(f"c-{name}", "Parcels arrive in three days", of=parent), updated=updated, title="Shipping", heading=name[:1])
        vector = (await shelf.embedder.embed([only.text]))[0]
        await shelf.library.put(
            parent, [replace(only, audience=PUBLIC if name == "b-new" else account("acme"))], {only.id: packed(vector)}, embedder="words@1"
        )
    assert documents(await shelf.knowledge.search("parcels arrive", frozenset({account("acme")})))[:2] == ["b-new", "a-old"]


async def test_the_neighbors_of_a_passage_are_those_that_may_be_shown(shelf):
    parent = document("long")
    chunks = [replace(chunk(f"c-{n}", f"part {n}", of=parent, n=n), audience=INTERNAL if n == 2 else PUBLIC) for n in range(4)]
    await shelf.library.put(parent, chunks, {}, embedder=shelf.embedder.id)
    around = {n: await shelf.knowledge.neighbors(f"c-{n}", EVERYBODY) for n in range(4)}
    assert [passage and passage.id for passage in around[1]] == ["c-0", None]
    assert [passage and passage.id for passage in around[3]] == [None, None]
    assert [passage and passage.id for passage in await shelf.knowledge.neighbors("c-3", TEAM)] == ["c-2", None]
    assert await shelf.knowledge.neighbors("c-gone", TEAM) == (None, None)


class Backwards:
    """A reranker that likes short texts."""

    id = "backwards@1"

    async def scores(self, query, texts):
        return [1 / len(text) for text in texts]


class Absent(Backwards):
    async def scores(self, query, texts):
        raise Unavailable("model")


async def test_a_reranker_reads_the_best_again_and_search_goes_on_without_it(shelf):
    def knowledge(reranker):
        return HybridKnowledge(
            shelf.library, shelf.embedder, Follower(shelf.index, shelf.library, embedder="words@1"), clock=shelf.clock, reranker=reranker
        )

    plain = await knowledge(None).search("refunds five days", TEAM)
    again = await knowledge(Backwards()).search("refunds five days", TEAM)
    assert documents(again) == ["plans", "refunds", "authority"]
    assert [passage.score for passage in again.passages] == sorted((passage.score for passage in again.passages), reverse=True)
    assert await knowledge(Absent()).search("refunds five days", TEAM) == plain


async def test_the_demo_s_questions_find_their_articles():
    questions = [row for row in map(json.loads, (DEMO / "faq_eval.jsonl").read_text().splitlines()) if row.get("article")]
    embedder = OnnxEmbedder()
    shelf = Shelf(EdgeIndex.temporary(embedder=embedder.id, dimensions=embedder.dimensions), embedder=embedder)
    await shelf.ingest(DEMO / "knowledge")
    knowledge = shelf.knowledge
    found = [row["article"] in documents(await knowledge.search_documents(row["question"], TEAM)) for row in questions]
    await knowledge.close()
    assert sum(found) / len(found) > 0.95
