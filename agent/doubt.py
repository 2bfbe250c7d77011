"""Doubt: what the local classification of a message leaves open, so that a model is asked only where it can add something."""

from __future__ import annotations

import re
import tomllib
from functools import cache

from agent.examples import DISPLEASED, HARD_SIGNALS
from agent.signals import WORDS, plain
from desk.answering import Heard
from desk.policy import Triage
from desk.timeline import Message
from desk.triage import Classification, Signal

SCANNED = 4000
NEAR = 0.15
"""How near to its threshold the out-of-scope score says little."""
SPEAKS = 40
"""Letters of Latin script from which it means something that no served language was recognized."""
LATIN = "\u0250"


def left_open(local: Classification, text: str, heard: Heard, terms: Triage) -> tuple[str, ...]:
    """Return what a model could settle or add, as codes; nothing when the local classification is enough.

    A signal that brings in a person is enough by itself: a person is needed whatever a model would say, and should not wait for it. So is chat that
    surely asks nothing.
    """
    unsure = local.is_request_confidence < terms.sure
    if local.signals & frozenset(HARD_SIGNALS) or not (local.is_request or unsure):
        return ()
    checks = {
        "request": unsure,
        # Without one, the trained categories cannot be used, and a model could not choose from them either.
        "category": bool(local.category) and local.confidence < terms.sure,
        "scope": abs(local.out_of_scope_score - terms.out_of_scope) < NEAR,
        "language": local.language is None and _speaks(text),
        "trend": bool(told_before(heard)) and (local.sentiment in DISPLEASED or Signal.NOT_SOLVED in local.signals),
        "urgency": bool(hints().search(plain(text[:SCANNED]))),
    }
    return tuple(code for code, holds in checks.items() if holds)


def told_before(heard: Heard) -> tuple[Message, ...]:
    """Return what customers said in the ticket before."""
    return tuple(message for message in heard.before if message.is_customers)


@cache
def hints() -> re.Pattern[str]:
    """Read the words of urgency on first use."""
    table = tomllib.loads((WORDS / "urgency.toml").read_text(encoding="utf-8"))
    return re.compile(rf"\b(?:{'|'.join(table['hints'])})(?!\w)")


def _speaks(text: str) -> bool:
    """Tell whether there are words enough to be of a language that nobody here serves."""
    letters = [sign for sign in text[:SCANNED] if sign.isalpha()]
    return len(letters) >= SPEAKS or any(sign >= LATIN for sign in letters)
