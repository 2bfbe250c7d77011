"""Alerting: pagers are told that an escalation began, was acknowledged or is over, until they answer or it is given up."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from desk.alert import Alert, Word
from desk.changes import NOTHING, Changes, SaveEscalation, SaveTicket, SetDeadline, follow, write
from desk.deadlines import Deadline, DeadlineKind
from desk.errors import FrontdeskError, Retryable
from desk.escalation import Escalation, EscalationStatus
from desk.events import AlertAsked, DeadlineReached
from desk.ids import EventId, derived
from desk.oncall import PagerSpec
from handlers import climbing
from handlers.services import Services
from handlers.situation import Situation

WAITS = (timedelta(seconds=5), timedelta(seconds=20))
"""Before each further try: after them the chain goes on, because a phone that is not woken by then is not woken."""
WORDS: Mapping[EscalationStatus, Word] = {
    EscalationStatus.OPEN: Word.TRIGGER,
    EscalationStatus.ACKNOWLEDGED: Word.ACKNOWLEDGE,
    EscalationStatus.CLOSED: Word.RESOLVE,
}
log = logging.getLogger("frontdesk.alerting")


def asked(record: Escalation, pager: PagerSpec, s: Situation) -> AlertAsked:
    """Return the event that asks a pager to wake a phone."""
    about = replace(_alert(record, pager, Word.TRIGGER), category=s.ticket.category, tier=s.tier, account=str(s.ticket.account or ""))
    return AlertAsked(id=_id(about, str(record.rounds), str(record.next)), alert=about, at=s.now)


async def followed(changes: Changes, services: Services) -> Changes:
    """Return changes with what pagers are to hear of them: whatever became of an escalation they were told of."""
    at = services.clock.now()
    told = [e for write_ in changes.writes if isinstance(write_, SaveEscalation) for e in [write_.escalation] if e.asked and e.chain]
    for write_ in changes.writes:
        if isinstance(write_, SaveTicket) and write_.ticket.status.is_over:
            told += [_over(e) for e in await services.store.escalations(write_.ticket.id) if e.asked and e.chain]
    events = {event.id: event for e in told for event in _words(e) if e.status is not EscalationStatus.OPEN}
    return changes + follow(*(replace(event, at=at) for event in events.values()))


async def alert_asked(event: AlertAsked, services: Services) -> Changes:
    """Tell a pager. What it does not take in time is tried again, and then a failed step."""
    if services.pager is None:
        return _failed(event, "nothing here can reach it", services)
    try:
        await services.pager.tell(event.alert)
    except Retryable as error:
        log.warning("alert %s was not taken: %s", event.alert.escalation, error)
        return _again(event, services) if event.attempt <= len(WAITS) else _failed(event, "it does not answer", services)
    except FrontdeskError as error:
        log.warning("alert %s was refused: %s", event.alert.escalation, error)
        return _failed(event, "it refused", services)
    return NOTHING


async def tried_again(event: DeadlineReached, services: Services) -> Changes:
    """Tell a pager once more that did not answer."""
    record = await services.store.escalation(event.values["escalation"])
    pager = next((known for known in record.chain.pagers if known.name == event.values["pager"]), None) if record and record.chain else None
    over = event.values["word"] == Word.TRIGGER and record is not None and record.status is not EscalationStatus.OPEN
    if record is None or pager is None or over:
        return NOTHING
    attempt = int(event.values["attempt"])
    alert = _alert(record, pager, Word(event.values["word"]))
    return follow(AlertAsked(id=_id(alert, event.values["first"], str(attempt)), alert=alert, at=event.at, attempt=attempt))


def _again(event: AlertAsked, services: Services) -> Changes:
    alert = event.alert
    values = {
        "escalation": alert.escalation,
        "pager": alert.pager.name,
        "word": alert.word.value,
        "attempt": str(event.attempt + 1),
        "first": event.id,
    }
    due = services.clock.now() + WAITS[event.attempt - 1]
    return write(SetDeadline(Deadline(derived("alert", event.id), DeadlineKind.ALERT, str(alert.ticket), due, values)))


def _failed(event: AlertAsked, why: str, services: Services) -> Changes:
    """Only an alarm that woke nobody makes the chain go on; that somebody has it, or that it is over, the team knows by itself."""
    alert = event.alert
    if alert.word is not Word.TRIGGER:
        return NOTHING
    return write(climbing.fails(alert.escalation, alert.ticket, alert.pager.name, why=why, at=services.clock.now()))


def _words(record: Escalation) -> tuple[AlertAsked, ...]:
    chain = record.chain
    assert chain is not None
    known = [pager for pager in chain.pagers if pager.name in record.asked]
    # Acknowledged anew after it was armed again is a new word, what is saved twice is not.
    since = str(record.acknowledged_at or "") if record.status is EscalationStatus.ACKNOWLEDGED else ""
    alerts = [_alert(record, pager, WORDS[record.status]) for pager in known]
    return tuple(AlertAsked(id=_id(alert, since), alert=alert, at=record.at) for alert in alerts)


def _alert(record: Escalation, pager: PagerSpec, word: Word) -> Alert:
    return Alert(pager, word, record.id, record.ticket, record.rules, record.level, by=record.by_name)


def _id(alert: Alert, *parts: str) -> EventId:
    return EventId(derived("ev", "alert", alert.escalation, alert.pager.name, alert.word, *parts))


def _over(record: Escalation) -> Escalation:
    return replace(record, status=EscalationStatus.CLOSED)
