"""Mode observe: nothing is said, routed or paged, but for what the page of behavior names."""

import pytest

from desk.ticket import Status
from desk.timeline import Purpose
from tests.world import CHUNK

QUESTION = "When does my refund arrive?"
SENTENCE = "Thank you, I have passed this to our team. A person will reply here."


async def test_nothing_is_said_routed_or_paged(observing):
    await observing.asks("ina", QUESTION)
    await observing.asks("max", "Do you sell bicycles?")
    await observing.wait(hours=1)
    assert observing.posts() == []
    assert await observing.decisions() == ["observe", "observe"]
    assert [decision.would for decision in await observing.all_decisions()] == ["reply", "escalate"]


@pytest.mark.parametrize(
    ("text", "more"),
    [(QUESTION, {"mentions_bot": True}), (QUESTION, {"where": "direct"}), ("#human please", {})],
    ids=["a mention", "a direct message", "a request for a human"],
)
async def test_whoever_addresses_the_bot_gets_one_fixed_sentence_and_the_team_a_card(observing, text, more):
    asked = await observing.asks("mara", text, **more)
    await observing.asks("mara", text, **{**more, "under": asked})
    assert observing.texts(Purpose.NOTICE) == [SENTENCE]
    assert len(observing.posts(Purpose.ESCALATION_CARD)) >= 1
    assert (await observing.ticket()).status is Status.WAITING_TEAM


async def test_the_draft_on_that_card_can_be_approved(observing):
    await observing.asks("mara", QUESTION, where="direct")
    await observing.clicks("noor", "Approve")
    assert "Checked by Noor" in observing.texts(Purpose.ANSWER)[0]


@pytest.mark.parametrize("word", ["security", "data_loss"])
async def test_what_policy_names_pages(observing, word):
    await observing.asks("ina", f"#{word} help")
    assert [str(p.target) for p in observing.posts(Purpose.PAGE)] == ["direct:local/main/lea"]
    assert observing.posts(where="community") == []


@pytest.mark.parametrize("word", ["legal", "safety"])
async def test_what_policy_does_not_name_pages_nobody(observing, word):
    await observing.asks("ina", f"#{word} help")
    assert observing.posts() == []


async def test_what_it_would_have_said_is_collected_into_a_daily_card_with_right_and_wrong(observing):
    await observing.asks("ina", QUESTION)
    await observing.asks("mara", "refund for my invoice?", where="shared")
    await observing.wait(hours=8)
    (card,) = observing.texts(Purpose.NOTICE, where="agents")
    assert card.startswith("What I would have said today   2 answers observed")
    assert '"When does my refund arrive?"' in card
    assert "reply: in the thread: Refunds reach the card" in card
    assert [b.label for b in observing.card(Purpose.NOTICE).buttons] == ["Right", "Wrong"] * 2


async def test_right_and_wrong_are_labels_that_count_once(observing):
    await observing.asks("ina", QUESTION)
    await observing.wait(hours=8)
    at, right = observing.button("Right")
    await observing.press("noor", right, at)
    await observing.press("tom", right, at)
    (decision,) = await observing.all_decisions()
    assert [(f.kind, f.subject) for f in await observing.store.feedback(decision.ticket)] == [("right", decision.id)]
    assert "Called right." in observing.standing(where="agents")[0]


async def test_a_day_on_which_nothing_was_observed_posts_no_card(observing):
    await observing.asks("ina", "thanks everybody")
    await observing.wait(days=2)
    assert observing.posts() == []


async def test_personal_data_in_public_is_not_warned_of(observing):
    await observing.asks("ina", "#personal_data refund for card 4111?")
    assert observing.posts() == []


async def test_something_down_is_not_told_to_the_customer(observing):
    observing.knowledge.down = True
    await observing.asks("ina", QUESTION)
    await observing.wait(minutes=5)
    assert observing.posts(where="community") == []


async def test_a_ticket_that_was_answered_before_the_switch_to_observe_closes_in_silence(w):
    await w.asks("ina", QUESTION)
    before = len(w.posts(where="community"))
    w.policy.change(modes={"default": "observe"})
    await w.wait(days=4)
    assert len(w.posts(where="community")) == before
    assert (await w.ticket()).status is Status.CLOSED


async def test_a_mode_is_looked_up_by_category_kind_and_tier(w):
    w.policy.change(modes={"rules": [{"mode": "observe", "kind": "community"}, {"mode": "draft", "kind": "community", "tier": "enterprise"}]})
    await w.asks("ina", QUESTION)
    await w.asks("mara", QUESTION)
    await w.asks("mara", QUESTION, where="direct")
    assert sorted(await w.decisions()) == ["observe", "reply", "suggest"]


async def test_in_mode_draft_everything_a_customer_reads_was_approved_also_questions_back(drafting):
    await drafting.asks("ina", "vague")
    assert await drafting.decisions() == ["suggest"]
    assert drafting.posts(Purpose.QUESTION) == []
    await drafting.clicks("noor", "Approve")
    assert "Which part is it" in drafting.texts(Purpose.QUESTION)[0]


async def test_in_mode_draft_fixed_sentences_are_no_drafts(drafting):
    await drafting.asks("ina", QUESTION)
    assert len(drafting.posts(Purpose.HOLDING)) == 1
    await drafting.asks("max", "#human please")
    assert any("A person of our team has this now" in text for text in drafting.texts(Purpose.NOTICE))


@pytest.mark.parametrize(
    ("spoil", "action"),
    [
        ({"confidence": 0.59}, "suggest"),
        ({"confidence": 0.6}, "reply"),
        ({"unsupported": True}, "suggest"),
    ],
    ids=["below the threshold", "at the threshold", "without evidence"],
)
async def test_in_mode_auto_it_answers_alone_only_where_it_is_sure(w, spoil, action):
    for name, value in spoil.items():
        setattr(w.answerer, name, value)
    await w.asks("ina", QUESTION)
    assert await w.decisions() == [action]


async def test_a_fresh_install_observes_everywhere(w):
    w.policy.changes = {}
    await w.asks("ina", QUESTION)
    assert CHUNK.text not in "".join(w.texts())
    assert await w.decisions() == ["observe"]
