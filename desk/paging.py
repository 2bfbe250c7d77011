"""Pages: who was called about what, which is what a ping budget counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.ids import OutboxId, TicketId
from desk.space import UserRef


class PageStatus(StrEnum):
    """What became of a page: sent, joined with another into one message, taken up, or refused by the platform."""

    SENT = "sent"
    BUNDLED = "bundled"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"

    @property
    def stands(self) -> bool:
        """Tell whether the person has it before them."""
        return self in (PageStatus.SENT, PageStatus.BUNDLED, PageStatus.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Page:
    """Somebody was called about an escalation. `urgent` ones (security, data loss, a contract's breach) no budget holds back.

    One without an `escalation` only told somebody. `person` is None where a channel was told.
    """

    id: str
    escalation: str
    ticket: TicketId
    person: UserRef | None
    at: datetime
    rules: tuple[str, ...] = ()
    urgent: bool = False
    status: PageStatus = PageStatus.SENT
    outbox: OutboxId | None = None
    """The message that carries it."""
    name: str = ""
    until: datetime | None = None
    """When an answer is due, as far as it was known then."""
    why: str = ""
    """Why this person: the kind of step, `again`, `handed_over` or `told`."""
