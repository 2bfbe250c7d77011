"""Draft cards: what they carry, and what becomes of a click."""

import asyncio
from dataclasses import replace

import pytest

from desk.audience import INTERNAL
from desk.cards import Quote, Sources, Style, Text, plain
from desk.changes import SetOverride, write
from desk.draft import DraftStatus, Verdict
from desk.ids import EventId
from desk.post import Direct, Op
from desk.timeline import Purpose
from handlers.dispatch import dispatch
from tests.world import CHUNK, INVOICES, user

QUESTION = "When does my refund arrive?"
STALE = "Something this draft rests on has changed, so it was not sent."


async def test_a_draft_card_carries_who_how_urgent_by_when_the_words_the_parts_and_their_evidence(drafting):
    await drafting.asks("mara", "refund for my invoice?", where="shared")
    card, text = drafting.card(Purpose.DRAFT_CARD), drafting.texts(Purpose.DRAFT_CARD)[0]
    assert "Draft  for Mara, Acme (enterprise, health 62 falling)" in text
    assert "first response due 11:00 UTC, in 60 min" in text
    assert Quote("refund for my invoice?", "Mara") in card.blocks
    assert "in the thread: Refunds reach the card within 5 to 7 working days. [1]" in text
    assert "to Mara alone: INV-204" in text
    assert [item.n for block in card.blocks if isinstance(block, Sources) for item in block.items] == [1, 2]


async def test_how_many_more_messages_there_are_stands_on_the_card(drafting):
    await drafting.says("ina", "Hello")
    await drafting.asks("ina", QUESTION)
    assert "(+1 message)" in drafting.texts(Purpose.DRAFT_CARD)[0]


async def test_approve_sends_exactly_what_is_seen(drafting):
    await drafting.asks("mara", "refund for my invoice?")
    seen = [block.text for block in drafting.card(Purpose.DRAFT_CARD).blocks if isinstance(block, Text)]
    await drafting.clicks("noor", "Approve")
    (answer,), (part,) = drafting.texts(Purpose.ANSWER), drafting.texts(Purpose.PART)
    assert f"in the thread: {answer.splitlines()[0]}" in seen
    assert part.splitlines()[0].removesuffix(" [1]") in " ".join(seen)


async def test_unsupported_sentences_replace_approve_by_edit_and_approve_anyway_with_a_reason(drafting):
    drafting.answerer.unsupported = True
    await drafting.asks("ina", QUESTION)
    card = drafting.card(Purpose.DRAFT_CARD)
    assert [button.name for button in card.buttons][:2] == ["Edit", "Approve anyway..."]
    (warning,) = [block.text for block in card.blocks if isinstance(block, Text) and block.style is Style.WARNING]
    (draft,) = await drafting.drafts()
    assert warning.startswith(f"“{draft.proposal.claims[0].text}”: ")
    await drafting.clicks("noor", "Approve anyway")
    assert drafting.posts(Purpose.ANSWER) == []
    await drafting.clicks("noor", "Approve anyway", reason="I asked billing")
    (draft,) = await drafting.drafts()
    assert (draft.verdict, draft.why) == (Verdict.APPROVE_ANYWAY, "I asked billing")


async def test_an_old_approve_button_does_not_send_what_has_no_evidence(drafting):
    await drafting.asks("ina", QUESTION)
    at, approve = drafting.button("Approve")
    drafting.answerer.unsupported = True
    await drafting.clicks("noor", "Regenerate")
    (fresh,) = [draft for draft in await drafting.drafts() if draft.is_open]
    await drafting.press("noor", replace(approve, subject=fresh.id), at)
    assert drafting.posts(Purpose.ANSWER) == []


async def test_a_changed_ticket_marks_the_card_stale_and_offers_the_new_draft(drafting):
    asked = await drafting.asks("ina", QUESTION)
    await drafting.asks("ina", "And for a transfer?", under=asked)
    old, new = await drafting.drafts()
    assert (old.status, new.status) == (DraftStatus.STALE, DraftStatus.WAITING)
    assert "Replaced by a newer draft" in drafting.texts(Purpose.DRAFT_CARD)[-1]


async def test_a_click_while_the_customer_is_writing_again_sends_nothing(drafting):
    asked = await drafting.asks("ina", QUESTION)
    await drafting.says("ina", "Wait, I meant something else", under=asked)
    await drafting.clicks("noor", "Approve")
    assert drafting.posts(Purpose.ANSWER) == []
    assert STALE in drafting.texts(Purpose.NOTICE, where="agents")[0]


async def test_a_click_on_the_card_of_an_older_turn_sends_nothing(drafting):
    asked = await drafting.asks("ina", QUESTION)
    at, approve = drafting.button("Approve")
    await drafting.asks("ina", "And for a transfer refund?", under=asked)
    await drafting.press("noor", approve, at)
    assert drafting.posts(Purpose.ANSWER) == []
    assert "replaced by a newer one" in drafting.texts(Purpose.NOTICE, where="agents")[0]


