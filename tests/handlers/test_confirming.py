"""What needs the customer's word: it is asked for in policy's words, given by their own click, once, while the question stands."""

import pytest

from desk.draft import DraftStatus
from desk.selfservice import ActionRequest
from desk.timeline import Purpose
from tests.handlers.self_service import SAYS, STUCK, asking, runs, serving, states

ASKS = "Shall I restart the {integration} integration now?"
QUESTION = "Shall I restart the bank feed integration now?"


def asked(folder, *, mode="auto", **changes):
    """Open a world in which the restart needs the customer's word."""
    return serving(folder, mode=mode, confirm="customer", asks=ASKS, **changes)


async def test_it_is_asked_in_policys_words_and_runs_when_the_customer_confirms(tmp_path):
    async with asked(tmp_path) as w:
        await w.asks("mara", STUCK)
        (question,) = w.texts(Purpose.QUESTION)
        assert QUESTION in question
        assert SAYS not in question
        assert await runs(w) == []
        await w.clicks("mara", "Confirm")
        assert await w.decisions() == ["ask", "perform", "reply"]
        assert SAYS in w.texts(Purpose.ANSWER)[-1]
        assert (await w.ticket()).deflected


async def test_pressed_again_or_delivered_again_it_runs_once(tmp_path):
    async with asked(tmp_path) as w:
        await w.asks("mara", STUCK)
        at, confirm = w.button("Confirm")
        click = await w.click("mara", at, confirm)
        await w.emit(click)
        await w.emit(click)
        await w.press("mara", confirm, at)
        assert len(w.actions.ran) == 1
        assert w.texts(Purpose.NOTICE)[-1] == "Confirmed by Mara."


async def test_the_question_loses_its_buttons_once_it_is_answered(tmp_path):
    async with asked(tmp_path) as w:
        await w.asks("mara", STUCK)
        await w.clicks("mara", "Confirm")
        assert any(QUESTION in text and "Confirmed by Mara." in text for text in w.standing())
        with pytest.raises(AssertionError, match="no button 'confirm'"):
            w.button("Confirm")


@pytest.mark.parametrize("who", ["jon", "ina", "noor", "lea"])
async def test_nobody_elses_click_is_a_word_of_the_customers(tmp_path, who):
    async with asked(tmp_path) as w:
        await w.asks("mara", STUCK, where="shared")
        await w.clicks(who, "Confirm")
        await w.clicks(who, "No thanks")
        assert await runs(w) == []
        assert await w.decisions() == ["ask"]


async def test_no_thanks_leaves_it_undone_and_says_so(tmp_path):
    async with asked(tmp_path) as w:
        await w.asks("mara", STUCK)
        at, confirm = w.button("Confirm")
        await w.clicks("mara", "No thanks")
        assert await w.decisions() == ["ask", "drop"]
        assert "I have left it as it is" in w.texts(Purpose.ANSWER)[-1]
        await w.press("mara", confirm, at)
        assert await runs(w) == []
        assert [d.status for d in await w.drafts()] == [DraftStatus.DECLINED]


async def test_a_question_whose_conversation_went_on_does_nothing_any_more(tmp_path):
    async with asked(tmp_path) as w:
        first = await w.asks("mara", STUCK)
        at, confirm = w.button("Confirm")
        w.answerer.instead = None
        await w.asks("mara", "How long does a refund take?", under=first)
        await w.press("mara", confirm, at)
        assert await runs(w) == []
        assert "is no longer open" in w.texts(Purpose.NOTICE)[-1]


async def test_a_click_while_the_customer_is_still_writing_does_nothing(tmp_path):
    async with asked(tmp_path) as w:
        first = await w.asks("mara", STUCK)
        at, confirm = w.button("Confirm")
        await w.says("mara", "wait, no", under=first)
        await w.press("mara", confirm, at)
        assert await runs(w) == []


@pytest.mark.parametrize("button", ["Take over", "Mute"])
async def test_a_click_while_somebody_of_ours_has_the_word_does_nothing(tmp_path, button):
    async with asked(tmp_path, mode="draft") as w:
        await w.asks("mara", STUCK)
        at, hold = w.button(button)
        await w.clicks("noor", "Approve")
        await w.press("noor", hold, at)
        await w.clicks("mara", "Confirm")
        assert await runs(w) == []


async def test_what_policy_changed_since_the_question_is_not_run(tmp_path):
    async with asked(tmp_path) as w:
        await w.asks("mara", STUCK)
        w.policy.change(actions=[])
        await w.clicks("mara", "Confirm")
        assert await runs(w) == []


async def test_a_draft_was_approved_when_it_was_and_not_when_what_it_asked_for_was_done(tmp_path):
    async with asked(tmp_path, mode="draft") as w:
        await w.asks("mara", STUCK)
        await w.clicks("noor", "Approve")
        approved = (await w.drafts())[0].decided_at
        await w.wait(minutes=10)
        await w.clicks("mara", "Confirm")
        (draft,) = await w.drafts()
        assert (draft.status, draft.decided_at) == (DraftStatus.SENT, approved)


async def test_in_mode_draft_a_teammate_approves_the_question_first(tmp_path):
    async with asked(tmp_path, mode="draft") as w:
        await w.asks("mara", STUCK)
        assert w.posts(Purpose.QUESTION) == []
        assert "once, when approved and the customer confirmed" in w.texts(Purpose.DRAFT_CARD)[-1]
        await w.clicks("noor", "Approve")
        assert await runs(w) == []
        assert QUESTION in w.texts(Purpose.QUESTION)[-1]
        await w.clicks("mara", "Confirm")
        assert await w.decisions() == ["suggest", "ask", "perform", "reply"]
        assert SAYS in w.texts(Purpose.ANSWER)[-1]


async def test_what_is_personal_is_asked_in_private(tmp_path):
    async with serving(tmp_path, confirm="customer", asks=ASKS) as w:
        await w.asks("mara", STUCK, where="community")
        (question,) = w.posts(Purpose.QUESTION)
        assert str(question.target) == "direct:local/main/mara"
        assert not any(QUESTION in text for text in w.standing(where="community"))
        await w.clicks("mara", "Confirm")
        assert await states(w) == ["done"]


async def test_for_somebody_else_in_the_thread_a_teammate_agrees_instead(tmp_path):
    async with asked(tmp_path) as w:
        first = await w.says("mara", STUCK, where="shared")
        await w.says("jon", "the payroll too", where="shared", under=first)
        w.answerer.instead = asking(ActionRequest("restart_integration", (("integration", "payroll"),)))
        await w.wait(seconds=20)
        decisions = await w.all_decisions()
        assert [decision.word for decision in decisions] == ["suggest"]
        assert await runs(w) == []


async def test_the_words_of_the_question_are_in_the_customers_language(tmp_path):
    async with asked(tmp_path) as w:
        await w.asks("mara", f"{STUCK} bitte")
        assert any(button.label == "Bestätigen" for button in w.card(Purpose.QUESTION).buttons)
