"""Reading: what helps a teammate to read a card: the reply in their language, and what the conversation came to so far."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

from desk.cards import Block, Notes
from desk.draft import Proposal
from desk.summary import Point, SummaryKind
from desk.timeline import Message
from handlers.dossier import Dossier
from handlers.times import brief

LONGEST = 240
"""Characters of a point on a card: six of them fit a phone."""


def translated(proposal: Proposal, d: Dossier, *, most: int | None = None) -> tuple[Block, ...]:
    """Return a reply in the team's language, marked as theirs; nothing where it was written in it."""
    text = proposal.translation.strip()
    if not text:
        return ()
    lines = tuple(filter(None, (line.strip() for line in (text if most is None else _cut(text, most)).splitlines())))
    return (Notes(f"In {language(d.reads)}, for you; never sent", lines),)


def so_far(d: Dossier) -> tuple[Block, ...]:
    """Return what the conversation came to, each point with the messages it rests on; without what the card quotes anyway."""
    summary = next((summary for summary in d.summaries if summary.kind is SummaryKind.HANDOVER), None)
    said = [m for m in d.timeline if m.is_customers]
    quoted = " ".join(said[-1].text.split())[:80] if said else ""
    points = [point for point in summary.points if point.text and not (quoted and quoted in point.text)] if summary else []
    return (Notes("So far, in short", tuple(_line(point, d) for point in points)),) if points else ()


def language(code: str) -> str:
    """Return the English name of a language, its code where it has none."""
    try:
        return Locale.parse(code).get_language_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def _line(point: Point, d: Dossier) -> str:
    mark = "" if point.supported else "(!) not found in the conversation: "
    return f"• {mark}{_cut(point.text, LONGEST)}{_rests(point, d)}"


def _rests(point: Point, d: Dossier) -> str:
    """Return who said what a point rests on, and when."""
    found = [message for message in d.timeline if message.id in point.messages]
    where = [*(_named(message, d) for message in found), *(source for source in point.sources if source not in point.text)]
    return f" ({', '.join(where)})" if where else ""


def _named(message: Message, d: Dossier) -> str:
    return f"{message.author_name} {brief(message.at, now=d.timeline[-1].at, zone=d.zone)}".strip()


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
