"""Merge and split from a card: what is one matter becomes one ticket, and what is two becomes two."""

import asyncio

import pytest

from desk.cards import plain
from desk.escalation import EscalationStatus
from desk.space import Place
from desk.ticket import Status
from desk.timeline import Purpose
from handlers.dispatch import dispatch
from tests.world import channel, user

REFUND, LOGIN = "unsure: my refund?", "unsure: login?"


def whispers(w, who):
    return [plain(p.card) for p in w.posts(Purpose.NOTICE, where="agents") if p.to == (user(who),) and p.card]


def card_of(w, ticket):
    """Return the card of a ticket that stands, and where."""
    return next((ref, p.card) for ref, p in reversed(w.chat.standing.items()) if p.ticket == ticket.id and p.card_id and p.card)


def button(card, label):
    return next(button for button in card.buttons if button.name.startswith(label))


async def two(w, who="ina"):
    await w.asks(who, REFUND)
    await w.asks(who, LOGIN)
    return await w.store.tickets()


async def merge(w, source, target, who="noor"):
    at, card = card_of(w, source)
    await w.press(who, button(card, "Merge"), at, into=target.id)


async def test_the_form_offers_the_other_open_tickets_of_the_same_customer_with_their_words(w):
    first, second = await two(w)
    await w.asks("mara", REFUND)
    await w.asks("ina", REFUND, where="shared")
    (field,) = button(card_of(w, second)[1], "Merge").form.fields
    assert [(option.value, option.label) for option in field.options] == [(first.id, f"10:00  {REFUND}")]


async def test_without_another_ticket_there_is_nothing_to_merge_with(w):
    await w.asks("ina", REFUND)
    assert "Merge..." not in [b.name for b in w.card(Purpose.DRAFT_CARD).buttons]


async def test_a_merged_ticket_is_part_of_the_other_and_its_card_says_so_in_a_line(w):
    first, second = await two(w)
    await merge(w, first, second)
    source, target = await w.store.tickets()
    assert (source.merged_into, source.status) == (target.id, Status.CLOSED)
    assert [m.text for m in await w.store.timeline(target.id) if m.author] == [REFUND, LOGIN]
    assert whispers(w, "noor") == [f"It is part of {target.id} now."]
    assert plain(card_of(w, source)[1]).startswith(f"Part of {target.id} now  for Ina")


async def test_a_person_who_was_called_for_one_is_called_for_both(w):
    first = await w.asks("ina", "#human please, my refund")
    await w.asks("ina", LOGIN)
    source, target = await w.store.tickets()
    await merge(w, source, target)
    target = await w.store.ticket(target.id)
    assert (target.escalated, target.status) == (True, Status.WAITING_TEAM)
    rules = {rule for e in await w.store.escalations(target.id) if e.status is not EscalationStatus.CLOSED for rule in e.rules}
    assert "asks_human" in rules
    await w.clicks("noor", "Acknowledge", ref=next(ref for ref, p in w.chat.standing.items() if p.ticket == source.id and p.card_id))
    acknowledged = [e for e in await w.store.escalations(target.id) if "asks_human" in e.rules]
    assert [e.by_name for e in acknowledged] == ["Noor"]
    assert await w.store.escalations(source.id) == []
    assert first


async def test_an_acknowledged_escalation_comes_back_about_the_other_ticket(w):
    await w.asks("ina", "#human please, my refund")
    await w.clicks("noor", "Acknowledge")
    await w.asks("ina", LOGIN)
    source, target = await w.store.tickets()
    await merge(w, source, target)
    await w.wait(minutes=31)
    assert [e.status for e in await w.store.escalations(target.id) if "asks_human" in e.rules] == [EscalationStatus.OPEN]


async def test_who_holds_one_holds_both(w):
    first, second = await two(w)
    await w.clicks("tom", "Take over", ref=card_of(w, first)[0])
    first = await w.store.ticket(first.id)
    await merge(w, first, second)
    source, target = await w.store.tickets()
    assert (source.owner, target.owner_name) == (None, "Tom")


async def test_a_merged_ticket_cannot_be_worked_on_any_more_and_says_where_it_went(w):
    first, second = await two(w)
    at, card = card_of(w, first)
    await merge(w, first, second)
    for label in ("Approve", "Take over", "Snooze", "Merge"):
        await w.press("tom", button(card, label), at, until="1h", into=second.id)
    assert whispers(w, "tom") == [f"This ticket is part of {second.id} now."] * 4


