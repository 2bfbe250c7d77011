"""Self-service: what policy lets the desk do for a customer, what was asked to be done, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NewType

from desk.customer import Trust
from desk.ids import DraftId, TicketId
from desk.space import UserRef

RunId = NewType("RunId", str)
Count = Annotated[int, "count"]


class ParameterKind(StrEnum):
    """Who fills a parameter in: `identity` only code, `record` the model from the author's own record, the others the model freely."""

    IDENTITY = "identity"
    RECORD = "record"
    CHOICE = "choice"
    TEXT = "text"
    NUMBER = "number"


class Confirm(StrEnum):
    """Who has to agree before an action runs, beyond what the mode asks for; the strictest last."""

    NONE = "none"
    CUSTOMER = "customer"
    TEAMMATE = "teammate"
    LEAD = "lead"


class Effect(StrEnum):
    """What an action does to the world: it only looks something up, or it changes something."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value an action is given.

    `source` says where an identity value comes from (person, email, account, user, ticket) or which kind of record field a `record`
    value must be one of (invoice). `pattern` is a regular expression that a whole text must match.
    """

    name: str
    kind: ParameterKind
    source: str = ""
    choices: tuple[str, ...] = ()
    pattern: str = ""
    most: Count = 200
    description: str = ""


@dataclass(frozen=True, slots=True)
class RunLimits:
    """How often one person, and everybody together, may have it run within `within`."""

    person: Count = 3
    all: Count = 100
    within: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SelfService:
    """An action that policy declares.

    `when` tells the model when it helps, `says` is what the customer may be told once it has run: the evidence of the sentence that says so.
    `run` is `builtin:NAME` or the https address of a signed call, whose key is in the environment variable `secret`. `audience` (public,
    account, person) is who may hear of it, `trust` how well the author must be known, `entitlement` what they must be entitled to.
    `undo` is the address that takes it back, "" where nothing can.
    """

    name: str
    when: str
    says: str
    run: str
    effect: Effect = Effect.WRITE
    secret: str = ""
    parameters: tuple[Parameter, ...] = ()
    audience: str = "person"
    trust: Trust = Trust.PERSON
    entitlement: str = ""
    confirm: Confirm = Confirm.NONE
    limits: RunLimits = field(default_factory=RunLimits)
    undo: str = ""
    timeout: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """What an answer asks to be done: an action by name, with every parameter filled and checked."""

    action: str
    parameters: tuple[tuple[str, str], ...] = ()
    confirm: Confirm = Confirm.NONE


class RunStatus(StrEnum):
    """How far a run came. `running` after a crash means that its fate is unknown: it is never run again by itself."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class ActionRun:
    """One run of an action, at most once. `result` is what the other side said, for the team only; `by` who approved it, None for the bot alone."""

    id: RunId
    ticket: TicketId
    draft: DraftId
    request: ActionRequest
    user: UserRef
    at: datetime
    status: RunStatus = RunStatus.QUEUED
    by: UserRef | None = None
    result: str = ""
    finished: datetime | None = None
