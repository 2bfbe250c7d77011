"""Promises whose deadline comes: the warning, the breach, its cause, the note to management, and what pauses them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.cards import plain
from desk.deadlines import DeadlineKind
from desk.escalation import EscalationStatus
from desk.paging import PageStatus
from desk.post import Op
from desk.sla import Side, Target
from desk.timeline import Purpose
from handlers.clockwork import row_id
from tests.world import PEOPLE, user, world

QUESTION = "How long does a refund take?"
HOUR = timedelta(hours=1)


@pytest.fixture
async def w(drafting):
    """A desk in mode draft, in which whoever waits for an approval waits for us. Ina is promised an answer in 4 hours, of 10:00 to 14:00."""
    drafting.policy.change(sla={"next_response": "1h", "management": ["Ada"]})
    return drafting


async def raised(w, *, closed=False):
    ticket = await w.ticket()
    found = await w.store.escalations(ticket.id)
    return [rule for e in found for rule in e.rules if rule.startswith("sla_") and (e.status is EscalationStatus.CLOSED) is closed]


async def rows(w):
    """Return the deadlines that the only ticket's promises have set, soonest first."""
    found = await w.store.due(w.clock.now() + timedelta(days=400))
    return [(d.values["target"], d.values["step"], d.due) for d in found if d.kind is DeadlineKind.SLA]


def told(w, name, words):
    """Return what somebody was told in private that has these words."""
    return [post for post in w.posts(Purpose.NOTICE) if user(name) in post.to and words in str(post.card)]


async def sides(w):
    return [mark.side for mark in (await w.ticket()).clock]


async def test_a_question_sets_the_deadline_of_its_first_response(w):
    start = w.clock.now()
    await w.asks("ina", QUESTION)
    [(target, step, due)] = await rows(w)
    assert (target, step) == ("first_response", "warn")
    assert timedelta() <= due - (start + 3 * HOUR) < timedelta(seconds=1), "three quarters of four hours, from when it was asked"


async def test_people_are_told_before_a_promise_is_broken_and_an_answer_in_time_ends_it(w):
    await w.asks("ina", QUESTION)
    await w.wait(hours=3)
    assert await raised(w) == ["sla_at_risk"]
    await w.clicks("noor", "Approve")
    assert (await raised(w), await raised(w, closed=True)) == ([], ["sla_at_risk"])
    assert await w.store.breaches() == []
    assert await rows(w) == []
    await w.wait(days=1)
    assert await w.store.breaches() == []


async def test_where_a_card_stands_a_line_below_it_says_what_is_due_and_the_card_says_it_too(w):
    await w.asks("ina", QUESTION)
    await w.wait(hours=5)
    assert w.posts(Purpose.ESCALATION_CARD) == []
    (card,) = {str(post.id) for post in w.posts(Purpose.DRAFT_CARD) if post.op is Op.POST}
    lines = [post for post in w.posts(Purpose.NOTICE, where="agents") if "Nobody holds it" in plain(post.card)]
    assert [(post.under, post.to) for post in lines] == [(card, ()), (card, (user("lea"),))]
    assert plain(lines[0].card).startswith("Ina, Globex (team): a promise is about to be broken: first response, due ")
    assert "a promise was broken: first response, due " in plain(lines[1].card)
    assert "first response breached" in w.texts(Purpose.DRAFT_CARD)[-1]
    assert "Cause..." in [button.label for button in w.card(Purpose.DRAFT_CARD).buttons]


async def test_a_lead_whom_a_note_tells_of_a_broken_promise_is_not_mentioned_as_well(w):
    w.policy.change(sla={"management": []})
    await w.asks("ina", QUESTION)
    await w.wait(hours=5)
    assert len(told(w, "lea", "promise")) == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"escalation": {"does": {"sla_at_risk": "hand_over"}}}, id="policy hands it over"),
        pytest.param({"oncall": {"use": [{"chain": "default", "rule": "sla_at_risk"}]}}, id="a chain is climbed"),
    ],
)
async def test_where_a_line_is_not_enough_there_is_a_card_of_its_own(w, change):
    w.policy.change(**change)
    await w.asks("ina", QUESTION)
    await w.wait(hours=3)
    assert "sla at risk" in w.texts(Purpose.ESCALATION_CARD)[-1]


