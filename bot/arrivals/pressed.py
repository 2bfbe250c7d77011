"""Pressed: a press as every platform reads it from what its button carries."""

from __future__ import annotations

from dataclasses import dataclass

from desk.ids import TicketId

MENU = "menu"
"""The action of a menu; which button was chosen in it is in the choice."""
OLD = "This button is from an older version and does nothing any more."


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press. `carrier` is the id of the card, or of the outbox row, that shows the button; `asks` tells that it has a form."""

    action: str
    ticket: TicketId
    subject: str
    basis: str
    carrier: str
    asks: bool
