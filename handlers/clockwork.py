"""Clockwork: whenever a ticket is saved its clock is kept, and the deadlines of what is promised are kept in step with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from desk.audience import INTERNAL
from desk.changes import Changes, ClearDeadlines, DropDeadline, RecordDecision, SaveDraft, SaveMessage, SaveTicket, SetDeadline, Write, write
from desk.customer import TEAM, Account
from desk.deadlines import Deadline, DeadlineKind
from desk.draft import DraftStatus
from desk.errors import Unavailable
from desk.facts import Occasion
from desk.ids import EventId, TicketId, derived
from desk.sla import Mark, Side, Standing, Target
from desk.space import ChannelKind
from desk.ticket import Ticket
from escalation.clock import Course, courses, marks_of, side_of
from escalation.late import inserted
from handlers import made_good
from handlers.services import Services

KINDS = (DeadlineKind.SLA, DeadlineKind.THIRD_PARTY)
"""The deadlines that a ticket which is over leaves behind no more."""
WARN, BREACH = "warn", "breach"
"""What a deadline of a promise is for: it is about to be broken, or it is."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one kind of promise's deadline: the row as it should be, and as it is."""

    id: str
    wanted: Deadline | None
    known: Deadline | None

    @property
    def writes(self) -> tuple[Write, ...]:
        """Return what puts it right."""
        if self.wanted:
            return (SetDeadline(self.wanted),)
        return (DropDeadline(self.id, self.known.due),) if self.known else ()


async def kept(changes: Changes, services: Services, *, cause: EventId) -> Changes:
    """Return what an event writes with the clocks of its tickets kept, and the deadlines of their promises set."""
    saved = {w.ticket.id: w.ticket for w in changes.writes if isinstance(w, SaveTicket)}
    if not saved:
        return changes
    now = services.clock.now()
    before = {id: await _caught_up(await services.store.ticket(id), changes.writes, services) for id in saved}
    ticked = {id: _ticked(before[id], ticket, changes.writes, saved, now=now) for id, ticket in saved.items()}
    changes = Changes(tuple(_marked(w, ticked) for w in changes.writes), changes.events)
    more = [await _in_step(before[id], ticket, changes, services, cause=cause, now=now) for id, ticket in ticked.items()]
    return sum(more, changes)


async def kind_of(ticket: Ticket, services: Services) -> ChannelKind | None:
    """Return the kind of channel a ticket lives in, None for one that nobody declares any more."""
    channel = await services.store.channel(ticket.place.channel)
    return channel.kind if channel else None


async def account_of(ticket: Ticket, services: Services) -> Account | None:
    """Return a ticket's account, None without one or while the customer record is down."""
    try:
        return await services.crm.account(ticket.account) if ticket.account else None
    except Unavailable:
        return None


async def rows(ticket: Ticket, services: Services, *, now: datetime, found: Sequence[Course] | None = None) -> list[Slot]:
    """Return, for each kind of promise, its deadline as it should be and as it is; `found` are the ticket's courses where they are known."""
    if found is None:
        policy, account = await services.policy.current(), await account_of(ticket, services)
        found = courses(ticket, account, policy, now=now, kind=await kind_of(ticket, services))
    open_ = {course.promise.target: course for course in found if course.is_owed}
    return [await _slot(ticket, open_.get(target), row_id(ticket.id, target), services=services, now=now) for target in Target]


async def _slot(ticket: Ticket, course: Course | None, id: str, *, services: Services, now: datetime) -> Slot:
    known = await services.store.deadline(id)
    row = armed(ticket, course, known, now=now) if course else None
    recorded = row is not None and course is not None and row.due <= now and await services.store.breach(made_good.breach_id(ticket.id, course))
    return Slot(id, None if recorded else row, known)


