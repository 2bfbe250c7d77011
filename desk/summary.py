"""Summaries: what a conversation came to, for whoever takes it over and for the customer record, each point with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.draft import Draft, Evidence
from desk.ids import MessageId, TicketId
from desk.instants import unmark
from desk.policy import Policy
from desk.ticket import Ticket
from desk.timeline import Timeline
from desk.usage import ModelCall, Payer

MOST = 6
"""Points of a summary: what a phone shows without scrolling."""


class SummaryKind(StrEnum):
    """Who a summary is for: the person who takes over, or the customer record."""

    HANDOVER = "handover"
    CRM_NOTE = "crm_note"


TITLES = {SummaryKind.HANDOVER: "For whoever takes it over", SummaryKind.CRM_NOTE: "Note for the customer record"}
"""What each is called where people read it, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Point:
    """One sentence, and the messages and sources it rests on; `supported` is what code found, not what the model claimed.

    `sources` are titles of articles and fields of the record. A point that rests on nothing is what code counted.
    """

    text: str
    messages: tuple[MessageId, ...] = ()
    supported: bool = True
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unmark(self, "text")


@dataclass(frozen=True, slots=True)
class Summary:
    """A ticket in a few points, internal; one a ticket and kind, the latest wins. `by` names the model, or `extractive`."""

    ticket: TicketId
    kind: SummaryKind
    at: datetime
    turn: int
    points: tuple[Point, ...]
    by: str = ""
    calls: tuple[ModelCall, ...] = ()
    """The calls of a language model that it took."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that is to be summed up as it stands `at` an instant, with every draft of it.

    `own` is what the agent wrote for whoever takes over, unchecked, and `evidence` what it had looked up when it wrote that. `at_once` says that
    a person is being called, so that no model is waited for.
    """

    ticket: Ticket
    timeline: Timeline
    drafts: tuple[Draft, ...]
    policy: Policy
    payer: Payer
    at: datetime
    own: str = ""
    evidence: tuple[Evidence, ...] = ()
    at_once: bool = False
