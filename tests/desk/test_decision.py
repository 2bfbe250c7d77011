"""Deciding: the table of the design, line by line, and the sentence each decision is explained with."""

from dataclasses import replace

import pytest

from desk.decision import Ask, Close, Drop, Escalate, Hold, Ignore, Observe, Perform, Remind, Reply, StandBy, Suggest, Warn, Withdraw, decide
from desk.explaining import explain
from desk.facts import Facts, Occasion
from desk.modes import Mode
from desk.ticket import Attention
from handlers.reasons import render

SURE = Facts(mode=Mode.AUTO, draft="r", confidence=0.9, threshold=0.6, claims=1, pages=frozenset({"security"}))


def facts(**changes):
    """Return the facts of a sure answer, with changes."""
    return replace(SURE, **changes)


def loud(*rules):
    """Return what brings in a human and tells the customer."""
    return Escalate(rules, "r")


def quiet(*rules):
    """Return what brings in a human and tells nobody else."""
    return Escalate(rules, "r", quiet=True)


MESSAGES = [
    pytest.param({}, Reply("r"), "sure", id="a sure answer with evidence goes out"),
    pytest.param({"triggers": ("asks_human",)}, loud("asks_human"), "asks_human", id="who asks for a human gets one"),
    pytest.param(
        {"triggers": ("security", "loop"), "held": True},
        quiet("security", "loop"),
        "security",
        id="a hard rule while held is quiet",
    ),
    pytest.param({"triggers": ("legal",), "attention": Attention.MUTED}, quiet("legal"), "legal", id="a hard rule while muted is quiet"),
    pytest.param({"triggers": ("safety",), "paused": True}, quiet("safety"), "safety", id="a hard rule while paused is quiet"),
    pytest.param(
        {"triggers": ("data_loss",), "attention": Attention.GUEST},
        loud("data_loss"),
        "data_loss",
        id="a hard rule where it is a guest is told",
    ),
    pytest.param({"held": True}, StandBy("r"), "held", id="while a human holds it the bot stands by"),
    pytest.param({"held": True, "triggers": ("loop",)}, StandBy("r", ("loop",)), "held", id="and tells what other rules heard"),
    pytest.param({"attention": Attention.DORMANT}, StandBy("r"), "held", id="a thread where ours wrote last is theirs"),
    pytest.param({"attention": Attention.MUTED}, StandBy("r"), "muted", id="a muted thread is silent"),
    pytest.param({"paused": True}, StandBy("r"), "paused", id="a paused bot is silent"),
    pytest.param({"attention": Attention.GUEST}, StandBy("r"), "guest", id="a guest is silent"),
    pytest.param({"attention": Attention.GUEST, "mentioned": True}, Reply("r"), "sure", id="unless it is mentioned"),
    pytest.param({"triggers": ("not_solved",)}, loud("not_solved"), "not_solved", id="other rules bring in a human"),
    pytest.param({"is_request": False}, Ignore(), "not_a_request", id="what asks nothing is ignored"),
    pytest.param({"repeats": True}, Ignore(), "answer_stands", id="the same answer is not given again"),
    pytest.param({"empty": True, "triggers": ("security",)}, Ignore(), "nothing_left", id="when everything was deleted nothing is left"),
    pytest.param({"draft": None, "abstained": "no_evidence"}, Escalate(("no_answer",)), "no_answer", id="no answer brings in a human"),
    pytest.param({"draft": None, "asks": True}, Ask(None), "question_missing", id="what is missing is asked with the fixed sentence"),
    pytest.param({"asks": True, "confidence": 0.0}, Ask("r"), "question_missing", id="or with the drafted question, however unsure"),
    pytest.param({"asks": True, "mode": Mode.DRAFT}, Suggest("r"), "mode_draft", id="in mode draft a question is approved too"),
    pytest.param({"mode": Mode.DRAFT}, Suggest("r"), "mode_draft", id="in mode draft everything is approved"),
    pytest.param({"confidence": 0.59}, Suggest("r"), "unsure", id="below the threshold a teammate decides"),
    pytest.param({"confidence": 0.6}, Reply("r"), "sure", id="at the threshold it goes out"),
    pytest.param({"unsupported": 1}, Suggest("r"), "unsupported", id="a sentence without evidence needs a teammate"),
    pytest.param({"claims": 0, "fixed": True}, Reply("r"), "fixed_sentences", id="fixed sentences need no evidence"),
    pytest.param({"late": True}, Suggest("r"), "late", id="what comes late is drafted"),
    pytest.param({"late": True, "asks": True}, Suggest("r"), "late", id="also a question"),
    pytest.param({"doubts": ("unread_file",)}, Suggest("r"), "unread_file", id="a doubt needs a teammate"),
    pytest.param({"runs": ("none",)}, Perform("r"), "sure", id="what it wants done is done first"),
    pytest.param({"runs": ("none", "customer")}, Ask("r", confirm=True), "needs_customer", id="or its customer is asked first"),
    pytest.param({"runs": ("customer", "teammate")}, Suggest("r"), "needs_teammate", id="or a teammate"),
    pytest.param({"runs": ("teammate", "lead")}, Suggest("r"), "needs_lead", id="or a lead"),
    pytest.param({"runs": ("none",), "confidence": 0.1}, Suggest("r"), "unsure", id="an unsure answer gets nothing done alone"),
    pytest.param({"runs": ("none",), "mode": Mode.DRAFT}, Suggest("r"), "mode_draft", id="nor does any in mode draft"),
    pytest.param({"runs": ("none",), "mode": Mode.OBSERVE}, Observe(Perform("r")), "sure", id="in mode observe it is only remembered"),
    pytest.param({"draft": None, "under_way": True}, StandBy(), "action_under_way", id="while something is being done it waits for that"),
    pytest.param({"under_way": True, "triggers": ("security",)}, loud("security"), "security", id="unless a human is needed"),
    pytest.param({"under_way": True, "held": True}, StandBy("r"), "held", id="or has it already"),
    pytest.param({"mode": Mode.OBSERVE}, Observe(Reply("r")), "sure", id="mode observe wraps the action"),
    pytest.param({"mode": Mode.OBSERVE, "invited": True}, Observe(Reply("r"), speaks=True), "sure", id="and speaks once to who addressed it"),
    pytest.param(
        {"mode": Mode.OBSERVE, "triggers": ("asks_human",)},
        Observe(loud("asks_human"), speaks=True),
        "asks_human",
        id="or asks for a human",
    ),
    pytest.param(
        {"mode": Mode.OBSERVE, "triggers": ("security",)},
        Observe(loud("security"), pages=("security",)),
        "security",
        id="and pages for what policy names",
    ),
    pytest.param({"mode": Mode.OBSERVE, "invited": True, "held": True}, StandBy("r"), "held", id="silence needs no wrapping"),
    pytest.param({"mode": Mode.OBSERVE, "is_request": False}, Ignore(), "not_a_request", id="nor does ignoring"),
]


