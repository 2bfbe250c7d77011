"""Self-service actions: what an answer asks for runs once, when it may, and only then is the answer sent."""

from dataclasses import replace

import pytest

from desk.draft import DraftStatus
from desk.runs import RunStatus
from desk.selfservice import ActionRequest
from desk.ticket import Status
from desk.timeline import Purpose
from tests.handlers.self_service import SAYS, STUCK, asking, runs, serving, states
from tests.world import user

PAYROLL = ActionRequest("restart_integration", (("integration", "payroll"),))


async def test_in_mode_auto_it_runs_and_then_the_answer_goes_out(tmp_path):
    async with serving(tmp_path) as w:
        await w.asks("mara", STUCK)
        assert await w.decisions() == ["perform", "reply"]
        assert await states(w) == ["done"]
        (answer,) = w.texts(Purpose.ANSWER)
        assert SAYS in answer
        ticket = await w.ticket()
        assert (ticket.status, ticket.deflected) == (Status.WAITING_CUSTOMER, True)


async def test_nothing_is_said_while_it_runs(tmp_path):
    async with serving(tmp_path) as w:
        said = []

        async def look(_):
            said.extend(w.posts(Purpose.ANSWER))

        w.actions.before = look
        await w.asks("mara", STUCK)
        assert said == []
        assert len(w.posts(Purpose.ANSWER)) == 1


async def test_what_says_who_asks_is_bound_again_whatever_the_answer_filled_in(tmp_path):
    forged = replace(PAYROLL, bound=(("account_id", "globex"),), user=user("ina"), person="ina")
    async with serving(tmp_path, request=forged) as w:
        await w.asks("mara", STUCK)
        (run,) = w.actions.ran
        assert run.request.values == {"integration": "payroll", "account_id": "acme"}
        assert (run.user, run.person) == (user("mara"), "mara")


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(ActionRequest("restart_integration", (("integration", "bank feed"), ("account_id", "globex"))), id="another account"),
        pytest.param(ActionRequest("restart_integration", (("integration", "everything"),)), id="what is no choice"),
        pytest.param(ActionRequest("drop_database"), id="an action nobody declared"),
        pytest.param(ActionRequest("resend_invoice", (("number", "INV-999"),)), id="somebody else's invoice"),
    ],
)
async def test_a_request_that_may_not_run_does_not_and_its_claim_is_carried_by_nothing(tmp_path, request_):
    async with serving(tmp_path, request=request_) as w:
        await w.asks("mara", STUCK)
        assert await w.decisions() == ["suggest"]
        assert await runs(w) == []
        (draft,) = await w.drafts()
        assert draft.proposal.requests == ()
        assert draft.proposal.unsupported == 1
        assert "does not allow" in "".join(w.texts(Purpose.DRAFT_CARD))


async def test_somebody_who_is_not_known_well_enough_gets_nothing_done(tmp_path):
    async with serving(tmp_path) as w:
        await w.asks("nobody", STUCK)
        assert await runs(w) == []
        assert await w.decisions() == ["suggest"]


async def test_in_mode_draft_it_is_only_proposed_and_runs_once_after_approval(tmp_path):
    async with serving(tmp_path, mode="draft") as w:
        await w.asks("mara", STUCK)
        assert await runs(w) == []
        assert "Will run: restart_integration (integration = bank feed), once, when approved" in w.texts(Purpose.DRAFT_CARD)[-1]
        at, approve = w.button("Approve")
        await w.press("noor", approve, at)
        await w.press("tom", approve, at)
        assert await w.decisions() == ["suggest", "perform", "reply"]
        assert len(w.actions.ran) == 1
        assert (await runs(w))[0].by == user("noor")
        assert "restart_integration (integration = bank feed) was done at" in w.texts(Purpose.DRAFT_CARD)[-1]
        assert [d.status for d in await w.drafts()] == [DraftStatus.SENT]


async def test_an_event_that_comes_again_runs_nothing_again(tmp_path):
    async with serving(tmp_path, mode="draft") as w:
        await w.asks("mara", STUCK)
        at, approve = w.button("Approve")
        click = await w.click("noor", at, approve)
        for _ in range(3):
            await w.emit(click)
        assert len(w.actions.ran) == 1
        assert len([text for text in w.texts(Purpose.ANSWER) if SAYS in text]) == 1


async def test_a_rejected_draft_runs_nothing(tmp_path):
    async with serving(tmp_path, mode="draft") as w:
        await w.asks("mara", STUCK)
        await w.clicks("noor", "Reject", reason="no")
        assert await runs(w) == []
        assert "Did not run: restart_integration" in w.texts(Purpose.DRAFT_CARD)[-1]


