"""The index contract: what search may rely on, wherever the vectors stand."""

import pytest
from qdrant_client import QdrantClient

from knowledge.edge import EdgeIndex
from knowledge.qdrant import QdrantIndex
from tests.fakes import MemoryIndex
from tests.knowledge.kit import entry

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
EAST, NORTH, BETWEEN = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.8, 0.6, 0.0]


@pytest.fixture(params=["memory", "edge", "temporary edge", "qdrant"])
def index(request, tmp_path):
    makers = {
        "memory": MemoryIndex,
        "edge": lambda: EdgeIndex.open(tmp_path / "index", embedder="e@1", dimensions=3),
        "temporary edge": lambda: EdgeIndex.temporary(embedder="e@1", dimensions=3),
        # The client's own in-process mode stands in for the server.
        "qdrant": lambda: QdrantIndex(QdrantClient(":memory:"), embedder="e@1", dimensions=3),
    }
    made = makers[request.param]()
    yield made
    made.close()


@pytest.fixture
def filled(index):
    index.apply(
        [
            entry("east", "refund times", EAST),
            entry("north", "invoice copies", NORTH, audience="account:acme"),
            entry("secret", "refund authority", BETWEEN, audience="internal"),
        ],
        [],
        position=7,
    )
    return index


def ids(found):
    return [each.id for each in found]


def test_a_new_index_stands_at_the_beginning(index):
    assert index.position() == 0
    assert index.near(EAST, None, k=5) == []
    assert index.matching("refund", None, k=5) == []


def test_it_remembers_how_far_it_came(filled):
    assert filled.position() == 7


def test_the_nearest_come_first_with_their_cosine(filled):
    found = filled.near(EAST, None, k=2)
    assert ids(found) == ["east", "secret"]
    assert [each.score for each in found] == pytest.approx([1.0, 0.8])


def test_words_are_matched_and_scored(filled):
    found = filled.matching("copies of an invoice", None, k=5)
    assert ids(found) == ["north"]
    assert found[0].score > 0


def test_no_common_word_is_no_match(filled):
    assert filled.matching("weather", None, k=5) == []


@pytest.mark.parametrize("query", ["", " ", "the of", "?!", "💸", "x" * 5_000], ids=["empty", "blank", "stop words", "marks", "emoji", "a long word"])
def test_a_query_without_words_matches_nothing(filled, query):
    assert filled.matching(query, None, k=5) == []


@pytest.mark.parametrize(
    ("audiences", "near", "matching"),
    [
        pytest.param(["public"], {"east"}, {"east"}, id="the public"),
        pytest.param(["account:acme", "public"], {"east", "north"}, {"east"}, id="an account"),
        pytest.param(["account:bolt"], set(), set(), id="another account"),
        pytest.param(None, {"east", "north", "secret"}, {"east", "secret"}, id="everybody"),
    ],
)
def test_both_legs_return_only_what_these_audiences_may_see(filled, audiences, near, matching):
    assert set(ids(filled.near(BETWEEN, audiences, k=9))) == near
    assert set(ids(filled.matching("refund", audiences, k=9))) == matching


def test_the_audience_is_filtered_before_the_best_are_taken(filled):
    assert ids(filled.near(BETWEEN, ["account:acme"], k=1)) == ["north"]


def test_an_entry_is_replaced_with_its_audience(filled):
    filled.apply([entry("east", "closing times", NORTH, audience="internal")], [], position=8)
    assert filled.near(EAST, ["public"], k=5) == []
    assert ids(filled.matching("closing", None, k=5)) == ["east"]
    assert "east" not in ids(filled.matching("refund", None, k=5))


def test_what_is_gone_is_not_found(filled):
    filled.apply([], ["east", "never there"], position=9)
    assert "east" not in ids(filled.near(EAST, None, k=5))
    assert filled.position() == 9


def test_an_entry_without_a_vector_is_found_by_its_words(index):
    index.apply([entry("late", "refund times")], [], position=1)
    assert ids(index.matching("refund", None, k=5)) == ["late"]
    assert index.near(EAST, None, k=5) == []


def test_clearing_starts_again(filled):
    filled.clear()
    assert (filled.position(), filled.near(EAST, None, k=5)) == (0, [])
    filled.apply([entry("east", "refund times", EAST)], [], position=1)
    assert ids(filled.near(EAST, None, k=5)) == ["east"]