@pytest.mark.parametrize(("changes", "action", "reason"), MESSAGES)
def test_a_message_is_decided_by_the_first_line_that_applies(changes, action, reason):
    assert decide(facts(**changes)) == action
    assert explain(facts(**changes))[0].code == reason


@pytest.mark.parametrize(
    ("occasion", "action"),
    [
        (Occasion.APPROVED, Reply("r")),
        (Occasion.CORRECTED, Reply("r")),
        (Occasion.REPLIED, Reply("r")),
        (Occasion.REJECTED, StandBy("r")),
        (Occasion.SOLVED, Close(confirmed=True)),
        (Occasion.SILENCE, Remind()),
        (Occasion.SILENCE_OVER, Close(confirmed=False)),
        (Occasion.RETRACTED, Withdraw()),
        (Occasion.WITHDRAWN, Withdraw()),
        (Occasion.DOWN, Hold()),
        (Occasion.PROMISE_PASSED, Hold()),
        (Occasion.PUBLIC_PERSONAL_DATA, Warn()),
    ],
)
def test_every_other_occasion_has_its_action(occasion, action):
    assert decide(facts(occasion=occasion)) == action


@pytest.mark.parametrize(
    ("changes", "action", "reason"),
    [
        pytest.param({"occasion": Occasion.APPROVED, "runs": ("none",)}, Perform("r"), "approved", id="an approval has it done"),
        pytest.param({"occasion": Occasion.APPROVED, "runs": ("lead",)}, Perform("r"), "approved", id="a lead's too"),
        pytest.param({"occasion": Occasion.APPROVED, "runs": ("customer",)}, Ask("r", confirm=True), "approved", id="or has the customer asked"),
        pytest.param({"occasion": Occasion.CONFIRMED, "runs": ("customer",)}, Perform("r"), "confirmed", id="the customer's yes has it done"),
        pytest.param({"occasion": Occasion.DECLINED}, Drop("r"), "declined", id="their no leaves it undone"),
        pytest.param({"occasion": Occasion.PERFORMED}, Reply("r"), "performed", id="what was done is said"),
        pytest.param({"occasion": Occasion.PERFORMED, "held": True}, StandBy("r"), "performed", id="not while a human holds it"),
        pytest.param({"occasion": Occasion.PERFORMED, "held": True, "teammate": "teammate"}, Reply("r"), "performed", id="unless one approved it"),
        pytest.param({"occasion": Occasion.PERFORMED, "paused": True, "teammate": "lead"}, StandBy("r"), "performed", id="and never while paused"),
        pytest.param({"occasion": Occasion.ACTION_FAILED}, loud("action_failed"), "action_failed", id="what failed brings in a human"),
        pytest.param(
            {"occasion": Occasion.ACTION_FAILED, "triggers": ("action_unknown",)},
            loud("action_unknown"),
            "action_unknown",
            id="so does an unknown fate",
        ),
        pytest.param({"occasion": Occasion.ACTION_FAILED, "held": True}, quiet("action_failed"), "action_failed", id="quietly where one has it"),
    ],
)
def test_what_a_draft_wants_done_is_done_before_it_is_sent(changes, action, reason):
    for mode in (Mode.AUTO, Mode.DRAFT, Mode.OBSERVE):
        assert decide(facts(**changes, mode=mode)) == action
        assert explain(facts(**changes, mode=mode))[0].code == reason


