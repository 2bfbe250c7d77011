"""Showing: passages and fields as the model gets them: numbered, quoted as data, and with where each may be told."""

from __future__ import annotations

from collections.abc import Sequence

from agent.model import Block
from agent.register import PASSAGE as PIECE
from agent.session import Session, text
from agent.untrusted import named, quoted
from desk.audience import INTERNAL, PUBLIC, may_show
from desk.customer import Fact
from desk.draft import Evidence, Passage

PASSAGE = 1600
"""Characters of a passage that are shown."""
FIELD = 1000
ADDRESS = 500
"""Characters of an article's id and of an address; they stand outside of any quotation."""


def passages(session: Session, found: Sequence[Passage]) -> tuple[Block, ...]:
    """Return passages as search results with citations, each under its number and once a turn; what may be shown nowhere is left out here too."""
    usable = [p for p in found if p.audience != INTERNAL and may_show(session.place, p.audience)]
    known = {(item.source, item.id): item.n for item in session.register.shown}
    shown = [known[PIECE, passage.id] for passage in usable if (PIECE, passage.id) in known]
    fresh = tuple(_result(session, passage) for passage in usable if (PIECE, passage.id) not in known)
    # A passage costs as much the second time as the first.
    before = (text(f"Found again, and shown above: {', '.join(f'[{n}]' for n in shown)}."),) if shown else ()
    return fresh + before


def _result(session: Session, passage: Passage) -> Block:
    item = session.register.passage(passage)
    title = " > ".join(named(said) for said in (passage.title, passage.heading) if said)
    if passage.audience == PUBLIC:
        session.vault.spare(passage.text)
    head = f"may be told in: {session.where(item.audience)} | {_dates(item)}"
    body = quoted(session.vault.hide(passage.text), label="article", most=PASSAGE)
    return {
        "type": "search_result",
        "source": named(passage.document, most=ADDRESS),
        "title": f"[{item.n}] {title}"[:200],
        "content": [text(f"{head}\n{body}")],
        "citations": {"enabled": True},
    }


def _dates(item: Evidence) -> str:
    known = (("changed", item.updated), ("reviewed", item.reviewed))
    return ", ".join(f"{what} {named(on)}" for what, on in known if on) or "undated"


def facts(session: Session, found: Sequence[Fact]) -> tuple[Block, ...]:
    """Return fields of the record, each under its number with where it may be told; none that may be told nowhere."""
    usable = [fact for fact in found if fact.audience != INTERNAL and may_show(session.place, fact.audience)]
    return tuple(_field(session, fact) for fact in usable)


def _field(session: Session, fact: Fact) -> Block:
    item = session.register.fact(fact)
    where = f"may be told in: {session.where(item.audience)}"
    link = f" | link {named(item.url, most=ADDRESS)}" if item.url else ""
    return text(f"[{item.n}] {named(fact.label)} | {where}{link}\n{quoted(session.vault.hide(item.quote), label='field', most=FIELD)}")
