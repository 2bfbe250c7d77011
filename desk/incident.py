"""Incidents: a set of tickets with one cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desk.ids import TicketId


@dataclass(frozen=True, slots=True)
class Incident:
    """Tickets with one cause; it has its own revision, and approval derives one draft per ticket."""

    id: str
    title: str
    opened: datetime
    tickets: tuple[TicketId, ...] = ()
    revision: int = 0
    closed: datetime | None = None
