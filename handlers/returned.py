"""Returned: an edit that lost goes back to its writer, word for word."""

from __future__ import annotations

from desk.audience import INTERNAL
from desk.cards import Card, Quote, Text
from desk.changes import Changes, Enqueue, write
from desk.events import ButtonClicked
from desk.ids import OutboxId, derived
from desk.post import Direct, Post
from desk.timeline import Purpose
from handlers import say


def edit(event: ButtonClicked, why: str) -> Changes:
    """Say why an edit was not sent, and give its words back directly: a whisper is tried once, and would be lost with them."""
    words = "\n\n".join(text for name, text in event.form.items() if name.startswith("text"))
    told = f"{why} What you wrote is in your direct messages." if words else why
    whisper = say.whisper(told, to=event.by, place=event.place, cause=event.id, at=event.at, audience=INTERNAL, label="returned_why")
    if not words:
        return whisper
    card = Card((Text(f"{why} This is what you wrote:"), Quote(words)))
    id = OutboxId(derived("o", event.id, "handed_back"))
    return whisper + write(Enqueue(Post(id, Direct(event.by), Purpose.NOTICE, INTERNAL, event.at, card=card, ticket=event.ticket, to=(event.by,))))
