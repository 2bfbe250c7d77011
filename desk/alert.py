"""Alerts: what a service that wakes a phone is told of an escalation, which is nothing a customer said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desk.ids import TicketId
from desk.oncall import PagerSpec


class Word(StrEnum):
    """What became of an escalation, as a pager understands it."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True)
class Alert:
    """One word to a pager about one escalation: names of rules, ids and labels only."""

    pager: PagerSpec
    word: Word
    escalation: str
    ticket: TicketId
    rules: tuple[str, ...] = ()
    level: int = 1
    category: str = ""
    tier: str = ""
    account: str = ""
    """The account's id."""
    by: str = ""
    """The teammate who acknowledged or closed it."""
    test: bool = False

    @property
    def title(self) -> str:
        """Return the alert in one line."""
        about = ", ".join(rule.replace("_", " ") for rule in self.rules)
        marked = "Test: " if self.test else ""
        return f"{marked}{about or 'escalation'}, ticket {self.ticket}{f' ({self.tier})' if self.tier else ''}"