async def test_a_draft_card_names_the_dates_of_its_sources_and_the_customer_does_not_see_them(drafting):
    await drafting.learns(replace(CHUNK, updated="2026-09-14", reviewed="2026-10-20"))
    await drafting.asks("ina", QUESTION)
    assert "changed 2026-09-14, reviewed 2026-10-20" in drafting.texts(Purpose.DRAFT_CARD)[0]
    await drafting.clicks("noor", "Approve")
    assert "2026-09-14" not in drafting.texts(Purpose.ANSWER)[0]


async def test_a_source_without_any_date_says_so(drafting):
    await drafting.asks("ina", QUESTION)
    assert "undated" in drafting.texts(Purpose.DRAFT_CARD)[0]


async def test_nothing_is_drafted_from_an_article_whose_day_has_come(drafting):
    await drafting.learns(replace(CHUNK, expires="2026-11-02"))
    await drafting.asks("ina", QUESTION)
    assert await drafting.drafts() == []


async def test_an_article_that_expires_while_its_draft_waits_is_not_sent(drafting):
    drafting.policy.change(sla={"first_response": "40h"})
    await drafting.learns(replace(CHUNK, expires="2026-11-03"))
    await drafting.asks("ina", QUESTION)
    await drafting.wait(hours=15)
    await drafting.clicks("noor", "Approve")
    assert drafting.posts(Purpose.ANSWER) == []
    assert STALE in drafting.texts(Purpose.NOTICE, where="agents")[-1]


async def _new_passage(w):
    await w.learns(replace(CHUNK, text="Refunds take 10 days now."))


async def _no_passage(w):
    del w.knowledge.passages_[CHUNK.id]


async def _new_record(w):
    await w.customers.save(invoices=[replace(INVOICES[0], status="paid")])


async def _new_policy(w):
    w.policy.change(answers={"threshold": 0.7})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_new_passage, id="a passage says something else"),
        pytest.param(_no_passage, id="a passage is gone"),
        pytest.param(_new_record, id="a field of the record changed"),
        pytest.param(_new_policy, id="a section of the policy changed"),
    ],
)
async def test_a_draft_does_not_go_out_once_what_it_rests_on_has_changed(drafting, change):
    await drafting.asks("mara", "refund for my invoice?")
    await change(drafting)
    await drafting.clicks("noor", "Approve")
    assert drafting.posts(Purpose.ANSWER) == []
    assert STALE in drafting.texts(Purpose.NOTICE, where="agents")[0]


async def test_the_new_draft_in_its_place_can_be_approved(drafting):
    await drafting.asks("ina", QUESTION)
    await _new_passage(drafting)
    await drafting.clicks("noor", "Approve")
    await drafting.clicks("noor", "Approve")
    assert "10 days now" in drafting.texts(Purpose.ANSWER)[0]


async def test_an_unrelated_change_of_policy_does_not_hinder(drafting):
    await drafting.asks("ina", QUESTION)
    override = SetOverride("tickets.remind", "12h", "Ada", "", drafting.clock.now())
    await drafting.store.commit(EventId("override"), write(override), at=drafting.clock.now())
    await drafting.clicks("noor", "Approve")
    assert len(drafting.posts(Purpose.ANSWER)) == 1


