"""Incident words: what may be told to everybody in an incident, and the best of what was drafted for one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from desk.audience import PUBLIC
from desk.customer import Fact
from desk.draft import Draft
from desk.ids import DraftId, TicketId, derived
from desk.incident import Telling

ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
NUMBER = re.compile(r"\b[A-Z]{2,5}-\d{2,}\b|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,}\b")
"""An invoice's or an order's number, and an IBAN."""
SHORTEST = 3
"""Characters of a value that would be taken for a customer's own: shorter ones occur in any text."""
SPECIFIC = frozenset({"number", "amount", "link"})
"""The parts of a record's field that are one customer's own."""


def draft_id(telling: Telling, ticket: TicketId) -> DraftId:
    """Return the id of the draft that tells one ticket of a reply to all: one a ticket, however often it is made."""
    return DraftId(derived("r", telling.id, ticket))


def best(drafts: Iterable[Draft]) -> str:
    """Return the surest text among the open drafts that anybody may read and that evidence carries, "" for none."""
    fit = [d for d in drafts if d.is_open and d.proposal.parts and not d.proposal.unsupported and not d.proposal.question and _is_public(d)]
    chosen = max(fit, key=lambda draft: (draft.proposal.confidence, draft.id), default=None)
    return re.sub(r"\s*\[\d+\]", "", chosen.proposal.parts[0].text) if chosen else ""


def own(text: str, names: Iterable[str], facts: Sequence[Fact]) -> str:
    """Return what in a text is one customer's own and may not be told to the others, "" for nothing.

    `names` are the people and accounts of the incident, `facts` what is on record of them.
    """
    if found := ADDRESS.search(text) or NUMBER.search(text):
        return found[0]
    said = text.casefold()
    values = [value for fact in facts if fact.audience != PUBLIC for name, value in fact.attributes if name in SPECIFIC]
    whole = [value.removesuffix(".00") for value in values]
    mine = [value for value in (*names, *values, *whole) if len(value) >= SHORTEST]
    return next((value for value in mine if re.search(rf"(?<!\w){re.escape(value.casefold())}(?!\w)", said)), "")


def _is_public(draft: Draft) -> bool:
    evidence = draft.proposal.evidence
    return all(part.audience == PUBLIC and part.to is None for part in draft.proposal.parts) and all(e.audience == PUBLIC for e in evidence)
