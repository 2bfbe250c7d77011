"""Views: what people look at, read only and checked."""

import pytest

from desk.cards import plain
from desk.customer import Role
from desk.errors import NotAllowed
from desk.ports import Query
from desk.timeline import Purpose
from handlers.views import GONE, Views

QUESTION = "unsure: when does my refund arrive?"


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.COLLEAGUE, Role.BOT])
@pytest.mark.parametrize("kind", ["card", "ticket", "queue"])
async def test_only_the_team_sees_anything(w, role, kind):
    with pytest.raises(NotAllowed):
        await Views(w.services).view(Query(kind, "x", role=role))


async def test_a_ticket_is_shown_with_everything_and_its_reasons_as_sentences(w):
    await w.asks("ina", QUESTION)
    ticket = await w.ticket()
    view = await Views(w.services).view(Query("ticket", ticket.id, role=Role.TEAMMATE))
    (decision,) = view.decisions
    assert (view.ticket, len(view.timeline), len(view.drafts)) == (ticket, 2, 1)
    assert view.sentences[decision.id] == ("confidence 0.20 is below the threshold 0.60",)


async def test_a_ticket_that_is_not_there_is_nothing(w):
    assert await Views(w.services).view(Query("ticket", "t-none", role=Role.LEAD)) is None


async def test_a_card_that_is_not_there_any_more_says_so(w):
    assert await Views(w.services).view(Query("card", "k-none", role=Role.LEAD)) == GONE


async def test_the_queue_is_what_waits_most_urgent_first(w):
    for who in ("ina", "mara"):
        await w.asks(who, QUESTION)
    await w.asks("max", "When does my refund arrive?")
    queue = await Views(w.services).view(Query("queue", "", role=Role.TEAMMATE))
    assert [view.ticket.customer_name for view in queue] == ["Mara", "Ina"]


async def test_a_card_is_drawn_from_the_present_state(w):
    await w.asks("ina", QUESTION)
    (record,) = await w.store.cards((await w.ticket()).id)
    before = plain(await Views(w.services).draw(record.id))
    await w.clicks("noor", "Reject", reason="wrong")
    assert before.startswith("Draft  for Ina")
    assert plain(await Views(w.services).draw(record.id)).startswith("Rejected by Noor")


async def test_looking_changes_nothing(w):
    await w.asks("ina", QUESTION)
    before = await w.ticket()
    for kind in ("ticket", "queue"):
        await Views(w.services).view(Query(kind, before.id, role=Role.ADMIN))
    assert await w.ticket() == before


async def test_a_card_whose_customer_took_their_words_back_says_so_at_once_and_then_shrinks(w):
    ref = await w.asks("ina", QUESTION)
    await w.deletes(ref)
    assert "The customer took their words back." in w.texts(Purpose.DRAFT_CARD)[-1]
    await w.wait(seconds=9)
    assert w.texts(Purpose.DRAFT_CARD)[-1].startswith("No longer up to date")