async def test_a_draft_older_than_two_hours_that_would_be_the_same_is_sent_at_the_click(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.wait(hours=3)
    await drafting.clicks("noor", "Approve")
    assert len(drafting.posts(Purpose.ANSWER)) == 1


async def test_a_draft_older_than_two_hours_that_would_be_another_is_made_again(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.wait(hours=3)
    await drafting.learns(replace(CHUNK, id="c-new", document="new", text="Refunds and much more: when does my refund arrive."))
    drafting.knowledge.passages_ = dict(reversed(drafting.knowledge.passages_.items()))
    await drafting.clicks("noor", "Approve")
    assert drafting.posts(Purpose.ANSWER) == []


async def test_of_two_people_one_wins_and_the_other_is_told_who(drafting):
    await drafting.asks("ina", QUESTION)
    at, approve = drafting.button("Approve")
    await drafting.press("noor", approve, at)
    await drafting.press("tom", approve, at)
    assert len(drafting.posts(Purpose.ANSWER)) == 1
    assert drafting.texts(Purpose.NOTICE, where="agents") == ["Noor was faster: this was already decided."]


async def test_of_two_people_at_the_very_same_moment_one_wins(drafting):
    await drafting.asks("ina", QUESTION)
    at, approve = drafting.button("Approve")
    events = [await drafting.click(who, at, approve) for who in ("noor", "tom")]
    await asyncio.gather(*(dispatch(event, drafting.services, drafting.submit) for event in events))
    await drafting.settle()
    assert len(drafting.posts(Purpose.ANSWER)) == 1
    assert len([text for text in drafting.texts(Purpose.NOTICE, where="agents") if "was faster" in text]) == 1


async def test_an_edit_is_sent_in_the_teammates_words_and_kept_beside_the_draft(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Edit", text="Within a week.")
    assert drafting.texts(Purpose.ANSWER)[0].startswith("Within a week.")
    old, mine = await drafting.drafts()
    assert (old.status, old.verdict, mine.edited_from) == (DraftStatus.STALE, Verdict.EDIT, old.id)


async def test_an_edit_that_lost_is_handed_back_to_its_writer(drafting):
    await drafting.asks("ina", QUESTION)
    at, edit = drafting.button("Edit")
    await drafting.clicks("tom", "Approve")
    await drafting.press("noor", edit, at, text="Within a week, I promise.")
    whisper, back = sorted(drafting.posts(Purpose.NOTICE), key=lambda post: post.op is Op.POST)
    assert (whisper.op, whisper.to, plain(whisper.card)) == (
        Op.WHISPER,
        (user("noor"),),
        "Tom was faster: this was already decided. What you wrote is in your direct messages.",
    )
    assert (back.op, back.target, back.audience, back.ticket) == (Op.POST, Direct(user("noor")), INTERNAL, (await drafting.ticket()).id)
    assert "Tom was faster" in plain(back.card)
    assert "Within a week, I promise." in plain(back.card)


async def test_an_edit_that_lost_without_any_words_is_only_told_so(drafting):
    await drafting.asks("ina", QUESTION)
    at, edit = drafting.button("Edit")
    await drafting.clicks("tom", "Approve")
    await drafting.press("noor", edit, at)
    assert drafting.texts(Purpose.NOTICE) == ["Tom was faster: this was already decided."]


async def test_an_edit_that_the_customer_overtook_is_handed_back_too(drafting):
    asked = await drafting.asks("ina", QUESTION)
    at, edit = drafting.button("Edit")
    await drafting.says("ina", "Never mind the card, I paid by transfer", under=asked)
    await drafting.press("noor", edit, at, text="Within a week.")
    assert drafting.posts(Purpose.ANSWER) == []
    [back] = [post for post in drafting.posts(Purpose.NOTICE) if post.target == Direct(user("noor"))]
    assert "The customer wrote again meanwhile" in plain(back.card)
    assert "Within a week." in plain(back.card)


async def test_a_part_that_an_edit_empties_is_left_out_with_its_evidence(drafting):
    await drafting.asks("mara", "refund for my invoice?")
    await drafting.clicks("noor", "Edit", text="")
    assert drafting.card(Purpose.ANSWER).evidence == ()
    assert "INV-204" in drafting.texts(Purpose.PART)[0]


async def test_an_edit_that_empties_everything_is_refused(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Edit", text=" ")
    assert drafting.posts(Purpose.ANSWER) == []


async def test_reject_keeps_the_draft_from_the_customer_with_its_reason(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Reject", reason="wrong article")
    (draft,) = await drafting.drafts()
    assert (draft.status, draft.why, drafting.posts(Purpose.ANSWER)) == (DraftStatus.REJECTED, "wrong article", [])
    assert "Rejected by Noor" in drafting.texts(Purpose.DRAFT_CARD)[-1]


async def test_regenerate_drafts_again_with_the_hint(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Regenerate", hint="shorter")
    assert drafting.answerer.briefs[-1].hint == "shorter"
    assert [draft.status for draft in await drafting.drafts()] == [DraftStatus.STALE, DraftStatus.WAITING]


async def test_regenerate_never_sends_even_in_mode_auto(w):
    await w.asks("ina", "unsure: when does my refund arrive?")
    w.answerer.confidence = 1.0
    w.policy.change(answers={"threshold": 0.1})
    await w.clicks("noor", "Regenerate")
    assert w.posts(Purpose.ANSWER) == []


async def test_decided_cards_shrink_to_a_line(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks("noor", "Approve")
    assert len(drafting.card(Purpose.DRAFT_CARD).blocks) == 2
    assert drafting.texts(Purpose.DRAFT_CARD)[-1].startswith("Approved by Noor at 10:00")


@pytest.mark.parametrize("who", ["ina", "kim"], ids=["a customer", "a colleague"])
async def test_only_the_support_team_can_press_team_buttons(drafting, who):
    await drafting.asks("ina", QUESTION)
    await drafting.clicks(who, "Approve")
    assert drafting.posts(Purpose.ANSWER) == []


async def test_why_whispers_every_decision_with_its_reasons(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Why")
    (told,) = w.posts(Purpose.NOTICE, where="agents")
    assert [user.id for user in told.to] == ["noor"]
    assert "confidence 0.90 reaches the threshold 0.60" in w.texts(Purpose.NOTICE, where="agents")[0]


async def test_a_click_while_the_knowledge_base_is_down_says_so_and_sends_nothing(drafting):
    await drafting.asks("ina", QUESTION)
    await drafting.wait(hours=3)
    drafting.knowledge.down = True
    await drafting.clicks("noor", "Approve")
    assert drafting.posts(Purpose.ANSWER) == []
    assert "The knowledge base is not available right now" in drafting.texts(Purpose.NOTICE, where="agents")[-1]
