"""Talking: teammates in the customer's thread, in a card's thread, taking over and handing back."""

from dataclasses import replace
from datetime import timedelta

from desk.draft import DraftStatus
from desk.ports import Capabilities
from desk.ticket import Attention, Status
from desk.timeline import Purpose
from tests.world import CHUNK, channel, user

QUESTION = "When does my refund arrive?"


async def test_a_teammate_who_writes_in_the_customers_thread_holds_the_ticket(w):
    asked = await w.asks("ina", QUESTION)
    await w.says("noor", "Let me look at that", under=asked)
    ticket = await w.ticket()
    assert (ticket.owner, ticket.owner_name, ticket.attention) == (user("noor"), "Noor", Attention.DORMANT)


async def test_the_bot_stays_silent_there_and_keeps_a_quiet_draft_that_only_the_team_sees(w):
    asked = await w.asks("ina", QUESTION)
    await w.says("noor", "Let me look at that", under=asked)
    before = len(w.posts(where="community"))
    await w.asks("ina", "And the refund by transfer?", under=asked)
    assert len(w.posts(where="community")) == before
    assert (await w.drafts())[-1].status is DraftStatus.QUIET
    assert w.texts(Purpose.DRAFT_CARD, where="agents")[-1].startswith("Quiet draft")


async def test_a_quiet_draft_can_be_approved(w):
    asked = await w.asks("ina", QUESTION)
    await w.says("noor", "Let me look at that", under=asked)
    await w.asks("ina", "unsure: and the refund by transfer?", under=asked)
    await w.clicks("noor", "Approve")
    assert "Checked by Noor" in w.texts(Purpose.ANSWER)[-1]


async def test_a_teammate_who_is_faster_than_the_pause_has_the_ticket(w):
    asked = await w.says("ina", QUESTION)
    await w.says("noor", "On it", under=asked)
    await w.wait(seconds=20)
    assert w.posts(Purpose.ANSWER) == []
    assert (await w.ticket()).owner == user("noor")


async def test_what_waits_to_be_sent_is_dropped_when_a_teammate_writes(w):
    asked = await w.says("ina", QUESTION)
    w.chat.can = Capabilities(pace=timedelta(minutes=1))
    await w.wait(seconds=9)
    await w.asks("ina", "vague, the refund", under=asked)
    await w.says("noor", "On it", under=asked)
    await w.wait(minutes=10)
    assert await w.decisions() == ["reply", "ask"]
    assert w.posts(Purpose.QUESTION) == []


