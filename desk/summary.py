"""Summaries: what a conversation came to, for whoever takes it over and for the customer record, each point with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.ids import MessageId, TicketId


class SummaryKind(StrEnum):
    """Who a summary is for: the person who takes over, or the customer record."""

    HANDOVER = "handover"
    CRM_NOTE = "crm_note"


@dataclass(frozen=True, slots=True)
class Point:
    """One sentence, and the messages it rests on; `supported` is what code found, not what the model claimed."""

    text: str
    messages: tuple[MessageId, ...] = ()
    supported: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    """A ticket in a few points, internal; one a ticket and kind, the latest wins. `by` names the model, or `extractive`."""

    ticket: TicketId
    kind: SummaryKind
    at: datetime
    turn: int
    points: tuple[Point, ...]
    by: str = ""
