"""Posting: the messages that a post takes, put into a room, changed there, taken back and found again.

A text of more than 2,000 characters takes several messages; the desk knows the first one, and a file beside the inbox the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.discord import history
from bot.discord.carried import Carried
from bot.discord.draw import words_of
from bot.discord.limits import NONCE
from bot.discord.pressed import carrier_in
from bot.discord.refs import snowflake
from bot.discord.web import Web
from desk.errors import PlaceGone, RateLimited, Unavailable
from desk.ids import OutboxId

Json = dict[str, Any]
Payload = Mapping[str, Any]

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
GONE = (10003, 10008)
"""Discord's codes for a channel, and a message, that there is not."""


class Posting:
    """Puts bodies of messages where they belong. Nothing is tried twice here."""

    def __init__(self, web: Web, carried: Carried) -> None:
        self._web, self._carried = web, carried

    async def put(self, room: str, bodies: Sequence[Json], id: OutboxId, *, replies_to: str = "", stands: Sequence[str] = ()) -> str:
        """Post bodies in order and return the first one's id; those that stand there already, the first ones, are left."""
        made = list(stands)
        for n, body in enumerate(bodies[len(stands) :], start=len(stands)):
            about = {"message_reference": {"message_id": replies_to, "fail_if_not_exists": False}} if replies_to and n == 0 else {}
            try:
                answer = await self._web.call("POST", MESSAGES, json={**body, **about, "nonce": nonce(id, n), "enforce_nonce": True}, channel_id=room)
            except RateLimited as error:
                # Some of it stands there: it is not to be sent anew, but looked up.
                raise (Unavailable("platform", f"after {n} of {len(bodies)} messages: {error}") if n else error) from None
            made.append(str(answer["id"]))
        if len(made) > 1:
            await self.note(made)
        return made[0]

    async def change(self, room: str, first: str, bodies: Sequence[Json], id: OutboxId) -> None:
        """Replace what stands there; messages come or go as it takes more or fewer."""
        stands = await self.pieces(first)
        for message, body in zip(stands, bodies, strict=False):
            await self._web.call("PATCH", MESSAGE, json=body, channel_id=room, message_id=message)
        await self._drop(room, stands[len(bodies) :])
        if bodies[len(stands) :]:
            await self.put(room, bodies, id, stands=stands)
        elif len(stands) > len(bodies):
            await self.note(stands[: len(bodies)])

    async def remove(self, room: str, first: str) -> None:
        """Take back what stands there; what is gone already is fine."""
        await self._drop(room, await self.pieces(first))

    async def pieces(self, first: str) -> Sequence[str]:
        """Return the messages of a post, given the first one's id."""
        kept = await self._carried.get(_name(first))
        found: list[str] = json.loads(kept) if kept else [first]
        return found

    async def note(self, made: Sequence[str]) -> None:
        """Note which messages a post takes, where it is more than one, or was."""
        if len(made) > 1:
            await self._carried.keep({_name(made[0]): json.dumps(list(made))})
        else:
            await self._carried.drop(_name(made[0]))

    async def standing(
        self, room: str, id: OutboxId, bodies: Sequence[Json], *, since: datetime, carriers: Collection[str], others: Collection[str] = ()
    ) -> Sequence[str]:
        """Return which of a post's messages stand in a room, the first ones without a gap; none where the room is gone.

        `others` are known to be of other posts, which may have the same words.
        """
        ours = [message async for message in self._ours(room, since) if str(message["id"]) not in others]
        made: list[str] = []
        for n in range(max(len(bodies), 1)):
            words = words_of(bodies[n]) if bodies else ""
            under = carriers if n >= len(bodies) - 1 else ()
            found = next((m for m in ours if str(m["id"]) not in made and is_it(m, nonce(id, n), words, under)), None)
            if found is None:
                break
            made.append(str(found["id"]))
        return made

    async def _ours(self, room: str, since: datetime) -> AsyncIterator[Payload]:
        me = (await self._web.whoami()).bot_user
        last = snowflake(since)
        for _ in range(history.PAGES):
            try:
                page = await history.page(self._web, room, after=last)
            except PlaceGone:
                return
            for message in page:
                if str(message["author"]["id"]) == me:
                    yield message
            if len(page) < history.PAGE:
                return
            last = str(page[-1]["id"])

    async def _drop(self, room: str, messages: Sequence[str]) -> None:
        for message in messages:
            await self._web.call("DELETE", MESSAGE, accept=GONE, channel_id=room, message_id=message)


def nonce(id: OutboxId, n: int) -> str:
    """Return by what Discord knows the `n`-th message of a post from one it was sent before."""
    return id[:NONCE] if n == 0 else hashlib.blake2b(f"{id}#{n}".encode(), digest_size=12).hexdigest()


def is_it(message: Payload, nonce: str, words: str, carriers: Collection[str]) -> bool:
    """Tell whether a message of ours is the one looked for: by its nonce, by what its buttons carry, else by all of its words."""
    told = message.get("nonce")
    if told:
        return str(told) == nonce
    under = {carrier for carrier in map(carrier_in, _ids(message)) if carrier}
    return bool(under & set(carriers)) if under and carriers else bool(words) and words_of(message) == words


def _ids(message: Payload) -> list[str]:
    found: list[str] = []
    waiting = list(message.get("components") or ())
    while waiting:
        part = waiting.pop()
        found += [str(part["custom_id"])] if part.get("custom_id") else []
        waiting += part.get("components") or ()
    return found


def _name(first: str) -> str:
    return f"pieces {first}"
