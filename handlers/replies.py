"""Replies: the cards customers read, drawn from parts and policy's fixed sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desk.cards import Block, Button, Buttons, Card, Field, Form, Sources, Style, Text
from desk.draft import Evidence, Part, Proposal
from desk.policy import Policy
from desk.ticket import Ticket

SCORES = range(1, 6)
UNSHOWN = frozenset({"macro", "action"})
"""Evidence that is nothing a customer could read."""
ENGLISH = {"solved": "Solved", "not_solved": "Not solved", "get_human": "Get a human"}


def answer(text: str, *, sources: Sequence[Evidence], byline: str, ticket: Ticket, subject: str, policy: Policy, language: str) -> Card:
    """Draw an answer: the text, its sources, who wrote or checked it, and the three buttons."""
    shown = _told_apart(sources)
    blocks: list[Block] = [Text(text)]
    blocks += [Text(policy.phrase("sources", language), Style.QUIET), Sources(shown)] if shown else []
    blocks += [Text(byline, Style.QUIET)] if byline else []
    return Card((*blocks, Buttons(_reactions(ticket, subject, policy, language=language))))


def sentence(text: str) -> Card:
    """Draw one fixed sentence."""
    return Card((Text(text),))


def with_help(text: str, *, ticket: Ticket, subject: str, policy: Policy, language: str) -> Card:
    """Draw a sentence under which the customer can say how it went or get a human."""
    return Card((Text(text), Buttons(_reactions(ticket, subject, policy, language=language))))


def csat(text: str, *, ticket: Ticket, policy: Policy, language: str) -> Card:
    """Draw the question how support was, 1 to 5, each with room for a comment."""
    form = Form(
        policy.phrase("csat_comment", language),
        (Field("comment", policy.phrase("csat_comment", language), lines=3, required=False),),
        policy.phrase("send", language),
    )
    scores = tuple(Button(f"csat_{n}", str(n), ticket.id, subject=str(ticket.id), form=form) for n in SCORES)
    return Card((Text(text), Buttons(scores)))


def cited(part_number: int, proposal: Proposal) -> tuple[Evidence, ...]:
    """Return the evidence that a part's claims rest on, in order of its numbers, as far as its reader can look at it."""
    numbers = {n for claim in proposal.claims if claim.part == part_number for n in claim.evidence}
    return tuple(item for item in proposal.evidence if item.n in numbers and item.source not in UNSHOWN)


def thread_text(parts: Sequence[Part]) -> str:
    """Return what the thread reads of a draft."""
    return "\n\n".join(part.text for part in parts if part.to is None)


def links(items: Sequence[Evidence]) -> str:
    """Return passages as a line of links."""
    return ", ".join(f"[{item.title}]({item.url})" if item.url else item.title for item in items)


def message_link(ticket: Ticket, label: str) -> str:
    """Return a link to the ticket's first message, which each platform turns into its own kind of address."""
    return f"[{label}](message:{ticket.anchor})"


def _told_apart(sources: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """Return sources with the heading in the title where several are of one article, so that no two read the same."""
    titles = [item.title for item in sources]
    return tuple(replace(item, title=f"{item.title}: {item.heading}") if item.heading and titles.count(item.title) > 1 else item for item in sources)


def _reactions(ticket: Ticket, subject: str, policy: Policy, *, language: str) -> tuple[Button, ...]:
    return tuple(Button(action, policy.phrase(action, language), ticket.id, subject=subject, english=label) for action, label in ENGLISH.items())
