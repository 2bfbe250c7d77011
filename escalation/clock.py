"""The clock of promises: how much of each was used up, when it is due, and how it stands; read off whose move it was since when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from desk.customer import Account
from desk.deadlines import Hours
from desk.policy import Policy
from desk.sla import Mark, Owed, Promise, Side, Standing, Target
from desk.space import ChannelKind
from desk.ticket import Status, Ticket
from escalation.promised import promised

OPEN = frozenset({Standing.RUNNING, Standing.PAUSED, Standing.AT_RISK, Standing.BREACHED})
"""How a promise stands that is still owed."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a promise's time: from when to when (None: it goes on), whose move it was, and whether it ran.

    `overdue`: it runs although it is not our move, because it paused for longer than policy lets it.
    """

    begins: datetime
    ends: datetime | None
    side: Side
    runs: bool
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """One promise from its beginning to its end, or as far as it came: its stretches, and the instants that matter.

    `due` is when the promised time is used up, as things stand also for one that is paused and runs again once that has been long enough;
    None where it never is. `ended` is when it was kept or came to nothing.
    """

    promise: Promise
    since: datetime
    stretches: tuple[Stretch, ...]
    due: datetime | None
    warn: datetime | None
    used: timedelta
    standing: Standing
    ended: datetime | None = None

    @property
    def is_owed(self) -> bool:
        """Tell whether it is still owed."""
        return self.standing in OPEN

    @property
    def is_late(self) -> bool:
        """Tell whether it was broken, whatever became of it afterwards."""
        return self.standing is Standing.BREACHED or (self.ended is not None and self.due is not None and self.ended > self.due)


@dataclass(frozen=True, slots=True)
class _Life:
    """From when to when a promise was owed, and how that ended."""

    since: datetime
    ended: datetime | None = None
    standing: Standing = Standing.RUNNING


def side_of(ticket: Ticket) -> Side:
    """Return whose move it is, as the ticket stands."""
    if ticket.status.is_over or ticket.merged_into is not None:
        return Side.OVER
    if ticket.third_party:
        return Side.THIRD_PARTY
    return Side.CUSTOMER if ticket.status is Status.WAITING_CUSTOMER else Side.OURS


def marks_of(ticket: Ticket) -> tuple[Mark, ...]:
    """Return whose move it was since when; of a ticket from before that was kept, what its instants tell."""
    if ticket.clock:
        return ticket.clock
    marks = [Mark(ticket.opened, Side.OURS)]
    if ticket.answered_at:
        marks.append(Mark(ticket.answered_at, Side.CUSTOMER, answered=True))
    if side_of(ticket) is not marks[-1].side:
        marks.append(Mark(ticket.closed or marks[-1].at, side_of(ticket)))
    return tuple(marks)


def owed(ticket: Ticket, account: Account | None, policy: Policy, now: datetime, *, kind: ChannelKind | None = None) -> tuple[Owed, ...]:
    """Return what is owed to a ticket's customer and how it stands, the most pressing first: what is due soonest, then what is paused."""
    found = [_owed(course, now) for course in courses(ticket, account, policy, now=now, kind=kind) if course.is_owed]
    return tuple(sorted(found, key=lambda item: (item.due is None, item.due or now)))


def courses(ticket: Ticket, account: Account | None, policy: Policy, *, now: datetime, kind: ChannelKind | None = None) -> tuple[Course, ...]:
    """Return every promise of a ticket, by the policy in force and in the order in which they were made."""
    marks = marks_of(ticket)
    found = [
        _course(promise, life, marks, ticket, policy, now=now)
        for promise in promised(ticket, account, policy, kind=kind)
        for life in LIVES[promise.target](marks, policy)
    ]
    return tuple(sorted(found, key=lambda course: course.since))


def _owed(course: Course, now: datetime) -> Owed:
    paused = course.standing is Standing.PAUSED
    side = next((s.side for s in course.stretches if not s.runs and s.begins <= now and (s.ends is None or now < s.ends)), Side.OURS)
    due = None if paused else course.due
    return Owed(course.promise, course.standing, course.since, due, course.used, side if paused else Side.OURS, None if paused else course.warn)


def _counts(mark: Mark, policy: Policy) -> bool:
    """Tell whether a mark is a response: an answer, and one that somebody looked at where policy asks for that."""
    return mark.answered and (policy.sla.automatic or not mark.automatic)


