"""Chat: the desk's half of a Slack workspace, as a `ChatPlatform`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.arrivals.kept import Kept
from bot.slack import files, history, stream
from bot.slack.blocks import Drawn, drawn
from bot.slack.people import People
from bot.slack.refs import channel_ref, message_ref
from bot.slack.web import Web
from desk.cards import Card
from desk.customer import TEAM, Person, Role
from desk.errors import FrontdeskError, PlaceGone
from desk.ids import OutboxId
from desk.ports import Capabilities, Clock, PolicySource
from desk.post import Direct, Op, Post, Target
from desk.space import ChannelKind, ChannelRef, MessageRef, Place, UserRef
from desk.store import Store
from desk.ticket import Status, Ticket
from desk.timeline import Message

HEARD = "eyes"
"""The reaction that also shows a status where the bot is talked to alone."""
SOLVED = "white_check_mark"
WHISPER = "whisper-"
"""How the id of what only one person sees begins: Slack lets nobody change or find it."""
OPENED = timedelta(days=1)
SKEW = timedelta(minutes=10)
"""By how much Slack's clock and ours may differ."""
UNKNOWN = timedelta(days=1)
"""How far back a post is looked for whose attempt nobody recorded."""
log = logging.getLogger("frontdesk.slack")


class SlackChat:
    """What the desk does in a workspace. Slack is asked once for each thing; who asks tries again."""

    can = Capabilities(ephemeral=True, find_by_id=True, streams=True, card_threads=True, pace=timedelta(seconds=1))

    def __init__(self, web: Web, people: People, policy: PolicySource, store: Store, clock: Clock) -> None:
        self._web, self._people, self._policy, self._store, self._clock = web, people, policy, store, clock
        self._opened: Kept[Place] = Kept(clock, OPENED)

    async def send(self, post: Post) -> MessageRef:
        """Post a card, or whisper it; what is whispered where the bot is not goes to the person's own place."""
        place = await self._place(post.target)
        if post.op is not Op.WHISPER:
            return await self._posted(place, post)
        if _is_direct(place):
            own = await self.open(post.to[0])
            # Commands can be given in a direct message of two people too, in which the bot is not.
            return await self._posted(place if place.channel == own.channel else own, post, marked=False)
        try:
            return await self._whispered(place, post)
        except PlaceGone:
            return await self._posted(await self.open(post.to[0]), post, marked=False)

    async def edit(self, ref: MessageRef, post: Post) -> None:
        """Replace what stands at `ref`; raise PlaceGone for a whisper, for what is gone and for what Slack lets nobody change any more."""
        if ref.id.startswith(WHISPER):
            raise PlaceGone("what was whispered cannot be changed")
        # It stays findable by the id it was posted with, whatever row edits it.
        await self._said(
            "chat.update", await self._drawn(post), channel=ref.channel.id, ts=ref.id, metadata=history.metadata(post.changes or post.id)
        )

    async def delete(self, ref: MessageRef, post: Post) -> None:
        """Take back what stands at `ref`; one that is gone already is fine, and a whisper goes by itself."""
        if not ref.id.startswith(WHISPER):
            await self._web.call("chat.delete", accept=("message_not_found",), channel=ref.channel.id, ts=ref.id)

    async def react(self, ref: MessageRef, emoji: str) -> None:
        """Put an emoji on a message. Where the bot is talked to alone, what was heard also shows as its status."""
        # A message that is full of reactions shows anyway that it was seen.
        full = ("already_reacted", "too_many_emoji", "too_many_reactions")
        await self._web.call("reactions.add", accept=full, channel=ref.channel.id, timestamp=ref.id, name=emoji)
        if emoji == HEARD and _is_direct(Place(ref.channel)):
            await self._show_working(ref)

    async def find(self, outbox_id: OutboxId, near: Place) -> MessageRef | None:
        """Return where a post with this outbox id stands, None when it never arrived; not further back than it was attempted, or streamed."""
        row = await self._store.row(outbox_id)
        attempted = row.attempted_at if row and row.attempted_at else self._clock.now() - UNKNOWN
        # What was shown while it was made stood there before it was put down as a post.
        attempted = min(attempted, row.post.at) if row and row.post.streamed else attempted
        return await history.find(self._web, outbox_id, near, since=attempted - SKEW)

    async def open(self, user: UserRef) -> Place:
        """Return the conversation with one person."""

        async def ask() -> Place:
            answer = await self._web.call("conversations.open", users=user.id)
            return Place(channel_ref(user.space, str((answer.get("channel") or {}).get("id") or "")))

        return await self._opened.get(user.id, ask)

    async def mark(self, ticket: Ticket) -> None:
        """Show by a reaction on the message a ticket began with that it is solved; one that is open again loses it."""
        solved = ticket.status is Status.SOLVED
        method, fine = ("reactions.add", "already_reacted") if solved else ("reactions.remove", "no_reaction")
        where = {"channel": ticket.anchor.channel.id, "timestamp": ticket.anchor.id}
        await self._web.call(method, accept=(fine, "message_not_found", "too_many_reactions"), name=SOLVED, **where)

    async def history(self, place: Place, after: datetime) -> Sequence[Message]:
        """Return what people wrote in a thread (its root included), or top-level in a channel, since an instant."""
        return await history.said(self._web, self._people, self._policy, place=place, after=after)

    async def fetch(self, ref: str) -> bytes:
        """Return what is in a file by its id."""
        return await files.content(self._web, ref)

    async def stream(self, place: Place, chunks: AsyncIterator[str], *, to: UserRef, id: OutboxId) -> None:
        """Show a text while it is made, in a thread that only the team reads; elsewhere nothing is shown."""
        if place.thread and await self._is_internal(place, to):
            await stream.show(self._web, place, chunks, to=to, id=id)
        else:
            await stream.drain(chunks)

    async def roles(self, user: UserRef) -> Role:
        """Return what Slack and policy make of somebody now."""
        return (await self._people.who(user.id)).role

    async def team(self) -> Sequence[tuple[UserRef, Person]]:
        """Return the teammates, leads and admins, by name."""
        return await self._people.team()

    async def outsiders(self, channel: ChannelRef) -> Sequence[UserRef]:
        """Return the members of a channel who are not of the home company."""
        return await self._people.outsiders(channel.id)

    async def is_private(self, channel: ChannelRef) -> bool:
        """Tell whether only the home company can read a channel."""
        return await self._people.is_private(channel.id)

    async def is_open(self, channel: ChannelRef) -> bool:
        """Tell that nobody reads a channel of a workspace who was not let in."""
        return False

    async def name_of(self, channel: ChannelRef) -> str:
        """Return how a channel is called; raise PlaceGone where the bot is not in it."""
        return await self._people.name_of(channel.id)

    async def _place(self, target: Target) -> Place:
        return await self.open(target.user) if isinstance(target, Direct) else target

    async def _posted(self, place: Place, post: Post, *, marked: bool = True) -> MessageRef:
        shown = await self._drawn(post, to=() if _is_direct(place) or post.op is Op.WHISPER else post.to)
        answer = await self._said(
            "chat.postMessage",
            shown,
            channel=place.channel.id,
            thread_ts=place.thread,
            # What stands in the ticket's own thread shows in the channel as well, or nobody would see that something waits.
            reply_broadcast=True if post.under and place.thread else None,
            unfurl_links=False,
            unfurl_media=False,
            metadata=history.metadata(post.id) if marked else None,
        )
        return message_ref(place.channel.space, str(answer.get("channel") or place.channel.id), str(answer["ts"]))

    async def _whispered(self, place: Place, post: Post) -> MessageRef:
        answer = await self._said("chat.postEphemeral", await self._drawn(post), channel=place.channel.id, thread_ts=place.thread, user=post.to[0].id)
        return MessageRef(place.channel, f"{WHISPER}{answer['message_ts']}")

    async def _drawn(self, post: Post, *, to: tuple[UserRef, ...] = ()) -> Drawn:
        """Draw a post's card; buttons name the card or the row that shows them."""
        return drawn(post.card or Card(), carrier=post.card_id or post.id, url=(await self._web.whoami()).url, to=tuple(user.id for user in to))

    async def _said(self, method: str, shown: Drawn, **arguments: Any) -> Mapping[str, Any]:
        return await self._web.call(method, text=shown.text, blocks=shown.blocks, **arguments)

    async def _show_working(self, ref: MessageRef) -> None:
        """Show that the bot is at work on a message; the status goes when something is posted."""
        try:
            message = await self._store.message(ref)
            thread = message.place.thread if message and message.place.thread else ref.id
            language = (await self._people.who(message.author.id)).language if message and message.author else ""
            words = (await self._policy.current()).phrase("working", language)
            await self._web.call("assistant.threads.setStatus", channel_id=ref.channel.id, thread_ts=thread, status=words, loading_messages=[words])
        except FrontdeskError as error:
            log.warning("no status could be shown: %s", error)

    async def _is_internal(self, place: Place, to: UserRef) -> bool:
        if _is_direct(place):
            return await self.roles(to) in TEAM
        channel = await self._store.channel(place.channel)
        return channel is not None and channel.kind is ChannelKind.INTERNAL and await self.is_private(place.channel)


def _is_direct(place: Place) -> bool:
    return place.channel.id.startswith("D")