async def test_an_edited_draft_runs_what_it_asks_for_with_the_teammates_words(tmp_path):
    async with serving(tmp_path, mode="draft") as w:
        await w.asks("mara", STUCK)
        await w.clicks("noor", "Edit", text="Done: it was restarted.")
        assert await states(w) == ["done"]
        assert "Done: it was restarted." in w.texts(Purpose.ANSWER)[-1]


async def test_in_mode_observe_nothing_runs_and_what_would_is_remembered(tmp_path):
    async with serving(tmp_path, mode="observe") as w:
        await w.asks("mara", STUCK)
        (decision,) = await w.all_decisions()
        assert (decision.word, decision.would) == ("observe", "perform")
        assert await runs(w) == []


@pytest.mark.parametrize(("confirm", "reason"), [("teammate", "needs_teammate"), ("lead", "needs_lead")])
async def test_an_action_that_needs_the_teams_word_waits_for_it_in_mode_auto_too(tmp_path, confirm, reason):
    async with serving(tmp_path, confirm=confirm) as w:
        await w.asks("mara", STUCK)
        assert await runs(w) == []
        (decision,) = await w.all_decisions()
        assert [r.code for r in decision.reasons] == [reason]
        await w.clicks("lea", "Approve")
        assert await states(w) == ["done"]


async def test_where_a_lead_must_agree_a_teammate_is_told_so_and_nothing_runs(tmp_path):
    async with serving(tmp_path, confirm="lead") as w:
        await w.asks("mara", STUCK)
        assert "once, when a lead approved" in w.texts(Purpose.DRAFT_CARD)[-1]
        await w.clicks("noor", "Approve")
        await w.clicks("noor", "Edit", text="It was restarted.")
        assert [text for text in w.texts(Purpose.NOTICE) if "needs a lead" in text]
        assert await runs(w) == []
        await w.clicks("lea", "Approve")
        assert await states(w) == ["done"]


async def test_two_actions_of_one_answer_both_run_before_it_goes_out(tmp_path):
    async with serving(tmp_path) as w:
        w.answerer.instead = asking(ActionRequest("restart_integration", (("integration", "bank feed"),)), PAYROLL)
        await w.asks("mara", STUCK)
        assert sorted(dict(run.request.parameters)["integration"] for run in w.actions.ran) == ["bank feed", "payroll"]
        assert await w.decisions() == ["perform", "reply"]


async def test_one_that_is_asked_for_twice_in_one_answer_runs_once(tmp_path):
    async with serving(tmp_path) as w:
        w.answerer.instead = asking(PAYROLL, PAYROLL)
        await w.asks("mara", STUCK)
        assert len(w.actions.ran) == 1


async def test_a_question_runs_nothing(tmp_path):
    async with serving(tmp_path) as w:
        w.answerer.instead = asking(PAYROLL, text="Which one?", question=True)
        await w.asks("mara", STUCK)
        assert await w.decisions() == ["ask"]
        assert await runs(w) == []


async def test_the_same_words_again_ask_for_it_again(tmp_path):
    async with serving(tmp_path) as w:
        first = await w.asks("mara", STUCK)
        await w.asks("mara", f"{STUCK} again", under=first)
        assert await states(w) == ["done", "done"]
        assert await w.decisions() == ["perform", "reply"] * 2


async def test_the_quiet_line_says_what_was_done(tmp_path):
    async with serving(tmp_path) as w:
        await w.asks("mara", STUCK)
        assert "Action: restart_integration (integration = bank feed) was done at" in w.texts(Purpose.AUTO_CARD)[-1]


async def test_a_card_shows_nothing_of_what_was_filled_in_about_who_asks(tmp_path):
    async with serving(tmp_path, mode="draft") as w:
        await w.asks("mara", STUCK)
        assert "account_id" not in "".join(w.texts(Purpose.DRAFT_CARD))


# When it goes wrong


