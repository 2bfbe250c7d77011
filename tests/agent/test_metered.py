"""Metered: what a call costs, what stops it, which model is asked instead, and how long all of it may take."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from agent.metered import Bill, Metered, priced, total
from agent.model import Completion, Fault, ModelFault, Request
from agent.purse import estimate
from desk.errors import Misconfigured
from desk.usage import ModelCall, Payer
from desk.writing import Bounds, Breaker, Budgets, ModelPolicy, Price
from tests.fakes import START, FakeClock, MemoryLedger

BOUNDS = Bounds(6, 120_000, timedelta(seconds=60), timedelta(seconds=30), timedelta(seconds=10), 2500, 8)
POLICY = ModelPolicy(
    answers="big",
    triage="small",
    fallback="small",
    effort="",
    images="never",
    redact=(),
    team_language="en",
    bounds=BOUNDS,
    budgets=Budgets(ticket=1, person=2, channel=3, day=4),
    breaker=Breaker(3, timedelta(seconds=60), timedelta(minutes=15)),
    prices={"big": Price(10, 100, 1, 20, 30), "small": Price(1, 10, 0.1, 2, 3)},
)
ALONE = replace(POLICY, fallback="")
REQUEST = Request("big", (), ({"role": "user", "content": "Hi."},), output=1000, timeout=timedelta(seconds=30))
MARA = Payer("t-1", "mara", "community")
CENTS = Completion("Yes.", (), (), "end_turn", "big", input=1000, output=400, cache_read=10_000, cache_write=500)


@dataclass
class ScriptedModel:
    """Answers with what the script says for each call: a completion, a fault, or something to await. The last one stays."""

    script: list[object]
    asked: list[Request] = field(default_factory=list)
    _asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        self._asked.set()
        turn = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(turn, Callable):
            turn = await turn()
        if isinstance(turn, Fault):
            raise ModelFault(turn)
        if isinstance(turn, Exception):
            raise turn
        return replace(turn, model=request.model)

    async def models(self) -> tuple[str, ...]:
        return ("big", "small")

    async def was_asked(self, times: int) -> None:
        """Return when it was asked so often."""
        while len(self.asked) < times:
            self._asked.clear()
            await self._asked.wait()

    @property
    def names(self) -> list[str]:
        return [request.model for request in self.asked]


class Setting:
    """A metered model with a clock, a timer, a ledger, and what it told the team."""

    def __init__(self, *script: object):
        self.model, self.ledger, self.clock = ScriptedModel([*script]), MemoryLedger(), FakeClock()
        self.seconds, self.told = 0.0, []
        self.metered = Metered(self.model, self.ledger, self.clock, lambda: self.seconds, alarm=self.alarm)

    async def alarm(self, code: str, model: str) -> None:
        self.told.append((code, model))

    async def call(self, policy: ModelPolicy = POLICY, payer: Payer = MARA, request: Request = REQUEST) -> Bill:
        bill = Bill(payer, "answer")
        await self.metered.call(request, bill, policy)
        return bill

    async def fault(self, policy: ModelPolicy = POLICY, payer: Payer = MARA, request: Request = REQUEST) -> ModelFault:
        with pytest.raises(ModelFault) as caught:
            await self.call(policy, payer, request)
        return caught.value

    async def spend(self, price: float, payer: Payer = MARA) -> None:
        await self.ledger.book(ModelCall("answer", "big", price=price), payer, at=self.clock.now())

    def outcomes(self) -> list[str]:
        return [spending.call.outcome for spending in self.ledger.booked]


def test_a_call_costs_what_each_kind_of_token_costs():
    assert priced(CENTS, "answer", POLICY, seconds=1.23456) == ModelCall(
        "answer", "big", input=1000, output=400, cache_read=10_000, cache_write=500, price=0.07, seconds=1.235
    )


def test_a_model_without_a_price_costs_as_much_as_the_dearest():
    assert priced(replace(CENTS, model="new"), "answer", POLICY, seconds=1).price == 0.07


def test_calls_add_up():
    calls = [ModelCall("answer", "big", input=10, output=5, price=0.1), ModelCall("answer", "big", cache_read=7, price=0.2)]
    spent = total(calls)
    assert (spent.calls, spent.tokens, spent.price) == (2, 22, 0.3)


async def test_a_call_is_booked_on_who_it_was_for_and_put_on_the_bill():
    setting = Setting(CENTS)
    bill = await setting.call()
    (booked,) = setting.ledger.booked
    assert (booked.at, booked.payer, [booked.call], booked.call.outcome) == (START, MARA, bill.calls, "ok")
    assert bill.tokens == 11_900


async def test_a_failed_call_costs_nothing_and_is_booked_with_its_time():
    setting = Setting(Fault.REJECTED)
    await setting.fault()
    (booked,) = setting.ledger.booked
    assert (booked.call.outcome, booked.call.price, booked.call.tokens) == ("rejected", 0, 0)


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.SLOW, Fault.UNKNOWN_MODEL, Fault.REFUSED], ids=str)
async def test_what_another_model_may_do_better_is_asked_of_the_other_one(fault):
    setting = Setting(fault, CENTS)
    bill = await setting.call()
    assert (setting.model.names, [call.outcome for call in bill.calls]) == (["big", "small"], [str(fault), "ok"])


@pytest.mark.parametrize("fault", [Fault.DROPPED, Fault.CUT], ids=str)
async def test_what_broke_off_is_asked_once_more_before_another_model_is(fault):
    setting = Setting(fault, fault, CENTS)
    await setting.call()
    assert setting.model.names == ["big", "big", "small"]


@pytest.mark.parametrize("fault", [Fault.KEY, Fault.SPEND_LIMIT, Fault.UNREACHABLE, Fault.TOO_LONG, Fault.REJECTED], ids=str)
async def test_what_no_other_model_mends_is_told_at_once(fault):
    setting = Setting(fault)
    assert (await setting.fault()).fault is fault
    assert setting.model.names == ["big"]


async def test_when_no_model_can_the_first_fault_is_told():
    setting = Setting(Fault.BUSY, Fault.REFUSED)
    assert (await setting.fault()).code == "model_busy"


async def test_a_model_is_not_asked_twice_when_it_is_its_own_fallback():
    setting = Setting(Fault.BUSY)
    await setting.fault(replace(POLICY, fallback="big"))
    assert setting.model.names == ["big"]


async def test_an_adapter_that_cannot_start_is_a_fault_and_no_crash():
    assert (await Setting(Misconfigured("bedrock needs an extra")).fault()).fault is Fault.KEY


async def test_a_model_that_keeps_failing_is_left_alone_and_the_other_one_asked_at_once():
    setting = Setting(*[Fault.BUSY, CENTS] * 3, CENTS)
    for _ in range(4):
        await setting.call()
    assert setting.model.names == ["big", "small"] * 3 + ["small"]
    assert setting.metered.degraded(setting.clock.now()) == ["model big: left alone until 10:01:00 UTC after busy"]


async def test_a_model_left_alone_fails_without_being_asked_or_booked():
    setting = Setting(Fault.BUSY)
    for _ in range(3):
        await setting.fault(ALONE)
    assert (await setting.fault(ALONE)).code == "model_open"
    assert setting.outcomes() == ["busy"] * 3


async def test_a_second_try_that_finds_the_model_left_alone_tells_the_fault_that_was_met():
    setting = Setting(Fault.BUSY, Fault.BUSY, Fault.DROPPED)
    await setting.fault(ALONE)
    await setting.fault(ALONE)
    assert (await setting.fault(ALONE)).fault is Fault.DROPPED


async def test_when_the_pause_is_over_one_call_tries_and_the_others_fail_at_once():
    setting, go = Setting(Fault.BUSY), asyncio.Event()
    for _ in range(3):
        await setting.fault(ALONE)
    setting.clock.advance(seconds=61)

    async def later():
        await go.wait()
        return CENTS

    setting.model.script = [later]
    trying = asyncio.create_task(setting.call(ALONE))
    await setting.model.was_asked(4)
    assert (await setting.fault(ALONE)).fault is Fault.OPEN
    go.set()
    await trying
    await setting.call(ALONE)
    assert setting.outcomes() == ["busy"] * 3 + ["ok"] * 2


async def test_a_call_that_is_called_off_keeps_neither_money_nor_the_model():
    setting = Setting(Fault.BUSY)
    for _ in range(3):
        await setting.fault(ALONE)
    setting.clock.advance(seconds=61)
    setting.model.script = [asyncio.Event().wait]
    trying = asyncio.create_task(setting.call(ALONE))
    await setting.model.was_asked(4)
    trying.cancel()
    await asyncio.wait([trying])
    setting.model.script = [CENTS]
    await setting.call(replace(ALONE, budgets=Budgets(0.001, 0.001, 0.001, 0.001)))


async def test_a_call_that_is_called_off_is_booked_as_one_that_took_too_long():
    setting, bill = Setting(asyncio.Event().wait), Bill(MARA, "answer")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await setting.metered.call(REQUEST, bill, POLICY)
    assert [call.outcome for call in bill.calls] == setting.outcomes() == ["slow"]
    assert setting.metered.degraded(setting.clock.now()) == []


@pytest.mark.parametrize("fault", [Fault.KEY, Fault.SPEND_LIMIT, Fault.UNKNOWN_MODEL], ids=str)
async def test_the_team_is_told_of_what_only_a_person_mends(fault):
    setting = Setting(fault)
    await setting.fault(ALONE)
    assert setting.told == [(f"model_{fault}", "big")]


async def test_nobody_is_told_of_what_passes():
    setting = Setting(Fault.BUSY)
    await setting.fault()
    assert setting.told == []


@pytest.mark.parametrize(
    ("payer", "price", "code"),
    [
        pytest.param(Payer(ticket="t-1"), 1, "budget_ticket", id="a ticket as a whole"),
        pytest.param(Payer("t-0", person="mara"), 2, "budget_person", id="a person on another ticket"),
        pytest.param(Payer("t-0", "sam", "community"), 3, "budget_channel", id="a channel by somebody else"),
        pytest.param(Payer("t-0", "sam", "elsewhere"), 4, "budget_day", id="everything together"),
    ],
)
async def test_what_is_used_up_stops_the_call_before_it_is_made(payer, price, code):
    setting = Setting(CENTS)
    await setting.spend(price, payer)
    error = await setting.fault()
    assert (error.fault, error.code, str(error)) == (Fault.BUDGET, code, f"model is unavailable: {code}")
    assert setting.model.asked == []


async def test_below_every_budget_a_call_is_made():
    setting = Setting(CENTS)
    await setting.spend(0.99)
    await setting.spend(1.0, Payer("t-0", "mara", "community"))
    await setting.call()


async def test_a_day_later_the_money_of_the_day_is_there_again_but_not_that_of_the_ticket():
    setting = Setting(CENTS)
    await setting.spend(5, Payer("t-1", "mara"))
    setting.clock.advance(days=1, seconds=1)
    assert (await setting.fault()).code == "budget_ticket"
    await setting.call(payer=Payer("t-2", "mara", "community"))


async def test_nothing_is_bought_with_no_budget():
    assert (await Setting(CENTS).fault(replace(POLICY, budgets=Budgets(1, 1, 1, 0)))).code == "budget_day"


async def test_the_team_is_told_when_the_days_money_is_spent():
    setting = Setting(CENTS)
    await setting.spend(4, Payer())
    await setting.fault()
    assert setting.told == [("budget_day", "big")]


async def test_nobody_is_told_of_a_ticket_that_used_up_its_own():
    setting = Setting(CENTS)
    await setting.spend(1)
    await setting.fault()
    assert setting.told == []


async def test_of_two_calls_at_once_only_one_slips_under_the_last_cent():
    setting, go = Setting(CENTS), asyncio.Event()

    async def later():
        await go.wait()
        return CENTS

    setting.model.script = [later]
    await setting.spend(0.95)
    both = [asyncio.create_task(setting.call()) for _ in range(2)]
    done, waiting = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    assert isinstance(done.pop().exception(), ModelFault)
    go.set()
    await waiting.pop()
    assert len(setting.model.asked) == 1


async def test_a_call_under_way_of_one_ticket_leaves_another_ticket_its_own():
    setting, go = Setting(CENTS), asyncio.Event()

    async def later():
        await go.wait()
        return CENTS

    setting.model.script = [later]
    payers = [Payer("t-1"), Payer("t-2")]
    for payer in payers:
        await setting.spend(0.95, payer)
    both = [asyncio.create_task(setting.call(payer=payer)) for payer in payers]
    await setting.model.was_asked(2)
    go.set()
    await asyncio.gather(*both)


def test_a_call_under_way_counts_for_what_it_costs_at_most():
    asked = replace(REQUEST, system=({"type": "text", "text": "x" * 4000},), messages=())
    assert estimate(asked, POLICY) == pytest.approx((1000 * 30 + 1000 * 100) / 1_000_000, rel=0.01)


def test_a_picture_counts_for_what_is_seen_of_it_and_not_for_its_file():
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "A" * 4_000_000}}
    asked = replace(REQUEST, messages=({"role": "user", "content": [picture]},))
    assert estimate(asked, POLICY) < 0.2


async def test_a_call_that_cannot_be_booked_is_owed_and_counts():
    setting = Setting(replace(CENTS, output=20_000))
    setting.ledger.locked = True
    await setting.call()
    assert (await setting.fault()).code == "budget_ticket"
    setting.ledger.locked = False
    await setting.call(payer=Payer("t-2"))
    assert [spending.payer.ticket for spending in setting.ledger.booked] == ["t-1", "t-2"]


async def test_what_was_spent_within_a_day_can_be_asked():
    setting = Setting(CENTS)
    await setting.spend(1.5)
    await setting.spend(0.25, Payer(person="sam"))
    assert (await setting.metered.spent(), await setting.metered.spent(person="sam")) == (1.75, 0.25)


async def test_a_model_that_never_answers_is_left_when_the_request_says_so():
    setting = Setting(asyncio.Event().wait)
    assert (await setting.fault(ALONE, request=replace(REQUEST, timeout=timedelta(milliseconds=5)))).fault is Fault.SLOW
    assert setting.outcomes() == ["slow"]


async def test_no_other_model_is_tried_when_the_time_of_the_turn_is_over():
    setting = Setting(Fault.BUSY)

    async def dawdle():
        setting.seconds += 60
        return Fault.BUSY

    setting.model.script = [dawdle]
    await setting.fault()
    assert setting.model.names == ["big"]


async def test_another_try_gets_only_the_time_that_is_left():
    setting = Setting(Fault.DROPPED)

    async def dawdle():
        setting.seconds += 45
        return Fault.DROPPED

    setting.model.script = [dawdle, Fault.DROPPED, CENTS]
    await setting.call()
    assert [request.timeout.total_seconds() for request in setting.model.asked] == [30, 15, 15]


async def test_a_reply_that_cannot_be_used_is_paid_for_and_counts_for_the_budgets():
    setting = Setting(ModelFault(Fault.CUT, used=CENTS))
    await setting.fault(ALONE)
    assert [(spending.call.outcome, spending.call.price) for spending in setting.ledger.booked] == [("cut", 0.07), ("cut", 0.07)]
    assert await setting.metered.spent(ticket=MARA.ticket) == 0.14
