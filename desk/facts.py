"""Facts: everything a decision is made from: numbers, ids and labels, no free text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desk.ids import DraftId
from desk.modes import Mode
from desk.space import ChannelKind
from desk.ticket import Attention

HARD = frozenset({"asks_human", "security", "data_loss", "legal", "safety"})
"""Rules that bring in a human even when one holds the ticket or the thread is muted."""


class Occasion(StrEnum):
    """What asked for a decision: something a customer said, or one of the moments that follow."""

    MESSAGE = "message"
    APPROVED = "approved"
    REJECTED = "rejected"
    REPLIED = "replied"
    SOLVED = "solved"
    SILENCE = "silence"
    SILENCE_OVER = "silence_over"
    RESOLVED = "resolved"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    DOWN = "down"
    PROMISE_PASSED = "promise_passed"
    PUBLIC_PERSONAL_DATA = "public_personal_data"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    PERFORMED = "performed"
    ACTION_FAILED = "action_failed"
    INCIDENT_TOLD = "incident_told"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything `decide` sees: numbers, ids and labels, no free text, so that a stored decision can be decided again.

    `triggers` are rule names, strongest first. `invited` says that the customer mentioned the bot or wrote to it directly.
    `confidence` and `threshold` run from 0 to 1. `pages` are the rules that page even in mode observe.
    """

    occasion: Occasion = Occasion.MESSAGE
    mode: Mode = Mode.OBSERVE
    category: str = ""
    kind: ChannelKind = ChannelKind.COMMUNITY
    tier: str = ""
    sentiment: str = "neutral"
    language: str = ""
    is_request: bool = True
    is_request_confidence: float = 1.0
    out_of_scope: bool = False
    triggers: tuple[str, ...] = ()
    held: bool = False
    attention: Attention = Attention.ACTIVE
    invited: bool = False
    mentioned: bool = False
    draft: DraftId | None = None
    asks: bool = False
    abstained: str | None = None
    confidence: float = 0.0
    threshold: float = 1.0
    claims: int = 0
    unsupported: int = 0
    fixed: bool = False
    """The draft is made of policy's fixed sentences only, which need no evidence."""
    doubts: tuple[str, ...] = ()
    late: bool = False
    paused: bool = False
    """An admin or lead paused this channel, category or everything."""
    repeats: bool = False
    """The draft says what the last answer already said."""
    empty: bool = False
    """Nothing is left to answer: everything was deleted or answered."""
    pages: frozenset[str] = frozenset()
    down: str = ""
    teammate: str = ""
    """The role of the person whose click this is."""
    degraded: tuple[str, ...] = ()
    """What could not be used as it should while this was worked out, as codes."""
    disagreed: tuple[str, ...] = ()
    """What the local classifier and the model saw differently, as `field:local/model`."""
    trend: str = ""
    urgency: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    """For each action that has to run before the draft is true, who must agree to it: none, customer, teammate or lead."""
    under_way: bool = False
    """What an earlier draft of this ticket asks for is being done."""
    notices: tuple[str, ...] = ()
    """Rules that only tell a person; what the desk does goes on without them."""
    weighed: tuple[tuple[str, str], ...] = ()
    """The numbers and labels that rules and priority looked at, so that other rules can be tried on them."""
