"""Chat: the desk's half of a Discord server, as a `ChatPlatform`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.arrivals.kept import Kept
from bot.discord import draw, files, pressed, reachable
from bot.discord.carried import Carried
from bot.discord.draw import NOBODY, Ping
from bot.discord.kinds import Kinds, Room
from bot.discord.marks import HEARD, emoji
from bot.discord.offering import Offering
from bot.discord.people import People
from bot.discord.placing import SKEW, Placing
from bot.discord.posting import Posting
from bot.discord.private import OFFERED, WHISPER, Private, whom
from bot.discord.refs import channel_ref, split
from bot.discord.refusals import BodyRefused, DirectClosed
from bot.discord.replies import Replies
from bot.discord.threads import Threads
from bot.discord.web import Web
from bot.text.told import is_for_team
from desk.audience import Scope
from desk.cards import Card
from desk.customer import Person, Role
from desk.errors import FrontdeskError, PlaceGone
from desk.ids import OutboxId
from desk.ports import Capabilities, Clock, PolicySource
from desk.post import Direct, Op, Post, Row
from desk.space import ChannelRef, MessageRef, Place, UserRef
from desk.store import Store
from desk.ticket import Ticket
from desk.timeline import Message

Said = Callable[[Place, datetime], Awaitable[Sequence[Message]]]
OPENED = timedelta(days=1)
UNKNOWN = timedelta(days=1)
"""How far back a post is looked for whose attempt nobody recorded."""
REACTION = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"
FULL = (30010, 90001)
"""A message that is full of reactions shows anyway that it was seen; who blocked the bot does not want to see it."""
log = logging.getLogger("frontdesk.discord")


class DiscordChat:
    """What the desk does on a server. Discord is asked once for each thing; who asks tries again."""

    can = Capabilities(ephemeral=False, find_by_id=True, streams=False, card_threads=True, pace=timedelta(seconds=1), paces_threads=True)

    def __init__(
        self,
        web: Web,
        people: People,
        kinds: Kinds,
        *,
        policy: PolicySource,
        store: Store,
        clock: Clock,
        carried: Carried,
        replies: Replies,
        hears_all: Callable[[], bool] = lambda: True,
    ) -> None:
        self._web, self._people, self._kinds = web, people, kinds
        self._store, self._clock, self._carried = store, clock, carried
        self._posting = Posting(web, carried)
        self._threads = Threads(web, kinds, store)
        self._placing = Placing(web, kinds, self._threads, posting=self._posting, store=store)
        self.private = Private(web, people, replies, carried=carried, posting=self._posting, policy=policy, store=store)
        self._offering = Offering(kinds, self._threads, self.private, posting=self._posting, store=store)
        self._opened: Kept[Place] = Kept(clock, OPENED)
        self._said: Said | None = None
        self._policy, self._hears_all = policy, hears_all

    def read_by(self, said: Said) -> None:
        """Say who reads what people wrote, for `history`."""
        self._said = said

    async def send(self, post: Post) -> MessageRef:
        """Post a card, or whisper it. What is for somebody who takes no direct messages is offered to them where their ticket is."""
        if post.op is Op.WHISPER:
            return await self._whispered(post)
        if not isinstance(post.target, Direct):
            return await self._posted(post.target, post)
        try:
            return await self._posted(await self.open(post.target.user), post)
        except DirectClosed:
            return await self._offering.offer(post)

    async def edit(self, ref: MessageRef, post: Post) -> None:
        """Replace what stands at `ref`; raise PlaceGone for what only one person saw, and for what is gone."""
        if ref.id.startswith((WHISPER, OFFERED)):
            raise PlaceGone("what only one person saw cannot be changed")
        room, message = await self._placing.reached(ref)
        await self._prepared(post)
        id = post.changes or post.id
        bodies = await self._bodies(post, await self._kinds.of(ref.channel.id))
        try:
            await self._threads.open(room, lambda: self._posting.change(room, message, bodies, id))
        except BodyRefused:
            # A message that was made of components stays one.
            made = [draw.components(post.card or Card(), carrier=_carrier(post))]
            await self._threads.open(room, lambda: self._posting.change(room, message, made, id))

    async def delete(self, ref: MessageRef, post: Post) -> None:
        """Take back what stands at `ref`; one that is gone already is fine, and a whisper goes by itself."""
        if ref.id.startswith(WHISPER):
            return
        room, message = await self._placing.reached(replace(ref, id=ref.id.removeprefix(OFFERED)))
        await self._threads.open(room, lambda: self._posting.remove(room, message))

    async def react(self, ref: MessageRef, emoji_name: str) -> None:
        """Put an emoji on a message. Where the bot is talked to alone, what was heard also shows as typing."""
        room, message = await self._placing.reached(ref)

        async def put() -> None:
            await self._web.call("PUT", REACTION, accept=FULL, channel_id=room, message_id=message, emoji=emoji(emoji_name))

        await self._threads.open(room, put)
        if emoji_name == HEARD and (await self._kinds.of(ref.channel.id)).is_direct:
            await self._show_working(room)

    async def find(self, outbox_id: OutboxId, near: Place) -> MessageRef | None:
        """Return where a post with this outbox id stands whole, None when it never arrived; not further back than it was attempted."""
        row = await self._store.row(outbox_id)
        since = (row.attempted_at if row and row.attempted_at else self._clock.now() - UNKNOWN) - SKEW
        parent = await self._kinds.of(near.channel.id)
        bodies = await self._bodies(row.post, parent, await self._ping(row.post, parent)) if row and row.post.card else ()
        carriers = {outbox_id, row.post.card_id or outbox_id} if row else {outbox_id}
        others = await self._others(row) if row else ()
        found = await self._placing.find(outbox_id, near, bodies, since=since, carriers=carriers, others=others)
        return found or (await self._offering.find(row.post, since=since) if row else None)

    async def _others(self, row: Row) -> Collection[str]:
        """Return the ids of the messages on a row's ticket that are known to be of other posts: the same words may stand there twice."""
        timeline = await self._store.timeline(row.post.ticket) if row.post.ticket else ()
        return {split(message.ref)[1] for message in timeline if message.ref}

    async def open(self, user: UserRef) -> Place:
        """Return the conversation with one person."""

        async def ask() -> Place:
            answer = await self._web.call("POST", "/users/@me/channels", json={"recipient_id": user.id})
            self._kinds.learn(answer)
            return Place(channel_ref(user.space, str(answer["id"])))

        return await self._opened.get(user.id, ask)

    async def mark(self, ticket: Ticket) -> None:
        """Show on a ticket's thread how it stands: archived once it is over, and in a forum tagged `Solved`."""
        await self._threads.mark(ticket)

    async def history(self, place: Place, after: datetime) -> Sequence[Message]:
        """Return what people wrote in a thread (its root included), or top-level in a channel, since an instant."""
        return await self._said(place, after) if self._said else ()

    async def fetch(self, ref: str) -> bytes:
        """Return what is in a file by where it stands."""
        return await files.content(self._web, ref)

    async def stream(self, place: Place, chunks: AsyncIterator[str], *, to: UserRef, id: OutboxId) -> None:
        """Show nothing: a message edited every other second would use up what the channel may be posted in."""
        async for _ in chunks:
            pass

    async def roles(self, user: UserRef) -> Role:
        """Return what Discord and policy make of somebody now."""
        return (await self._people.who(user.id)).role

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        """Return the teammates, leads and admins, by name."""
        return await self._people.team()

    async def outsiders(self, channel: ChannelRef) -> Sequence[UserRef]:
        """Return who is in a channel and not of the home company."""
        return await self._people.outsiders(channel.id)

    async def is_private(self, channel: ChannelRef) -> bool:
        """Tell whether only the home company can read a channel."""
        return await self._people.is_private(channel.id)

    async def is_open(self, channel: ChannelRef) -> bool:
        """Tell whether everyone on the server sees a channel."""
        return await self._people.is_open(channel.id)

    async def name_of(self, channel: ChannelRef) -> str:
        """Return how a channel is called; raise PlaceGone where the bot is not let in."""
        return await self._people.name_of(channel.id)

    async def _posted(self, place: Place, post: Post) -> MessageRef:
        parent = await self._kinds.of(place.channel.id)
        await self._prepared(post)
        bodies = await self._bodies(post, parent, await self._ping(post, parent))
        try:
            return await self._placing.put(place, parent, post, bodies)
        except BodyRefused:
            if not _is_made(bodies):
                raise
            log.warning("a card was not taken as it was drawn: it is posted in plain words")
            bare = draw.bare(post.card or Card(), carrier=_carrier(post), to=await self._ping(post, parent))
            return await self._placing.put(place, parent, post, [bare])

    async def _whispered(self, post: Post) -> MessageRef:
        user, place = post.to[0], post.target if isinstance(post.target, Place) else await self.open(whom(post))
        await self._prepared(post)
        if (ref := await self.private.whisper(place, user, self._drawn(post))) is not None:
            return ref
        own = await self.open(user)
        try:
            stands = await self._posted(own, replace(post, under=None))
        except DirectClosed:
            return await self._offering.offer(post)
        # It is where nobody looks for it who changes what was whispered elsewhere.
        return stands if place.channel == own.channel else MessageRef(own.channel, f"{WHISPER}{stands.id}")

    async def _prepared(self, post: Post) -> None:
        """Keep what a card's buttons carry that is too long for them, before anybody can press one."""
        await self._carried.keep(pressed.too_long(post.card or Card(), _carrier(post)))

    async def _bodies(self, post: Post, parent: Room, to: Ping = NOBODY) -> Sequence[Any]:
        """Draw a post for where it stands."""
        if not (parent.is_direct or self._hears_all()):
            post = await reachable.told(post, self._store, self._policy)
        return self._drawn(post, to)

    def _drawn(self, post: Post, to: Ping = NOBODY) -> Sequence[Any]:
        """Draw a post's card; buttons name the card or the row that shows them."""
        card = post.card or Card()
        if post.audience.scope is Scope.INTERNAL or is_for_team(card):
            return [draw.components(card, carrier=_carrier(post), to=to)]
        return draw.texts(card, carrier=_carrier(post), to=to)

    async def _ping(self, post: Post, parent: Room) -> Ping:
        if parent.is_direct or post.op is Op.WHISPER:
            return NOBODY
        roles = tuple([user.id for user in post.to if await self._people.is_role(user.id)])
        return Ping(tuple(user.id for user in post.to if user.id not in roles), roles)

    async def _show_working(self, room: str) -> None:
        try:
            await self._web.call("POST", "/channels/{channel_id}/typing", channel_id=room)
        except FrontdeskError as error:
            log.warning("it could not be shown that an answer comes: %s", error)


def _carrier(post: Post) -> str:
    return post.card_id or post.id


def _is_made(bodies: Sequence[Any]) -> bool:
    return bool(int(bodies[0].get("flags") or 0) & draw.COMPONENTS_V2)
