"""The librarian: what the knowledge base has, and the work that commands ask for, beside the schedule."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.audience import INTERNAL
from desk.errors import InvalidInput
from desk.source import AT_ONCE, SourceKind
from desk.tending import DropArticles, PutArticle
from knowledge.librarian import SourceLibrarian
from knowledge.syncing.gentle import Gentle
from knowledge.syncing.sync import HOLD, Busy
from tests.fakes import START
from tests.knowledge.kit import chunk, document
from tests.knowledge.syncing import HELP, Bench, article

MANUAL = replace(HELP, name="manual", every=None, kind=SourceKind.GIT)
ARTICLE = PutArticle("Refunds by cheque", "# Cheques\n\nWe pay within 9 days.")


class Rules:
    """A policy that only names sources."""

    def __init__(self, *sources):
        self.sources = sources
        self.review = timedelta(days=180)
        self.knowledge = self

    async def current(self):
        return self


@pytest.fixture
def bench():
    found = Bench()
    found.site.items = [article("refunds", updated="2026-10-01"), article("keys", updated="2024-01-01")]
    return found


@pytest.fixture
def librarian(bench):
    return SourceLibrarian(Rules(HELP, MANUAL), bench.site.open, bench.means())


async def ids(bench):
    return sorted(found.id for found in await bench.library.documents())


async def test_every_source_of_the_policy_is_listed_also_one_that_was_never_read(librarian):
    assert [(item.place, item.holding.documents, item.state, item.due) for item in await librarian.stock()] == [
        ("help", 0, None, AT_ONCE),
        ("manual", 0, None, None),
    ]


async def test_a_source_is_listed_with_how_it_went_and_what_is_due(bench, librarian):
    await librarian.sync(HELP)
    item = (await librarian.stock())[0]
    assert (item.holding.documents, item.old, item.due, item.running) == (2, 1, START + timedelta(hours=6), False)
    assert (item.state.added, item.state.error) == (2, "")


async def test_what_no_source_claims_is_listed_behind_them(bench, librarian):
    await bench.library.put(document("a", source="/old"), [chunk("a")], {}, embedder="words@1")
    await bench.library.put(document("b", source="source:gone"), [chunk("b")], {}, embedder="words@1")
    assert [(item.place, item.source) for item in (await librarian.stock())[2:]] == [("/old", None), ("gone", None)]


async def test_a_source_that_is_being_read_is_marked(bench, librarian):
    await bench.kept.hold("manual", "another", now=START, until=START + HOLD)
    assert [item.running for item in await librarian.stock()] == [False, True]


async def test_what_the_schedule_of_the_same_process_reads_is_not_read_beside_it(bench, librarian):
    await bench.kept.hold("help", bench.means().holder, now=START, until=START + HOLD)
    with pytest.raises(Busy):
        await librarian.sync(HELP)
    with pytest.raises(Busy):
        await librarian.drop(DropArticles("source:help"))


async def test_reading_by_command_leaves_the_machine_to_whoever_is_answering(librarian):
    assert isinstance(librarian._means.embedder, Gentle)


async def test_a_pasted_article_is_searched_like_any_other(bench, librarian):
    assert await librarian.put(ARTICLE) == 1
    (found,) = await librarian.documents()
    assert (found.id, found.source, found.title, found.updated) == ("pasted/refunds-by-cheque", "pasted", "Refunds by cheque", "2026-11-02")
    (piece,) = await bench.library.chunks_of(found.id)
    assert await bench.library.vectors([piece.id], embedder="words@1")


async def test_one_of_the_same_title_replaces_it_and_its_audience(bench, librarian):
    await librarian.put(ARTICLE)
    await librarian.put(replace(ARTICLE, text="We pay no cheques.", audience=INTERNAL))
    (found,) = await librarian.documents()
    assert (found.audience, [piece.text for piece in await bench.library.chunks_of(found.id)]) == (INTERNAL, ["We pay no cheques."])


async def test_putting_an_article_twice_changes_nothing(bench, librarian):
    await librarian.put(ARTICLE)
    before = await bench.library.position()
    await librarian.put(ARTICLE)
    assert await bench.library.position() == before


@pytest.mark.parametrize("title", ["返金について", "!!!"])
async def test_a_title_without_a_latin_letter_has_an_id_all_the_same(bench, librarian, title):
    await librarian.put(replace(ARTICLE, title=title))
    (id,) = await ids(bench)
    assert len(id) == len("pasted/") + 16


@pytest.mark.parametrize("text", ["# Only a heading", "   "])
async def test_an_article_without_words_is_refused(bench, librarian, text):
    with pytest.raises(InvalidInput):
        await librarian.put(replace(ARTICLE, text=text))
    assert await ids(bench) == []


async def test_a_source_is_dropped_with_its_articles_and_what_was_known_of_it(bench, librarian):
    await librarian.sync(HELP)
    await librarian.put(ARTICLE)
    assert await librarian.drop(DropArticles("source:help")) == 2
    assert await ids(bench) == ["pasted/refunds-by-cheque"]
    assert (await bench.kept.states(), await bench.kept.held(START)) == ({}, frozenset())


async def test_one_article_is_dropped_and_its_place_stays(bench, librarian):
    await librarian.put(ARTICLE)
    await librarian.put(replace(ARTICLE, title="Other"))
    assert await librarian.drop(DropArticles("pasted", "pasted/other")) == 1
    assert await ids(bench) == ["pasted/refunds-by-cheque"]


async def test_dropping_twice_drops_nothing_more(bench, librarian):
    await librarian.sync(HELP)
    await librarian.drop(DropArticles("source:help"))
    assert await librarian.drop(DropArticles("source:help")) == 0
