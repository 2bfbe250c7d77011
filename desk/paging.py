"""Pages: who was called about what, which is what a ping budget counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.ids import OutboxId, TicketId
from desk.space import UserRef


class PageStatus(StrEnum):
    """What became of a page: sent, joined with another into one message, put off to the morning, or passed on because the budget was used up."""

    SENT = "sent"
    BUNDLED = "bundled"
    DEFERRED = "deferred"
    PASSED_ON = "passed_on"
    ACKNOWLEDGED = "acknowledged"


@dataclass(frozen=True, slots=True)
class Page:
    """Somebody was called about an escalation. `urgent` ones (security, data loss, a contract's breach) no budget holds back."""

    id: str
    escalation: str
    ticket: TicketId
    person: UserRef
    at: datetime
    rules: tuple[str, ...] = ()
    urgent: bool = False
    status: PageStatus = PageStatus.SENT
    outbox: OutboxId | None = None
    """The message that carries it."""
