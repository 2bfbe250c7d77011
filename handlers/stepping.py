"""Stepping: a deadline of a chain came, is checked again, and the next steps are taken, each with its reason recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from desk.changes import NOTHING, Changes, SaveEscalation, SavePage, SetDeadline, follow, write
from desk.deadlines import Deadline, DeadlineKind
from desk.escalation import Escalation, EscalationStatus
from desk.events import DeadlineReached
from desk.ids import OutboxId, TicketId, derived
from desk.paging import Page, PageStatus
from desk.space import UserRef, parse_user
from desk.ticket import Reason, Status, Ticket
from escalation.chain import is_urgent, wait_before
from escalation.climb import STATUS, Attempt, armed, climb, page_of
from escalation.ground import Somebody
from escalation.pings import Answer, Call, Ping, settle
from handlers import alerting, climbing, internal, paging, spokesman
from handlers.paging import Around
from handlers.services import Services
from handlers.situation import Situation, load_anyway

OURS = (Status.OPEN, Status.WAITING_TEAM)
"""A ticket whose customer waits for us; a held one whose customer wrote again is open, and just as unanswered."""


async def climbed(event: DeadlineReached, services: Services) -> Changes:
    """Go on with a chain, unless somebody took it up, put it off or closed it, or the ticket is over."""
    found = await _found(event, services)
    if found is None:
        return NOTHING
    record, ticket = found
    if "failed" in event.values:
        return await _failed(event, record, ticket, services)
    if record.chain is None or record.status is not EscalationStatus.OPEN or ticket.status.is_over:
        return NOTHING
    if record.next >= len(record.chain.steps):
        return NOTHING
    if ticket.status not in OURS or ticket.snoozed_until is not None:
        # Somebody answered, or put the ticket aside: whoever has it is left alone until it is ours again.
        return write(climbing.climbs(record, services.clock.now() + record.chain.hold))
    s = await load_anyway(ticket, services, cause=event.id)
    if s.spoken_for and record.level <= s.stand.loudest and spokesman.may_wait(record.rules):
        # Its incident is called for, by another ticket of it.
        return write(climbing.climbs(record, services.clock.now() + record.chain.hold))
    return await stepped(record, s, services)


async def stepped(record: Escalation, s: Situation, services: Services) -> Changes:
    """Take the next steps of a chain until it waits."""
    place = await paging.around(s, services, record.chain)
    until = paging.due(s)
    walked = climb(record, place.ground, at=s.now, cool_down=s.policy.escalation.cool_down, until=until)
    changes = write(SaveEscalation(walked.record), *((climbing.climbs(record, walked.due),) if walked.due else ()))
    pages = [page for attempt in walked.attempts for page in attempt.pages]
    changes += await paging.sent(pages, s, place, services)
    for n, attempt in enumerate(walked.attempts):
        changes += _told(attempt, record, s, place, label=str(n))
    # The card lists the steps; on the pages that stand nothing changes by them.
    return changes + internal.refreshed(replace(s, pages=()))


async def armed_again(event: DeadlineReached, services: Services) -> Changes:
    """An acknowledged escalation that nobody closed is armed again: whoever took it hears of it, and its chain goes on from where it stood."""
    found = await _found(event, services)
    if found is None:
        return NOTHING
    record, ticket = found
    if record.status is not EscalationStatus.ACKNOWLEDGED or ticket.status not in OURS:
        return NOTHING
    if ticket.snoozed_until is not None and ticket.snoozed_until > services.clock.now():
        # Whoever put it aside is left alone until it is back.
        hold = record.chain.hold if record.chain else (await services.policy.current()).escalation.hold
        due = ticket.snoozed_until + hold
        return write(SetDeadline(Deadline(event.deadline, DeadlineKind.ACKNOWLEDGED, event.subject, due, event.values)))
    s = await load_anyway(ticket, services, cause=event.id)
    step = Reason("armed_again", (("at", s.now.isoformat()),))
    again = armed(replace(record, status=EscalationStatus.OPEN, held_until=None, steps=(*record.steps, step)))
    user = record.by if record.by in s.team else next(iter(s.leads), None)
    if user is None:
        return write(SaveEscalation(again)) + (await stepped(again, s, services) if again.chain else NOTHING)
    return await summoned(again, user, s, services, why="again")


async def summoned(record: Escalation, user: UserRef, s: Situation, services: Services, *, why: str) -> Changes:
    """Call one person about an escalation on purpose; its chain goes on when they had the time that its last step gave."""
    place = await paging.around(s, services, record.chain)
    known = s.team.get(user)
    somebody = Somebody(known.name if known else user.id, user, known)
    urgent = is_urgent(record.triggers, s.policy.oncall.urgent)
    call = Call(record.id, record.ticket, record.rules, record.level, s.now, urgent=urgent, last=why == "handed_over", again=True)
    ping = _settled(call, somebody, place, s)
    if ping.answer is Answer.DEFER and ping.until:
        waits = Deadline(derived("ack", record.id), DeadlineKind.ACKNOWLEDGED, str(s.ticket.id), ping.until, {"escalation": record.id})
        return write(SaveEscalation(replace(record, status=EscalationStatus.ACKNOWLEDGED, held_until=ping.until)), SetDeadline(waits))
    if ping.answer not in STATUS:
        passed = replace(record, steps=(*record.steps, Reason(ping.answer, (("who", somebody.name), ("at", s.now.isoformat())))))
        return await stepped(passed, s, services) if passed.chain else write(SaveEscalation(passed))
    page = page_of(record, somebody, ping, at=s.now, why=why, urgent=urgent, until=paging.due(s))
    step = Reason(ping.answer, (("step", why), ("who", somebody.name), ("at", s.now.isoformat())))
    kept = replace(record, steps=(*record.steps, step))
    goes_on = (climbing.climbs(record, s.now + wait_before(record.chain, record.next)),) if record.chain else ()
    return write(SaveEscalation(kept), *goes_on) + await paging.sent([page], s, place, services) + internal.refreshed(s)


async def called(event: DeadlineReached, services: Services) -> Changes:
    """Tell people that rules fired in a ticket; the next lead has what is too much for one, and the agents channel what reaches nobody."""
    ticket = await services.store.ticket(TicketId(event.subject))
    if ticket is None or ticket.merged_into is not None:
        return NOTHING
    s = await load_anyway(ticket, services, cause=event.id)
    place = await paging.around(s, services)
    rules = tuple(filter(None, event.values.get("rules", "").split(",")))
    raised = _about(rules, s)
    call = Call(
        raised.id if raised else "", ticket.id, rules, int(event.values.get("level", "1")), s.now,
        urgent="urgent" in event.values, again="again" in event.values,
    )  # fmt: skip
    return await _tell(call, tuple(map(parse_user, filter(None, event.values.get("people", "").split(",")))), event, s, services, place=place)


def _about(rules: tuple[str, ...], s: Situation) -> Escalation | None:
    """Return the escalation that a call is about: one that nobody took up yet, of several the one of the strongest rule."""
    found = [e for rule in rules for e in reversed(s.open_escalations) if rule in e.rules]
    return next((e for e in found if e.status is EscalationStatus.OPEN), next(iter(found), None))


async def _tell(call: Call, people: tuple[UserRef, ...], event: DeadlineReached, s: Situation, services: Services, *, place: Around) -> Changes:
    pages: list[Page] = []
    put_off: list[tuple[UserRef, datetime]] = []
    heard = False
    for user in people:
        ping, who = _passed(call, user, place, s)
        heard = heard or ping.reaches
        if ping.answer in STATUS and who.user not in [page.person for page in pages]:
            pages.append(_page(call, who, ping, s))
        if ping.answer is Answer.DEFER and ping.until:
            put_off.append((user, ping.until))
    if not (heard or put_off):
        return _left(call, s, place)
    later = write(*(_later(event, user, until) for user, until in put_off))
    return later + await paging.sent(pages, s, place, services)


def _passed(call: Call, user: UserRef, place: Around, s: Situation) -> tuple[Ping, Somebody]:
    """Return how somebody is told, or the first lead who has not had enough of it yet."""
    for candidate in dict.fromkeys((user, *s.leads)):
        known = s.team.get(candidate)
        somebody = Somebody(known.name if known else candidate.id, candidate, known)
        ping = _settled(call, somebody, place, s)
        if ping.answer is not Answer.OVER:
            return ping, somebody
    return Ping(Answer.OVER), Somebody("")


def _settled(call: Call, somebody: Somebody, place: Around, s: Situation) -> Ping:
    theirs = [page for page in place.ground.pages if page.person == somebody.user]
    return settle(call, theirs, s.policy.oncall, zone=somebody.zone, cool_down=s.policy.escalation.cool_down)


def _page(call: Call, who: Somebody, ping: Ping, s: Situation) -> Page:
    id = derived("pg", s.cause, who.user)
    status, outbox = STATUS[ping.answer], ping.outbox or OutboxId(derived("o", id))
    return Page(id, call.escalation, call.ticket, who.user, s.now, call.rules, call.urgent, status, outbox, who.name, paging.due(s), "told")


def _left(call: Call, s: Situation, place: Around) -> Changes:
    """Nobody can be called: the agents channel is told."""
    id = derived("pg", s.cause, "channel")
    outbox = OutboxId(derived("o", id))
    page = Page(id, call.escalation, call.ticket, None, s.now, call.rules, call.urgent, outbox=outbox, until=paging.due(s), why="told")
    return paging.in_channel("", page, s, place)


def _later(event: DeadlineReached, user: UserRef, until: datetime) -> SetDeadline:
    values = {**event.values, "people": str(user)}
    return SetDeadline(Deadline(derived("call", event.deadline, user), DeadlineKind.CALL, event.subject, until, values))


def _told(attempt: Attempt, record: Escalation, s: Situation, place: Around, *, label: str) -> Changes:
    """Tell the channel or ask the pager of a step."""
    if attempt.pager:
        return follow(alerting.asked(record, attempt.pager, s))
    if attempt.channel is None:
        return NOTHING
    id = derived("pg", record.id, "channel", s.cause, label)
    urgent = is_urgent(record.triggers, s.policy.oncall.urgent)
    outbox = OutboxId(derived("o", id))
    page = Page(id, record.id, record.ticket, None, s.now, record.rules, urgent, outbox=outbox, until=paging.due(s), why="channel")
    return paging.in_channel(attempt.channel, page, s, place)


async def _failed(event: DeadlineReached, record: Escalation, ticket: Ticket, services: Services) -> Changes:
    """Note what reached nobody; the next step comes at once, unless somebody else was called with it."""
    failed, now = event.values["failed"], services.clock.now()
    pages = [page for page in await services.store.pages_of(record.ticket) if page.escalation == record.id]
    lost = next((page for page in pages if page.id == failed), None)
    why, code = event.values.get("why", ""), "not_delivered" if lost else "pager_failed"
    step = Reason(code, (("who", lost.name if lost else failed), ("why", why), ("at", now.isoformat())))
    noted = replace(record, steps=(*record.steps, step))
    gone = write(SavePage(replace(lost, status=PageStatus.FAILED))) if lost else NOTHING
    latest = max((page.at for page in pages), default=now)
    others = any(page.status.stands and page.id != failed and page.at == latest and page.person for page in pages)
    goes_on = record.chain is not None and record.status is EscalationStatus.OPEN and not ticket.status.is_over
    if others or not goes_on:
        return gone + write(SaveEscalation(noted))
    return gone + await stepped(noted, await load_anyway(ticket, services, cause=event.id), services)


async def _found(event: DeadlineReached, services: Services) -> tuple[Escalation, Ticket] | None:
    record = await services.store.escalation(event.values.get("escalation", ""))
    ticket = await services.store.ticket(record.ticket) if record else None
    return (record, ticket) if record and ticket and ticket.merged_into is None else None
