"""What is meant: the vectors of what a turn's customers wrote, kept for whoever compares tickets."""

from __future__ import annotations

from desk.changes import Changes, SaveMeaning, write
from desk.errors import Unavailable
from desk.meaning import Meant
from handlers.services import Services
from handlers.situation import Situation


async def meant(s: Situation, services: Services) -> tuple[Meant, ...]:
    """Return what the messages that wait for an answer mean, oldest first; those that say nothing are left out, and all while nobody can tell."""
    said = s.latest
    try:
        found = await services.triager.meanings([message.text for message in said])
    except Unavailable:
        return ()
    return tuple(Meant(m.id, s.ticket.id, m.at, meaning) for m, meaning in zip(said, found, strict=True) if meaning.vector)


def kept(found: tuple[Meant, ...]) -> Changes:
    """Return what keeps these meanings; keeping one again changes nothing."""
    return write(*(SaveMeaning(item.message, item.meaning) for item in found))


async def embedder(services: Services) -> str:
    """Return which embedder makes meanings now, "" while nobody can tell."""
    try:
        made = await services.triager.meanings(["a"])
    except Unavailable:
        return ""
    return made[0].embedder if made else ""
