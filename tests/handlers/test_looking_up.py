"""Looking up: an action that only looks something up is done while the answer is written, for who asks, and shows no more than they may see."""

import pytest

from desk import audience
from desk.audience import PUBLIC
from desk.draft import Evidence
from desk.selfservice import ActionRequest
from handlers.drafting import BoundTools
from tests.handlers.self_service import RESTART
from tests.world import channel, user, world

USAGE = {**RESTART, "name": "usage", "effect": "read", "parameters": [], "undo": "", "trust": "person", "audience": "person"}
FOUND = [
    Evidence(0, "action", "usage", PUBLIC, "open to all"),
    Evidence(0, "action", "usage", audience.person("mara"), "for Mara"),
    Evidence(0, "action", "usage", audience.person("ina"), "for Ina"),
]


async def looked(w, who, *, action="usage", place=frozenset({PUBLIC})):
    """Return the words that somebody's answer may rest on."""
    w.actions.found["usage"] = FOUND
    found = await w.store.channel(channel("community"))
    author = await w.crm.identify(user(who), who.title(), found)
    private = {audience.person(who)} if author.verified else set()
    return [item.quote for item in await BoundTools(author, place | private, w.services).look_up(ActionRequest(action))]


@pytest.mark.parametrize(
    ("who", "words"),
    [
        pytest.param("mara", ["open to all", "for Mara"], id="a verified person sees their own"),
        pytest.param("ina", ["open to all", "for Ina"], id="another one theirs"),
        pytest.param("stranger", [], id="somebody unknown may not have it looked up at all"),
    ],
)
async def test_a_lookup_shows_what_who_asks_may_see(tmp_path, who, words):
    async with world(tmp_path, actions=[USAGE]) as w:
        assert await looked(w, who) == words


@pytest.mark.parametrize("action", ["restart_integration", "gone"], ids=["what changes something", "what policy does not declare"])
async def test_nothing_else_is_a_lookup(tmp_path, action):
    async with world(tmp_path, actions=[USAGE, RESTART]) as w:
        assert await looked(w, "mara", action=action) == []
        assert w.actions.ran == []


async def test_it_takes_an_entitlement_where_policy_says_so(tmp_path):
    async with world(tmp_path, actions=[{**USAGE, "entitlement": "billing"}]) as w:
        assert await looked(w, "mara") == ["open to all", "for Mara"]
        assert await looked(w, "jon") == []
