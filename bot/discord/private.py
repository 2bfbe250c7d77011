"""Private: what one person alone may read, where a direct message would do and cannot: shown to them when they press a button."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.arrivals.pressed import Pressed
from bot.discord import draw
from bot.discord.acts import hint_of, user_of
from bot.discord.carried import Carried
from bot.discord.draw import EPHEMERAL, Ping
from bot.discord.people import People
from bot.discord.posting import Posting
from bot.discord.replies import Replies, Reply
from bot.discord.web import Web
from desk.cards import Button, Buttons, Card, Text
from desk.errors import NotAllowed, PlaceGone
from desk.ids import OutboxId, TicketId
from desk.ports import PolicySource
from desk.post import Direct, Post
from desk.space import MessageRef, Place, UserRef
from desk.store import Store

SHOW = "show_privately"
"""The action of the button. Its subject is the row of the outbox that it shows."""
OFFERED = "offered-"
"""How the id of a message begins that only offers to show a post: what changes the post does not change it."""
WHISPER = "whisper-"
"""How the id of what only one person sees begins: nobody can change or find it."""
NOT_YOURS = "This is for somebody else: only they can read it."
KEPT = timedelta(days=30)
"""How long what is offered can be shown. A row that was sent keeps no words, so they are kept beside the inbox, for their reader alone."""
OVER = "There is nothing to show here any more."
REPLY = "/webhooks/{webhook_id}/{webhook_token}"


class Private:
    """Tells one person what nobody else reads."""

    def __init__(self, web: Web, people: People, replies: Replies, *, carried: Carried, posting: Posting, policy: PolicySource, store: Store) -> None:
        self._carried = carried
        self._web, self._people, self._replies = web, people, replies
        self._posting, self._policy, self._store = posting, policy, store

    async def whisper(self, place: Place, user: UserRef, bodies: Sequence[Mapping[str, Any]]) -> MessageRef | None:
        """Answer somebody by the token of what they did last, so that only they see it; None where no token lives any more."""
        while reply := await self._replies.take(user, place):
            try:
                first = str((await self._first(reply, bodies[0])).get("id") or "")
            except PlaceGone:
                await self._replies.forget(user, place, reply.token)
                continue
            for body in bodies[1:]:
                await self._follow(reply, body)
            return MessageRef(place.channel, f"{WHISPER}{first}")
        return None

    async def offer(self, room: str, post: Post, place: Place) -> MessageRef:
        """Post a button in public by which the one whom a post is for reads it, and say who that is; nothing of the post itself."""
        user = whom(post)
        who = await self._people.who(user.id)
        now = await self._policy.current()
        words, label = now.phrase("private_offer", who.language or None), now.phrase(SHOW, who.language or None)
        button = Button(SHOW, label, post.ticket or TicketId(""), subject=post.id, english="Show me privately")
        await self._carried.keep({_name(post.id): json.dumps(_shown(post))}, by=user.id, how_long=KEPT)
        [body] = draw.texts(Card((Text(words), Buttons((button,)))), carrier=post.id, to=Ping(users=(user.id,)))
        first = await self._posting.put(room, [body], self.offer_id(post))
        return MessageRef(place.channel, f"{OFFERED}{room}/{first}")

    def offer_id(self, post: Post) -> OutboxId:
        """Return the id by which the offer to show a post is found again."""
        return OutboxId(f"s{post.id[1:]}")

    async def shows(self, body: Mapping[str, Any], pressed: Pressed) -> Mapping[str, Any] | None:
        """Return what the button shows to whoever presses it, None for any other button. Raises NotAllowed for whom it is not for."""
        if pressed.action != SHOW:
            return None
        row = await self._store.row(OutboxId(pressed.subject))
        if row is None:
            raise NotAllowed(OVER)
        who = await self._people.who(user_of(body), hint_of(body))
        if who.ref != whom(row.post):
            raise NotAllowed(NOT_YOURS)
        kept = await self._carried.get(_name(row.post.id), by=who.ref.id)
        if kept is None:
            raise NotAllowed(OVER)
        found: Mapping[str, Any] = json.loads(kept)
        return found

    async def _first(self, reply: Reply, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer in the place of what says that an answer comes, if somebody looks at that."""
        if not reply.waits:
            return await self._follow(reply, body)
        path = f"{REPLY}/messages/@original"
        found: Mapping[str, Any] = await self._web.call("PATCH", path, json=body, webhook_id=reply.application, webhook_token=reply.token)
        return found

    async def _follow(self, reply: Reply, body: Mapping[str, Any]) -> Mapping[str, Any]:
        wait = {"wait": "true"}
        found: Mapping[str, Any] = await self._web.call(
            "POST", REPLY, json=alone(body), params=wait, webhook_id=reply.application, webhook_token=reply.token
        )
        return found


def whom(post: Post) -> UserRef:
    """Return the one person whom a post is for."""
    return post.target.user if isinstance(post.target, Direct) else post.to[0]


def alone(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a message that only one person sees."""
    return {**body, "flags": int(body.get("flags") or 0) | EPHEMERAL}


def _shown(post: Post) -> Mapping[str, Any]:
    """Return a post as one message that only one person sees."""
    card = post.card or Card()
    bodies = draw.texts(card, carrier=post.id)
    return alone(bodies[0] if len(bodies) == 1 else draw.components(card, carrier=post.id))


def _name(id: OutboxId) -> str:
    return f"offered {id}"
