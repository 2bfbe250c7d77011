"""Routing while things change: people leave, tickets are joined and parted, systems are down, policy is edited."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from desk.changes import SaveTicket, write
from desk.customer import Role
from desk.ids import EventId
from desk.timeline import Purpose
from tests.handlers.test_routing import QUESTION, WEEK, routed
from tests.world import PEOPLE, user

NIGHT = datetime(2026, 11, 2, 22, 0, tzinfo=UTC)


@pytest.fixture
async def w(tmp_path):
    async with routed(tmp_path) as made:
        yield made


async def _leaves(w, name):
    await w.customers.save(people=[replace(PEOPLE[name], role=Role.COLLEAGUE)])


async def test_who_leaves_before_accepting_is_passed_over_when_the_time_is_over(w):
    await w.asks("mara", QUESTION)
    await _leaves(w, "noor")
    await w.wait(minutes=16)
    assert (await w.ticket()).offered == user("tom")


async def test_what_somebody_held_who_left_waits_for_others_once_the_customer_writes(w):
    asked = await w.asks("mara", QUESTION)
    await w.clicks("noor", "Accept")
    await _leaves(w, "noor")
    heard = len(w.texts(where="community"))
    await w.asks("mara", "Any news of my unsure refund?", under=asked)
    ticket = await w.ticket()
    assert (ticket.owner, ticket.offered) == (None, user("tom"))
    assert ticket.is_queued
    assert [text for text in w.texts(Purpose.NOTICE) if text.startswith("Noor left the team: Mara waits for somebody else")]
    assert len(w.texts(where="community")) == heard


async def test_nobody_is_taken_for_gone_while_the_record_is_down(w):
    asked = await w.asks("mara", QUESTION)
    await w.clicks("noor", "Accept")
    w.crm.down = True
    await w.asks("mara", "Any news of my unsure refund?", under=asked)
    assert (await w.ticket()).owner == user("noor")


async def test_a_ticket_is_routed_while_the_record_is_down(w):
    asked = await w.asks("mara", QUESTION)
    w.crm.down = True
    await w.clicks("mara", "Get a human")
    assert (await w.ticket()).team == "finance"
    w.crm.down = False
    await w.asks("mara", "still there?", under=asked)
    assert (await w.ticket()).team == "finance"


async def test_merging_leaves_one_offer(tmp_path):
    async with routed(tmp_path, routing={"accept": "4h"}) as w:
        await w.asks("mara", QUESTION)
        await w.wait(hours=2)
        await w.asks("mara", "unsure refund of the export?")
        first, second = await w.store.tickets()
        assert first.offered != second.offered
        await w.commands("lea", f"merge {second.id} into {first.id}")
        first, second = await w.store.tickets()
        assert (first.offered, second.offered) == (user("noor"), None)
        await w.wait(hours=5)
        assert [route for route in await w.store.routes(second.id) if route.given_back] == []


async def test_what_is_split_off_is_routed_by_itself(w):
    asked = await w.asks("mara", QUESTION)
    await w.asks("mara", "and the unsure login, when will that work?", under=asked)
    await w.commands("lea", f"split {(await w.ticket()).id}")
    await w.wait(seconds=10)
    tickets = await w.store.tickets()
    assert [ticket.team for ticket in tickets] == ["finance", "finance"]
    assert all(ticket.offered for ticket in tickets)


async def test_what_ends_is_offered_to_nobody_any_more(w):
    await w.asks("mara", QUESTION)
    await w.clicks("lea", "Resolve", verdict="needed", note="")
    assert (await w.ticket()).offered is None


async def test_what_was_answered_by_somebody_else_is_offered_to_nobody_any_more(w):
    await w.asks("mara", QUESTION)
    await w.clicks("tom", "Approve")
    assert (await w.ticket()).offered is None
    (route,) = await w.store.routes()
    assert route.took == user("tom")


async def test_switching_off_in_the_middle_lets_the_offer_stand_and_asks_nobody_else(w):
    await w.asks("mara", QUESTION)
    await w.commands("ada", "route off")
    await w.wait(minutes=16)
    ticket = await w.ticket()
    assert (ticket.offered, ticket.team) == (None, "finance")
    assert len(await w.store.routes()) == 1


async def test_a_put_aside_ticket_keeps_its_offer_until_it_is_back(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Snooze", until="1h", reason="")
    await w.wait(minutes=70)
    assert (await w.ticket()).offered == user("noor")
    await w.wait(minutes=6)
    assert (await w.ticket()).offered == user("tom")


async def test_an_event_that_comes_twice_offers_once(w):
    await w.asks("mara", QUESTION)
    ticket = await w.ticket()
    posts = len(w.posts())
    await w.store.commit(EventId("again"), write(SaveTicket(ticket)), at=w.clock.now())
    await w.settle()
    assert len(w.posts()) == posts
    assert len(await w.store.routes()) == 1


async def test_what_is_pressing_at_night_is_offered_to_who_is_on_call(tmp_path):
    rota = {"name": "night", "zone": "UTC", "layers": [{"people": ["Lea"], "handover": "weekly mon 09:00", "start": "2026-01-05"}]}
    async with routed(tmp_path, hours={"week": WEEK}, priority={"base": 60}, oncall={"rotas": [rota]}) as w:
        w.clock.at = NIGHT
        await w.asks("ina", QUESTION)
        ticket = await w.ticket()
        assert (ticket.team, ticket.offered) == ("", user("lea"))
        (card,) = w.posts(Purpose.DRAFT_CARD, where="agents")
        assert user("lea") in card.to
        await w.wait(minutes=16)
        assert (await w.ticket()).offered is None
        await w.wait(hours=10, minutes=50)
        assert (await w.ticket()).offered == user("noor")


async def test_what_the_bot_answered_after_all_is_offered_anew_when_it_waits_again(tmp_path):
    async with routed(tmp_path, mode="auto") as w:
        asked = await w.asks("mara", QUESTION)
        assert (await w.ticket()).offered == user("noor")
        await w.edits(asked, "When does my refund arrive?")
        await w.wait(seconds=10)
        assert (await w.ticket()).offered is None
        await w.clicks("mara", "Get a human")
        assert (await w.ticket()).offered is not None
