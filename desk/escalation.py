"""Escalations: why a human is needed, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desk.draft import Evidence
from desk.ids import DraftId, TicketId
from desk.oncall import Chain
from desk.space import UserRef
from desk.ticket import Reason


@dataclass(frozen=True, slots=True)
class Trigger:
    """A reason to bring in a human, produced by one rule; `level` 1 is a card, 2 a ping, 3 a page."""

    rule: str
    level: int = 1
    values: tuple[tuple[str, str], ...] = ()


class EscalationStatus(StrEnum):
    """Open until acknowledged, closed with a verdict."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class EscalationVerdict(StrEnum):
    """Whether it was right to bring in a human."""

    NEEDED = "needed"
    NOT_NEEDED = "not_needed"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Package:
    """What a human gets to start at once: ids and facts, no customer text (the card reads that from the timeline)."""

    tried: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    draft: DraftId | None = None


@dataclass(frozen=True, slots=True)
class Escalation:
    """A human is needed. `policy` is the version frozen when it fired; `steps` are what was done about it, in order."""

    id: str
    ticket: TicketId
    triggers: tuple[Trigger, ...]
    at: datetime
    policy: str
    level: int = 1
    status: EscalationStatus = EscalationStatus.OPEN
    package: Package = field(default_factory=Package)
    quiet: bool = False
    by: UserRef | None = None
    by_name: str = ""
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    verdict: EscalationVerdict | None = None
    steps: tuple[Reason, ...] = ()
    chain: Chain | None = None
    """Whom it calls one after another, as it was decided when it fired; None where a card is enough."""
    next: int = 0
    """The step of the chain that comes next."""
    rounds: int = 0
    """How often the chain was begun anew."""
    held_until: datetime | None = None
    """Until when whoever acknowledged it or put it off keeps the chain from climbing."""
    asked: tuple[str, ...] = ()
    """The pagers that were asked to wake a phone."""

    @property
    def is_climbing(self) -> bool:
        """Tell whether its chain goes on to call people until somebody takes it up."""
        return self.status is EscalationStatus.OPEN and self.chain is not None and self.next < len(self.chain.steps)

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the names of the rules that fired, strongest first."""
        return tuple(trigger.rule for trigger in self.triggers)
