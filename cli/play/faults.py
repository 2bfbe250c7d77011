"""Faults: what goes wrong on purpose in a play, put around the adapters; the desk itself knows nothing of it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime
from inspect import iscoroutinefunction
from typing import Any, TypeVar, cast

from desk.changes import Changes
from desk.errors import Unavailable
from desk.events import Event
from desk.ids import EventId
from desk.ports import Actions, ChatPlatform
from desk.post import Post
from desk.runs import ActionResult, ActionRun
from desk.selfservice import SelfService
from desk.space import MessageRef
from desk.store import Store
from runtime import Wrappers

P = TypeVar("P")
Submit = Callable[[Event], Awaitable[None]]


def power_cut() -> None:
    """End this process as a power cut would: nothing is flushed, nobody is told."""
    os.kill(os.getpid(), signal.SIGKILL)


class Faults:
    """Which systems are down, and at which point of its next work the process is killed."""

    def __init__(self, kill: Callable[[], None] = power_cut) -> None:
        self._kill = kill
        self.down: frozenset[str] = frozenset()
        self._armed: str | None = None
        self._released = asyncio.Event()
        self._turn = asyncio.Lock()

    def arm(self, point: str | None) -> None:
        """Be killed at this point of the next work; None takes that back."""
        self._armed = point
        self._released = asyncio.Event()
        if point != "acknowledged":
            self._released.set()

    def reach(self, point: str) -> None:
        """Kill this process, as a power cut would, if this is the point that was armed."""
        if self._armed == point:
            self._kill()

    def wrappers(self) -> Wrappers:
        """Return what to put around each adapter."""
        return Wrappers(
            store=lambda store: cast(Store, KilledAfterCommit(store, self)),
            chat=lambda chat: self._switched(self.killed_after_send(chat), "platform"),
            crm=lambda crm: self._switched(crm, "crm"),
            knowledge=lambda knowledge: self._switched(knowledge, "kb"),
            triager=lambda triager: self._switched(triager, "model"),
            answerer=lambda answerer: self._switched(answerer, "model"),
            actions=lambda actions: self._switched(cast(Actions, KilledAfterRun(actions, self)), "actions"),
            pager=lambda pager: self._switched(pager, "pager"),
            mailer=lambda mailer: self._switched(mailer, "mail") if mailer else None,
            submit=self._submit,
            dispatch=self._dispatch,
        )

    def killed_after_send(self, chat: ChatPlatform) -> ChatPlatform:
        """Return a platform after whose next send the process may be killed."""
        return cast(ChatPlatform, KilledAfterSend(chat, self))

    def _switched(self, port: P, system: str) -> P:
        return cast(P, Switched(port, system, self))

    def _submit(self, submit: Submit) -> Submit:
        async def durable(event: Event) -> None:
            await submit(event)
            self.reach("acknowledged")

        return durable

    def _dispatch(self, dispatch: Submit) -> Submit:
        async def work(event: Event) -> None:
            # The engine starts an event as soon as it is durable; held here, it cannot get ahead of the kill.
            if self._armed == "acknowledged":
                await self._released.wait()
            # One after another, in the order in which they came: side by side, a busy machine would say which of them is first.
            async with self._turn:
                await dispatch(event)

        return work


class Switched:
    """A port that does not answer while its system is down."""

    def __init__(self, port: object, system: str, faults: Faults) -> None:
        self._port, self._system, self._faults = port, system, faults

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not iscoroutinefunction(found):
            return found

        async def call(*args: Any, **named: Any) -> Any:
            if self._system in self._faults.down:
                raise Unavailable(self._system, "the script took it down")
            return await found(*args, **named)

        return call


class KilledAfterCommit:
    """A store after whose next commit the process may be killed: before follow-ups and posts."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store, self._faults = store, faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def commit(self, event: EventId, changes: Changes, *, at: datetime) -> bool:
        """Commit, then be killed if that was asked for and anything was written."""
        written = await self._store.commit(event, changes, at=at)
        if written:
            self._faults.reach("committed")
        return written


class KilledAfterRun:
    """What does things for customers, after whose next run the process may be killed: before anybody heard of it."""

    def __init__(self, actions: Actions, faults: Faults) -> None:
        self._actions, self._faults = actions, faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._actions, name)

    async def run(self, spec: SelfService, run: ActionRun) -> ActionResult:
        """Run, then be killed if that was asked for."""
        result = await self._actions.run(spec, run)
        self._faults.reach("ran")
        return result


class KilledAfterSend:
    """A platform after whose next send the process may be killed: before the send is recorded."""

    def __init__(self, chat: ChatPlatform, faults: Faults) -> None:
        self._chat, self._faults = chat, faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chat, name)

    async def send(self, post: Post) -> MessageRef:
        """Send, then be killed if that was asked for."""
        ref = await self._chat.send(post)
        self._faults.reach("sent")
        return ref
