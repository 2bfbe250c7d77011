"""The timeline: what was said in a ticket, in platform order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from desk.audience import INTERNAL, PUBLIC, Audience
from desk.customer import TEAM, Role
from desk.ids import MessageId, TicketId, derived
from desk.space import MessageRef, Place, UserRef


class Purpose(StrEnum):
    """Why a post was made; the first two are people's."""

    CUSTOMER = "customer"
    TEAMMATE = "teammate"
    ANSWER = "answer"
    PART = "part"
    HOLDING = "holding"
    QUESTION = "question"
    DRAFT_CARD = "draft_card"
    ESCALATION_CARD = "escalation_card"
    AUTO_CARD = "auto_card"
    FEEDBACK = "feedback"
    CSAT = "csat"
    REMINDER = "reminder"
    NOTICE = "notice"
    PAGE = "page"
    INCIDENT_CARD = "incident_card"


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a message. `text` is what we could read of it, None where we cannot read its kind.

    `shown` says that a language model was shown it, which is what becomes of pictures.
    """

    name: str
    media_type: str
    size: int
    ref: str = ""
    text: str | None = None
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """Something said. `at` is the platform's time, `text` is Markdown.

    `ref` is None for a post of ours that the platform has not confirmed yet; its `id` is then the outbox row's.
    `place` is the channel and thread it was said in: `place.thread` is None for a top-level message.
    """

    id: MessageId
    ref: MessageRef | None
    place: Place
    author: UserRef | None
    author_name: str
    role: Role
    text: str
    at: datetime
    purpose: Purpose = Purpose.CUSTOMER
    audience: Audience = PUBLIC
    ticket: TicketId | None = None
    files: tuple[File, ...] = ()
    mentions_bot: bool = False
    edited_at: datetime | None = None
    deleted: bool = False
    late: bool = False
    """It came so long after it was written (a gap) that it may only be drafted."""
    bystander: bool = False
    """It asks nothing: it stands in somebody else's ticket, or in none because its channel takes less than everything."""
    asked_at: datetime | None = None
    """When somebody last asked for a ticket out of it, which asks it anew; None when nobody did."""

    @property
    def is_customers(self) -> bool:
        """Tell whether a customer said it and it still stands."""
        return self.role is Role.CUSTOMER and not self.deleted and not self.bystander


Timeline = tuple[Message, ...]
"""Messages in platform order."""

SPOKEN = frozenset({Purpose.ANSWER, Purpose.PART, Purpose.QUESTION})
"""What counts as the bot having answered."""


def message_id(ref: MessageRef) -> MessageId:
    """Return the id of the message that stands at `ref`."""
    return MessageId(derived("m", ref))


def ordered(messages: Iterable[Message]) -> Timeline:
    """Sort by platform time; messages of one instant by the platform's own ids, which rise, and what is not posted yet behind them."""
    return tuple(sorted(messages, key=lambda message: (message.at, message.ref is None, message.ref.id if message.ref else "", message.id)))


def edited(message: Message, text: str, at: datetime) -> Message:
    """Apply an edit, unless a later one was applied before or the message is gone."""
    if message.deleted or (message.edited_at and message.edited_at >= at):
        return message
    return replace(message, text=text, edited_at=at)


def tombstone(message: Message, at: datetime) -> Message:
    """Apply a deletion: the words go, the fact that something was said stays."""
    return replace(message, text="", files=(), deleted=True, edited_at=at)


def unanswered(timeline: Timeline) -> Timeline:
    """Return what customers said, changed, or had asked for them, since somebody last answered them."""
    last = max((m.edited_at or m.at for m in timeline if not m.deleted and _answers(m)), default=None)
    return tuple(m for m in timeline if m.is_customers and (last is None or max(m.edited_at or m.at, m.asked_at or m.at) > last))


def in_a_row(timeline: Timeline, *, purposes: frozenset[Purpose], since: datetime | None = None) -> int:
    """Count the bot's posts of these purposes since a human of ours last wrote, or since `since`."""
    count = 0
    for message in reversed([m for m in timeline if m.audience != INTERNAL]):
        if message.role not in (Role.CUSTOMER, Role.BOT) or (since and message.at <= since):
            break
        count += message.role is Role.BOT and message.purpose in purposes and not message.deleted
    return count


def _answers(message: Message) -> bool:
    """Tell whether a message answers the customer: a teammate's or the bot's, not a note among ourselves.

    A colleague's does not: it stands the bot down, but nobody of the team has answered. Nor does a teammate's mention of the bot: it asks the bot to.
    """
    ours = message.role in TEAM and not message.mentions_bot
    return message.audience != INTERNAL and (ours or (message.role is Role.BOT and message.purpose in SPOKEN))
