"""Posts: what goes out, as rows of the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desk.audience import Audience
from desk.cards import Card
from desk.ids import CardId, OutboxId, TicketId
from desk.space import MessageRef, Place, UserRef
from desk.timeline import Purpose


class Op(StrEnum):
    """What is done on the platform. A whisper is seen by one person and cannot be looked up again."""

    POST = "post"
    EDIT = "edit"
    WHISPER = "whisper"
    DELETE = "delete"
    REACT = "react"
    MARK = "mark"


SIGNS = frozenset({Op.REACT, Op.MARK})
"""What adds no words: nobody is told when it cannot be done."""


@dataclass(frozen=True, slots=True)
class Direct:
    """A private place with one person; the platform opens it when the post is sent."""

    user: UserRef

    def __str__(self) -> str:
        return f"direct:{self.user}"


Target = Place | Direct


@dataclass(frozen=True, slots=True)
class Post:
    """One thing to do on a platform. `id` travels with it, so that a post of unknown fate can be found again.

    A post shows `card`, or the present state of the card record `card_id`, drawn when it is sent. `to` are the people
    it mentions, or the one it is whispered to. Edits and deletions name the row they change in `changes`. A reaction
    puts `emoji` on `on`. A mark shows on the thread how its ticket stands when it is sent.
    """

    id: OutboxId
    target: Target
    purpose: Purpose
    audience: Audience
    at: datetime
    op: Op = Op.POST
    card: Card | None = None
    card_id: CardId | None = None
    ticket: TicketId | None = None
    to: tuple[UserRef, ...] = ()
    changes: OutboxId | None = None
    emoji: str = ""
    on: MessageRef | None = None
    streamed: bool = False
    """It may stand there already, because it was shown while it was made: it is looked up before it is sent, and takes that one's place."""
    under: OutboxId | None = None
    """Where the platform keeps one thread a ticket for the team: the row of the card that this one stands under."""

    @property
    def lane(self) -> str:
        """Return what the post waits in line for: rows of one thread go in order; a reaction or a mark keeps nothing waiting."""
        return f"{self.target}/{self.op}" if self.op in SIGNS else str(self.target)


class RowStatus(StrEnum):
    """How far an outbox row came. `sending` after a crash means that its fate is unknown; `held` waits for the agents channel to be private again."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Row:
    """A post with how far it came. `seq` orders the rows of a lane; `ref` and `place` are known once it was sent."""

    post: Post
    seq: int
    status: RowStatus = RowStatus.QUEUED
    attempts: int = 0
    attempted_at: datetime | None = None
    not_before: datetime | None = None
    ref: MessageRef | None = None
    place: Place | None = None
    error: str = ""
