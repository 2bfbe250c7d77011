"""Promises whose deadline came: people are warned before one is broken; then it is put on record and whoever answers for it is told."""

from __future__ import annotations

from dataclasses import replace

from desk.audience import INTERNAL
from desk.cards import Card, Header, Style, Text
from desk.changes import NOTHING, Changes, Enqueue, SaveBreach, SaveEscalation, SaveTicket, SetDeadline, write
from desk.deadlines import Deadline, DeadlineKind
from desk.errors import Unavailable
from desk.escalation import EscalationStatus, Trigger
from desk.escalation_policy import What
from desk.events import DeadlineReached
from desk.ids import OutboxId, TicketId, derived
from desk.modes import Mode
from desk.post import Direct, Post
from desk.sla import Breach, Standing
from desk.space import UserRef
from desk.ticket import Level, Reason
from desk.timeline import Purpose
from escalation.clock import Course, courses
from handlers import causes, climbing, clockwork, internal, made_good, noticing, reweighing, turn, weekly
from handlers.made_good import AT_RISK, BREACHED
from handlers.reasons import render
from handlers.services import Services
from handlers.situation import Situation, load_anyway, zone_of
from handlers.times import timed, until


async def came(event: DeadlineReached, services: Services) -> Changes:
    """Warn that a promise is about to be broken, or put on record that it is; one whose time moved comes back then, one that was kept never."""
    ticket, now = await services.store.ticket(TicketId(event.subject)), services.clock.now()
    if ticket is None or ticket.merged_into is not None:
        return NOTHING
    policy = await services.policy.current()
    try:
        account = await services.crm.account(ticket.account) if ticket.account else None
    except Unavailable:
        # What the contract promises is looked at again once somebody can tell.
        return write(SetDeadline(Deadline(event.deadline, DeadlineKind.SLA, event.subject, now + policy.down.retry, event.values)))
    found = courses(ticket, account, policy, now=now, kind=await clockwork.kind_of(ticket, services))
    course = next((c for c in found if c.is_owed and c.promise.target.value == event.values["target"]), None)
    if course is None:
        return NOTHING
    s = await load_anyway(ticket, services, cause=event.id)
    s = replace(s, ticket=await reweighing.reweighed(s, services))
    if course.standing is Standing.BREACHED:
        return await _broken(s, course, services)
    if course.standing is Standing.AT_RISK and event.values["step"] == clockwork.WARN:
        return _warned(s, course)
    row = clockwork.armed(ticket, course, None, now=now)
    return write(SetDeadline(row)) if row else NOTHING


def trigger(rule: str, course: Course, s: Situation) -> Trigger:
    """Return what brings in a person: which promise it is about, and whether it stands in the customer's contract."""
    values = (("what", course.promise.target.replace("_", " ")), ("since", course.since.isoformat()))
    contract = (("contractual", "yes"),) if course.promise.contractual else ()
    return Trigger(rule, s.policy.escalation.levels.get(rule, 1), (*values, *contract))


def _warned(s: Situation, course: Course) -> Changes:
    """Bring in a person while there is time, and come back when the promise is broken."""
    row = clockwork.armed(s.ticket, course, None, now=s.now)
    assert row is not None, "a promise that is at risk is due"
    assert course.due is not None, "a promise that is at risk is due"
    broken = replace(row, due=course.due, values={**row.values, "step": clockwork.BREACH})
    # The ticket is saved as it is, so that an answer given at this very instant is not overlooked.
    return write(SaveTicket(s.ticket), SetDeadline(broken)) + _raised(s, AT_RISK, course) + internal.refreshed(s)


async def _broken(s: Situation, course: Course, services: Services) -> Changes:
    """Put a broken promise on record, once; outside of mode observe people are told, and its owner is asked why."""
    known = await services.store.breach(made_good.breach_id(s.ticket.id, course))
    if known is not None:
        return NOTHING
    breach = _breach(s, course)
    changes = write(SaveTicket(s.ticket), SaveBreach(breach)) + weekly.next_note(s.now, s.policy)
    if is_silent(BREACHED, s):
        return changes + internal.refreshed(s)
    changes += _overtaken(s) + _raised(s, BREACHED, course) + internal.refreshed(s)
    if s.spoken_for:
        # One ticket of an incident is told of in the place of all.
        return changes
    owner = s.ticket.owner
    changes += causes.asked(s.ticket, breach, s.policy, whom=owner, zone=zone_of(owner, s.team), at=s.now) if owner else NOTHING
    return changes + _noted(s, breach)


