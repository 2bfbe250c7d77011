"""Metered: every call of the language model goes through here, so that it is counted, priced, bounded and never waited for in vain."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from agent.breaker import LASTING, Breaker
from agent.model import Completion, Fault, Model, ModelFault, Request
from agent.purse import MILLION, Purse, estimate
from desk.answering import Ledger
from desk.errors import Misconfigured
from desk.ports import Clock
from desk.usage import ModelCall, Payer, Spent
from desk.writing import ModelPolicy

ELSEWHERE = frozenset({Fault.BUSY, Fault.DROPPED, Fault.SLOW, Fault.CUT, Fault.UNKNOWN_MODEL, Fault.OPEN, Fault.REFUSED})
"""What another model may do better."""
AGAIN = frozenset({Fault.DROPPED, Fault.CUT})
"""What is worth one more call of the same model: the SDK retries everything else by itself."""
TRIES = 2
Alarm = Callable[[str, str], Awaitable[None]]
"""Told of what a person has to mend, as a code, and of the model."""


async def silent(code: str, model: str) -> None:
    """Tell nobody."""


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


class Metered:
    """A `Model` with a meter. `timer` gives seconds that only grow; `alarm` is told of what only a person can mend."""

    def __init__(self, model: Model, ledger: Ledger, clock: Clock, timer: Callable[[], float] = time.perf_counter, *, alarm: Alarm = silent) -> None:
        self._model = model
        self._purse = Purse(ledger, clock)
        self._clock = clock
        self._timer = timer
        self._alarm = alarm
        self._breakers: dict[str, Breaker] = {}

    async def call(self, request: Request, bill: Bill, policy: ModelPolicy) -> Completion:
        """Make a call, within what may be spent, with another model when the first cannot; raise ModelFault when none can.

        A call that broke off is made once more. All of it together takes no longer than a turn may. Every call is booked and put on the bill,
        the failed ones too, at what the API says they used: nothing where it says nothing.
        """
        try:
            async with self._purse.held(bill.payer, estimate(request, policy), policy.budgets):
                return await self._somehow(request, bill, policy)
        except ModelFault as error:
            if error.code == "budget_day":
                await self._alarm(error.code, request.model)
            raise

    def degraded(self, now: datetime) -> Sequence[str]:
        """Return a sentence for each model that is left alone now."""
        return [
            f"model {name}: left alone until {breaker.until:%H:%M:%S} UTC after {breaker.last}"
            for name, breaker in sorted(self._breakers.items())
            if breaker.is_open(now)
        ]

    async def models(self) -> tuple[str, ...]:
        """Return the ids of the models there are, which costs nothing; raise ModelFault."""
        return await self._model.models()

    async def spent(self, **named: str) -> float:
        """Return the US dollars spent within a day: on a ticket, person or channel that is named, else altogether."""
        return await self._purse.spent(**named)

    async def _somehow(self, request: Request, bill: Bill, policy: ModelPolicy) -> Completion:
        """Try one model after another while there is time; of several faults the first that was met tells most."""
        ends = self._timer() + policy.bounds.turn.total_seconds()
        faults: list[ModelFault] = []
        for name in dict.fromkeys((request.model, policy.fallback or request.model)):
            for _ in range(TRIES):
                try:
                    return await self._once(replace(request, model=name), bill, policy, ends=ends)
                except ModelFault as error:
                    faults.append(error)
                if faults[-1].fault not in AGAIN or self._timer() >= ends:
                    break
            if faults[-1].fault not in ELSEWHERE or self._timer() >= ends:
                break
        raise next((error for error in faults if error.fault is not Fault.OPEN), faults[0])

    async def _once(self, request: Request, bill: Bill, policy: ModelPolicy, *, ends: float) -> Completion:
        breaker = self._breakers.setdefault(request.model, Breaker())
        begun = self._timer()
        with breaker.entered(request.model, self._clock.now()):
            try:
                left = timedelta(seconds=max(ends - begun, 0))
                completion = await self._answered(replace(request, timeout=min(request.timeout, left)))
            except ModelFault as error:
                breaker.note(error, self._clock.now(), policy.breaker)
                await self._failed(error, request, bill, policy=policy, seconds=self._timer() - begun)
                raise
            except asyncio.CancelledError:
                # The time of the whole turn ran out: that the call was made is kept all the same.
                await self._failed(ModelFault(Fault.SLOW), request, bill, policy=policy, seconds=self._timer() - begun)
                raise
            breaker.note(None, self._clock.now(), policy.breaker)
        await self._book(priced(completion, bill.purpose, policy, seconds=self._timer() - begun), bill)
        return completion

    async def _failed(self, error: ModelFault, request: Request, bill: Bill, *, policy: ModelPolicy, seconds: float) -> None:
        used = (
            priced(error.used, bill.purpose, policy, seconds=seconds)
            if error.used
            else ModelCall(bill.purpose, request.model, seconds=round(seconds, 3))
        )
        await self._book(replace(used, outcome=str(error.fault)), bill)
        if error.fault in LASTING:
            await self._alarm(error.code, request.model)

    async def _answered(self, request: Request) -> Completion:
        """Wait for the model no longer than the request says, whatever its adapter does."""
        try:
            async with asyncio.timeout(request.timeout.total_seconds()):
                return await self._model.complete(request)
        except TimeoutError as error:
            raise ModelFault(Fault.SLOW, "no answer in time") from error
        except Misconfigured as error:
            raise ModelFault(Fault.KEY, str(error)) from error

    async def _book(self, call: ModelCall, bill: Bill) -> None:
        bill.calls.append(call)
        await self._purse.book(call, bill.payer)


def priced(completion: Completion, purpose: str, policy: ModelPolicy, *, seconds: float) -> ModelCall:
    """Return a call with what it cost by policy's prices."""
    price = policy.price(completion.model)
    cost = (
        completion.input * price.input
        + completion.output * price.output
        + completion.cache_read * price.cache_read
        + (completion.cache_write - completion.cache_write_hour) * price.cache_write
        + completion.cache_write_hour * price.cache_write_hour
    ) / MILLION
    counts = {name: getattr(completion, name) for name in ("input", "output", "cache_read", "cache_write")}
    return ModelCall(purpose, completion.model, price=round(cost, 6), seconds=round(seconds, 3), **counts)


def total(calls: Sequence[ModelCall]) -> Spent:
    """Return the sum of calls."""
    return Spent(len(calls), sum(call.tokens for call in calls), round(sum(call.price for call in calls), 6))
