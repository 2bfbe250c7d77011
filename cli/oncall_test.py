"""A test of a chain: the steps up to its first wait are really taken, with messages and alerts that say that they are a test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from desk.alert import Alert, Word
from desk.audience import INTERNAL
from desk.cards import Card, Header, Text
from desk.changes import Enqueue, write
from desk.errors import FrontdeskError
from desk.ids import EventId, OutboxId, TicketId, derived
from desk.oncall import Chain, Shift, Step, StepKind
from desk.policy import Policy
from desk.post import Direct, Post, Target
from desk.space import ChannelKind, Place
from desk.timeline import Purpose

if TYPE_CHECKING:
    from desk.customer import Person
    from desk.space import UserRef
    from runtime import Records

ASKED, SENT, FAILED, WOULD = "asked", "sent", "failed", "would be called"
WORDS = "This is a test of who is called. Nothing has happened, and nobody has to do anything."


async def tested(
    name: str, policy: Policy, team: Mapping[UserRef, Person], kept: Records, *, calendars: Mapping[str, Sequence[Shift]], now: datetime, send: bool
) -> list[dict[str, Any]]:
    """Take the steps of a chain up to its first wait, or only say what they are; return what became of each."""
    from escalation.chain import PAUSES, frozen
    from escalation.ground import Ground

    chain = frozen(policy.oncall, name, hold=policy.escalation.hold)
    assert chain is not None, "the caller has looked for the chain"
    ground = Ground(policy.oncall, team, (), policy.oncall.overrides, calendars, channels=frozenset({""}))
    found: list[dict[str, Any]] = []
    for step in chain.steps:
        if step.kind in PAUSES:
            break
        found += [each async for each in _taken(step, chain, ground, kept, now=now, send=send)]
    return found


async def _taken(step: Step, chain: Chain, ground: Any, kept: Records, *, now: datetime, send: bool) -> AsyncIterator[dict[str, Any]]:
    from escalation.ground import called

    if step.kind is StepKind.WEBHOOK:
        yield await _asked(step, chain, now=now, send=send)
        return
    if step.kind is StepKind.CHANNEL:
        yield await _posted(step, await _channel(step, kept), step.who or "the team's channel", kept, now=now, send=send)
        return
    whom = called(step, chain, ground, now)
    people = whom.people[:1] if whom.one else whom.people
    if not people:
        yield _result(step, step.who, FAILED, whom.why.replace("_", " "))
    for somebody in people:
        target = Direct(somebody.user) if somebody.user else None
        yield await _posted(step, target, somebody.name, kept, now=now, send=send)


async def _posted(step: Step, target: Target | None, who: str, kept: Records, *, now: datetime, send: bool) -> dict[str, Any]:
    if target is None:
        return _result(step, who, FAILED, "the customer record knows no account of theirs on a chat platform")
    if not send:
        return _result(step, who, WOULD)
    id = derived("o", "oncall test", target, now.isoformat())
    card = Card((Header("Test page"), Text(WORDS)))
    to = (target.user,) if isinstance(target, Direct) else ()
    post = Post(OutboxId(id), target, Purpose.PAGE, INTERNAL, now, card=card, to=to)
    await kept.store.commit(EventId(derived("ev", id)), write(Enqueue(post)), at=now)
    return _result(step, who, SENT, "goes out as soon as the server runs")


async def _asked(step: Step, chain: Chain, *, now: datetime, send: bool) -> dict[str, Any]:
    from pagers.phones import Phones

    pager = next((known for known in chain.pagers if step.who in ("", known.name)), None)
    if pager is None:
        return _result(step, step.who, FAILED, "there is no such pager")
    if not send:
        return _result(step, pager.name, WOULD)
    phones, id = Phones(os.environ), derived("x", "oncall test", now.isoformat())
    try:
        for word in (Word.TRIGGER, Word.RESOLVE):
            await phones.tell(Alert(pager, word, id, TicketId("t-test"), ("test",), level=3, test=True))
    except FrontdeskError as error:
        return _result(step, pager.name, FAILED, str(error))
    return _result(step, pager.name, ASKED, "and told at once that it is over")


async def _channel(step: Step, kept: Records) -> Place | None:
    internal = [channel for channel in await kept.store.channels() if channel.kind is ChannelKind.INTERNAL]
    wanted = step.who.lstrip("#")
    found = next((c for c in internal if c.name == wanted), None) if wanted else next((c for c in sorted(internal, key=lambda c: not c.agents)), None)
    return Place(found.ref) if found else None


def _result(step: Step, who: str, result: str, why: str = "") -> dict[str, Any]:
    return {"step": str(step.kind), "who": who, "result": result, "why": why}