async def test_a_human_asked_for_under_a_merged_ticket_comes_for_the_other(w):
    first, second = await two(w)
    await w.clicks("noor", "Approve", ref=card_of(w, first)[0])
    answered, press = w.button("Get a human")
    await w.commands("noor", f"merge {first.id} into {second.id}")
    await w.press("ina", press, answered)
    target = await w.store.ticket(second.id)
    assert "asks_human" in {rule for e in await w.store.escalations(target.id) for rule in e.rules}
    assert (await w.store.ticket(first.id)).status is Status.CLOSED


async def test_what_is_said_in_private_is_not_merged_into_a_place_that_others_read(w):
    await w.asks("mara", REFUND, where="direct")
    await w.asks("mara", REFUND)
    private, public = await w.store.tickets()
    await w.commands("noor", f"merge {private.id} into {public.id}")
    assert whispers(w, "noor")[0].startswith("What was said in private")
    await w.commands("noor", f"merge {public.id} into {private.id}")
    assert (await w.store.ticket(public.id)).merged_into == private.id


async def test_of_two_who_merge_both_ways_at_once_one_wins(w):
    first, second = await two(w)
    (at, one), (there, other) = card_of(w, first), card_of(w, second)
    events = [
        await w.click("noor", at, button(one, "Merge"), into=second.id),
        await w.click("tom", there, button(other, "Merge"), into=first.id),
    ]
    await asyncio.gather(*(dispatch(event, w.services, w.submit) for event in events))
    await w.settle()
    assert len([t for t in await w.store.tickets() if t.merged_into]) == 1
    assert len([text for who in ("noor", "tom") for text in whispers(w, who) if text.startswith("This ticket is part of") or "already" in text]) == 1


async def asked_twice(w):
    """Let somebody ask two things in one ticket, and a third."""
    first = await w.says("ina", "unsure: my refund?")
    rest = [await w.says("ina", text) for text in ("unsure: that refund, and my keys?", "unsure: another refund?")]
    await w.wait(seconds=9)
    return first, *rest


async def test_the_form_lists_what_may_begin_another_ticket_the_last_one_first(w):
    await asked_twice(w)
    (field,) = button(w.card(Purpose.DRAFT_CARD), "Split").form.fields
    assert [option.label.partition("Ina: ")[2] for option in field.options] == ["unsure: another refund?", "unsure: that refund, and my keys?"]
    assert field.value == field.options[0].value


async def test_split_takes_along_what_was_said_from_that_message_on(w):
    _, second, _ = await asked_twice(w)
    at, split = w.button("Split")
    await w.press("noor", split, at, message=split.form.fields[0].options[-1].value)
    left, fresh = await w.store.tickets()
    assert [m.text for m in await w.store.timeline(left.id) if m.author] == ["unsure: my refund?"]
    assert [m.text for m in await w.store.timeline(fresh.id) if m.author] == ["unsure: that refund, and my keys?", "unsure: another refund?"]
    assert (fresh.previous, fresh.anchor, fresh.place) == (left.id, second, Place(channel("community"), second.id))
    assert whispers(w, "noor") == [f"Split off as {fresh.id}."]


async def test_both_get_a_draft_of_their_own_and_the_old_one_is_stale(w):
    await asked_twice(w)
    await w.clicks("noor", "Split")
    await w.wait(seconds=2)
    left, fresh = await w.store.tickets()
    assert [d.status for d in await w.store.drafts(left.id)] == ["stale", "waiting"]
    assert [d.status for d in await w.store.drafts(fresh.id)] == ["waiting"]


async def test_a_message_is_split_off_once(w):
    await asked_twice(w)
    at, split = w.button("Split")
    last = split.form.fields[0].value
    for who in ("noor", "tom"):
        await w.press(who, split, at, message=last)
    assert len(await w.store.tickets()) == 2
    assert whispers(w, "tom")[0].startswith("That message is not in this ticket any more")


async def test_with_one_message_there_is_nothing_to_split(w):
    await w.asks("ina", REFUND)
    assert "Split..." not in [b.name for b in w.card(Purpose.DRAFT_CARD).buttons]


@pytest.mark.parametrize("label", ["Merge", "Split"])
async def test_only_the_support_team_merges_and_splits(w, label):
    await asked_twice(w)
    await w.asks("ina", LOGIN)
    tickets = await w.store.tickets()
    at, press = w.button(label)
    await w.press("ina", press, at, into=tickets[0].id)
    assert await w.store.tickets() == tickets
