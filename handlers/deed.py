"""The deed: what an action needs beside the situation, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

from desk.changes import Changes
from desk.draft import Draft
from desk.escalation import Trigger
from desk.summary import Summary
from desk.ticket import Ticket
from desk.usage import ModelCall

Outcome = tuple[Ticket, Changes]
"""The ticket as it will be saved, and everything else that is written."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What an action needs beside the situation: the draft, the rules that fired, and who of ours stands behind it (empty: the bot alone)."""

    draft: Draft | None = None
    triggers: tuple[Trigger, ...] = ()
    notices: tuple[Trigger, ...] = ()
    """Rules that only tell somebody."""
    who: str = ""
    csat_due: bool = False
    summary: Summary | None = None
    """What it came to, for whoever takes it over."""
    calls: tuple[ModelCall, ...] = ()
    """The calls of a language model that led here."""
