"""Climbing: an escalation's chain is walked until it has to wait; a pure function of what is there at that instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desk.escalation import Escalation
from desk.ids import OutboxId, derived
from desk.oncall import Chain, PagerSpec, Step, StepKind
from desk.paging import Page, PageStatus
from desk.ticket import Reason
from escalation.chain import end_of, is_urgent
from escalation.ground import Ground, Somebody, called
from escalation.pings import Answer, Call, Ping, settle

STATUS = {Answer.SEND: PageStatus.SENT, Answer.BUNDLE: PageStatus.BUNDLED}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one step came to: the people who are paged, the channel that is told, the pager that is asked; `until` is when what was put off comes."""

    notes: tuple[Reason, ...] = ()
    pages: tuple[Page, ...] = ()
    channel: str | None = None
    pager: PagerSpec | None = None
    until: datetime | None = None
    reaches: bool = False


@dataclass(frozen=True, slots=True)
class Climb:
    """The escalation after a walk, what was done on the way, and when it goes on; None at the end of the chain."""

    record: Escalation
    attempts: tuple[Attempt, ...] = ()
    due: datetime | None = None


def climb(record: Escalation, ground: Ground, *, at: datetime, cool_down: timedelta, until: datetime | None = None) -> Climb:
    """Walk from the step that is next. Where nobody could be called, the next step comes at once; a wait is for somebody only.

    `until` is when an answer is due, which every page says.
    """
    chain = record.chain
    assert chain is not None, "only an escalation with a chain climbs"
    attempts: list[Attempt] = []
    n, rounds, idle = record.next, record.rounds, False
    while n < len(chain.steps):
        step = chain.steps[n]
        if step.kind is StepKind.REPEAT:
            n, rounds = (0, rounds + 1) if rounds < step.times else (n + 1, rounds)
            continue
        if step.kind is StepKind.WAIT:
            n += 1
            if idle:
                attempts.append(Attempt((_note("skipped", step, at),)))
                continue
            due = at + step.span
            attempts.append(Attempt((_note("waits", step, at, until=due),)))
            return Climb(_stood(record, attempts, n, rounds), tuple(attempts), due)
        tried = _tried(step, replace(record, next=n, rounds=rounds), ground, at=at, cool_down=cool_down, until=until)
        ground = replace(ground, pages=(*ground.pages, *tried.pages))
        attempts.append(tried)
        if tried.until and not tried.reaches:
            return Climb(_stood(record, attempts, n, rounds), tuple(attempts), tried.until)
        idle = not any(attempt.reaches for attempt in attempts)
        n += 1
    attempts.append(Attempt((Reason("end_of_chain", (("at", at.isoformat()),)),)))
    return Climb(_stood(record, attempts, n, rounds), tuple(attempts))


def armed(record: Escalation) -> Escalation:
    """Return an escalation that climbs again from where it stood; at the end of its chain, the end comes again."""
    chain = record.chain
    return replace(record, next=end_of(chain)) if chain and record.next >= len(chain.steps) else record


def page_of(record: Escalation, somebody: Somebody, ping: Ping, *, at: datetime, why: str, urgent: bool, until: datetime | None) -> Page:
    """Return the page of somebody who is called, with the message that carries it."""
    id = derived("pg", record.id, record.rounds, record.next, somebody.user, at.isoformat(), why)
    outbox = ping.outbox or OutboxId(derived("o", id))
    return Page(
        id,
        record.id,
        record.ticket,
        somebody.user,
        at,
        record.rules,
        urgent,
        STATUS[ping.answer],
        outbox,
        somebody.name,
        until,
        why,
    )


def _tried(step: Step, record: Escalation, ground: Ground, *, at: datetime, cool_down: timedelta, until: datetime | None) -> Attempt:
    chain = record.chain
    assert chain is not None
    if step.kind is StepKind.CHANNEL:
        there = step.who.lstrip("#") in ground.channels
        note = _note("told_channel" if there else "no_channel", step, at)
        return Attempt((note,), channel=step.who.lstrip("#"), reaches=True) if there else Attempt((note,))
    if step.kind is StepKind.WEBHOOK:
        pager = next((known for known in chain.pagers if step.who in ("", known.name)), None)
        note = _note("asked_pager" if pager else "no_pager", step, at, who=pager.name if pager else step.who)
        return Attempt((note,), pager=pager, reaches=pager is not None)
    return _people(step, chain, record, ground, at=at, cool_down=cool_down, until=until)


def _people(step: Step, chain: Chain, record: Escalation, ground: Ground, *, at: datetime, cool_down: timedelta, until: datetime | None) -> Attempt:
    found = called(step, chain, ground, at)
    urgent = is_urgent(record.triggers, ground.oncall.urgent)
    call = Call(record.id, record.ticket, record.rules, record.level, at, urgent=urgent, last=record.next >= end_of(chain))
    notes = [_note(found.why, step, at)] if found.why else []
    pages: list[Page] = []
    ends: list[datetime] = []
    reaches = False
    for somebody in found.people:
        if somebody.user is None:
            notes.append(_note("unreachable", step, at, who=somebody.name))
            if found.one:
                break
            continue
        theirs = [page for page in (*ground.pages, *pages) if page.person == somebody.user]
        ping = settle(call, theirs, ground.oncall, zone=somebody.zone, cool_down=cool_down)
        notes.append(_note(ping.answer, step, at, who=somebody.name, until=ping.until))
        pages += [page_of(record, somebody, ping, at=at, why=step.kind, urgent=urgent, until=until)] if ping.answer in STATUS else []
        ends += [ping.until] if ping.until else []
        reaches = reaches or ping.reaches
        if found.one and ping.answer is not Answer.OVER:
            break
    return Attempt(tuple(notes), tuple(pages), until=min(ends, default=None), reaches=reaches)


def _note(code: str, step: Step, at: datetime, *, who: str = "", until: datetime | None = None) -> Reason:
    given = (("step", str(step.kind)), ("who", who or step.who), ("until", until.isoformat() if until else ""), ("at", at.isoformat()))
    return Reason(str(code), tuple((name, value) for name, value in given if value))


def _stood(record: Escalation, attempts: Sequence[Attempt], n: int, rounds: int) -> Escalation:
    asked = tuple(dict.fromkeys((*record.asked, *(attempt.pager.name for attempt in attempts if attempt.pager))))
    notes = tuple(note for attempt in attempts for note in attempt.notes)
    return replace(record, steps=(*record.steps, *notes), next=n, rounds=rounds, asked=asked)
