"""Whether a desk is ready, and what of it is degraded."""

import asyncio

import pytest

from agent.metered import Bill, Metered
from agent.model import Fault, ModelFault, Request
from cli import readiness
from cli.readiness import NO_MONEY, NO_SEARCH, ONE_LEG, Parts, Readiness
from desk.errors import Unavailable
from desk.library import Hits
from desk.usage import ModelCall, Payer
from tests.fakes import MemoryLedger
from tests.world import w

__all__ = ["w"]


class Desk:
    """The parts of a world's desk that are looked at; a test takes each of them down."""

    def __init__(self, world):
        self.world, self.ledger = world, MemoryLedger()
        self.metered = Metered(self, self.ledger, world.clock)
        self.searching = "minilm"
        self.write = self.writes

    async def writes(self):
        pass

    async def complete(self, request):
        raise ModelFault(Fault.KEY)

    def ready(self, **parts):
        given = {
            "services": self.world.services,
            "write": self.write,
            "metered": self.metered,
            "embedder": lambda: self.searching,
            "fitted": "minilm",
        }
        return Readiness(Parts(**{**given, **parts}))


@pytest.fixture
def desk(w):
    return Desk(w)


async def test_where_all_is_well_nothing_is_degraded(desk):
    assert await desk.ready()() == ()
    assert await desk.ready(metered=None)() == ()


async def test_a_model_that_is_left_alone_is_named_with_until_when(desk):
    policy = (await desk.world.policy.current()).model
    with pytest.raises(ModelFault):
        await desk.metered.call(Request("claude", (), ()), Bill(Payer(), "answer"), policy)
    assert await desk.ready()() == ("model claude: left alone until 10:15:00 UTC after key",)


async def test_a_days_budget_that_is_used_up_is_told(desk):
    await desk.ledger.book(ModelCall("answer", "claude", price=50), Payer(), at=desk.world.clock.now())
    assert await desk.ready()() == (NO_MONEY,)


async def test_a_search_that_is_down_is_told_and_messages_are_still_taken(desk):
    desk.world.knowledge.down = True
    assert await desk.ready()() == (NO_SEARCH,)


async def test_a_leg_of_the_search_that_is_down_is_told(desk, monkeypatch):
    async def one_leg(*_, **__):
        return Hits((), "1", degraded=True)

    monkeypatch.setattr(desk.world.knowledge, "search", one_leg)
    assert await desk.ready()() == (ONE_LEG,)


async def test_an_embedder_that_confidence_was_not_fitted_with_is_told(desk):
    desk.searching = "other"
    (told,) = await desk.ready()()
    assert "nobody measured how sure a quote is with other" in told


async def test_a_store_that_cannot_be_written_is_no_readiness(desk):
    async def locked():
        raise Unavailable("store")

    desk.write = locked
    with pytest.raises(Unavailable, match="store"):
        await desk.ready()()


async def test_a_store_that_lets_nobody_write_is_not_waited_for(desk, monkeypatch):
    monkeypatch.setattr(readiness, "WITHIN_SECONDS", 0.005)
    desk.write = asyncio.Event().wait
    with pytest.raises(Unavailable, match="lets nobody write"):
        await desk.ready()()


async def test_the_search_is_not_asked_each_time(desk):
    ready = desk.ready()
    assert await ready() == ()
    desk.world.knowledge.down = True
    assert await ready() == ()
    desk.world.clock.advance(seconds=2)
    assert await ready() == (NO_SEARCH,)
