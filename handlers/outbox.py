"""The outbox: posts go out in order, once, whatever happens in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from desk.cards import Card
from desk.errors import Conflict, Misconfigured, PlaceGone, RateLimited, Rejected, Retryable, Unavailable
from desk.ids import CardId, OutboxId
from desk.ports import ChatPlatform
from desk.post import SIGNS, Direct, Op, Post, Row, RowStatus
from desk.space import MessageRef, Place, Platform
from handlers import paging, standing, stopped
from handlers.abreast import Between, abreast
from handlers.pace import Pace
from handlers.rhythm import Rhythm
from handlers.services import Services
from handlers.views import Views

LONGEST_SLEEP = timedelta(seconds=1)
GUARD_RETRY = timedelta(minutes=5)
PACED = (Op.POST, Op.WHISPER)
log = logging.getLogger("frontdesk.outbox")
Draw = Callable[[CardId], Awaitable[Card]]


class Sender:
    """Sends what the store holds. Before each attempt the row says so; a row found in that state later has an unknown fate and is looked up first."""

    def __init__(self, services: Services, draw: Draw | None = None) -> None:
        self._services = services
        self._draw = draw or Views(services).draw
        self._pace = Pace()
        self._direct: dict[str, str] = {}
        self._busy = asyncio.Lock()
        self._under_way: dict[OutboxId, asyncio.Task[None]] = {}

    async def drain(self, between: Between | None = None) -> bool:
        """Send everything that may be sent now, in turn if anything is to be awaited between; True when anything was tried."""
        async with self._busy:
            tried = bool(self._under_way)
            if tried:
                await asyncio.wait(self._under_way.values())
            while rows := await self._services.store.sendable(self._services.clock.now()):
                tried = True
                if not await abreast(self._deliver, rows, between):
                    break
            return tried

    async def run(self) -> None:
        """Send until cancelled, each lane for itself: a post that a platform holds back keeps only those behind it waiting."""
        bell = self._services.bells.outbox
        rhythm = Rhythm()
        async with asyncio.TaskGroup() as group:
            while True:
                await rhythm.keep()
                bell.clear()
                try:
                    await self._begin(group)
                except Retryable as error:
                    log.warning("the outbox could not be read: %s", error)
                await self._sleep(bell)

    async def _begin(self, group: asyncio.TaskGroup) -> None:
        """Begin to send what may be sent now and is not under way."""
        async with self._busy:
            # What was under way when the outbox is read may be sent by the time it was: what was read of it is old.
            known = frozenset(self._under_way)
            for row in await self._services.store.sendable(self._services.clock.now()):
                if row.post.id not in known:
                    self._under_way[row.post.id] = group.create_task(self._see_off(row))

    async def _see_off(self, row: Row) -> None:
        try:
            if await self._deliver(row):
                self.wake()
        except Retryable as error:
            # How far it came could not be written down; it is found as under way and looked up.
            log.warning("outbox row %s: %s", row.post.id, error)
        finally:
            del self._under_way[row.post.id]

    def wake(self) -> None:
        """Look again now."""
        self._services.bells.outbox.set()

    async def _sleep(self, bell: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(LONGEST_SLEEP.total_seconds()):
                await bell.wait()
        except TimeoutError:
            return

    async def _deliver(self, row: Row) -> bool:
        """Try one row and record how far it came; False when it has to wait."""
        now = self._services.clock.now()
        try:
            chat = self._services.platform(_platform(row.post))
            if not await self._may_go(row, chat, now=now):
                return False
            if row.status is RowStatus.SENDING:
                return await self._resolve(row, chat, now=now)
            return await self._attempt(row, chat, now=now)
        except Conflict:
            # It was dropped or rewritten since it was read: whatever stands there now is read again.
            return True
        except RateLimited as error:
            # It was asked about, not sent: what became of an earlier attempt is as unknown as before.
            await self._limited(row, error)
        except (Unavailable, Misconfigured) as error:
            # Looking up what became of an attempt is a try too, or everything that waits would be looked up at the first pace for ever.
            latest = await self._latest(row)
            tried = replace(latest, attempts=latest.attempts + (row.status is RowStatus.SENDING))
            await self._later(tried, now + await self._wait(tried), error=str(error))
        except Rejected as error:
            await self._refused(row, error, now=now)
        except Exception as error:
            # A defect of ours in one post must not stop the others; the post fails where the team can see it.
            log.exception("outbox row %s could not be sent", row.post.id)
            await self._failed(row, error, now=now)
        return False

    async def _attempt(self, row: Row, chat: ChatPlatform, *, now: datetime) -> bool:
        """Mark the attempt, make it, and record where the post stands."""
        target = await self._services.store.row(row.post.changes) if row.post.changes else None
        under = await standing.thread_under(row.post, self._services.store, chat)
        marked = replace(row, status=RowStatus.SENDING, attempts=row.attempts + 1, attempted_at=now)
        await self._services.store.save_row(marked)
        try:
            # Drawn once the row is under way: what changes from here on is drawn again, by a row of its own.
            post = replace(await self._content(row.post), target=under or row.post.target)
        except Retryable:
            # Certainly nothing was posted.
            await self._services.store.save_row(replace(marked, status=RowStatus.QUEUED))
            raise
        try:
            ref = await self._streamed(post, chat) or await self._marked(post, chat) or await _OPERATIONS[post.op](chat, post, target)
        except RateLimited as error:
            # Certainly nothing was posted, so nothing has to be looked for.
            await self._limited(replace(row, status=RowStatus.QUEUED), error)
            return False
        await self._sent(marked, ref, under)
        return True

    async def _sent(self, row: Row, ref: MessageRef | None, under: Place | None) -> None:
        place = standing.stands(row.post, ref, under)
        await self._services.store.save_row(replace(row, status=RowStatus.SENT, ref=ref, place=place, error=""))
        changed = await self._services.store.row(row.post.changes) if row.post.changes and row.post.op is Op.EDIT else None
        if changed is not None and ref is not None and changed.ref != ref:
            # It was posted anew: whatever changes it next changes the new one.
            await self._services.store.save_row(replace(changed, status=RowStatus.SENT, ref=ref, place=place, error=""))

    async def _streamed(self, post: Post, chat: ChatPlatform) -> MessageRef | None:
        """Put a post in the place of what was shown while it was made; None where nothing was, or it is gone."""
        if not (post.streamed and chat.can.streams):
            return None
        ref = await chat.find(post.id, await standing.near(post, chat))
        try:
            if ref is not None:
                await chat.edit(ref, post)
        except PlaceGone:
            return None
        return ref

    async def _marked(self, post: Post, chat: ChatPlatform) -> MessageRef | None:
        """Show on its thread how a ticket stands by now."""
        ticket = await self._services.store.ticket(post.ticket) if post.op is Op.MARK and post.ticket else None
        if ticket is not None:
            await chat.mark(ticket)
        return ticket.anchor if ticket else None

    async def _content(self, post: Post) -> Post:
        """A card is drawn from the present state when it is sent."""
        return replace(post, card=await self._draw(post.card_id)) if post.card_id else post

    async def _resolve(self, row: Row, chat: ChatPlatform, *, now: datetime) -> bool:
        """Find out what became of an attempt nobody recorded, not earlier than policy says; send again only what never arrived."""
        policy = await self._services.policy.current()
        ready = (row.attempted_at or now) + policy.delivery.look_after
        if now < ready:
            await self._later(row, ready)
            return False
        if row.post.op is Op.WHISPER:
            await self._services.store.save_row(
                replace(row, status=RowStatus.FAILED, error="its fate is unknown, and a whisper is sent at most once")
            )
            return True
        # An edit of what never arrived was sent as a post, under its own id.
        if row.post.op in (Op.POST, Op.EDIT) and (found := await standing.looked_up(row.post, self._services.store, chat)):
            await self._sent(row, *found)
            return True
        return await self._attempt(row, chat, now=now)

    async def _may_go(self, row: Row, chat: ChatPlatform, *, now: datetime) -> bool:
        """Hold back what waits for the row above it or for its turn, and internal posts where others than the team would read them."""
        if why := await stopped.reason(row.post, chat):
            await self._stop(row, why, now=now)
            return False
        above = await standing.above(row.post, self._services.store, chat)
        waits = above is not None and above.seq < row.seq and above.status in (RowStatus.QUEUED, RowStatus.SENDING)
        until = now + LONGEST_SLEEP if waits else await self._turn(row, chat, now=now)
        if until is not None:
            await self._later(row, until)
        return until is None

    async def _turn(self, row: Row, chat: ChatPlatform, *, now: datetime) -> datetime | None:
        """Return when a row may go, None for now. Only what adds a message takes a turn: platforms count the rest apart."""
        if isinstance(row.post.target, Direct) and chat.can.pace and row.post.lane not in self._direct:
            self._direct[row.post.lane] = str((await chat.open(row.post.target.user)).channel)
        channel = self._channel(row.post)
        if row.post.op in PACED:
            apart = chat.can.paces_threads and isinstance(row.post.target, Place)
            return self._pace.turn(row.post.id, channel, now=now, pace=chat.can.pace, slot=row.post.lane if apart else channel)
        return self._pace.held(channel, now)

    def _channel(self, post: Post) -> str:
        """Return what is held back together: a channel. Reactions are apart: a storm of them may not hold back an answer."""
        channel = str(post.target.channel) if isinstance(post.target, Place) else self._direct.get(post.lane, post.lane)
        return f"{channel}/{post.op}" if post.op in SIGNS else channel

    async def _limited(self, row: Row, error: RateLimited) -> None:
        """The platform asked to be left alone: nothing more goes to the channel until then, not only this row."""
        until = self._services.clock.now() + error.after
        self._pace.hold(self._channel(row.post), until)
        await self._later(row, until)

    async def _refused(self, row: Row, error: Rejected, *, now: datetime) -> None:
        """The platform said no for good, unless the agents channel itself is gone: then what should stand there waits for it."""
        if why := stopped.refusal(row.post, error):
            await self._stop(row, why, now=now)
        else:
            await self._failed(row, error, now=now)

    async def _stop(self, row: Row, why: str, *, now: datetime) -> None:
        await self._later(row, now + GUARD_RETRY, error=why)
        await stopped.tell_admins(why, self._services, now=now)

    async def _failed(self, row: Row, error: Exception, *, now: datetime) -> None:
        """The platform said no for good: record it, and tell the team unless it was the team's own post."""
        await self._services.store.save_row(replace(row, status=RowStatus.FAILED, attempts=row.attempts + 1, error=str(error)))
        log.warning("outbox row %s was refused: %s", row.post.id, error)
        await stopped.tell_team(row.post, error, self._services, now=now)
        await paging.undelivered(row.post, self._services, now=now)

    async def _later(self, row: Row, at: datetime, *, status: RowStatus | None = None, error: str = "") -> None:
        await self._services.store.save_row(replace(row, not_before=at, status=status or row.status, error=error or row.error))

    async def _latest(self, row: Row) -> Row:
        return await self._services.store.row(row.post.id) or row

    async def _wait(self, row: Row) -> timedelta:
        """Return how long to wait after this many attempts, and at least until the attempt may be looked up."""
        delivery = (await self._services.policy.current()).delivery
        return max(delivery.look_after, delivery.retries[max(0, min(row.attempts, len(delivery.retries)) - 1)])