@pytest.mark.parametrize(
    ("status", "rule", "told"),
    [
        pytest.param(RunStatus.FAILED, "action_failed", "was not done (no such feed)", id="what was refused"),
        pytest.param(RunStatus.UNKNOWN, "action_unknown", "nobody knows: look there before anybody tries again (no such feed)", id="an unknown fate"),
    ],
)
async def test_what_was_not_certainly_done_brings_in_a_person_and_is_never_said(tmp_path, status, rule, told):
    async with serving(tmp_path) as w:
        w.actions.answers["restart_integration"] = replace(await _ok(), status=status, said="no such feed")
        await w.asks("mara", STUCK)
        assert await w.decisions() == ["perform", "escalate"]
        assert (await w.all_decisions())[-1].reasons[0].code == rule
        assert await states(w) == [status]
        assert w.posts(Purpose.ANSWER) == []
        assert any("person of our team" in text or "has this now" in text for text in w.texts(Purpose.NOTICE))
        assert told in w.texts(Purpose.ESCALATION_CARD)[-1]
        assert [d.status for d in await w.drafts()] == [DraftStatus.FAILED]
        assert [summary.kind for summary in await w.store.summaries((await w.ticket()).id)] == ["handover"]
        # What it was given may be a customer's words, which only a draft may keep.
        (escalation,) = await w.store.escalations((await w.ticket()).id)
        assert escalation.triggers[0].values == (("what", "restart_integration"),)


async def _ok():
    from desk.runs import ActionResult

    return ActionResult(RunStatus.DONE)


async def test_what_never_left_is_tried_again_and_then_done_once(tmp_path):
    async with serving(tmp_path) as w:
        w.actions.down = True
        await w.asks("mara", STUCK)
        assert await states(w) == ["queued"]
        w.actions.down = False
        await w.wait(seconds=6)
        assert await states(w) == ["done"]
        assert len(w.actions.ran) == 1
        assert SAYS in w.texts(Purpose.ANSWER)[-1]


async def test_what_never_leaves_is_given_up_after_a_few_tries_and_a_person_comes(tmp_path):
    async with serving(tmp_path) as w:
        w.actions.down = True
        await w.asks("mara", STUCK)
        await w.wait(minutes=2)
        (run,) = await runs(w)
        assert (run.status, run.attempts) == (RunStatus.FAILED, 3)
        assert await w.decisions() == ["perform", "escalate"]


async def test_after_a_crash_between_taking_and_answering_it_is_never_run_again(tmp_path):
    async with serving(tmp_path) as w:
        await _crashes(w)
        assert await states(w) == ["running"]
        await w.wait(minutes=2)
        assert await states(w) == ["unknown"]
        assert len(w.actions.ran) == 1
        assert await w.decisions() == ["perform", "escalate"]


async def test_a_fate_that_is_heard_of_late_is_recorded_and_nothing_else_happens(tmp_path):
    async with serving(tmp_path) as w:
        event = await _crashes(w)
        await w.wait(minutes=2)
        await w.emit(event)
        assert await states(w) == ["done"]
        assert await w.decisions() == ["perform", "escalate"]
        assert w.posts(Purpose.ANSWER) == []
        assert "was done at" in w.texts(Purpose.ESCALATION_CARD)[-1]


async def _crashes(w):
    """Let the process end after the call and before anybody heard of it; return the event that is lost."""
    lost = []

    async def swallow(event):
        lost.append(event)

    w.runner._submit = swallow
    await w.asks("mara", STUCK)
    w.runner._submit = w.submit
    return lost[0]


async def test_while_an_earlier_fate_is_unknown_the_same_again_is_only_proposed(tmp_path):
    async with serving(tmp_path) as w:
        w.actions.lost = True
        await w.asks("mara", STUCK)
        w.actions.lost = False
        await w.clicks("noor", "Hand back")
        assert (await w.decisions())[-1] == "suggest"
        assert len(w.actions.ran) == 1
        assert "nobody knows whether" in w.texts(Purpose.DRAFT_CARD)[-1]


async def test_a_defect_of_ours_leaves_an_unknown_fate_and_stops_nothing_else(tmp_path):
    async with serving(tmp_path) as w:

        async def breaks(_):
            raise ValueError("oops")

        w.actions.before = breaks
        await w.asks("mara", STUCK)
        (run,) = await runs(w)
        assert (run.status, run.result) == (RunStatus.UNKNOWN, "a defect of ours: ValueError")


async def test_without_anything_that_can_run_it_a_person_comes(tmp_path):
    async with serving(tmp_path) as w:
        bare = replace(w.services, actions=None)
        w.runner._services = bare
        await w.asks("mara", STUCK)
        assert await states(w) == ["failed"]
        assert await w.decisions() == ["perform", "escalate"]


async def test_an_action_that_policy_dropped_meanwhile_is_not_run(tmp_path):
    async with serving(tmp_path, mode="draft") as w:
        await w.asks("mara", STUCK)
        w.policy.change(actions=[])
        await w.clicks("noor", "Approve")
        assert w.actions.ran == []


# Limits


