"""Copies: every message that carries a page, so that all of them say who has it by now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from desk.cards import CardKind
from desk.changes import Changes, Refresh, write
from desk.ids import CardId, EventId, OutboxId, derived
from desk.paging import Page


def card_of(page: Page) -> CardId:
    """Return the card that shows a page."""
    return CardId(derived("k", CardKind.PAGE, page.outbox))


def redrawn(pages: Iterable[Page], *, over: Iterable[str], cause: EventId, at: datetime) -> Changes:
    """Draw the messages of a ticket's pages again, but for those about escalations that were `over` before: nothing changes on them any more."""
    ended = frozenset(over)
    cards = dict.fromkeys(card_of(page) for page in pages if page.outbox and page.status.stands and page.escalation not in ended)
    return write(*(Refresh(card, OutboxId(derived("o", cause, card)), at) for card in cards))
