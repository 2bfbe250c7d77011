"""Stories of what a turn may take: at every bound and every budget a person goes on, with what is known."""

import pytest

from desk.decision import Decision
from desk.usage import ModelCall, Payer
from tests.wire.scripts import FALLBACK, MODEL, Turn, calls, play, search, submits, use
from tests.world import World

REFUND = "How long does a refund take to reach my card?"
ANSWER = "Refunds reach the card within 5 to 7 working days. [1]"


async def asked(w: World, who: str = "mara", text: str = REFUND) -> Decision:
    """Have a customer ask, and return what was decided."""
    await w.asks(who, text)
    return (await w.all_decisions())[-1]


def told(w: World) -> str:
    """Return what the customer reads."""
    return "\n".join(w.texts(where="community"))


def searching(times: int) -> list[Turn]:
    """Return a model that looks for something else each time and never ends its turn."""
    return [search(f"refund {n}") for n in range(times)]


async def test_a_model_that_never_comes_to_an_end_is_stopped_after_its_turns(aimock, desk, took):
    async with desk(model={"bounds": {"turns": 3}}) as w:
        play(aimock, *searching(9))
        decision = await asked(w)
        assert (decision.facts.degraded, len(decision.calls), "bound" in decision.facts.doubts) == (("bound_turns",), 3, True)
        assert decision.word == "suggest"
        assert "Thanks, I have your question. A teammate is checking the answer" in told(w)
        # What is known: what the quoting answerer found, for the person who goes on.
        assert "Refunds reach the card within 5 to 7 working days." in "\n".join(w.standing(where="agents"))
    assert took() < 30


async def test_where_nothing_was_found_either_a_person_is_called_because_of_the_bound(aimock, desk):
    async with desk(model={"bounds": {"turns": 2}}) as w:
        play(aimock, *searching(9))
        decision = await asked(w, text="Our single sign-on metadata certificate rotates tomorrow, what do we have to change?")
        assert (decision.word, decision.reasons[0].code) == ("escalate", "bound")
        assert "A person of our team has this now" in told(w)


async def test_a_turn_takes_no_more_tokens_than_it_may(aimock, desk):
    async with desk(model={"bounds": {"tokens": 20000}}) as w:
        play(aimock, *(turn.with_usage(input_tokens=9000, output_tokens=500) for turn in searching(6)))
        decision = await asked(w)
        assert (decision.facts.degraded, len(decision.calls), decision.word) == (("bound_tokens",), 2, "suggest")


async def test_what_may_not_be_looked_up_any_more_is_told_so_that_the_turn_can_end(aimock, desk):
    async with desk(model={"bounds": {"lookups": 2}}) as w:
        play(aimock, calls(*(use("search_knowledge", query=f"refund {n}") for n in range(3))), submits(ANSWER))
        decision = await asked(w)
        assert w.tap.told()[2] == "You have looked up enough for this turn: end it with submit_reply, ask_customer or hand_over."
        assert (decision.word, decision.facts.degraded) == ("reply", ())


async def test_a_turn_takes_no_longer_than_it_may_however_slow_its_calls_are(aimock, desk, took):
    async with desk(model={"bounds": {"turn": "2s", "call": "30s"}}) as w:
        play(aimock, search("refund times"), submits(ANSWER).served(latency=9000))
        decision = await asked(w)
        assert (decision.facts.degraded, decision.word) == (("bound_time",), "suggest")
        assert [call.outcome for call in decision.calls] == ["ok", "slow"]
        assert "Thanks, I have your question." in told(w)
    assert took() < 30


OTHERS = {
    "person": Payer("t-other", "local/main/mara", "local/main/shared"),
    "channel": Payer("t-other", "local/main/ina", "local/main/community"),
    "day": Payer("t-other", "local/main/ina", "local/main/shared"),
}
"""Who spent the money of each budget before Mara asks in the community."""