def _first(marks: Sequence[Mark], policy: Policy) -> Iterator[_Life]:
    """The first response is owed from the beginning to the first answer; a ticket that is over without one is owed nothing."""
    answer = next((mark.at for mark in marks if _counts(mark, policy)), None)
    over = marks[-1].at if marks[-1].side is Side.OVER else None
    if answer is not None:
        yield _Life(marks[0].at, answer, Standing.MET)
    elif over is not None:
        yield _Life(marks[0].at, over, Standing.MOOT)
    else:
        yield _Life(marks[0].at)


def _next(marks: Sequence[Mark], policy: Policy) -> Iterator[_Life]:
    """The next response is owed from whatever makes it our move after an answer, to the answer to it."""
    since: datetime | None = None
    answered = False
    for mark in marks:
        if _counts(mark, policy):
            if since is not None:
                yield _Life(since, mark.at, Standing.MET)
            since, answered = None, True
        elif since is not None and (mark.side is Side.OVER or mark.idle):
            yield _Life(since, mark.at, Standing.MOOT)
            since = None
        elif mark.side is Side.OURS and answered and since is None:
            since = mark.at
    if since is not None:
        yield _Life(since)


def _resolution(marks: Sequence[Mark], policy: Policy) -> Iterator[_Life]:
    """The resolution is owed from the beginning to the end; a ticket that is opened again goes on with what was used up."""
    over = marks[-1].at if marks[-1].side is Side.OVER else None
    yield _Life(marks[0].at, over, Standing.MET if over else Standing.RUNNING)


LIVES = {Target.FIRST_RESPONSE: _first, Target.NEXT_RESPONSE: _next, Target.RESOLUTION: _resolution}


def _course(promise: Promise, life: _Life, marks: Sequence[Mark], ticket: Ticket, policy: Policy, *, now: datetime) -> Course:
    hours = policy.calendar(promise.hours)
    stretches = tuple(_within(_stretches(marks, ticket, policy), life))
    # What was kept was due as if nobody had kept it.
    projected = (*stretches[:-1], replace(stretches[-1], ends=None)) if stretches else ()
    due = _reached(projected, promise.span, hours)
    warn = _reached(projected, policy.sla.warns_after(promise.span), hours)
    until = life.ended or now
    used = sum((hours.between(s.begins, min(s.ends or until, until)) for s in stretches if s.runs), timedelta())
    standing = life.standing if life.ended else _standing(stretches, due, warn, now=now)
    return Course(promise, life.since, stretches, due, warn, used, standing, life.ended)


def _standing(stretches: Sequence[Stretch], due: datetime | None, warn: datetime | None, *, now: datetime) -> Standing:
    if due is not None and due <= now:
        return Standing.BREACHED
    present = next((s for s in stretches if s.begins <= now and (s.ends is None or now < s.ends)), None)
    if present is not None and not present.runs:
        return Standing.PAUSED
    return Standing.AT_RISK if warn is not None and warn <= now else Standing.RUNNING


def _stretches(marks: Sequence[Mark], ticket: Ticket, policy: Policy) -> Iterator[Stretch]:
    """Yield the time since the first mark; what is paused for longer than policy lets it runs again."""
    limits = {Side.CUSTOMER: policy.sla.pauses.customer, Side.THIRD_PARTY: policy.sla.pauses.third_party}
    for mark, following in pairwise((*marks, None)):
        assert mark is not None, "only the end has no mark"
        ends = following.at if following else None
        limit = limits.get(mark.side)
        again = mark.at + limit if limit is not None else None
        if again and following is None and mark.side is Side.THIRD_PARTY and ticket.third_party_until:
            again = min(again, max(ticket.third_party_until, mark.at))
        if again is None or (ends is not None and ends <= again):
            yield Stretch(mark.at, ends, mark.side, mark.side is Side.OURS)
        else:
            yield Stretch(mark.at, again, mark.side, runs=False)
            yield Stretch(again, ends, mark.side, runs=True, overdue=True)


def _within(stretches: Iterator[Stretch], life: _Life) -> Iterator[Stretch]:
    """Yield what of the time lies between the beginning and the end of a promise."""
    for s in stretches:
        begins = max(s.begins, life.since)
        ends = s.ends if life.ended is None else min(s.ends or life.ended, life.ended)
        if ends is None or begins < ends:
            yield Stretch(begins, ends, s.side, s.runs, s.overdue)


def _reached(stretches: Sequence[Stretch], amount: timedelta, hours: Hours) -> datetime | None:
    """Return when so much working time has run, None where it does not come to that."""
    left = amount
    for s in stretches:
        if not s.runs:
            continue
        if s.ends is None:
            return hours.after(s.begins, left)
        worked = hours.between(s.begins, s.ends)
        if worked >= left:
            return hours.after(s.begins, left)
        left -= worked
    return None
