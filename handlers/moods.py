"""Moods: a ticket is given the mood of what its customers wrote, each message looked at once."""

from __future__ import annotations

from dataclasses import replace

from desk.errors import Unavailable
from desk.timeline import Message
from desk.triage import Classification
from escalation.mood import followed, trend
from handlers.services import Services
from handlers.situation import EACH, Situation

MOST = 200
"""The messages that are looked at: the latest ones."""


async def felt(s: Situation, c: Classification, services: Services) -> tuple[Situation, Classification]:
    """Return the situation with its ticket's mood, and the classification with the trend, unless a model said how the mood changed.

    The mood is derived from the messages as they stand, edits and deletions included; a number is kept for each, so that none is read twice.
    """
    known, said = dict(s.ticket.felt), s.said
    last, alone = said[-1], len(said) == 1
    theirs = [m for m in s.timeline if m.is_customers and m.text][-MOST:]
    # Of line upon line only so many are looked at in one turn, the last first.
    looked_at = {m.id for m in [m for m in theirs if _key(m) not in known][-EACH:]}
    found = {}
    for message in theirs:
        key = _key(message)
        if message is last and (c.calls or alone):
            # A model that was asked judged all that waits, and its judgement stands with the last of it.
            found[key] = round(c.displeasure, 4)
        elif key in known:
            found[key] = known[key]
        elif message.id in looked_at and (displeasure := await _displeasure(message, services)) is not None:
            found[key] = round(displeasure, 4)
    mood = followed(tuple(found.values()), s.policy.mood)
    s = replace(s, ticket=replace(s.ticket, mood=mood, felt=tuple(found.items())))
    return s, replace(c, trend=c.trend or trend(mood, s.policy.mood))


async def _displeasure(message: Message, services: Services) -> float | None:
    """Return how displeased a message is, None while nobody can tell."""
    try:
        return (await services.triager.triage(message.text)).displeasure
    except Unavailable:
        return None


def _key(message: Message) -> str:
    """Return what changes when a message does."""
    return f"{message.id}@{message.edited_at.timestamp():.3f}" if message.edited_at else str(message.id)