@pytest.mark.parametrize("budget", OTHERS)
async def test_when_a_budget_is_used_up_the_model_is_not_asked_and_a_person_goes_on(budget, aimock, desk):
    async with desk(model={"budgets": {budget: 0.01}}) as w:
        play(aimock, submits(ANSWER))
        await w.ledger.book(ModelCall("answer", MODEL, price=0.02), OTHERS[budget], at=w.clock.now())
        decision = await asked(w)
        assert (decision.facts.degraded, decision.word, w.tap.bodies) == ((f"budget_{budget}",), "suggest", [])
        assert "Thanks, I have your question." in told(w)


async def test_the_money_of_a_ticket_may_end_in_the_middle_of_a_turn(aimock, desk):
    async with desk(model={"budgets": {"ticket": 0.01}}) as w:
        play(aimock, *(turn.with_usage(input_tokens=4000, output_tokens=100) for turn in searching(6)))
        decision = await asked(w)
        assert (decision.facts.degraded, decision.word) == (("budget_ticket",), "suggest")
        assert [(call.outcome, call.price) for call in decision.calls] == [("ok", 0.0135)]
        assert "Thanks, I have your question." in told(w)


async def test_when_the_day_is_spent_the_team_hears_of_it_once(aimock, desk):
    async with desk(model={"budgets": {"day": 0.01}}) as w:
        await w.ledger.book(ModelCall("answer", MODEL, price=0.02), Payer("t", "p", "c"), at=w.clock.now())
        await asked(w)
        await asked(w, "ina", "How long does the refund of a second card take?")
        assert len([text for text in w.texts(where="agents") if text.startswith("The day's budget for the language model is used up")]) == 1


async def test_a_budget_is_new_the_next_day(aimock, desk):
    async with desk(model={"budgets": {"person": 0.01}}) as w:
        play(aimock, submits(ANSWER))
        await w.ledger.book(ModelCall("answer", MODEL, price=0.02), Payer("t-other", "local/main/mara", "c"), at=w.clock.now())
        assert (await asked(w)).facts.degraded == ("budget_person",)
        await w.wait(hours=25)
        assert (await asked(w, text="How long does another refund take?")).facts.degraded == ()


async def test_what_a_story_cost_is_booked_on_whom_it_was_for(aimock, w):
    play(aimock, search("refund times"), submits(ANSWER))
    decision = await asked(w)
    (ticket,) = await w.store.tickets()
    assert [(row.payer, row.call) for row in w.ledger.booked] == [
        (Payer(str(ticket.id), "local/main/mara", "local/main/community"), call) for call in decision.calls
    ]
    assert [(call.input, call.output, call.price) for call in decision.calls] == [(1000, 100, 0.0045)] * 2
    assert all(call.seconds > 0 for call in decision.calls)


async def test_a_model_that_keeps_failing_is_left_alone_and_asked_again_after_its_pause(desk_at, llmock):
    llmock.call_tool("submit_reply", {"thread": ANSWER, "claims": [], "confidence": 0.95}, times=None)
    llmock.fail(529, times=18, retry_after=0.01)
    async with desk_at(llmock.base_url("anthropic"), model={"breaker": {"cool_down": "60s"}}) as w:
        for who in ("mara", "ina", "jon"):
            assert (await asked(w, who, f"How long does a refund for {who} take?")).facts.degraded == ("model_busy",)
        sent = len(llmock.requests)
        # Three failures of each model: neither is asked now, and nobody waits.
        decision = await asked(w, "kai", "How long does a refund for kai take?")
        assert (decision.facts.degraded, decision.calls, len(llmock.requests)) == (("model_open",), (), sent)
        assert [line.split(":")[0] for line in w.metered.degraded(w.clock.now())] == [f"model {FALLBACK}", f"model {MODEL}"]
        await w.wait(seconds=61)
        decision = await asked(w, "pia", "How long does a refund for pia take?")
        assert (decision.facts.degraded, [call.outcome for call in decision.calls]) == ((), ["ok"])
        assert [line.split(":")[0] for line in w.metered.degraded(w.clock.now())] == []
    llmock.assert_resilient()