def is_silent(rule: str, s: Situation) -> bool:
    """Tell whether a rule tells nobody: policy turned it off, or the desk only observes and the rule is none of those that page all the same."""
    if s.policy.escalation.does.of(rule) is What.OFF:
        return True
    return turn.mode_of(s, s.ticket.category) is Mode.OBSERVE and rule not in s.policy.escalation.observe_pages


def _breach(s: Situation, course: Course) -> Breach:
    assert course.due is not None, "a promise that is broken was due"
    return Breach(
        made_good.breach_id(s.ticket.id, course),
        s.ticket.id,
        course.promise.target,
        course.due,
        s.now,
        category=s.ticket.category,
        tier=s.tier,
        contractual=course.promise.contractual,
        owner=s.ticket.owner,
        owner_name=s.ticket.owner_name,
    )


def _raised(s: Situation, rule: str, course: Course) -> Changes:
    """Bring in a person; whoever holds the ticket is told first. One promise is not told of twice."""
    fired = trigger(rule, course, s)
    known = [dict(trigger.values) for e in s.escalations for trigger in e.triggers if trigger.rule == rule]
    about = dict(fired.values)
    if is_silent(rule, s) or any((item.get("what"), item.get("since")) == (about["what"], about["since"]) for item in known):
        return NOTHING
    held, draft = s.ticket.owner is not None, s.waiting[-1] if s.waiting else None
    if not _is_told(s, fired):
        raised = internal.escalation(s, (fired,), draft=draft, quiet=held)
    else:
        raised = internal.escalation(s, (fired,), draft=draft, quiet=True, shown=NOTHING if held else _line(s, fired, course))
    return raised + (internal.tell(s, (fired,)) if held and raised else NOTHING)


def _is_told(s: Situation, fired: Trigger) -> bool:
    """Tell whether a line is enough: of a rule that only tells and calls nobody, in a ticket of which a card stands that is to be seen to."""
    tells = s.policy.escalation.does.of(fired.rule) is What.TELL and not climbing.named(s, (fired.rule,), level=fired.level)
    to_do = {*(draft.id for draft in s.waiting), *(e.id for e in s.open_escalations if e.rules != (AT_RISK,))}
    return tells and any(card.subject in to_do and card.place == s.agents and not card.moved for card in s.cards)


def _line(s: Situation, fired: Trigger, course: Course) -> Changes:
    """Say below the ticket's card what is due; what is loud mentions a lead whom no note tells of it."""
    assert course.due is not None, "a promise that is at risk or broken is due"
    due = timed(course.due, now=s.now, zone=s.policy.hours.zone)
    account = f", {s.account.name} ({s.account.tier or 'no tier'})" if s.account else ""
    why = render(Reason(fired.rule, fired.values))
    text = f"{s.ticket.customer_name}{account}: {why}, due {due}, {until(course.due, s.now)}. Nobody holds it.   Ticket {s.ticket.id}"
    loud = fired.level >= noticing.PING or s.ticket.priority.level is Level.URGENT
    noted = weekly.named(s.policy, s.team) if fired.rule == BREACHED else ()
    to = tuple(user for user in s.leads[:1] if loud and user not in noted)
    return internal.notice(s, Card((Text(text, Style.QUIET),)), label=fired.rule, to=to)


def _overtaken(s: Situation) -> Changes:
    """Close the warning that came too late: the breach takes its place."""
    warned = [e for e in s.open_escalations if e.rules == (AT_RISK,)]
    step = Reason("breached")
    return write(*(SaveEscalation(replace(e, status=EscalationStatus.CLOSED, closed_at=s.now, steps=(*e.steps, step))) for e in warned))


def _noted(s: Situation, breach: Breach) -> Changes:
    """Tell those whom policy names of a broken promise; where it names nobody, the team's line or card mentions a lead, which is enough."""
    people = weekly.named(s.policy, s.team)
    return write(*(Enqueue(_note(s, breach, user)) for user in people))


def _note(s: Situation, breach: Breach, user: UserRef) -> Post:
    zone = zone_of(user, s.team) or s.policy.hours.zone
    who = f"{s.ticket.customer_name}{f', {s.account.name}' if s.account else ''}"
    contract = " It stands in their contract." if breach.contractual else ""
    holder = f"{breach.owner_name} holds it." if breach.owner else "Nobody holds it."
    head = Header(f"Broken promise: {causes.named(breach)}", who)
    text = f"Ticket {s.ticket.id} in #{s.channel.name}: due {timed(breach.due, now=s.now, zone=zone)}, {until(breach.due, s.now)}. {holder}{contract}"
    outbox = OutboxId(derived("o", "broken", breach.id, user))
    return Post(outbox, Direct(user), Purpose.NOTICE, INTERNAL, s.now, card=Card((head, Text(text))), ticket=s.ticket.id, to=(user,))
