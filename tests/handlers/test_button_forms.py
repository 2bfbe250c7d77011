"""Button forms: what a platform asks for when a button is pressed, drawn from the present state."""

import pytest

from desk.customer import Role
from desk.errors import NotAllowed
from desk.ports import Query
from desk.post import Op
from desk.timeline import Purpose
from handlers.views import Views
from tests.world import user

QUESTION = "When does my refund arrive?"


async def form(w, carrier, action, *, role=Role.TEAMMATE, about=""):
    return await Views(w.services).view(Query("form", carrier, by=user("noor"), role=role, action=action, about=about))


async def carriers(w):
    """Return the id of the only card and of the row that shows it."""
    (card,) = await w.store.cards((await w.ticket()).id)
    return card.id, card.outbox


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("edit", ["text"]),
        ("reject", ["reason"]),
        ("regenerate", ["tone", "shorter", "language", "hint"]),
        ("assign", ["teammate"]),
        ("snooze", ["until", "reason"]),
        ("change", ["category", "priority"]),
        ("resolve", ["note"]),
    ],
)
@pytest.mark.parametrize("n", [0, 1], ids=["by the card", "by the row that shows it"])
async def test_the_form_of_a_button_is_found_by_what_shows_it(drafting, action, fields, n):
    await drafting.asks("ina", QUESTION)
    found = await form(drafting, (await carriers(drafting))[n], action)
    assert [field.name for field in found.fields] == fields


@pytest.mark.parametrize("action", ["approve", "take_over", "why", "no such button"])
async def test_a_button_without_a_form_has_none(drafting, action):
    await drafting.asks("ina", QUESTION)
    assert await form(drafting, (await carriers(drafting))[0], action) is None


async def test_a_form_shows_what_is_set_now_not_what_was_when_the_card_was_drawn(drafting):
    await drafting.asks("ina", QUESTION)
    card, _ = await carriers(drafting)
    await drafting.clicks("noor", "Change category or priority", category="onboarding", priority="high")
    assert [field.value for field in (await form(drafting, card, "change")).fields] == ["onboarding", "high"]


async def test_a_button_that_is_gone_by_now_has_no_form_and_says_so_when_it_is_pressed(drafting):
    await drafting.asks("ina", QUESTION)
    at, edit = drafting.button("Edit")
    card, _ = await carriers(drafting)
    await drafting.clicks("tom", "Approve")
    assert await form(drafting, card, "edit") is None
    await drafting.press("noor", edit, at)
    assert drafting.texts(Purpose.NOTICE, where="agents")[-1] == "Tom was faster: this was already decided."


async def test_a_card_that_next_whispered_has_its_forms_too(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.commands("noor", "next")
    whisper = next(post for post in drafting.posts(Purpose.NOTICE) if post.op is Op.WHISPER)
    (draft,) = await drafting.drafts()
    assert [field.value for field in (await form(drafting, whisper.id, "edit", about=draft.id)).fields] == [draft.proposal.parts[0].text]
    ticket = await drafting.ticket()
    assert [field.name for field in (await form(drafting, whisper.id, "assign", about=ticket.id)).fields] == ["teammate"]


async def test_an_escalation_asks_for_its_verdict(w):
    await w.asks("ina", "#human please")
    card, _ = await carriers(w)
    assert [field.name for field in (await form(w, card, "resolve")).fields] == ["verdict", "note"]


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.COLLEAGUE])
async def test_a_form_of_the_teams_is_for_the_team(drafting, role):
    await drafting.asks("ina", QUESTION)
    with pytest.raises(NotAllowed):
        await form(drafting, (await carriers(drafting))[0], "edit", role=role)


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.TEAMMATE])
async def test_a_customer_is_asked_for_a_comment_in_their_language(w, role):
    await w.asks("ina", "bitte: when does my refund arrive?")
    await w.clicks("ina", "Solved")
    (asked,) = w.posts(Purpose.CSAT)
    found = await form(w, asked.id, "csat_2", role=role, about=(await w.ticket()).id)
    assert [(field.name, field.required) for field in found.fields] == [("comment", False)]
    assert found.submit == "Senden"


@pytest.mark.parametrize("action", ["solved", "not_solved", "get_human"])
async def test_what_a_customer_presses_at_once_asks_nothing(w, action):
    await w.asks("ina", QUESTION)
    (answer,) = w.posts(Purpose.ANSWER)
    assert await form(w, answer.id, action, role=Role.CUSTOMER) is None


@pytest.mark.parametrize("action", ["edit", "csat_1"])
async def test_what_is_nowhere_has_no_form(w, action):
    assert await form(w, "o-none", action, about="x") is None
