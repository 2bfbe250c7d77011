"""Pages: why, for whom, until when in the reader's own time, and with a button that says somebody is on it."""

from dataclasses import replace

import pytest

from desk.cards import plain
from desk.escalation import EscalationStatus
from desk.post import Op
from desk.timeline import Purpose
from tests.world import PEOPLE


async def test_a_page_says_why_for_whom_and_until_when_in_the_readers_own_time(w):
    await w.customers.save(people=[replace(PEOPLE["lea"], zone="America/New_York", language="de")])
    await w.asks("mara", "#security my key leaked")
    (page,) = w.texts(Purpose.PAGE)
    assert page.startswith("Page: security   Mara, Acme")
    assert "06:01 EST" in page


async def test_a_page_for_another_day_names_it_in_the_readers_language(w):
    await w.customers.save(people=[replace(PEOPLE["lea"], zone="Europe/Berlin", language="de")])
    await w.wait(hours=10)
    await w.asks("mara", "#security my key leaked")
    assert "Dienstag 3 November, 11:00 CET" in w.texts(Purpose.PAGE)[0]


@pytest.mark.parametrize("zone", [pytest.param("Europe/Nowhere", id="a zone that there is not"), pytest.param("", id="no zone")])
async def test_whoevers_record_names_no_zone_is_paged_and_can_put_it_off_all_the_same(w, zone):
    await w.customers.save(people=[replace(PEOPLE["lea"], zone=zone)])
    await w.asks("mara", "#security my key leaked")
    assert _called(w) == ["direct:local/main/lea"]
    await w.clicks("lea", "Snooze", ref=_page(w), until="morning", reason="The key was revoked.")
    (escalation,) = await w.store.escalations((await w.ticket()).id)
    assert escalation.held_until.isoformat() == "2026-11-03T08:00:00+00:00"


async def test_a_page_carries_acknowledge(w):
    await w.asks("mara", "#security my key leaked")
    await w.clicks("lea", "Acknowledge", ref=_page(w))
    ticket = await w.ticket()
    (escalation,) = await w.store.escalations(ticket.id)
    assert (escalation.status, escalation.by_name) == (EscalationStatus.ACKNOWLEDGED, "Lea")
    assert "Acknowledged. Nobody else is paged until 10:30 UTC." in w.texts(Purpose.NOTICE)


async def test_what_else_a_customer_tells_joins_the_page_that_stands_and_is_taken_up_with_it(w):
    asked = await w.asks("mara", "#security my key leaked")
    await w.asks("mara", "#data_loss and all our files are gone", under=asked)
    assert _called(w) == ["direct:local/main/lea"]
    text = plain(w.chat.standing[_page(w)].card)
    assert ("Page: security" in text, "Page: data loss" in text) == (True, True)
    await w.clicks("lea", "Acknowledge", ref=_page(w))
    assert {e.status for e in await w.store.open_escalations()} == {EscalationStatus.ACKNOWLEDGED}


async def test_acknowledging_holds_for_thirty_minutes_then_it_arms_again_and_tells_who_took_it(w):
    await w.asks("mara", "#security my key leaked")
    await w.clicks("lea", "Acknowledge", ref=_page(w))
    await w.wait(minutes=29)
    assert len(_called(w)) == 1
    await w.wait(minutes=2)
    assert _called(w)[1:] == ["direct:local/main/lea"]
    (escalation,) = await w.store.escalations((await w.ticket()).id)
    assert escalation.status is EscalationStatus.OPEN


async def test_an_acknowledged_escalation_of_a_held_ticket_is_armed_again_too(w):
    asked = await w.asks("mara", "When does my refund arrive?")
    await w.says("lea", "Let me see", under=asked)
    await w.asks("mara", "#security my key leaked", under=asked)
    await w.clicks("lea", "Acknowledge", ref=_page(w))
    before = len(_called(w))
    await w.wait(minutes=31)
    assert len(_called(w)) == before + 1


async def test_an_escalation_whose_ticket_the_customer_solved_says_so_and_only_asks_for_the_verdict(w):
    await w.asks("mara", "When does my refund arrive?")
    await w.clicks("mara", "Get a human")
    await w.clicks("mara", "Solved")
    assert "solved, the customer says" in w.texts(Purpose.ESCALATION_CARD)[-1]
    assert [button.name for button in w.card(Purpose.ESCALATION_CARD).buttons] == ["Needed", "Not needed", "Too late", "Why"]


async def test_an_escalation_that_was_answered_meanwhile_is_not_armed_again(w):
    asked = await w.asks("mara", "#security my key leaked")
    await w.clicks("lea", "Acknowledge", ref=_page(w))
    await w.says("lea", "We have revoked it", under=asked)
    await w.wait(hours=1)
    assert len(_called(w)) == 1


async def test_an_escalation_is_closed_with_a_verdict(w):
    await w.asks("mara", "#human please")
    await w.clicks("noor", "Resolve", verdict="not_needed")
    (escalation,) = await w.store.escalations((await w.ticket()).id)
    assert (escalation.status, escalation.verdict) == (EscalationStatus.CLOSED, "not_needed")
    assert "Closed, not needed: asks human" in w.texts(Purpose.ESCALATION_CARD)[-1]


async def test_without_anybody_to_page_the_agents_channel_is_told(w):
    await w.customers.save(people=[replace(PEOPLE[name], role=PEOPLE["noor"].role) for name in ("lea", "ada")])
    await w.asks("mara", "#security my key leaked")
    assert [str(p.target) for p in w.posts(Purpose.PAGE)] == ["local/main/agents"]


async def test_the_context_card_says_who_why_and_what_was_tried(w):
    await w.asks("mara", "When does my refund arrive?", where="shared")
    await w.clicks("mara", "Get a human")
    text = w.texts(Purpose.ESCALATION_CARD)[0]
    assert "Needs a human: asks human  for Mara, Acme (enterprise, health 62 falling)" in text
    assert "Tried: 1 answer\n" in text


async def test_only_the_team_can_acknowledge(w):
    await w.asks("mara", "#human please")
    await w.clicks("ina", "Acknowledge")
    (escalation,) = await w.store.escalations((await w.ticket()).id)
    assert escalation.status is EscalationStatus.OPEN


def _page(w):
    return next(ref for ref, post in w.chat.standing.items() if post.purpose is Purpose.PAGE)


def _called(w):
    """Whom a page of its own called, in order; that one is drawn again calls nobody."""
    return [str(post.target) for post in w.posts(Purpose.PAGE) if post.op is Op.POST]
