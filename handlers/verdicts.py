"""Verdicts: whether it was right to bring in a person, asked of the team when an escalation's ticket ended without their word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from desk.cards import Button
from desk.changes import Changes, SaveEscalation, write
from desk.errors import NotAllowed
from desk.escalation import Escalation, EscalationStatus, EscalationVerdict
from desk.events import ButtonClicked
from desk.ticket import Reason, Ticket
from handlers import internal
from handlers.services import Services
from handlers.situation import load_anyway

LABELS: Mapping[str, tuple[str, EscalationVerdict]] = {
    "verdict_needed": ("Needed", EscalationVerdict.NEEDED),
    "verdict_not_needed": ("Not needed", EscalationVerdict.NOT_NEEDED),
    "verdict_too_late": ("Too late", EscalationVerdict.TOO_LATE),
}
LATELY = timedelta(days=30)
"""How far back escalations without a verdict are listed: later nobody remembers."""


def buttons(raised: Escalation) -> tuple[Button, ...]:
    """Return the three buttons that ask whether a person was needed."""
    return tuple(Button(action, label, raised.ticket, subject=raised.id) for action, (label, _) in LABELS.items())


def is_asked(raised: Escalation, ticket: Ticket) -> bool:
    """Tell whether a verdict is missing of what nobody has to do anything about any more: of what called somebody, not of what only told them."""
    over = raised.status is EscalationStatus.CLOSED or ticket.status.is_over
    return over and raised.verdict is None and not raised.quiet and raised.rules != ("down",)


async def judged(event: ButtonClicked, ticket: Ticket, services: Services) -> Changes:
    """Keep the verdict of who pressed; the first one counts."""
    raised = await services.store.escalation(event.subject)
    if raised is None:
        raise NotAllowed("This escalation is not there any more.")
    if raised.verdict is not None:
        raise NotAllowed(f"{raised.by_name or 'Somebody'} was faster: {raised.verdict.value.replace('_', ' ')}.")
    verdict = LABELS[event.action][1]
    s = await load_anyway(ticket, services, cause=event.id)
    step = Reason("closed", (("who", event.by_name), ("verdict", verdict.value), ("at", s.now.isoformat())))
    closed = replace(
        raised,
        status=EscalationStatus.CLOSED,
        closed_at=raised.closed_at or s.now,
        verdict=verdict,
        by=event.by,
        by_name=event.by_name,
        steps=(*raised.steps, step),
    )
    return write(SaveEscalation(closed)) + internal.refreshed(s)


async def missing(services: Services, *, now: datetime) -> Sequence[tuple[Escalation, Ticket]]:
    """Return the escalations of late whose ticket is over and of which nobody said whether they were needed, oldest first."""
    found = [(raised, await services.store.ticket(raised.ticket)) for raised in await services.store.escalations_since(now - LATELY)]
    return [(raised, ticket) for raised, ticket in found if ticket and is_asked(raised, ticket)]


BUTTONS = dict.fromkeys(LABELS, judged)
"""What a teammate may press, by action."""
