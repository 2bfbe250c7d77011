"""The buttons behind a card's menu: who holds a ticket, when it comes back, what it is about."""

import asyncio
from datetime import UTC, datetime

import pytest

from desk.cards import Buttons, Card, plain
from desk.draft import DraftStatus
from desk.ticket import Level, Status
from desk.timeline import Purpose
from handlers.dispatch import dispatch
from tests.world import user

QUESTION = "unsure: when does my refund arrive?"
NOOR, TOM, LEA = "local/main/noor", "local/main/tom", "local/main/lea"


def whispers(w, who):
    """Return what was whispered to somebody in the agents channel."""
    return [plain(p.card) for p in w.posts(Purpose.NOTICE, where="agents") if p.to == (user(who),) and p.card]


def front(card: Card) -> list[str]:
    return [button.name for block in card.blocks if isinstance(block, Buttons) for button in block.items]


def menu(card: Card) -> list[str]:
    return [button.name for block in card.blocks if isinstance(block, Buttons) for button in block.more]


def form(card: Card, label: str):
    return next(button.form for button in card.buttons if button.name.startswith(label))


async def at_once(w, label, *clicks):
    """Let several people press the same button in the same moment, each with a form."""
    at, button = w.button(label)
    events = [await w.click(who, at, button, **given) for who, given in clicks]
    await asyncio.gather(*(dispatch(event, w.services, w.submit) for event in events))
    await w.settle()


async def test_what_is_needed_often_stands_in_front_and_the_rest_behind_a_menu(w):
    await w.asks("ina", QUESTION)
    card = w.card(Purpose.DRAFT_CARD)
    assert front(card) == ["Approve", "Edit", "Reject...", "Regenerate...", "Take over", "Why"]
    assert menu(card) == ["Assign...", "Snooze...", "Waiting on...", "Change category or priority...", "Mute", "Resolve..."]


@pytest.mark.parametrize("label", ["Assign", "Snooze", "Change category or priority", "Mute", "Resolve"])
@pytest.mark.parametrize("who", ["ina", "kim"], ids=["a customer", "a colleague"])
async def test_nobody_else_can_press_what_is_behind_the_menu(w, label, who):
    await w.asks("ina", QUESTION)
    before = await w.ticket()
    await w.clicks(who, label, teammate=TOM, until="1h", priority="urgent")
    assert await w.ticket() == before