async def _send(chat: ChatPlatform, post: Post, target: Row | None) -> MessageRef | None:
    return await chat.send(post)


async def _edit(chat: ChatPlatform, post: Post, target: Row | None) -> MessageRef | None:
    """Edit where the row stands; a message that never arrived or is gone is posted anew, to one person what was for one person."""
    whispered = target is not None and target.post.op is Op.WHISPER
    anew = replace(post, op=Op.WHISPER, to=target.post.to) if target and whispered else replace(post, op=Op.POST)
    if target is None or target.ref is None:
        return await chat.send(anew)
    try:
        await chat.edit(target.ref, post)
    except PlaceGone:
        return await chat.send(anew)
    return target.ref


async def _delete(chat: ChatPlatform, post: Post, target: Row | None) -> MessageRef | None:
    if target is not None and target.ref is not None:
        await chat.delete(target.ref, post)
    return target.ref if target else None


async def _react(chat: ChatPlatform, post: Post, target: Row | None) -> MessageRef | None:
    if post.on is not None:
        await chat.react(post.on, post.emoji)
    return post.on


_OPERATIONS: dict[Op, Callable[[ChatPlatform, Post, Row | None], Awaitable[MessageRef | None]]] = {
    Op.POST: _send,
    Op.WHISPER: _send,
    Op.EDIT: _edit,
    Op.DELETE: _delete,
    Op.REACT: _react,
    Op.MARK: _react,
}


def _platform(post: Post) -> Platform:
    return post.target.user.platform if isinstance(post.target, Direct) else post.target.channel.platform
