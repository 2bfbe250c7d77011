"""Pings: whether somebody may be called now, is told in a message that stands already, or is left in peace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from desk.ids import OutboxId, TicketId
from desk.oncall import OnCall
from desk.paging import Page, PageStatus


class Answer(StrEnum):
    """What is done about a call. Over: their budget is used up. Cooled: they were called about this very thing a short while ago."""

    SEND = "paged"
    BUNDLE = "bundled"
    DEFER = "put_off"
    OVER = "passed_on"
    COOLED = "cooled_down"
    ALREADY = "called_already"


@dataclass(frozen=True, slots=True)
class Call:
    """What somebody is called about. `last` says that it is the end of a chain, which nothing holds back."""

    escalation: str
    ticket: TicketId
    rules: tuple[str, ...]
    level: int
    at: datetime
    urgent: bool = False
    last: bool = False
    again: bool = False
    """They are called anew on purpose: the time they asked for is over, or it was given to them."""


@dataclass(frozen=True, slots=True)
class Ping:
    """The answer, with when it is over (`until`) or the message that is extended (`outbox`)."""

    answer: Answer
    until: datetime | None = None
    outbox: OutboxId | None = None

    @property
    def reaches(self) -> bool:
        """Tell whether the person knows, or will in a moment."""
        return self.answer in (Answer.SEND, Answer.BUNDLE, Answer.COOLED, Answer.ALREADY)


def settle(call: Call, pages: Sequence[Page], oncall: OnCall, *, zone: str, cool_down: timedelta) -> Ping:
    """Decide about one call to one person from what they were sent before (`pages`, oldest first); `zone` is the person's own."""
    recent = [page for page in pages if call.at - oncall.bundle <= page.at]
    if call.escalation and not call.again and any(_covers(page, call) for page in recent if page.escalation == call.escalation):
        return Ping(Answer.ALREADY)
    fresh = [page for page in recent if page.status is PageStatus.SENT and page.outbox]
    # An escalation about the same is begun anew only where the one before is closed, so that of what nothing holds back somebody has to hear.
    anew = call.again or (bool(call.escalation) and (call.urgent or call.last))
    if not anew and any(_same(page, call) and call.at - cool_down < page.at for page in pages):
        return Ping(Answer.COOLED)
    at_night = oncall.night.holds(call.at, zone)
    held = at_night and not (call.urgent or call.last)
    if held and call.level <= oncall.calm:
        return Ping(Answer.DEFER, until=oncall.night.ends(call.at, zone))
    # What is urgent must ring: it joins a message only that was urgent itself.
    if standing := next((page for page in reversed(fresh) if page.urgent or not call.urgent), None):
        return Ping(Answer.BUNDLE, outbox=standing.outbox)
    since = oncall.night.began(call.at, zone) if at_night else call.at
    if held and sum(page.status is PageStatus.SENT and page.at >= since for page in pages) >= oncall.budget:
        return Ping(Answer.OVER)
    return Ping(Answer.SEND)


def _same(page: Page, call: Call) -> bool:
    """Tell whether a page of another escalation was about this ticket and all of these rules."""
    other = page.escalation != call.escalation or not call.escalation
    return page.ticket == call.ticket and other and _covers(page, call)


def _covers(page: Page, call: Call) -> bool:
    """Tell whether somebody has a page before them that names all of these rules."""
    return page.status.stands and set(call.rules) <= set(page.rules)