async def test_an_assigned_ticket_is_held_by_the_assignee_who_is_told_directly(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Assign", teammate=TOM)
    ticket = await w.ticket()
    assert (ticket.owner, ticket.owner_name, ticket.status) == (user("tom"), "Tom", Status.WAITING_TEAM)
    (told,) = w.posts(Purpose.PAGE)
    assert told.target.user == user("tom")
    assert plain(told.card).startswith("Noor assigned Ina, Globex to you")
    assert whispers(w, "noor") == ["Tom holds it now and was told."]
    assert [draft.status for draft in await w.drafts()] == [DraftStatus.QUIET]
    assert "Held by: Tom" in w.texts(Purpose.DRAFT_CARD)[-1]


async def test_next_shows_an_assigned_ticket_to_its_assignee_only(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Assign", teammate=TOM)
    await w.commands("noor", "next")
    await w.commands("tom", "next")
    assert "Nothing waits" in whispers(w, "noor")[-1]
    assert "for Ina" in whispers(w, "tom")[-1]


async def test_assigning_to_oneself_is_taking_over_and_tells_nobody(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Assign", teammate=NOOR)
    assert ((await w.ticket()).owner, w.posts(Purpose.PAGE)) == (user("noor"), [])


@pytest.mark.parametrize(
    ("who", "owner"),
    [
        pytest.param("noor", "tom", id="a teammate may not"),
        pytest.param("tom", "noor", id="who holds it may"),
        pytest.param("lea", "noor", id="a lead may"),
    ],
)
async def test_who_holds_a_ticket_or_a_lead_may_hand_it_on(w, who, owner):
    await w.asks("ina", QUESTION)
    await w.clicks("tom", "Take over")
    await w.clicks(who, "Assign", teammate=NOOR)
    assert (await w.ticket()).owner == user(owner)


async def test_unassigned_it_waits_for_the_whole_team_again(w):
    await w.asks("ina", QUESTION)
    await w.clicks("tom", "Take over")
    await w.clicks("tom", "Assign", teammate="nobody")
    ticket = await w.ticket()
    assert (ticket.owner, ticket.status) == (None, Status.WAITING_TEAM)
    assert [draft.status for draft in await w.drafts()] == [DraftStatus.WAITING]


@pytest.mark.parametrize("given", ["local/main/ina", "kim", "", "nobody", "local/main/nobody-known"])
async def test_only_somebody_of_the_team_can_be_assigned(w, given):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Assign", teammate=given)
    assert (await w.ticket()).owner is None
    assert len(whispers(w, "noor")) == 1


async def test_a_picked_person_is_known_by_the_platforms_own_id(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Assign", teammate="tom")
    assert (await w.ticket()).owner == user("tom")


async def test_of_two_who_assign_at_once_one_wins_and_the_other_is_told(w):
    await w.asks("ina", QUESTION)
    await at_once(w, "Assign", ("noor", {"teammate": TOM}), ("lea", {"teammate": NOOR}))
    owner = (await w.ticket()).owner_name
    losers = [text for who in ("noor", "lea") for text in whispers(w, who) if "Somebody was faster" in text]
    assert losers == [f"Somebody was faster: {owner} holds this ticket now."]
    assert len(w.posts(Purpose.PAGE)) == 1


async def test_the_form_of_assign_lists_the_team_and_who_holds_it_now(w):
    await w.asks("ina", QUESTION)
    (field,) = form(w.card(Purpose.DRAFT_CARD), "Assign").fields
    assert [option.label for option in field.options] == ["Ada", "Lea", "Noor", "Tom"]
    await w.clicks("tom", "Take over")
    (field,) = form(w.card(Purpose.DRAFT_CARD), "Assign").fields
    assert (field.value, field.options[-1].value) == (TOM, "nobody")


async def test_a_snoozed_ticket_leaves_the_queue_and_its_card_shrinks(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Snooze", until="1h", reason="waits for billing")
    assert len(w.texts(Purpose.DRAFT_CARD)[-1].splitlines()) == 1
    assert "by Noor (waits for billing)  for Ina" in w.texts(Purpose.DRAFT_CARD)[-1]
    for command in ("next", "queue"):
        await w.commands("tom", command)
    assert [text.splitlines()[-1] for text in whispers(w, "tom")] == ["Nothing waits. Well done.", "Nothing waits."]


async def test_it_comes_back_by_itself_and_tells_who_put_it_aside(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Snooze", until="1h")
    await w.wait(minutes=59)
    assert (await w.ticket()).snoozed_until is not None
    await w.wait(minutes=2)
    assert (await w.ticket()).snoozed_until is None
    assert w.texts(Purpose.DRAFT_CARD)[-1].startswith("Draft  for Ina")
    assert whispers(w, "noor")[-1] == "Back in the queue: Ina   normal\nNoor put it aside until now."


async def test_it_wakes_early_when_the_customer_writes(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("noor", "Snooze", until="4h")
    await w.asks("ina", "unsure: and the other refund?", under=asked)
    assert (await w.ticket()).snoozed_until is None
    await w.wait(hours=5)
    assert not [text for text in whispers(w, "noor") if text.startswith("Back in the queue")]


@pytest.mark.parametrize("label", ["Get a human", "Not solved"])
async def test_it_wakes_early_when_the_customer_presses(w, label):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Snooze", until="4h")
    await w.clicks("ina", label)
    assert (await w.ticket()).snoozed_until is None


async def test_it_wakes_when_the_customer_changes_what_they_wrote(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("noor", "Snooze", until="4h")
    await w.edits(asked, "unsure: when does my other refund arrive?")
    assert (await w.ticket()).snoozed_until is None


async def test_wake_brings_it_back_at_once(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Snooze", until="4h")
    await w.clicks("tom", "Wake")
    assert w.texts(Purpose.DRAFT_CARD)[-1].startswith("Draft  for Ina")


@pytest.mark.parametrize("label", ["Take over", "Why"])
async def test_what_is_put_aside_can_still_be_worked_on(w, label):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Snooze", until="4h")
    await w.clicks("tom", label)
    assert ((await w.ticket()).snoozed_until is None) is (label == "Take over")


async def test_an_escalation_put_aside_shrinks_too(w):
    await w.asks("ina", "#human please")
    await w.clicks("noor", "Snooze", until="tomorrow")
    assert "Put aside until Tuesday 3 November, 09:00 UTC by Noor" in w.texts(Purpose.ESCALATION_CARD)[-1]


async def test_an_acknowledged_escalation_is_not_armed_again_while_it_is_put_aside(w):
    await w.asks("ina", "#human please")
    await w.clicks("noor", "Acknowledge")
    await w.clicks("noor", "Snooze", until="4h")
    await w.wait(hours=4, minutes=20)
    assert [p for p in w.posts(Purpose.PAGE) if p.to == (user("noor"),)] == []
    await w.wait(minutes=20)
    assert len([p for p in w.posts(Purpose.PAGE) if p.to == (user("noor"),)]) == 1


@pytest.mark.parametrize("how", ["a teammate writes in the thread", "it is handed back"])
async def test_whoever_works_on_it_ends_its_being_put_aside(w, how):
    asked = await w.asks("ina", "#human please")
    await w.clicks("noor", "Snooze", until="4h")
    if how == "it is handed back":
        await w.commands("tom", f"handback {(await w.ticket()).id}")
    else:
        await w.says("tom", "I will look at it", under=asked)
    assert (await w.ticket()).snoozed_until is None


@pytest.mark.parametrize(
    ("until", "ends"),
    [
        pytest.param("1h", datetime(2026, 11, 2, 11, tzinfo=UTC), id="an hour"),
        pytest.param("4h", datetime(2026, 11, 2, 14, tzinfo=UTC), id="four hours"),
        pytest.param("tomorrow", datetime(2026, 11, 3, 9, tzinfo=UTC), id="tomorrow when work begins"),
        pytest.param("monday", datetime(2026, 11, 9, 9, tzinfo=UTC), id="on a Monday the next one"),
    ],
)
async def test_how_long_it_is_put_aside(w, until, ends):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Snooze", until=until)
    assert (await w.ticket()).snoozed_until.replace(minute=0, second=0, microsecond=0) == ends


@pytest.mark.parametrize(("until", "ends"), [("tomorrow", "2026-11-09T09"), ("monday", "2026-11-09T09")])
async def test_on_a_friday_tomorrow_morning_is_monday(w, until, ends):
    await w.wait(days=4)
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Snooze", until=until)
    assert (await w.ticket()).snoozed_until.isoformat().startswith(ends)


async def test_round_the_clock_a_morning_is_at_nine(w):
    w.policy.change(hours={"week": {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}, "zone": "Europe/Berlin"})
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Snooze", until="tomorrow")
    assert (await w.ticket()).snoozed_until.date().isoformat() in ("2026-11-02", "2026-11-03")


@pytest.mark.parametrize("form", [{"until": "next year"}, {}])
async def test_how_long_must_be_one_of_those_offered(w, form):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Snooze", **form)
    assert (await w.ticket()).snoozed_until is None
    assert whispers(w, "noor") == ["Say how long: 1h, 4h, tomorrow, monday."]


async def test_of_two_who_put_it_aside_at_once_one_wins(w):
    await w.asks("ina", QUESTION)
    await at_once(w, "Snooze", ("noor", {"until": "1h"}), ("tom", {"until": "4h"}))
    by = (await w.ticket()).snoozed_by
    assert [text for who in ("noor", "tom") for text in whispers(w, who) if "faster" in text] == [
        f"{by} was faster: this ticket is put aside already."
    ]


async def test_a_reason_is_a_note_that_no_customer_reads(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Snooze", until="1h", reason="waits for billing")
    (note,) = [m for m in await w.store.timeline((await w.ticket()).id) if m.text == "waits for billing"]
    assert (note.audience.scope, note.author) == ("internal", user("noor"))
    assert not any("waits for billing" in text for text in w.texts(where="community"))


async def test_the_category_and_the_priority_are_changed_and_kept_as_labels(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Change category or priority", category="technical issue", priority="urgent")
    ticket = await w.ticket()
    assert (ticket.category, ticket.priority.level, ticket.filed) == ("technical issue", Level.URGENT, True)
    assert [(f.kind, f.subject, f.by) for f in await w.store.feedback(ticket.id)] == [
        ("category", "technical issue", user("noor")),
        ("priority", "urgent", user("noor")),
    ]
    assert "(set by Noor)" in w.texts(Purpose.DRAFT_CARD)[-1]
    assert whispers(w, "noor") == ["From now on the category is technical issue and the priority is urgent."]


async def test_the_form_shows_what_is_set_now(w):
    await w.asks("ina", QUESTION)
    category, priority = form(w.card(Purpose.DRAFT_CARD), "Change").fields
    assert (category.value, priority.value) == ("billing", "normal")
    assert "urgent" in [option.value for option in priority.options]


async def test_a_changed_category_routes_the_next_decision(drafting):
    drafting.policy.change(modes={"rules": [{"category": "onboarding", "mode": "auto"}]})
    asked = await drafting.asks("ina", "When does my refund arrive?")
    await drafting.clicks("noor", "Change category or priority", category="onboarding", priority="normal")
    await drafting.asks("ina", "When does my refund arrive, please?", under=asked)
    assert [(d.word, d.facts.category) for d in await drafting.all_decisions()] == [("suggest", "billing"), ("reply", "onboarding")]


async def test_another_topic_is_filed_anew(drafting):
    asked = await drafting.asks("ina", "When does my refund arrive?")
    await drafting.clicks("noor", "Change category or priority", category="onboarding", priority="normal")
    await drafting.clicks("noor", "Approve")
    await drafting.asks("ina", "unsure: my login is broken?", under=asked)
    ticket = await drafting.ticket()
    assert (ticket.category, ticket.filed) == ("billing", False)


async def test_a_priority_set_by_hand_stands_until_the_customer_writes_again(drafting):
    asked = await drafting.asks("ina", "When does my refund arrive?")
    await drafting.clicks("noor", "Change category or priority", category="billing", priority="low")
    await drafting.clicks("noor", "Regenerate")
    assert (await drafting.ticket()).priority.level is Level.LOW
    await drafting.asks("ina", "When does my refund arrive, #security?", under=asked)
    ticket = await drafting.ticket()
    assert (ticket.priority.level, ticket.ranked_at) == (Level.URGENT, None)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        pytest.param({"category": "billing", "priority": "normal"}, "Nothing was changed.", id="the same"),
        pytest.param({"category": "cooking"}, "There is no category 'cooking'", id="no category"),
        pytest.param({"priority": "yesterday"}, "There is no priority 'yesterday'", id="no priority"),
    ],
)
async def test_what_cannot_be_set_is_said(w, given, sentence):
    await w.asks("ina", QUESTION)
    before = await w.ticket()
    await w.clicks("noor", "Change category or priority", **given)
    assert whispers(w, "noor")[0].startswith(sentence)
    assert await w.ticket() == before


async def test_of_two_who_change_it_at_once_one_wins(w):
    await w.asks("ina", QUESTION)
    await at_once(w, "Change category or priority", ("noor", {"priority": "urgent"}), ("tom", {"priority": "low"}))
    told = [text for who in ("noor", "tom") for text in whispers(w, who) if text.startswith("It changed meanwhile")]
    assert len(told) == 1
    assert (await w.ticket()).priority.level in told[0]


async def test_resolve_on_a_draft_card_closes_as_the_team_says(drafting):
    await drafting.asks("ina", "When does my refund arrive?")
    assert [field.name for field in form(drafting.card(Purpose.DRAFT_CARD), "Resolve").fields] == ["note"]
    await drafting.clicks("noor", "Resolve", note="told her by phone")
    ticket = await drafting.ticket()
    assert (ticket.status, ticket.containment) == (Status.CLOSED, None)
    assert [draft.status for draft in await drafting.drafts()] == [DraftStatus.STALE]
    assert len(drafting.posts(Purpose.CSAT)) == 1
    assert "told her by phone" in [m.text for m in await drafting.store.timeline(ticket.id)]
    assert not any("told her by phone" in text for text in drafting.texts(where="community"))


async def test_what_the_team_closes_says_nothing_of_the_first_automatic_answer(w):
    asked = await w.asks("ina", "When does my refund arrive?")
    await w.asks("ina", "unsure: and by transfer, the refund?", under=asked)
    await w.clicks("noor", "Resolve")
    ticket = await w.ticket()
    assert (ticket.deflected, ticket.status, ticket.containment) == (True, Status.CLOSED, None)


async def test_a_ticket_is_resolved_once(drafting):
    await drafting.asks("ina", "When does my refund arrive?")
    at, resolve = drafting.button("Resolve")
    for who in ("noor", "tom"):
        await drafting.press(who, resolve, at)
    assert whispers(drafting, "tom") == ["This ticket was closed already."]
    assert len(drafting.posts(Purpose.CSAT)) == 1


@pytest.mark.parametrize("label", ["Assign", "Snooze", "Change category or priority"])
async def test_an_old_menu_says_what_became_of_the_ticket(drafting, label):
    await drafting.asks("ina", "When does my refund arrive?")
    at, button = drafting.button(label)
    await drafting.clicks("noor", "Resolve")
    await drafting.press("tom", button, at, teammate=TOM, until="1h", priority="normal", category="billing")
    assert len(whispers(drafting, "tom")) == 1
    assert menu(drafting.card(Purpose.DRAFT_CARD)) == []
