"""Incidents: a set of tickets with one cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.ids import IncidentId, TicketId
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
class Incident:
    """Tickets with one cause; it has its own revision, and approval derives one draft per ticket.

    `center` is what its complaints have in common, by which the next one is recognized. `title` is made of category and time, never of
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
    told: tuple[TicketId, ...] = ()
    """The tickets whose customers got the approved reply."""
    closed: datetime | None = None