def armed(ticket: Ticket, course: Course, known: Deadline | None, *, now: datetime) -> Deadline | None:
    """Return the deadline of a promise: when to warn, then when it is broken. One that stands for the same instants goes on as far as it came."""
    if course.due is None or course.warn is None:
        return None
    values = {
        "target": course.promise.target.value,
        "since": course.since.isoformat(),
        "due": course.due.isoformat(),
        "warn": course.warn.isoformat(),
    }
    if known and {name: known.values.get(name) for name in values} == values:
        return known
    # What paused after its warning is not warned of before it runs again.
    warns = course.warn < course.due and now < course.due and (now < course.warn or course.standing is Standing.AT_RISK)
    step, at = (WARN, course.warn) if warns else (BREACH, course.due)
    # Never an instant that has passed: a deadline that was set to it before came then, and comes no second time.
    return Deadline(row_id(ticket.id, course.promise.target), DeadlineKind.SLA, str(ticket.id), max(at, now), {**values, "step": step})


def row_id(ticket: TicketId, target: Target) -> str:
    """Return the id of the deadline of a ticket's promise."""
    return derived("sla", ticket, target)


def _marked(w: Write, ticked: dict[TicketId, Ticket]) -> Write:
    if not isinstance(w, SaveTicket):
        return w
    kept_ = ticked[w.ticket.id]
    return SaveTicket(replace(w.ticket, clock=kept_.clock, third_party=kept_.third_party, third_party_until=kept_.third_party_until))


async def _caught_up(before: Ticket | None, writes: Iterable[Write], services: Services) -> Ticket | None:
    """Return a stored ticket whose clock has the answers that arrive now behind what was said after them."""
    if before is None:
        return None
    marks = marks_of(before)
    said = [w.message for w in writes if isinstance(w, SaveMessage) and w.message.ticket == before.id and w.message.at <= marks[-1].at]
    answers = [m for m in said if m.role in TEAM and m.audience != INTERNAL and not (m.deleted or m.mentions_bot)]
    if not answers:
        return before
    return replace(before, clock=inserted(marks, answers, await services.store.timeline(before.id)))


def _ticked(before: Ticket | None, ticket: Ticket, writes: Iterable[Write], saved: dict[TicketId, Ticket], *, now: datetime) -> Ticket:
    """Return the ticket with a mark more where the move went to somebody else, or an answer was given."""
    if side_of(ticket) is Side.OVER and ticket.third_party:
        ticket = replace(ticket, third_party="", third_party_until=None)
    if before is None:
        return replace(ticket, clock=_begun(ticket, saved, now=now))
    marks = _merged(marks_of(before), [t for t in saved.values() if t.merged_into == ticket.id])
    automatic = any(_went_alone(w, ticket) for w in writes)
    answered = ticket.answered_at is not None and (before.answered_at is None or ticket.answered_at > before.answered_at)
    idle = _asked_nothing(ticket, marks, writes)
    side = Side.CUSTOMER if idle and side_of(ticket) is Side.OURS else side_of(ticket)
    if side is marks[-1].side and not answered:
        return replace(ticket, clock=marks)
    at = ticket.answered_at if answered and ticket.answered_at else _said(ticket, writes, after=marks[-1].at) if side is Side.OURS else None
    mark = Mark(max(at or now, marks[-1].at), side, answered, answered and automatic, idle and not answered, ticket.turn)
    return replace(ticket, clock=(*marks, mark))


def _begun(ticket: Ticket, saved: dict[TicketId, Ticket], *, now: datetime) -> tuple[Mark, ...]:
    """Return the clock of a new ticket. What was split off after its answer is owed one from now on."""
    parent = saved.get(ticket.previous) if ticket.previous else None
    late = parent is not None and parent.answered_at is not None and parent.answered_at > ticket.opened
    opened = Mark(now if late else ticket.opened, Side.OURS, turn=ticket.turn)
    if ticket.answered_at is not None:
        return (opened, Mark(max(ticket.answered_at, opened.at), side_of(ticket), answered=True, turn=ticket.turn))
    return (opened,) if side_of(ticket) is Side.OURS else (opened, Mark(max(now, opened.at), side_of(ticket), turn=ticket.turn))


