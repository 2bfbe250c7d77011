"""Home: what each role sees on its page, and that nobody sees more than their own."""

from __future__ import annotations

import pytest

from desk.cards import plain
from desk.customer import Role
from desk.ports import Query
from handlers import linking
from handlers.home import NOTHING_WAITS
from handlers.views import Views
from tests.world import user

QUESTION = "How long does a refund take?"


async def page(w, who: str, role: Role):
    return await Views(w.services).view(Query("home", "", by=user(who), role=role, name=who.title()))


async def test_a_teammate_sees_what_waits_for_an_approval(drafting):
    await drafting.asks("ina", QUESTION)
    card = await page(drafting, "noor", Role.TEAMMATE)
    assert "waits for an approval" in plain(card)
    assert str((await drafting.ticket()).id) in plain(card)
    assert [(button.label, button.action, button.subject) for button in card.buttons] == [("Next", "command", "next"), ("Queue", "command", "queue")]


async def test_what_somebody_else_holds_is_not_on_my_page(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Take over")
    assert NOTHING_WAITS in plain(await page(drafting, "tom", Role.TEAMMATE))


async def test_an_empty_queue_says_so(w):
    assert NOTHING_WAITS in plain(await page(w, "noor", Role.TEAMMATE))


async def test_a_lead_sees_a_ticket_whose_first_response_is_due_soon_and_a_teammate_does_not(drafting):
    await drafting.asks("ina", QUESTION)
    assert "No ticket is at risk." in plain(await page(drafting, "lea", Role.LEAD))
    await drafting.wait(hours=4)
    assert "waits for a first response by" in plain(await page(drafting, "lea", Role.LEAD))
    assert "At risk" not in plain(await page(drafting, "noor", Role.TEAMMATE))


async def test_a_lead_sees_an_escalation_that_nobody_acknowledged(w):
    await w.asks("ina", "#human please")
    assert "waits for somebody to acknowledge it: asks human" in plain(await page(w, "lea", Role.LEAD))
    await w.clicks("noor", "Acknowledge")
    assert "to acknowledge it" not in plain(await page(w, "lea", Role.LEAD))


async def test_an_admin_sees_the_mode_and_what_the_set_up_lacks(w):
    text = plain(await page(w, "ada", Role.ADMIN))
    assert "The desk   auto" in text
    assert "**Knowledge**: missing articles to answer from" in text
    assert "The desk" not in plain(await page(w, "lea", Role.LEAD))


@pytest.mark.parametrize(("role", "told"), [(Role.CUSTOMER, "get a human"), (Role.COLLEAGUE, "An admin adds you to it")])
async def test_whoever_is_not_of_the_team_reads_how_to_be_helped_and_no_name(drafting, role, told):
    await drafting.asks("ina", QUESTION)
    card = await page(drafting, "kim", role)
    assert told in plain(card)
    assert "Ina" not in plain(card)
    # What a customer may press there is about who they are themselves, and nothing of the team's.
    assert [button.name for button in card.buttons if button.action not in linking.BUTTONS] == []


async def test_a_long_queue_is_cut_and_counted(drafting):
    for n in range(12):
        await drafting.asks("ina", f"{QUESTION} {n}", where="community")
        await drafting.wait(hours=2)
    card = await page(drafting, "noor", Role.TEAMMATE)
    assert plain(card).count("waits for an approval") == 10
    assert "and 2 more" in plain(card)


async def test_a_customer_connects_their_account_on_their_page_and_reads_there_who_they_are(drafting):
    (connects,) = (await page(drafting, "max", Role.CUSTOMER)).buttons
    assert (connects.name, connects.form is not None, connects.ticket) == ("Connect my account", True, "")
    known = await page(drafting, "mara", Role.CUSTOMER)
    assert "you are Mara to us" in plain(known)
    assert [button.name for button in known.buttons] == ["Disconnect"]
