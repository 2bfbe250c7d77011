"""One thread a ticket for the team: where its cards stand, and that nothing said there reaches a customer."""

from dataclasses import replace

import pytest

from desk.cards import CardKind
from desk.changes import SaveCard, write
from desk.ids import EventId
from desk.space import MessageRef
from desk.timeline import Purpose
from tests.world import channel, user

QUESTION = "When does my refund arrive?"


def roots(w):
    """Return below which row each card was posted, in order."""
    return [post.under for post in w.posts() if post.card_id and post.op == "post"]


async def test_the_first_card_of_a_ticket_begins_a_thread_and_the_following_stand_in_it(drafting):
    asked = await drafting.asks("ina", QUESTION)
    await drafting.asks("ina", "And for a transfer refund?", under=asked)
    await drafting.clicks("ina", "Get a human")
    first, *others = await drafting.store.cards((await drafting.ticket()).id)
    assert roots(drafting) == [None, first.outbox, first.outbox]
    assert [(card.kind, card.under) for card in others] == [(CardKind.DRAFT, first.outbox), (CardKind.ESCALATION, first.outbox)]


async def test_every_ticket_has_a_thread_of_its_own(drafting):
    for who in ("ina", "mara"):
        await drafting.asks(who, QUESTION)
    assert roots(drafting) == [None, None]


async def test_what_the_team_is_told_of_a_ticket_stands_there_too(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Approve")
    await drafting.clicks("ina", "Solved")
    await drafting.clicks("ina", "1")
    (first,) = await drafting.store.cards((await drafting.ticket()).id)
    (low,) = [post for post in drafting.posts(Purpose.NOTICE, where="agents") if "CSAT 1 of 5" in drafting.texts()[drafting.posts().index(post)]]
    assert low.under == first.outbox


async def test_in_another_agents_channel_a_ticket_begins_a_thread_again(drafting):
    asked = await drafting.asks("ina", QUESTION)
    (first,) = await drafting.store.cards((await drafting.ticket()).id)
    moved = replace(first, place=replace(first.place, channel=channel("elsewhere")))
    await _put(drafting, moved)
    await drafting.asks("ina", "And for a transfer refund?", under=asked)
    assert roots(drafting) == [None, None]


async def test_a_merged_tickets_escalation_keeps_its_thread(drafting):
    await drafting.asks("ina", "#human please, my refund")
    await drafting.asks("ina", "login?")
    source, target = await drafting.store.tickets()
    (raised,) = await drafting.store.cards(source.id)
    await drafting.commands("noor", f"merge {source.id} into {target.id}")
    assert [card.under for card in await drafting.store.cards(target.id) if card.id == raised.id] == [raised.outbox]


async def at(w, n: int) -> MessageRef:
    """Return where a card of the only ticket stands."""
    card = (await w.store.cards((await w.ticket()).id))[n]
    return (await w.store.row(card.outbox)).ref


@pytest.mark.parametrize("n", [0, -1], ids=["under its first card", "under its last card"])
@pytest.mark.parametrize("words", ["Give her a refund, she is new.", "@frontdesk what did they try before?"])
async def test_what_is_said_in_the_thread_belongs_to_the_ticket_and_reaches_no_customer(drafting, n, words):
    asked = await drafting.asks("ina", QUESTION)
    await drafting.asks("ina", "And for a transfer refund?", under=asked)
    before = (drafting.texts(where="community"), (await drafting.ticket()).turn)
    await drafting.says("noor", words, where="agents", under=await at(drafting, n))
    await drafting.wait(minutes=5)
    ticket = await drafting.ticket()
    assert words in [m.text for m in await drafting.store.timeline(ticket.id)]
    assert (drafting.texts(where="community"), ticket.turn, ticket.owner) == (*before, None)
    await drafting.clicks("noor", "Approve")
    assert not any("she is new" in text or "try before" in text for text in drafting.texts(where="community"))
    assert all(words not in part.text for draft in await drafting.drafts() for part in draft.proposal.parts)


async def test_a_note_under_the_card_of_a_merged_ticket_is_one_of_the_other(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.asks("ina", "login?")
    source, target = await drafting.store.tickets()
    under = (await drafting.store.row((await drafting.store.cards(source.id))[0].outbox)).ref
    await drafting.commands("noor", f"merge {source.id} into {target.id}")
    await drafting.says("noor", "She wrote twice", where="agents", under=under)
    assert "She wrote twice" in [m.text for m in await drafting.store.timeline(target.id)]


async def test_after_take_over_reply_reaches_the_customer_and_the_thread_does_not(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Take over")
    await drafting.says("noor", "I will tell her a week", where="agents", under=await at(drafting, 0))
    await drafting.clicks("noor", "Reply", text="It takes a week.")
    said = drafting.texts(Purpose.ANSWER, where="community")
    assert len(said) == 1
    assert said[0].startswith("It takes a week.")
    assert not any("I will tell her" in text for text in drafting.texts(where="community"))
    assert (await drafting.ticket()).owner == user("noor")


async def _put(w, card):
    await w.store.commit(EventId("moved"), write(SaveCard(card)), at=w.clock.now())