def _merged(marks: tuple[Mark, ...], sources: list[Ticket]) -> tuple[Mark, ...]:
    """Return a clock that also runs for what is owed in the tickets which become part of this one."""
    waiting = [marks_of(source)[-1] for source in sources if marks_of(source)[-1].side is Side.OURS]
    since = min((mark.at for mark in waiting), default=None)
    if since is None or (marks[-1].side is Side.OURS and marks[-1].at <= since):
        return marks
    if marks[-1].side is not Side.OURS:
        return (*marks, Mark(max(since, marks[-1].at), Side.OURS))
    earlier = max([since, *(mark.at for mark in marks[:-1])])
    return (*marks[:-1], replace(marks[-1], at=earlier))


def _said(ticket: Ticket, writes: Iterable[Write], *, after: datetime) -> datetime | None:
    """Return when the customer said what makes it our move, None where it was nothing they said."""
    messages = [w.message for w in writes if isinstance(w, SaveMessage) and w.message.ticket == ticket.id and w.message.is_customers]
    spoken = (max(message.edited_at or message.at, message.asked_at or message.at) for message in messages)
    return min((at for at in spoken if at > after), default=None)


def _went_alone(w: Write, ticket: Ticket) -> bool:
    return isinstance(w, SaveDraft) and w.draft.ticket == ticket.id and w.draft.status is DraftStatus.SENT and w.draft.automatic


def _asked_nothing(ticket: Ticket, marks: tuple[Mark, ...], writes: Iterable[Write]) -> bool:
    """Tell whether what the customer said since it was their move asks nothing: thanks do not make it ours, also while a person holds the ticket."""
    last = marks[-1]
    if last.idle and last.turn == ticket.turn and ticket.held:
        return True
    if len(marks) < 2 or marks[-2].side is not Side.CUSTOMER or last.side is not Side.OURS or last.turn != ticket.turn:
        return False
    decided = [w.decision.facts for w in writes if isinstance(w, RecordDecision) and w.decision.ticket == ticket.id]
    return any(facts.occasion is Occasion.MESSAGE and not facts.is_request and not facts.triggers for facts in decided)


async def _in_step(before: Ticket | None, ticket: Ticket, changes: Changes, services: Services, *, cause: EventId, now: datetime) -> Changes:
    """Return what else a saved ticket brings: the deadlines of its promises as they should stand, and what ends with those that were kept."""
    over = write(ClearDeadlines(str(ticket.id), KINDS)) if side_of(ticket) is Side.OVER else Changes()
    policy = await services.policy.current()
    try:
        account = await services.crm.account(ticket.account) if ticket.account else None
    except Unavailable:
        # What the contract promises is not known now; what was promised before stands until it is looked at, and a new ticket is
        # owed what everybody is.
        if before is not None or over:
            return over
        account = None
    found = courses(ticket, account, policy, now=now, kind=await kind_of(ticket, services))
    settled = await made_good.settled(before, ticket, found, changes.writes, services=services, cause=cause)
    if over:
        return over + settled
    cleared = any(isinstance(w, ClearDeadlines) and w.key == str(ticket.id) and (not w.kinds or DeadlineKind.SLA in w.kinds) for w in changes.writes)
    for slot in await rows(ticket, services, now=now, found=found):
        # What this very event sets or drops is left to it.
        if not _is_touched(slot.id, changes.writes) and (cleared or slot.wanted != slot.known):
            settled += write(*slot.writes)
    return settled


def _is_touched(id: str, writes: Iterable[Write]) -> bool:
    return any((isinstance(w, DropDeadline) and w.id == id) or (isinstance(w, SetDeadline) and w.deadline.id == id) for w in writes)
