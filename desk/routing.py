"""Routes: where a ticket should go, and what became of the proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.ids import TicketId
from desk.space import UserRef
from desk.ticket import Reason


class Switch(StrEnum):
    """How far something new may go: not at all, only on record, or for real."""

    OFF = "off"
    SHADOW = "shadow"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Route:
    """Where one ticket was to go at one turn: its team, who was offered it, and why; `took` is who really took it, by which shadow is judged."""

    id: str
    ticket: TicketId
    at: datetime
    category: str
    switch: Switch
    team: str = ""
    tags: tuple[str, ...] = ()
    person: UserRef | None = None
    person_name: str = ""
    reasons: tuple[Reason, ...] = ()
    took: UserRef | None = None
    took_name: str = ""
    took_team: str = ""
    took_at: datetime | None = None