async def test_a_limit_that_is_used_up_makes_it_a_draft(tmp_path):
    async with serving(tmp_path, limits={"person": 1}) as w:
        asked = await w.asks("mara", STUCK)
        await w.asks("mara", f"{STUCK} again", under=asked)
        assert await w.decisions() == ["perform", "reply", "suggest"]
        assert "as often as its limits allow" in w.texts(Purpose.DRAFT_CARD)[-1]
        await w.clicks("noor", "Approve")
        assert len(w.actions.ran) == 1


async def test_the_limit_is_over_when_its_span_is(tmp_path):
    async with serving(tmp_path, limits={"person": 1, "within": "1h"}) as w:
        asked = await w.asks("mara", STUCK)
        await w.wait(hours=2)
        await w.asks("mara", f"{STUCK} again", under=asked)
        assert await states(w) == ["done", "done"]


async def test_of_two_at_once_only_as_many_run_as_the_limit_allows(tmp_path):
    async with serving(tmp_path, limits={"all": 1}) as w:
        w.answerer.instead = asking(ActionRequest("restart_integration", (("integration", "bank feed"),)), PAYROLL)
        await w.asks("mara", STUCK)
        assert sorted(await states(w)) == ["done", "failed"]
        assert [run.result for run in await runs(w) if run.status is RunStatus.FAILED] == ["its limit is used up"]
        assert await w.decisions() == ["perform", "escalate"]


async def test_while_the_bot_is_paused_nothing_runs_and_afterwards_it_does(tmp_path):
    async with serving(tmp_path) as w:
        w.actions.down = True
        await w.asks("mara", STUCK)
        w.actions.down = False
        await w.commands("ada", "pause")
        await w.wait(minutes=10)
        assert await states(w) == ["queued"]
        await w.commands("ada", "resume")
        assert await states(w) == ["done"]
        assert SAYS in w.texts(Purpose.ANSWER)[-1]


# While it runs


async def test_what_the_customer_writes_meanwhile_is_answered_together_with_it(tmp_path):
    async with serving(tmp_path) as w:
        w.actions.down = True
        asked = await w.asks("mara", STUCK)
        w.actions.down = False
        w.answerer.instead = None
        await w.says("mara", "And how long does a refund take?", under=asked)
        await w.wait(seconds=30)
        assert await w.decisions() == ["perform", "stand_by", "reply"] or await w.decisions() == ["perform", "reply"]
        (answer,) = w.texts(Purpose.ANSWER)
        assert SAYS in answer
        assert "5 to 7 working days" in answer
        assert len(w.actions.ran) == 1


async def test_thanks_meanwhile_do_not_make_it_forget_to_say_so(tmp_path):
    async with serving(tmp_path) as w:
        w.actions.down = True
        asked = await w.asks("mara", STUCK)
        await w.asks("mara", "thanks", under=asked)
        w.actions.down = False
        await w.wait(seconds=60)
        assert any(SAYS in text for text in w.texts(Purpose.ANSWER))
        assert len(w.actions.ran) == 1


async def test_who_asks_for_a_person_meanwhile_gets_one_and_the_bot_says_no_more(tmp_path):
    async with serving(tmp_path) as w:
        w.actions.down = True
        asked = await w.asks("mara", STUCK)
        await w.asks("mara", "#human please", under=asked)
        w.actions.down = False
        await w.wait(seconds=60)
        assert await states(w) == ["done"]
        assert w.posts(Purpose.ANSWER) == []
        assert (await w.decisions())[-1] == "stand_by"
        assert "was done at" in w.texts(Purpose.DRAFT_CARD)[-1]


async def test_the_quiet_draft_of_what_was_done_is_sent_without_doing_it_again(tmp_path):
    async with serving(tmp_path) as w:
        w.actions.down = True
        asked = await w.asks("mara", STUCK)
        await w.asks("mara", "#human please", under=asked)
        w.actions.down = False
        await w.wait(seconds=60)
        w.answerer.instead = None
        await w.clicks("noor", "Approve")
        assert len(w.actions.ran) == 1


async def test_while_the_record_is_down_the_answer_waits_for_it(tmp_path):
    async with serving(tmp_path) as w:

        async def fails(_):
            w.crm.down = True

        w.actions.before = fails
        await w.asks("mara", STUCK)
        assert await states(w) == ["done"]
        assert w.posts(Purpose.ANSWER) == []
        w.crm.down = False
        await w.wait(minutes=2)
        assert SAYS in w.texts(Purpose.ANSWER)[-1]


async def test_erased_words_are_not_acted_on(tmp_path):
    async with serving(tmp_path) as w:
        w.actions.down = True
        await w.asks("mara", STUCK)
        await w.store.erase([user("mara")])
        w.actions.down = False
        await w.wait(minutes=2)
        assert w.actions.ran == []
        assert w.posts(Purpose.ANSWER) == []
