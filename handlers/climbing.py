"""Climbing: an escalation starts with the chain that policy has for it, and every step of it is a deadline."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from desk.changes import NOTHING, Changes, SaveEscalation, SetDeadline, write
from desk.deadlines import Deadline, DeadlineKind
from desk.escalation import Escalation, EscalationStatus, Trigger
from desk.ids import EventId, TicketId, derived
from desk.space import UserRef
from desk.ticket import Reason
from escalation.chain import chosen, frozen, is_urgent
from handlers.situation import Situation

SOON = timedelta(milliseconds=1)
"""Before now, so that what is to be done at once is due at once: what was just said may lie a moment ahead of the clock."""
RENEWED = "promise_passed"
"""The rule that is told anew each time."""


def started(s: Situation, record: Escalation) -> Changes:
    """Save an escalation that begins, with its chain as it is now, and set its first step.

    A quiet one was told to whoever is on it, so that the chain begins only when they had the time that an acknowledgement has.
    """
    policy = s.policy
    name = named(s, record.rules, level=record.level)
    chain = frozen(policy.oncall, name, hold=policy.escalation.hold)
    if chain is None:
        return write(SaveEscalation(record))
    begun = Reason("chain", (("chain", name), ("at", s.now.isoformat())))
    due = s.now + chain.hold if record.quiet else s.now - SOON
    return write(SaveEscalation(replace(record, chain=chain, steps=(*record.steps, begun))), climbs(record, due))


def named(s: Situation, rules: Collection[str], *, level: int) -> str:
    """Return the name of the chain that policy has for rules that fired, "" where a card is enough."""
    return chosen(s.policy.oncall.use, rules, level=level, tier=s.tier, category=s.ticket.category)


def climbs(record: Escalation, due: datetime) -> SetDeadline:
    """Return the deadline at which an escalation goes on."""
    return SetDeadline(Deadline(derived("climb", record.id), DeadlineKind.CLIMB, str(record.ticket), due, {"escalation": record.id}))


def fails(escalation: str, ticket: TicketId, failed: str, *, why: str, at: datetime) -> SetDeadline:
    """Return the deadline at which an escalation hears at once that a page, or a pager, reached nobody."""
    values = {"escalation": escalation, "failed": failed, "why": why}
    return SetDeadline(Deadline(derived("climb", escalation, failed, why), DeadlineKind.CLIMB, str(ticket), at - SOON, values))


def calls(s: Situation, triggers: Iterable[Trigger], people: Iterable[UserRef], *, label: str, cause: EventId | None = None) -> Changes:
    """Have people told at once that rules fired in a ticket; the agents channel where there is nobody."""
    fired = tuple(triggers)
    values = {
        "rules": ",".join(trigger.rule for trigger in fired),
        "people": ",".join(map(str, dict.fromkeys(people))),
        "level": str(max((trigger.level for trigger in fired), default=1)),
        **({"urgent": "yes"} if is_urgent(fired, s.policy.oncall.urgent) else {}),
        **({"again": "yes"} if any(trigger.rule == RENEWED for trigger in fired) else {}),
    }
    return write(SetDeadline(Deadline(derived("call", cause or s.cause, label), DeadlineKind.CALL, str(s.ticket.id), s.now - SOON, values)))


def put_off(s: Situation, by: UserRef, *, name: str, until: datetime) -> Changes:
    """Keep the chains of a ticket that is put aside from climbing until it is back: who put it aside is called then."""
    step = Reason("snoozed", (("who", name), ("until", until.isoformat()), ("at", s.now.isoformat())))
    return sum((held(raised, s, by, name=name, until=until, step=step) for raised in s.open_escalations if raised.chain), NOTHING)


def held(raised: Escalation, s: Situation, by: UserRef, *, name: str, until: datetime, step: Reason) -> Changes:
    """Keep an escalation's chain from climbing until an instant, at which it is armed again."""
    kept = replace(
        raised,
        status=EscalationStatus.ACKNOWLEDGED,
        by=by,
        by_name=name,
        acknowledged_at=s.now,
        held_until=until,
        steps=(*raised.steps, step),
    )
    again = Deadline(derived("ack", raised.id), DeadlineKind.ACKNOWLEDGED, str(s.ticket.id), until, {"escalation": raised.id})
    return write(SaveEscalation(kept), SetDeadline(again))
