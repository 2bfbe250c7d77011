"""Alarm: the team hears of what only a person can mend, once a day for each kind of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from desk.errors import Retryable
from desk.events import ModelStopped
from desk.ids import EventId, derived
from desk.ports import Clock

log = logging.getLogger("frontdesk.model")


class Alarm:
    """Submits a `ModelStopped`. Commands that serve nobody leave it unconnected, and then it is silent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._submit: Callable[[ModelStopped], Awaitable[None]] | None = None
        self._told: dict[str, EventId] = {}

    def connect(self, submit: Callable[[ModelStopped], Awaitable[None]]) -> None:
        """Tell the desk from now on."""
        self._submit = submit

    async def ring(self, code: str, model: str) -> None:
        """Tell of a code (model_key, model_spend_limit, budget_day); what was told today is not told again, by another process neither."""
        now = self._clock.now()
        id = EventId(derived("ev", "model", code, now.date().isoformat()))
        if self._submit is None or self._told.get(code) == id:
            return
        try:
            await self._submit(ModelStopped(id=id, why=code, model=model, at=now))
        # The call that rang has an answer to give; the next one rings again.
        except Retryable as error:
            log.warning("the team could not be told of %s: %s", code, error)
            return
        self._told[code] = id
