"""Routing by command: route, assign and the queue of a team."""

import pytest

from desk.cards import plain
from desk.timeline import Purpose
from tests.handlers.test_routing import QUESTION, routed
from tests.world import user


@pytest.fixture
async def w(tmp_path):
    async with routed(tmp_path) as made:
        yield made


def said(w, who):
    """Return what was last whispered to somebody."""
    return [plain(post.card) for post in w.posts(Purpose.NOTICE, where="agents") if post.to == (user(who),) and post.card][-1]


async def test_route_shows_switches_teams_and_agreement(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Accept")
    await w.commands("noor", "route")
    shown = said(w, "noor")
    assert "billing: on" in shown
    assert "finance in #finance: Noor, Tom; round robin; there now" in shown
    assert "support in the agents channel: everybody; nobody; there now" in shown
    assert "billing (on): it named the team that took it 1 of 1 times (100%, between 21% and 100%); the very person 1 of 1" in shown


async def test_route_of_a_ticket_says_why_it_went_there_and_who_took_it(w):
    await w.asks("mara", QUESTION)
    await w.clicks("tom", "Take over")
    await w.commands("lea", f"route {(await w.ticket()).id}")
    shown = said(w, "lea")
    assert "Team finance; held by Tom." in shown
    assert "on: finance, Noor, because billing: finance, whose turn it is; taken by Tom" in shown
    assert "It would go now:" in shown


async def test_route_of_nothing_says_what_was_expected(w):
    await w.commands("lea", "route t-nothing")
    assert said(w, "lea") == "No ticket begins with 't-nothing'; or write off, shadow, on."


async def test_switching_on_says_what_the_agreement_was(tmp_path):
    async with routed(tmp_path, default="shadow") as w:
        await w.asks("mara", QUESTION)
        await w.clicks("tom", "Take over")
        await w.commands("ada", "route on billing because they agree")
        shown = said(w, "ada")
        assert "routing of billing: shadow -> on" in shown
        assert "agreement in 30 days: billing (shadow): it would have named the team that took it 1 of 1 times" in shown
        assert "Reason: they agree" in shown
        assert (await w.policy.current()).routing.switch_of("billing") == "on"


async def test_only_admins_switch(w):
    await w.commands("noor", "route off billing")
    assert "admins" in said(w, "noor")
    assert (await w.policy.current()).routing.switch_of("billing") == "on"


async def test_the_form_shows_what_is_set_and_sets_it(w):
    await w.commands("ada", "route")
    assert "- billing: on" in said(w, "ada")
    await w.commands("ada", "route", switch="shadow", category="", reason="a trial")
    assert (await w.policy.current()).routing.default == "shadow"


async def test_a_wrong_switch_is_told(w):
    await w.commands("ada", "route", switch="maybe")
    assert "`route` expects off, shadow or on; you wrote 'maybe'." in said(w, "ada")


async def test_assign_gives_a_ticket_with_a_note(w):
    await w.asks("mara", QUESTION)
    await w.commands("noor", f"assign {(await w.ticket()).id} to Tom the bank has confirmed it")
    assert (await w.ticket()).owner == user("tom")
    assert said(w, "noor") == "Tom holds it now and was told."
    (page,) = w.texts(Purpose.PAGE)
    assert "the bank has confirmed it" in page


async def test_assign_without_a_name_asks_with_the_teammates_and_their_load(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Take over")
    await w.commands("lea", f"assign {(await w.ticket()).id}")
    at, button = w.button("Assign the ticket")
    field = button.form.fields[0]
    assert {option.label for option in field.options} >= {"Noor (1 ticket)", "Tom (0 tickets)"}
    assert field.value == "local/main/noor"
    await w.press("lea", button, at, teammate="local/main/tom", note="")
    assert (await w.ticket()).owner == user("tom")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        pytest.param("to Mara", "`assign` expects", id="a customer"),
        pytest.param("to Nobdy at all", "`assign` expects", id="a name that nobody has"),
    ],
)
async def test_assign_to_somebody_else_says_who_there_is(w, words, answer):
    await w.asks("mara", QUESTION)
    await w.commands("noor", f"assign {(await w.ticket()).id} {words}")
    assert said(w, "noor").startswith(answer)
    assert (await w.ticket()).owner is None


async def test_assign_to_nobody_puts_it_back(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Accept")
    await w.commands("noor", f"assign {(await w.ticket()).id} to nobody")
    assert (await w.ticket()).owner is None
    assert said(w, "noor") == "Nobody holds it now; it waits in the team's queue."


async def test_assign_to_oneself_is_said_once(w):
    await w.asks("mara", QUESTION)
    await w.commands("tom", f"assign {(await w.ticket()).id} to @tom")
    assert (await w.ticket()).owner == user("tom")
    assert said(w, "tom") == "You hold it now."


@pytest.mark.parametrize(
    ("words", "listed"),
    [
        pytest.param("queue", True, id="all"),
        pytest.param("queue finance", True, id="its team"),
        pytest.param("queue tier2", False, id="another team"),
        pytest.param("queue mine", True, id="what one was offered"),
    ],
)
async def test_the_queue_of_a_team(w, words, listed):
    await w.asks("mara", QUESTION)
    await w.commands("noor", words)
    assert ("finance  offered to Noor" in said(w, "noor")) is listed


async def test_the_seniors_queue_lists_what_is_pressing(w):
    await w.asks("mara", QUESTION)
    await w.clicks("noor", "Change category or priority", category="billing", priority="high")
    await w.commands("lea", "queue seniors")
    assert "Waiting for seniors   1" in said(w, "lea")


async def test_next_opens_what_one_was_offered_before_what_is_more_urgent(w):
    await w.asks("ina", QUESTION)
    await w.asks("mara", f"{QUESTION} #not_solved")
    offered = {ticket.customer_name: ticket.offered.id for ticket in await w.store.tickets() if ticket.offered}
    await w.commands(offered["Ina"], "next")
    assert "for Ina" in said(w, offered["Ina"])


async def test_home_shows_what_one_was_offered(w):
    from desk.customer import Role
    from desk.ports import Query
    from handlers.views import Views

    await w.asks("mara", QUESTION)
    page = plain(await Views(w.services).view(Query("home", "", user("noor"), Role.TEAMMATE)))
    assert page.startswith("Offered to you   1")
    assert "Offered to you" not in plain(await Views(w.services).view(Query("home", "", user("tom"), Role.TEAMMATE)))