@pytest.mark.parametrize("occasion", [Occasion.APPROVED, Occasion.REPLIED, Occasion.SOLVED, Occasion.RETRACTED])
def test_what_people_decide_goes_through_in_mode_observe(occasion):
    assert not isinstance(decide(facts(occasion=occasion, mode=Mode.OBSERVE)), Observe)


@pytest.mark.parametrize("occasion", [Occasion.SILENCE, Occasion.SILENCE_OVER, Occasion.DOWN, Occasion.PROMISE_PASSED, Occasion.PUBLIC_PERSONAL_DATA])
def test_what_the_bot_would_say_of_itself_is_held_back_in_mode_observe(occasion):
    assert isinstance(decide(facts(occasion=occasion, mode=Mode.OBSERVE)), Observe)


@pytest.mark.parametrize(("changes", "action", "reason"), MESSAGES)
def test_every_reason_is_rendered_as_a_sentence(changes, action, reason):
    for given in explain(facts(**changes)):
        sentence = render(given, facts(**changes))
        assert " " in sentence
        assert "{" not in sentence


def test_all_that_makes_a_draft_unsure_is_named():
    codes = [reason.code for reason in explain(facts(mode=Mode.DRAFT, late=True, unsupported=2, confidence=0.1, doubts=("unread_file",)))]
    assert codes == ["mode_draft", "late", "unsupported", "unsure", "unread_file"]


def test_the_confidence_and_the_threshold_stand_in_the_reason():
    assert render(explain(facts(confidence=0.5))[0]) == "confidence 0.50 is below the threshold 0.60"
    assert render(explain(facts(confidence=0.5951))[0]) == "confidence 0.5951 is below the threshold 0.6000"


def test_a_reply_that_claims_nothing_waits_and_says_why():
    assert [reason.code for reason in explain(facts(claims=0))] == ["nothing_claimed"]