async def test_a_teammates_word_in_a_solved_thread_does_not_open_it_again(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("ina", "Solved")
    await w.says("noor", "Glad to hear it!", under=asked)
    ticket = await w.ticket()
    assert (ticket.status, ticket.owner) == (Status.SOLVED, None)


async def test_text_in_the_cards_own_thread_never_reaches_a_customer(drafting):
    await drafting.asks("ina", QUESTION)
    card = next(ref for ref, post in drafting.chat.standing.items() if post.purpose is Purpose.DRAFT_CARD)
    await drafting.says("noor", "Is this one always so impatient?", where="agents", under=card)
    await drafting.wait(days=1)
    assert not any("impatient" in text for text in drafting.texts())
    assert (await drafting.ticket()).owner is None


async def test_text_in_the_cards_own_thread_is_kept_as_a_note_that_answers_nobody(drafting):
    await drafting.asks("ina", QUESTION)
    card = next(ref for ref, post in drafting.chat.standing.items() if post.purpose is Purpose.DRAFT_CARD)
    await drafting.says("noor", "I asked billing", where="agents", under=card)
    notes = [m for m in await drafting.store.timeline((await drafting.ticket()).id) if m.author == user("noor")]
    assert [str(note.audience) for note in notes] == ["internal"]
    await drafting.clicks("noor", "Approve")
    assert len(drafting.posts(Purpose.ANSWER)) == 1


async def test_reply_on_the_card_exists_only_after_take_over(drafting):
    await drafting.asks("ina", QUESTION)
    assert "Reply..." not in [button.name for button in drafting.card(Purpose.DRAFT_CARD).buttons]
    await drafting.clicks("noor", "Take over")
    await drafting.clicks("noor", "Reply", text="It is on its way.")
    assert drafting.texts(Purpose.ANSWER)[0].startswith("It is on its way.")


async def test_nobody_replies_in_a_ticket_that_somebody_else_holds(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Take over")
    await drafting.clicks("tom", "Reply", text="Hello from Tom")
    assert drafting.posts(Purpose.ANSWER) == []
    assert "Noor holds this ticket." in drafting.texts(Purpose.NOTICE, where="agents")


async def test_of_two_who_take_over_the_second_is_told_who_holds_it(drafting):
    await drafting.asks("ina", QUESTION)
    at, take = drafting.button("Take over")
    await drafting.press("noor", take, at)
    await drafting.press("tom", take, at)
    assert (await drafting.ticket()).owner == user("noor")
    assert drafting.texts(Purpose.NOTICE, where="agents") == ["Noor holds this ticket already."]


async def test_hand_back_gives_the_ticket_to_the_bot_which_answers_what_is_unanswered(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("noor", "Take over")
    await w.asks("ina", "unsure: and by transfer, the refund?", under=asked)
    await w.learns(replace(CHUNK, text="A refund by transfer takes 2 days."))
    await w.clicks("noor", "Hand back")
    assert await w.decisions() == ["reply", "stand_by", "suggest"]
    assert (await w.ticket()).owner is None


async def test_hand_back_when_all_is_answered_waits_for_the_customer_like_any_answer(w):
    asked = await w.asks("ina", QUESTION)
    await w.says("noor", "Let me add: it is free of charge", under=asked)
    await w.clicks("noor", "Hand back")
    assert (await w.ticket()).status is Status.WAITING_CUSTOMER
    await w.wait(hours=73)
    assert (await w.ticket()).status is Status.CLOSED


async def test_a_teammates_mention_of_the_bot_gives_the_ticket_back(w):
    asked = await w.asks("ina", QUESTION)
    await w.says("noor", "Let me look at that", under=asked)
    await w.asks("ina", "unsure: and by transfer, the refund?", under=asked)
    await w.says("noor", "@frontdesk please go on", under=asked, mentions_bot=True)
    await w.wait(seconds=9)
    ticket = await w.ticket()
    assert (ticket.owner, ticket.attention) == (None, Attention.ACTIVE)


async def test_a_teammates_mention_of_the_bot_does_not_pass_for_the_answer_it_asks_for(w):
    asked = await w.asks("ina", QUESTION)
    await w.says("noor", "Let me look at that", under=asked)
    await w.asks("ina", "unsure: and by transfer, the refund?", under=asked)
    await w.learns(replace(CHUNK, text="A refund by transfer takes 2 days."))
    await w.says("noor", "@frontdesk please go on", under=asked, mentions_bot=True)
    await w.wait(seconds=9)
    assert await w.decisions() == ["reply", "stand_by", "suggest"]


async def test_a_colleagues_or_customers_mention_of_the_bot_does_not(w):
    asked = await w.asks("ina", QUESTION)
    await w.says("noor", "Let me look at that", under=asked)
    for who in ("kim", "ina"):
        await w.asks(who, "@frontdesk please go on with the refund", under=asked, mentions_bot=True)
    assert (await w.ticket()).owner == user("noor")
    assert len(w.posts(Purpose.ANSWER)) == 1


async def test_mute_silences_a_thread_until_unmuted(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("noor", "Mute")
    await w.asks("ina", "unsure: and by transfer, the refund?", under=asked)
    assert (await w.ticket()).attention is Attention.MUTED
    assert len(w.posts(where="community")) == 1
    await w.learns(replace(CHUNK, text="A refund by transfer takes 2 days."))
    await w.clicks("noor", "Unmute")
    assert await w.decisions() == ["reply", "stand_by", "suggest"]


async def test_a_muted_thread_gets_no_reminder_and_no_mention_brings_the_bot_back(w):
    asked = await w.asks("ina", QUESTION)
    await w.clicks("noor", "Mute")
    await w.asks("ina", "@frontdesk the refund?", under=asked, mentions_bot=True)
    await w.wait(days=4)
    assert [p for p in w.posts(where="community") if p.emoji == ""] == w.posts(Purpose.ANSWER)


async def test_the_customers_channel_may_be_another_than_the_agents(w):
    await w.asks("mara", QUESTION, where="direct")
    assert w.posts(Purpose.AUTO_CARD)[0].target.channel == channel("agents")
