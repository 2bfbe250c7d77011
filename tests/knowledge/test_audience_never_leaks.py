"""Law 4 on knowledge: whatever the articles, the place and the moves in between, no passage is returned that the place may not show."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.audience import INTERNAL, PUBLIC, Audience, account, may_show, person
from knowledge.edge import EdgeIndex
from knowledge.search import HybridKnowledge
from tests.fakes import MemoryIndex
from tests.knowledge.kit import Shelf
from tests.knowledge.test_search import Still

ARTICLE = st.one_of(st.sampled_from([PUBLIC, INTERNAL]), st.sampled_from(["acme", "bolt", "acme:2", "internal"]).map(account))
PLACE = st.frozensets(st.one_of(ARTICLE, st.sampled_from(["mara", "acme"]).map(person)), max_size=4)
MOVES = st.lists(st.tuples(st.integers(0, 7), ARTICLE), max_size=4)
MAKERS = {"memory": MemoryIndex, "edge": lambda: EdgeIndex.temporary(embedder="words@1", dimensions=64)}


async def shown(make, articles: list[Audience], place: frozenset[Audience], moves: list[tuple[int, Audience]]):
    """Return what a search shows and misses, with an index that follows and with one that stopped before the moves."""
    shelf = Shelf(make())
    for n, audience in enumerate(articles):
        await shelf.add(f"article{n}", f"refund number{n}", audience=audience)
    following = shelf.knowledge
    await following.search("refund", place, k=99)
    now = dict(enumerate(articles))
    for n, audience in moves:
        await shelf.add(f"article{n}", f"refund number{n}", audience=audience)
        now[n] = audience
    stopped = await HybridKnowledge(shelf.library, shelf.embedder, Still(shelf.index), clock=shelf.clock).search("refund", place, k=99)
    current = await following.search("refund", place, k=99)
    await following.close()
    return stopped.passages, current.passages, {f"article{n}" for n, audience in now.items() if may_show(place, audience)}


@pytest.mark.parametrize("make", [pytest.param(MAKERS[name], id=name) for name in MAKERS])
@given(articles=st.lists(ARTICLE, min_size=1, max_size=8), place=PLACE, moves=MOVES)
@settings(max_examples=25, deadline=None)
def test_no_search_returns_what_its_place_may_not_show(make, articles, place, moves):
    stopped, current, allowed = asyncio.run(shown(make, articles, place, moves))
    assert all(may_show(place, passage.audience) for passage in [*stopped, *current])
    assert {passage.document for passage in stopped} <= allowed
    assert {passage.document for passage in current} == allowed
