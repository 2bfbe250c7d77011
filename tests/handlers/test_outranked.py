"""How much nearer internal knowledge is: a number, and nothing that could be read."""

import pytest

from desk import audience
from desk.audience import INTERNAL, PUBLIC
from desk.customer import Author
from desk.draft import Passage
from desk.library import Hits
from desk.space import Platform, UserRef
from handlers.drafting import BoundTools

ACME, OTHER = audience.account("acme"), audience.account("other")
PLACE = frozenset({ACME})


class Shelf:
    """A knowledge base that returns what it was given."""

    def __init__(self, *found):
        self.passages = tuple(Passage(f"c-{n}", f"d-{n}", "T", "", "", who, "secret", "h", dense=near) for n, (who, near) in enumerate(found))

    async def search(self, query, audiences, *, k=10, also=()):
        return Hits(self.passages)


class Services:
    def __init__(self, knowledge):
        self.knowledge = knowledge


async def outranked(*found, place=PLACE):
    tools = BoundTools(Author(UserRef(Platform.LOCAL, "s", "u"), "Sam"), place, Services(Shelf(*found)))
    return await tools.outranked("goodwill credit")


@pytest.mark.parametrize(
    ("found", "by"),
    [
        pytest.param([(INTERNAL, 0.8), (PUBLIC, 0.5)], 0.3, id="an internal article is nearer"),
        pytest.param([(INTERNAL, 0.4), (PUBLIC, 0.5)], -0.1, id="a public article is nearer"),
        pytest.param([(INTERNAL, 0.4), (ACME, 0.6)], -0.2, id="the account's own article may be shown"),
        pytest.param([(INTERNAL, 0.8)], 0.8, id="there is nothing else"),
        pytest.param([(PUBLIC, 0.5)], -1.0, id="nothing is internal"),
        pytest.param([(OTHER, 0.9), (PUBLIC, 0.5)], -1.0, id="what another account agreed on says nothing about this one"),
        pytest.param([], -1.0, id="nothing is found"),
    ],
)
async def test_it_is_the_distance_to_what_may_be_shown(found, by):
    assert await outranked(*found) == pytest.approx(by)


async def test_for_the_team_itself_nothing_is_hidden():
    assert await outranked((INTERNAL, 0.8), (PUBLIC, 0.5), place=frozenset({INTERNAL})) == -1.0
