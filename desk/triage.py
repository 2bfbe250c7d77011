"""Triage: what a message is about, how it is meant, and how sure we are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desk.usage import ModelCall

CATEGORIES = ("billing", "technical issue", "feature request", "account access", "bug report", "onboarding")
"""The default categories; a trained head may bring others."""


class Sentiment(StrEnum):
    """Five levels, worst first."""

    FURIOUS = "furious"
    UNHAPPY = "unhappy"
    NEUTRAL = "neutral"
    PLEASED = "pleased"
    DELIGHTED = "delighted"


class Signal(StrEnum):
    """What escalation rules listen for in a customer's words."""

    ASKS_HUMAN = "asks_human"
    SECURITY = "security"
    DATA_LOSS = "data_loss"
    LEGAL = "legal"
    SAFETY = "safety"
    PERSONAL_DATA = "personal_data"
    NOT_SOLVED = "not_solved"


class Impact(StrEnum):
    """What a problem does to the customer's business, in whatever words and language they say it."""

    OUTAGE = "outage"
    DATA_LOSS = "data_loss"
    NO_ACCESS = "no_access"
    BLOCKED = "blocked"
    MONEY = "money"
    DEADLINE = "deadline"
    MANY_USERS = "many_users"
    CHURN = "churn"


@dataclass(frozen=True, slots=True)
class Label:
    """A category with its probability, 0 to 1."""

    category: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Classification:
    """The result of triage. `language` is an ISO 639-1 code, None when unsure; scores run from 0 to 1."""

    category: str
    confidence: float
    labels: tuple[Label, ...] = ()
    is_request: bool = True
    is_request_confidence: float = 1.0
    out_of_scope: bool = False
    out_of_scope_score: float = 0.0
    sentiment: Sentiment = Sentiment.NEUTRAL
    displeasure: float = 0.0
    """How displeased its writer is, 0 to 1; the level `sentiment` says it in words."""
    impact: tuple[Impact, ...] = ()
    """What it says stands still or is lost, strongest first."""
    language: str | None = None
    intent: str = ""
    signals: frozenset[Signal] = frozenset()
    model: str = ""
    trend: str = ""
    """How the customer's mood changed over the ticket: worse, same or better; "" where nobody looked."""
    urgency: tuple[str, ...] = ()
    """What makes it urgent, as codes: deadline, blocked, outage, money, many_users."""
    missing: tuple[str, ...] = ()
    """What one would have to ask to answer, as a few words each; never shown to a customer."""
    sureness: tuple[tuple[str, float], ...] = ()
    """How sure each field is, where a model said it and its word was calibrated."""
    disagreed: tuple[str, ...] = ()
    """What the local classifier and the model saw differently, as `field:local/model`."""
    calls: tuple[ModelCall, ...] = ()
    degraded: tuple[str, ...] = ()
