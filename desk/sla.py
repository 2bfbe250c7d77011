"""SLA: what is promised to a customer, on whose side the clock stands, and what became of the promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from desk.ids import TicketId
from desk.space import UserRef


class Target(StrEnum):
    """What may be promised: the first response, the one to whatever the customer writes next, and the end."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"


class Side(StrEnum):
    """Whose move it is. Only what is ours runs against us."""

    OURS = "ours"
    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Mark:
    """From `at` on it was that side's move.

    `answered`: it became theirs by an answer, which a holding answer or a fixed sentence is not; `automatic`: by one that nobody looked at.
    `idle`: the customer asked nothing in this `turn`, so that nothing is owed for it.
    """

    at: datetime
    side: Side
    answered: bool = False
    automatic: bool = False
    idle: bool = False
    turn: int = 0


class Standing(StrEnum):
    """How a promise stands. Moot: nothing was owed in the end (only thanks were said, or the ticket was closed by its customer)."""

    RUNNING = "running"
    PAUSED = "paused"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    MET = "met"
    MOOT = "moot"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of one ticket: `span` of working time by the calendar `hours` ("" for the desk's own), and which rule of policy it comes from.

    `contractual` says that it stands in the customer's contract: its breach is never held back by a ping budget.
    """

    target: Target
    span: timedelta
    hours: str = ""
    source: str = ""
    contractual: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """A promise as it stands at an instant: since when it runs, when it is due (None while paused), and how much working time it used up.

    `side` is whom a paused one waits for, and `warn` when people are warned.
    """

    promise: Promise
    standing: Standing
    since: datetime
    due: datetime | None = None
    used: timedelta = timedelta()
    side: Side = Side.OURS
    warn: datetime | None = None

    @property
    def is_late(self) -> bool:
        """Tell whether it was broken and is still owed."""
        return self.standing is Standing.BREACHED


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken promise: what it was, when it was due, who held the ticket then, and why it came to that, as its owner says."""

    id: str
    ticket: TicketId
    target: Target
    due: datetime
    at: datetime
    category: str = ""
    tier: str = ""
    contractual: bool = False
    owner: UserRef | None = None
    owner_name: str = ""
    met_at: datetime | None = None
    cause: str = ""
    """One of policy's list; "" while nobody gave one."""
    cause_by: str = ""
