"""Metered: every call of the language model goes through here, so that it is counted, priced, bounded and never waited for in vain."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from agent.model import Completion, Fault, Model, ModelFault, Request
from desk.policy import ModelPolicy
from desk.ports import Clock, Ledger
from desk.usage import ModelCall, Payer, Spent

DAY = timedelta(days=1)
MILLION = 1_000_000
COUNTING = frozenset({Fault.BUSY, Fault.DROPPED, Fault.SLOW, Fault.UNREACHABLE, Fault.KEY, Fault.SPEND_LIMIT, Fault.UNKNOWN_MODEL})
"""What says that the model is not there, rather than that one request was wrong."""
ELSEWHERE = frozenset({Fault.BUSY, Fault.DROPPED, Fault.SLOW, Fault.CUT, Fault.UNKNOWN_MODEL, Fault.OPEN, Fault.REFUSED})
"""What another model may do better."""
AGAIN = frozenset({Fault.DROPPED, Fault.CUT})
"""What is worth one more call of the same model: the SDK retries everything else by itself."""


@dataclass(slots=True)
class Bill:
    """The calls of one piece of work, in the order they were made."""

    payer: Payer
    purpose: str
    calls: list[ModelCall] = field(default_factory=list)

    @property
    def tokens(self) -> int:
        """Return the tokens of all calls."""
        return sum(call.tokens for call in self.calls)


@dataclass(slots=True)
class Breaker:
    """Counts failures of one model in a row; while it is open nobody waits for it. One call is let through when the pause is over."""

    failures: int = 0
    opened: datetime | None = None
    last: Fault | None = None

    def is_open(self, now: datetime, cool_down: timedelta) -> bool:
        """Tell whether the model is left alone now."""
        return self.opened is not None and now < self.opened + cool_down

    def note(self, fault: Fault | None, now: datetime, most: int) -> None:
        """Note how a call ended; None for well."""
        if fault is None:
            self.failures, self.opened, self.last = 0, None, None
        elif fault in COUNTING:
            self.failures, self.last = self.failures + 1, fault
            # What waiting does not mend opens it at once.
            if self.failures >= most or fault in (Fault.KEY, Fault.SPEND_LIMIT, Fault.UNKNOWN_MODEL):
                self.opened = now


class Metered:
    """A `Model` with a meter. `timer` gives seconds that only grow."""

    def __init__(self, model: Model, ledger: Ledger, clock: Clock, timer: Callable[[], float] = time.perf_counter) -> None:
        self._model = model
        self._ledger = ledger
        self._clock = clock
        self._timer = timer
        self._breakers: dict[str, Breaker] = {}

    async def call(self, request: Request, bill: Bill, policy: ModelPolicy) -> Completion:
        """Make a call, within what may be spent, with another model when the first cannot; raise ModelFault when none can.

        A call that broke off is made once more. Every call is booked and put on the bill, the failed ones too.
        """
        await self._afford(bill.payer, policy)
        names = [request.model, *([policy.fallback] if policy.fallback and policy.fallback != request.model else [])]
        fault: ModelFault | None = None
        for name in names:
            try:
                return await self._tried(replace(request, model=name), bill, policy)
            except ModelFault as error:
                fault = error
                if error.fault not in ELSEWHERE:
                    break
        assert fault is not None
        raise fault

    def degraded(self, now: datetime, policy: ModelPolicy) -> Sequence[str]:
        """Return a sentence for each model that is left alone now."""
        cool_down = policy.breaker.cool_down
        return [
            f"model {name}: left alone until {breaker.opened + cool_down:%H:%M:%S} UTC after {breaker.last}"
            for name, breaker in sorted(self._breakers.items())
            if breaker.opened is not None and breaker.is_open(now, cool_down)
        ]

    async def _tried(self, request: Request, bill: Bill, policy: ModelPolicy) -> Completion:
        try:
            return await self._once(request, bill, policy)
        except ModelFault as error:
            if error.fault not in AGAIN:
                raise
        return await self._once(request, bill, policy)

    async def _once(self, request: Request, bill: Bill, policy: ModelPolicy) -> Completion:
        breaker = self._breakers.setdefault(request.model, Breaker())
        now = self._clock.now()
        if breaker.is_open(now, policy.breaker.cool_down):
            raise ModelFault(Fault.OPEN, f"{request.model} is left alone for a while after {breaker.last}")
        begun = self._timer()
        try:
            completion = await self._model.complete(request)
        except ModelFault as error:
            breaker.note(error.fault, self._clock.now(), policy.breaker.failures)
            call = ModelCall(bill.purpose, request.model, str(error.fault), seconds=round(self._timer() - begun, 3))
            await self._booked(call, bill)
            raise
        breaker.note(None, self._clock.now(), policy.breaker.failures)
        await self._booked(priced(completion, bill.purpose, policy, seconds=self._timer() - begun), bill)
        return completion

    async def _booked(self, call: ModelCall, bill: Bill) -> None:
        bill.calls.append(call)
        await self._ledger.book(call, bill.payer, at=self._clock.now())

    async def _afford(self, payer: Payer, policy: ModelPolicy) -> None:
        """Raise ModelFault(BUDGET) when a budget is used up; the one that is smallest is looked at first."""
        since = self._clock.now() - DAY
        budgets = policy.budgets
        looks = (
            ("ticket", payer.ticket, budgets.ticket, None),
            ("person", payer.person, budgets.person, since),
            ("channel", payer.channel, budgets.channel, since),
        )
        for what, who, most, start in looks:
            if who and (await self._ledger.spent(since=start, **{what: who})).price >= most:
                raise ModelFault(Fault.BUDGET, f"budget_{what}")
        if (await self._ledger.spent(since=since)).price >= budgets.day:
            raise ModelFault(Fault.BUDGET, "budget_day")


def priced(completion: Completion, purpose: str, policy: ModelPolicy, *, seconds: float) -> ModelCall:
    """Return a call with what it cost by policy's prices."""
    price = policy.price(completion.model)
    cost = (
        completion.input * price.input
        + completion.output * price.output
        + completion.cache_read * price.cache_read
        + completion.cache_write * price.cache_write
    ) / MILLION
    counts = {name: getattr(completion, name) for name in ("input", "output", "cache_read", "cache_write")}
    return ModelCall(purpose, completion.model, price=round(cost, 6), seconds=round(seconds, 3), **counts)


def total(calls: Sequence[ModelCall]) -> Spent:
    """Return the sum of calls."""
    return Spent(len(calls), sum(call.tokens for call in calls), round(sum(call.price for call in calls), 6))