async def test_without_a_card_that_stands_there_is_one(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Reject...", reason="tone")
    await w.wait(hours=3)
    assert "sla at risk" in w.texts(Purpose.ESCALATION_CARD)[0]
    await w.wait(hours=1, minutes=1)
    assert [plain(post.card).split("  ")[0] for post in w.chat.standing.values() if post.purpose is Purpose.ESCALATION_CARD] == [
        "Closed: sla at risk",
        "Needs a human: sla breached",
    ]


async def test_a_broken_promise_is_put_on_record_once_and_management_hears_of_it(w):
    await w.asks("ina", QUESTION)
    await w.wait(hours=9)
    (breach,) = await w.store.breaches()
    assert (breach.target, breach.tier, breach.contractual, breach.met_at) == (Target.FIRST_RESPONSE, "team", False, None)
    assert (await raised(w), await raised(w, closed=True)) == (["sla_breached"], ["sla_at_risk"])
    (note,) = told(w, "ada", "Broken promise")
    assert "Nobody holds it" in str(note.card)
    await w.wait(days=2)
    assert len(await w.store.breaches()) == 1
    assert len(told(w, "ada", "Broken promise")) == 1


async def test_a_lead_is_mentioned_where_policy_names_nobody_and_nobody_gets_a_note_for_each(w):
    w.policy.change(sla={"management": []})
    await w.asks("ina", QUESTION)
    await w.wait(hours=9)
    assert told(w, "lea", "a promise was broken")
    assert told(w, "lea", "Broken promise") == []


async def test_a_ticket_that_begins_while_the_record_is_down_is_owed_what_everybody_is(w):
    w.crm.down = True
    await w.asks("ina", QUESTION)
    due = await w.store.deadline(row_id((await w.ticket()).id, Target.FIRST_RESPONSE))
    assert due is not None


async def test_whoever_answers_late_is_asked_why_and_the_answer_is_kept(w):
    await w.asks("ina", QUESTION)
    await w.wait(hours=5)
    await w.clicks("noor", "Approve")
    assert told(w, "noor", "Why was the first response late?")
    (breach,) = await w.store.breaches()
    assert breach.met_at is not None
    assert await raised(w) == []
    await w.clicks("noor", "Cause...", cause="overlooked")
    (breach,) = await w.store.breaches()
    assert (breach.cause, breach.cause_by) == ("overlooked", "Noor")
    assert "because of “overlooked”" in w.texts(Purpose.NOTICE)[-1]


async def test_the_owner_of_a_ticket_is_asked_at_once_and_who_takes_it_later_is_not(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Take over")
    await w.wait(hours=5)
    assert len(told(w, "noor", "Why was")) == 1
    await w.clicks("noor", "Hand back")
    await w.clicks("tom", "Take over")
    assert told(w, "tom", "Why was") == []


async def test_who_takes_a_late_ticket_is_asked_once(w):
    await w.asks("ina", QUESTION)
    await w.wait(hours=5)
    await w.clicks("tom", "Take over")
    await w.wait(hours=1)
    assert len(told(w, "tom", "Why was")) == 1


async def test_a_cause_that_policy_does_not_know_is_refused(w):
    await w.asks("ina", QUESTION)
    await w.wait(hours=5)
    await w.clicks("noor", "Cause...", cause="bad weather")
    assert "Choose a cause" in w.texts(Purpose.NOTICE)[-1]
    (breach,) = await w.store.breaches()
    assert not breach.cause


async def test_a_holding_answer_and_a_reminder_are_no_response(w):
    await w.asks("ina", QUESTION)
    assert w.posts(Purpose.HOLDING)
    assert await sides(w) == [Side.OURS]
    assert await rows(w)


async def test_an_answer_of_a_teammate_in_the_thread_is_one(w):
    first = await w.asks("ina", QUESTION)
    await w.wait(hours=1)
    await w.says("noor", "Five days.", under=first)
    await w.wait(seconds=9)
    ticket = await w.ticket()
    assert [(mark.side, mark.answered, mark.automatic) for mark in ticket.clock] == [(Side.OURS, False, False), (Side.CUSTOMER, True, False)]
    await w.wait(days=1)
    assert await w.store.breaches() == []


async def test_an_automatic_answer_counts_where_policy_says_so(tmp_path):
    async with world(tmp_path / "auto", mode="auto") as w:
        await w.asks("ina", QUESTION)
        assert [(mark.answered, mark.automatic) for mark in (await w.ticket()).clock] == [(False, False), (True, True)]
        assert await rows(w) == []
    async with world(tmp_path / "strict", mode="auto", sla={"automatic": False}) as w:
        await w.asks("ina", QUESTION)
        assert [target for target, *_ in await rows(w)] == ["first_response"], "it pauses, for a week at most"


async def test_what_is_written_next_is_owed_a_next_response(w):
    first = await w.asks("ina", QUESTION)
    await w.clicks("noor", "Approve")
    await w.wait(minutes=20)
    asked = w.clock.now()
    await w.asks("ina", "And in another currency, when does the refund arrive?", under=first)
    [(target, step, due)] = await rows(w)
    assert (target, step) == ("next_response", "warn")
    assert timedelta() <= due - (asked + timedelta(minutes=45)) < timedelta(seconds=1), "counted from what they wrote, not from when it was read"
    await w.wait(hours=2)
    assert [breach.target for breach in await w.store.breaches()] == [Target.NEXT_RESPONSE]


async def test_thanks_to_a_person_who_holds_the_ticket_are_owed_nothing(w):
    first = await w.asks("ina", QUESTION)
    await w.says("noor", "Five days.", under=first)
    await w.wait(minutes=5)
    await w.asks("ina", "thanks", under=first)
    assert (await sides(w))[-1] is Side.CUSTOMER
    await w.wait(hours=6)
    assert await w.store.breaches() == []
    await w.asks("ina", "How long does the refund of another order take?", under=first)
    assert (await sides(w))[-1] is Side.OURS


async def test_in_mode_observe_a_breach_is_recorded_and_nobody_is_called(observing):
    w = observing
    await w.asks("ina", QUESTION)
    await w.wait(hours=9)
    assert [breach.target for breach in await w.store.breaches()] == [Target.FIRST_RESPONSE]
    assert await raised(w) == []
    assert [post for post in w.posts(Purpose.NOTICE, Purpose.PAGE) if post.to] == []


async def test_a_rule_that_policy_turned_off_calls_nobody(w):
    w.policy.change(escalation={"does": {"sla_at_risk": "off", "sla_breached": "off"}})
    await w.asks("ina", QUESTION)
    await w.wait(hours=9)
    assert await raised(w) == []
    assert len(await w.store.breaches()) == 1


async def test_a_closed_ticket_leaves_no_deadline_of_its_promises(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Resolve...")
    assert (await w.ticket()).clock[-1].side is Side.OVER
    assert await rows(w) == []


async def test_a_contract_is_counted_by_the_record_and_its_breach_says_so(w):
    w.policy.change(sla={"rules": [{"contract": "gold", "first_response": "30m", "hours": "always"}]})
    globex = next(account for account in await w.crm.accounts() if account.name == "Globex")
    await w.customers.save(accounts=[replace(globex, contract="gold")])
    await w.asks("ina", QUESTION)
    await w.wait(hours=1)
    (breach,) = await w.store.breaches()
    assert breach.contractual
    (escalation,) = [e for e in await w.store.escalations(breach.ticket) if "sla_breached" in e.rules]
    assert dict(escalation.triggers[0].values)["contractual"] == "yes"


@pytest.mark.parametrize(
    ("rule", "held", "rings"),
    [
        pytest.param({"contract": "gold"}, False, True, id="a contract, by the chain"),
        pytest.param({"contract": "gold"}, True, True, id="a contract, while somebody holds the ticket"),
        pytest.param({"tier": "team"}, False, False, id="what only policy promises is passed on"),
        pytest.param({"tier": "team"}, True, False, id="also while somebody holds the ticket"),
    ],
)
async def test_neither_the_night_nor_a_budget_holds_back_the_page_of_a_broken_contract(w, rule, held, rings):
    w.policy.change(
        sla={"rules": [{**rule, "first_response": "30m", "hours": "always"}]},
        escalation={"levels": {"sla_breached": 3}},
        oncall={"budget": 0, "chains": {"default": [{"kind": "person", "who": "Lea"}, {"kind": "wait", "span": "10m"}]}},
    )
    globex = next(account for account in await w.crm.accounts() if account.name == "Globex")
    await w.customers.save(accounts=[replace(globex, contract="gold")], people=[replace(PEOPLE["lea"], zone="America/Los_Angeles")])
    start = w.clock.now()
    await w.asks("ina", QUESTION)
    if held:
        await w.clicks("noor", "Take over")
    await w.wait(minutes=31)
    pages = [page for page in await w.store.pages(user("lea"), since=start) if "sla_breached" in page.rules]
    assert [(page.urgent, page.status) for page in pages] == ([(True, PageStatus.SENT)] if rings else [])


async def test_what_was_warned_of_and_paused_is_broken_all_the_same_once_it_runs_again(w):
    w.policy.change(sla={"resolution": "4h"})
    first = await w.asks("ina", QUESTION)
    await w.wait(hours=3, minutes=10)
    await w.says("noor", "Five days.", under=first)
    await w.wait(hours=1)
    assert [(target, step) for target, step, due in await rows(w) if due > w.clock.now()] == [("resolution", "breach")], (
        "it pauses for a week at most"
    )
    await w.asks("ina", "It is not there yet", under=first)
    await w.wait(minutes=49)
    assert "resolution" not in [breach.target for breach in await w.store.breaches()]
    await w.wait(minutes=2)
    assert "resolution" in [breach.target for breach in await w.store.breaches()]


async def test_waiting_on_somebody_else_pauses_and_the_customer_writing_does_not_end_it(w):
    first = await w.asks("ina", QUESTION)
    await w.clicks("noor", "Waiting on...", on="the bank", until="3d")
    assert "waits for the bank" in w.standing(where="agents")[-1]
    await w.asks("ina", "Any news about the refund?", under=first)
    assert (await w.ticket()).third_party == "the bank"
    await w.wait(days=1)
    assert await w.store.breaches() == []
    await w.clicks("noor", "No longer waiting")
    assert await sides(w) == [Side.OURS, Side.THIRD_PARTY, Side.OURS]
    [(target, _, _)] = await rows(w)
    assert target == "first_response"


async def test_nobody_waits_on_somebody_else_for_ever(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Waiting on...", on="the bank", until="1d")
    await w.wait(days=1)
    ticket = await w.ticket()
    assert (ticket.third_party, ticket.clock[-1].side) == ("", Side.OURS)
    assert any("Still waiting on the bank" in text for text in w.texts(Purpose.NOTICE))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        pytest.param({"on": " ", "until": "1d"}, "Say on whom", id="on nobody"),
        pytest.param({"on": "the bank", "until": "2 years"}, "Say how long", id="for any time"),
    ],
)
async def test_what_is_waited_for_has_a_name_and_a_limit(w, form, said):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Waiting on...", **form)
    assert said in w.texts(Purpose.NOTICE)[-1]
    assert not (await w.ticket()).third_party


async def test_what_was_waited_for_ends_with_the_ticket(w):
    await w.asks("ina", QUESTION)
    await w.clicks("noor", "Waiting on...", on="the bank", until="1d")
    await w.clicks("noor", "Resolve...")
    assert not (await w.ticket()).third_party
    await w.wait(days=2)
    assert not any("Still waiting" in text for text in w.texts(Purpose.NOTICE))


async def test_two_tickets_that_become_one_owe_what_either_did(w):
    await w.asks("ina", QUESTION)
    await w.wait(hours=2)
    await w.asks("ina", "How do I change my login?")
    (first, second) = await w.store.tickets()
    await w.commands("noor", f"merge {first.id} into {second.id}")
    merged = await w.store.ticket(second.id)
    assert merged.clock[0].at == first.clock[0].at
    assert [target for target, *_ in await rows(w)] == ["first_response"]


async def test_what_is_split_off_has_a_clock_of_its_own(w):
    first = await w.asks("ina", QUESTION)
    await w.wait(minutes=30)
    await w.asks("ina", "And how long does the login take?", under=first)
    (ticket,) = await w.store.tickets()
    await w.commands("noor", f"split {ticket.id}")
    (_, fresh) = await w.store.tickets()
    assert [mark.at for mark in fresh.clock] == [fresh.opened]
    assert len(await rows(w)) == 2


async def test_the_week_ends_with_a_note_that_counts_what_was_broken(w):
    await w.asks("ina", QUESTION)
    await w.wait(hours=5)
    await w.clicks("noor", "Cause...", cause="nobody on duty")
    await w.clicks("noor", "Approve")
    await w.wait(days=7)
    (note,) = told(w, "ada", "Broken promises, 2 November to 9 November")
    assert "first response: 1" in str(note.card)
    assert "nobody on duty: 1" in str(note.card)
    await w.wait(days=14)
    assert len(told(w, "ada", "Broken promises,")) == 1, "a week without any has no note"


async def test_a_deadline_waits_while_nobody_can_say_what_the_contract_promises(w):
    await w.asks("ina", QUESTION)
    w.crm.down = True
    await w.wait(hours=5)
    assert await w.store.breaches() == []
    w.crm.down = False
    await w.wait(minutes=5)
    assert len(await w.store.breaches()) == 1


async def test_a_policy_that_promises_less_time_is_kept_to_from_now_on(w):
    await w.asks("ina", QUESTION)
    await w.wait(hours=1)
    w.policy.change(sla={"first_response": "90m"})
    await w.settle()
    [(_, step, due)] = await rows(w)
    assert (step, due.hour, due.minute) == ("warn", 11, 7)
    await w.wait(hours=1)
    assert len(await w.store.breaches()) == 1


async def test_a_policy_that_promises_more_time_takes_a_breach_away_that_has_not_come(w):
    await w.asks("ina", QUESTION)
    await w.wait(hours=1)
    w.policy.change(sla={"first_response": "7h"})
    await w.wait(hours=5)
    assert await w.store.breaches() == []
    assert await raised(w) == ["sla_at_risk"]
    await w.wait(hours=20)
    assert len(await w.store.breaches()) == 1


async def test_an_answer_that_arrives_behind_a_later_one_counts_from_when_it_was_given(w):
    asked = await w.asks("mara", "#human where is my money?")
    w.clock.at += timedelta(minutes=5)
    early = w.message("noor", "It is on its way.", under=asked)
    w.clock.at += timedelta(minutes=20)
    await w.says("tom", "And it should be there on Friday.", under=asked)
    await w.emit(early)
    answers = [mark.at for mark in (await w.ticket()).clock if mark.answered]
    assert answers[0] == early.at
    assert len(answers) == 2
