"""Told: what a platform's history tells, as the desk keeps it."""

from __future__ import annotations

from datetime import datetime

from desk.customer import TEAM
from desk.events import MessageReceived
from desk.timeline import Message, Purpose, message_id


def message_of(event: MessageReceived, *, edited_at: datetime | None) -> Message:
    """Return what an event says as a message of a ticket's timeline; `edited_at` is when it was changed last."""
    return Message(
        id=message_id(event.ref),
        ref=event.ref,
        place=event.place,
        author=event.author,
        author_name=event.author_name,
        role=event.role,
        text=event.text,
        at=event.at,
        purpose=Purpose.TEAMMATE if event.role in TEAM else Purpose.CUSTOMER,
        files=event.files,
        mentions_bot=event.mentions_bot,
        edited_at=edited_at,
    )
