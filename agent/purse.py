"""Purse: what may still be spent on the language model, counting the calls that are under way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.model import Fault, ModelFault, Request
from desk.answering import Ledger
from desk.errors import Retryable
from desk.ports import Clock
from desk.usage import ModelCall, Payer, Spending
from desk.writing import Budgets, ModelPolicy

DAY = timedelta(days=1)
MILLION = 1_000_000
CHARACTERS = 4
"""Characters in a token, roughly."""
PICTURE = 6400
"""What a picture counts for, in characters: its tokens go by its size on the screen, not by that of its file."""

log = logging.getLogger("frontdesk.model")


@dataclass(frozen=True, slots=True)
class Held:
    """Money that a call under way may cost."""

    payer: Payer
    price: float


class Purse:
    """Asks the ledger before a call, and tells it after. One process pays from one purse."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock
        self._held: list[Held] = []
        self._owed: list[Spending] = []
        self._looking = asyncio.Lock()

    @asynccontextmanager
    async def held(self, payer: Payer, price: float, budgets: Budgets) -> AsyncIterator[None]:
        """Keep back what a call may cost while it is made. Raise ModelFault(BUDGET, "budget_day") or the like when one is used up."""
        held = Held(payer, price)
        # One at a time: of two that look at once, the second must see what the first keeps back.
        async with self._looking:
            await self._afford(payer, budgets)
            self._held.append(held)
        try:
            yield
        finally:
            self._held = [other for other in self._held if other is not held]

    async def book(self, call: ModelCall, payer: Payer) -> None:
        """Keep a call; while the ledger cannot, it is owed, and counts all the same: the money is spent."""
        waiting, self._owed = [*self._owed, Spending(self._clock.now(), payer, call)], []
        for n, owed in enumerate(waiting):
            try:
                await self._ledger.book(owed.call, owed.payer, at=owed.at)
            except Retryable as error:
                self._owed += waiting[n:]
                log.warning("%d calls of the model wait to be booked: %s", len(self._owed), error)
                return

    async def spent(self, **named: str) -> float:
        """Return what was spent within a day on what is named, and on everything when nothing is."""
        return await self._total(self._clock.now() - DAY, named)

    async def _afford(self, payer: Payer, budgets: Budgets) -> None:
        """Raise when a budget is used up; the one that is smallest is looked at first."""
        since = self._clock.now() - DAY
        looks: tuple[tuple[str, str, float, datetime | None], ...] = (
            ("ticket", payer.ticket, budgets.ticket, None),
            ("person", payer.person, budgets.person, since),
            ("channel", payer.channel, budgets.channel, since),
        )
        # Without the call itself: its estimate is the dearest it can be, and would stop a ticket long before its budget is used up.
        for what, who, most, start in looks:
            if who and await self._total(start, {what: who}) + self._under_way({what: who}) >= most:
                raise ModelFault(Fault.BUDGET, f"budget_{what}")
        if await self._total(since, {}) + self._under_way({}) >= budgets.day:
            raise ModelFault(Fault.BUDGET, "budget_day")

    async def _total(self, since: datetime | None, named: Mapping[str, str]) -> float:
        owed = sum(each.call.price for each in self._owed if _is(each.payer, named))
        return round((await self._ledger.spent(since=since, **named)).price + owed, 6)

    def _under_way(self, named: Mapping[str, str]) -> float:
        return sum(held.price for held in self._held if _is(held.payer, named))


def estimate(request: Request, policy: ModelPolicy) -> float:
    """Return what a call costs at most: nothing of its prompt is in the cache, and it writes as much as it may."""
    price = policy.price(request.model)
    read = sum(map(_characters, (request.system, request.tools, request.messages))) / CHARACTERS
    return (read * max(price.input, price.cache_write, price.cache_write_hour) + request.output * price.output) / MILLION


def _characters(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return PICTURE if value.get("type") == "base64" else sum(map(_characters, value.values()))
    return sum(map(_characters, value)) if isinstance(value, list | tuple) else 1


def _is(payer: Payer, named: Mapping[str, str]) -> bool:
    return all(getattr(payer, what) == who for what, who in named.items())
