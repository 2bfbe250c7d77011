"""The runner: what was agreed to is done, each run at most once, whatever happens in between."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from desk.changes import SaveRun, SetDeadline, write
from desk.deadlines import Deadline, DeadlineKind
from desk.errors import Conflict, Retryable, Unavailable
from desk.events import ActionFinished, Event
from desk.ids import EventId, derived
from desk.policy import Policy
from desk.ports import Actions
from desk.runs import ActionResult, ActionRun, RunStatus
from desk.selfservice import SelfService
from handlers import requests
from handlers.abreast import Between, abreast
from handlers.finishing import watch_of
from handlers.rhythm import Rhythm
from handlers.services import Services

LONGEST_SLEEP = timedelta(seconds=1)
GRACE = timedelta(seconds=30)
"""How long after its own time a run counts as lost: its process was killed, or its machine stood still."""
WAITS = (timedelta(seconds=5), timedelta(seconds=30))
"""Before each further try of what nobody answered: after them a person is better than waiting."""
log = logging.getLogger("frontdesk.runner")


class Runner:
    """Does what the store holds.

    A run is taken in a commit of its own before anything is sent, so that a crash leaves it taken: nobody runs it again. What became of it
    is made durable as an event before anybody decides about it.
    """

    def __init__(self, services: Services, submit: Callable[[Event], Awaitable[None]]) -> None:
        self._services = services
        self._submit = submit
        self._unsaid: dict[str, ActionFinished] = {}
        self._ended: set[str] = set()
        self._busy = asyncio.Lock()

    async def drain(self, between: Between | None = None) -> bool:
        """Do everything that may be done now, in turn if anything is to be awaited between; True when anything was."""
        # Whoever was at it meanwhile may have given work to others.
        worked = self._busy.locked()
        async with self._busy:
            # A run that was refused here still waits in the store until that is recorded.
            while found := [run for run in await self._services.store.runnable(self._services.clock.now()) if run.id not in self._ended]:
                if not await abreast(self._take, found, between):
                    break
                worked = True
            return await self._say() or worked

    async def run(self) -> None:
        """Work until cancelled."""
        bell = self._services.bells.runs
        rhythm = Rhythm()
        while True:
            await rhythm.keep()
            bell.clear()
            try:
                await self.drain()
            except Retryable as error:
                log.warning("the runs could not be read or recorded: %s", error)
            await self._sleep(bell)

    async def _sleep(self, bell: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(LONGEST_SLEEP.total_seconds()):
                await bell.wait()
        except TimeoutError:
            return

    async def _take(self, run: ActionRun) -> bool:
        """Take one run and do it; False when somebody else has it."""
        policy = await self._services.policy.current()
        if await self._is_paused(run, policy):
            return False
        spec = requests.spec_of(run.request, policy)
        timeout = spec.timeout if spec else timedelta()
        now = self._services.clock.now()
        limits = spec.limits if spec and not run.undoes else None
        taken = await self._services.store.claim_run(run.id, limits, now=now, watch=watch_of(run, now + timeout + GRACE))
        if taken is None:
            return False
        if taken.status is RunStatus.QUEUED:
            await self._over(run, ActionResult(RunStatus.FAILED, "its limit is used up"))
            return True
        await self._do(taken, spec)
        return True

    async def _is_paused(self, run: ActionRun, policy: Policy) -> bool:
        """Tell whether the bot is paused where this was asked for; what somebody of ours approved is theirs."""
        if run.by is not None or run.undoes:
            return False
        ticket = await self._services.store.ticket(run.ticket)
        channel = await self._services.store.channel(ticket.place.channel) if ticket else None
        return ticket is not None and policy.paused.holds(ticket.category, channel.name if channel else "", now=self._services.clock.now())

    async def _do(self, run: ActionRun, spec: SelfService | None) -> None:
        """Make the one attempt. Only what certainly never left may be tried again."""
        try:
            await self._over(run, await self._attempt(run, spec))
        except Unavailable as error:
            await self._again(run, str(error))
        except Exception as error:
            # A defect of ours in one action must not stop the others; how far it came nobody can say.
            log.exception("run %s ended in a defect", run.id)
            await self._over(run, ActionResult(RunStatus.UNKNOWN, f"a defect of ours: {type(error).__name__}"))

    async def _attempt(self, run: ActionRun, spec: SelfService | None) -> ActionResult:
        actions: Actions | None = self._services.actions
        if actions is None or spec is None:
            return ActionResult(RunStatus.FAILED, "policy does not declare it any more" if actions else "nothing here can run it")
        if not run.is_whole:
            return ActionResult(RunStatus.FAILED, "what it was to be given was erased")
        return await (actions.undo(spec, run) if run.undoes else actions.run(spec, run))

    async def _again(self, run: ActionRun, why: str) -> None:
        """Put back what never left, for a later try; give it up after a few."""
        if run.attempts > len(WAITS):
            return await self._over(run, ActionResult(RunStatus.FAILED, why))
        now = self._services.clock.now()
        at = now + WAITS[run.attempts - 1]
        waits = replace(run, status=RunStatus.QUEUED, not_before=at, result=why)
        look = SetDeadline(Deadline(watch_of(run, at).id, DeadlineKind.ACTION, str(run.id), at))
        id = EventId(derived("ev", run.id, "again", run.attempts))
        # Lost when its time was over meanwhile: then its fate is settled.
        with contextlib.suppress(Conflict):
            await self._services.store.commit(id, write(SaveRun(waits, was=RunStatus.RUNNING), look), at=now)
        self._services.bells.deadlines.set()

    async def _over(self, run: ActionRun, result: ActionResult) -> None:
        id = EventId(derived("ev", run.id, result.status))
        at = self._services.clock.now()
        self._unsaid[run.id] = ActionFinished(id=id, run=run.id, ticket=run.ticket, status=result.status, at=at, result=result.said)
        self._ended.add(run.id)
        await self._say()

    async def _say(self) -> bool:
        """Make durable what became of the runs; what cannot be now is kept for the next time."""
        events = list(self._unsaid.values())
        for event in events:
            await self._submit(event)
            self._unsaid.pop(event.run, None)
        return bool(events)
