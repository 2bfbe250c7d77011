"""Ids: every id we make is derived from what caused it, so that doing a thing twice makes it once."""

from __future__ import annotations

import base64
import hashlib
from typing import NewType

TicketId = NewType("TicketId", str)
MessageId = NewType("MessageId", str)
DraftId = NewType("DraftId", str)
CardId = NewType("CardId", str)
EventId = NewType("EventId", str)
OutboxId = NewType("OutboxId", str)
PersonId = NewType("PersonId", str)
AccountId = NewType("AccountId", str)
IncidentId = NewType("IncidentId", str)

DIGITS = 13
"""Base-32 digits of a derived id: 65 bits, so that a million tickets collide with odds of about 1 to 70 million."""


def derived(kind: str, *parts: object) -> str:
    """Return a stable id for `parts`: `kind`, a hyphen and 13 lower-case base-32 digits.

    At most 25 characters for kinds of up to 11, which is what Discord's `nonce` takes.
    """
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=9).digest()
    return f"{kind}-{base64.b32encode(digest).decode().lower()[:DIGITS]}"
