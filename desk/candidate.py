"""Candidates: answers of resolved tickets that may become articles, once a person has read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.ids import TicketId


class CandidateStatus(StrEnum):
    """What a person made of it; only an approved one is ever searched."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a customer asked and what a teammate's answer was, without names and data as far as a machine finds them."""

    ticket: TicketId
    question: str
    answer: str
    solved: datetime
    category: str = ""
    language: str = ""
    title: str = ""
    status: CandidateStatus = CandidateStatus.WAITING
    decided_at: datetime | None = None
