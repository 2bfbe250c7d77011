"""Incidents: a set of tickets with one cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from desk.ids import IncidentId, MessageId, TicketId
from desk.meaning import Meaning
from desk.space import UserRef


class IncidentStatus(StrEnum):
    """Suspected until somebody of the team confirms it; fixed once its customers were told so; dismissed when it was none."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    FIXED = "fixed"
    DISMISSED = "dismissed"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more joins it."""
        return self in (IncidentStatus.FIXED, IncidentStatus.DISMISSED)


@dataclass(frozen=True, slots=True)
class Telling:
    """A reply to everybody in an incident: who approved it, whom it was for, and the message that holds its words.

    `final` says that it told of the end.
    """

    id: str
    message: MessageId
    at: datetime
    by: UserRef
    by_name: str
    tickets: tuple[TicketId, ...] = ()
    final: bool = False


@dataclass(frozen=True, slots=True)
class Incident:
    """Tickets with one cause; it has its own revision, and approval derives one draft per ticket.

    `center` is what its complaints have in common, by which the next one is recognized. `title` is made of category and place, never of
    a customer's words.
    """

    id: IncidentId
    title: str
    opened: datetime
    tickets: tuple[TicketId, ...] = ()
    revision: int = 0
    status: IncidentStatus = IncidentStatus.SUSPECTED
    category: str = ""
    center: Meaning | None = None
    accounts: int = 0
    """How many accounts and people without one are touched."""
    by: UserRef | None = None
    by_name: str = ""
    """Who of the team had the last word about it."""
    last: datetime | None = None
    """When the last ticket came to it."""
    without: tuple[TicketId, ...] = ()
    """Tickets that a teammate took out; they do not come back by themselves."""
    tellings: tuple[Telling, ...] = ()
    merged_into: IncidentId | None = None
    closed: datetime | None = None

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the team says that it is one, so that its tickets ping once, not each."""
        return self.status is IncidentStatus.CONFIRMED

    @property
    def latest(self) -> Telling | None:
        """Return the last reply to everybody, which is what somebody who joins later is told."""
        return self.tellings[-1] if self.tellings else None


Similarity = Annotated[float, "share"]
Least = Annotated[int, "some"]
Later = Annotated[str, "later"]
"""What becomes of the last reply when a ticket joins after it: offer or send."""


@dataclass(frozen=True, slots=True)
class IncidentPolicy:
    """When complaints are taken for one incident.

    That many (`count`) of different accounts, or of people without one, within a span, whose meanings are at least so `similar` (cosine).
    A suspected one that nobody confirmed takes nobody in after `lasts`, and the complaints of a dismissed one count for nothing
    for `rests`.
    """

    count: Least
    within: timedelta
    similar: Similarity
    lasts: timedelta
    rests: timedelta
    categories: tuple[str, ...]
    later: Later
