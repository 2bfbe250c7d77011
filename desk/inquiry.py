"""Inquiries: what a teammate asks the desk about tickets and knowledge, and what it answers; for the team alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from desk.draft import Evidence, Passage
from desk.policy import Policy
from desk.summary import Talk
from desk.usage import ModelCall, Payer


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A teammate's question with what lies on the table: the tickets it is about, the nearest first, and passages of any audience."""

    text: str
    talks: tuple[Talk, ...]
    passages: tuple[Passage, ...]
    policy: Policy
    payer: Payer
    at: datetime


@dataclass(frozen=True, slots=True)
class Advice:
    """What is known: sentences in Markdown with `[n]` behind each that rests on evidence, "" when nothing was found.

    A sentence that nothing carries is marked with (!). `by` names the model, or `extractive`.
    """

    text: str
    evidence: tuple[Evidence, ...] = ()
    by: str = ""
    calls: tuple[ModelCall, ...] = ()
    degraded: tuple[str, ...] = ()


class Advisor(Protocol):
    """Answers the team. It never fails: without a model it quotes."""

    async def advise(self, inquiry: Inquiry) -> Advice:
        """Return what is known about a question."""
        ...
