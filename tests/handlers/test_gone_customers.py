"""Who leaves a server: the team is told on each of their open tickets, and none is called solved for it."""

from desk.cards import plain
from desk.events import CustomerLeft
from desk.ids import EventId
from desk.timeline import Purpose
from tests.world import user


def left(w, who):
    return CustomerLeft(id=EventId(f"left-{who}"), user=user(who), at=w.clock.now())


def told(w):
    return [plain(post.card) for post in w.posts(Purpose.NOTICE) if "left the server" in plain(post.card)]


async def test_the_team_is_told_and_the_ticket_stays_as_it_is(w):
    await w.asks("ina", "unsure: my refund?")
    before = (await w.ticket()).status
    await w.emit(left(w, "ina"))
    await w.wait(seconds=2)
    assert len(told(w)) == 1
    assert "Ina" in told(w)[0]
    assert (await w.ticket()).status is before


async def test_it_is_told_once_however_often_it_comes(w):
    await w.asks("ina", "unsure: my refund?")
    for _ in range(3):
        await w.emit(left(w, "ina"))
    await w.wait(seconds=2)
    assert len(told(w)) == 1


async def test_of_somebody_without_an_open_ticket_nobody_is_told(w):
    await w.asks("ina", "unsure: my refund?")
    await w.emit(left(w, "max"))
    await w.wait(seconds=2)
    assert told(w) == []
