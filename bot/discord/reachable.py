"""Reachable: what the first answer says of how the bot hears more, where it may not read what does not name it."""

from __future__ import annotations

from dataclasses import replace

from desk.audience import INTERNAL
from desk.cards import Block, Buttons, Card, Style, Text
from desk.customer import Role
from desk.ports import PolicySource
from desk.post import Post
from desk.space import Place
from desk.store import Store
from desk.timeline import Purpose

ANSWERS = frozenset({Purpose.ANSWER, Purpose.HOLDING, Purpose.QUESTION})
SAYS_HOW = "how_to_reply"
"""The sentence of policy."""


async def told(post: Post, store: Store, policy: PolicySource) -> Post:
    """Return a post in which a ticket's first answer also says how to reply to it."""
    if post.card is None or post.purpose not in ANSWERS or post.audience == INTERNAL or not isinstance(post.target, Place) or post.ticket is None:
        return post
    ticket = await store.ticket(post.ticket)
    said = [message for message in await store.timeline(post.ticket) if message.role is Role.BOT and message.audience != INTERNAL]
    if ticket is None or (said and str(said[0].id) not in (post.id, post.changes)):
        return post
    sentence = (await policy.current()).phrase(SAYS_HOW, ticket.language or None)
    return replace(post, card=Card(_with(post.card.blocks, Text(sentence, Style.QUIET))))


def _with(blocks: tuple[Block, ...], line: Text) -> tuple[Block, ...]:
    """Put a line above the buttons."""
    at = next((n for n, block in enumerate(blocks) if isinstance(block, Buttons)), len(blocks))
    return (*blocks[:at], line, *blocks[at:])
