"""The outbox: posts go out in order, once, whatever happens in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from desk.audience import INTERNAL, Scope
from desk.cards import Card, Text
from desk.changes import Enqueue, write
from desk.customer import Role
from desk.errors import Conflict, Misconfigured, PlaceGone, RateLimited, Rejected, Retryable, Unavailable
from desk.ids import CardId, EventId, OutboxId, derived
from desk.ports import ChatPlatform
from desk.post import Direct, Op, Post, Row, RowStatus
from desk.space import MessageRef, Place, Platform
from desk.timeline import Purpose
from handlers.services import Services
from handlers.situation import agents_place, team_of
from handlers.views import Views

LONGEST_SLEEP = timedelta(seconds=1)
GUARD_RETRY = timedelta(minutes=5)
log = logging.getLogger("frontdesk.outbox")
Draw = Callable[[CardId], Awaitable[Card]]


class Sender:
    """Sends what the store holds. Before each attempt the row says so; a row found in that state later has an unknown fate and is looked up first."""

    def __init__(self, services: Services, draw: Draw | None = None) -> None:
        self._services = services
        self._draw = draw or Views(services).draw
        self._last: dict[str, datetime] = {}
        self._busy = asyncio.Lock()

    async def drain(self) -> bool:
        """Send everything that may be sent now; True when anything was tried."""
        async with self._busy:
            tried = False
            while rows := await self._services.store.sendable(self._services.clock.now()):
                # All are awaited before one failure is raised: a row still under way must not be tried a second time beside itself.
                moved = await asyncio.gather(*(self._deliver(row) for row in rows), return_exceptions=True)
                if failed := next((result for result in moved if isinstance(result, BaseException)), None):
                    raise failed
                tried = True
                if not any(moved):
                    break
            return tried

    async def run(self) -> None:
        """Send until cancelled."""
        bell = self._services.bells.outbox
        while True:
            bell.clear()
            try:
                await self.drain()
            except Retryable as error:
                log.warning("the outbox could not be read: %s", error)
            await self._sleep(bell)

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
            await self._later(row, now + error.after, status=RowStatus.QUEUED)
        except (Unavailable, Misconfigured) as error:
            # Looking up what became of an attempt is a try too, or everything that waits would be looked up at the first pace for ever.
            latest = await self._latest(row)
            tried = replace(latest, attempts=latest.attempts + (row.status is RowStatus.SENDING))
            await self._later(tried, now + await self._wait(tried), error=str(error))
        except Rejected as error:
            await self._failed(row, error, now=now)
        except Exception as error:
            # A defect of ours in one post must not stop the others; the post fails where the team can see it.
            log.exception("outbox row %s could not be sent", row.post.id)
            await self._failed(row, error, now=now)
        return False

    async def _attempt(self, row: Row, chat: ChatPlatform, *, now: datetime) -> bool:
        """Mark the attempt, make it, and record where the post stands."""
        target = await self._services.store.row(row.post.changes) if row.post.changes else None
        post = await self._content(row.post)
        marked = replace(row, status=RowStatus.SENDING, attempts=row.attempts + 1, attempted_at=now)
        await self._services.store.save_row(marked)
        ref = await _OPERATIONS[post.op](chat, post, target)
        self._last[row.post.lane] = now
        await self._services.store.save_row(replace(marked, status=RowStatus.SENT, ref=ref, place=_opened(post, ref), error=""))
        return True

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
        if row.post.op in (Op.POST, Op.EDIT) and (found := await chat.find(row.post.id, await _near(row.post, chat))) is not None:
            await self._services.store.save_row(replace(row, status=RowStatus.SENT, ref=found, place=_opened(row.post, found), error=""))
            return True
        return await self._attempt(row, chat, now=now)

    async def _may_go(self, row: Row, chat: ChatPlatform, *, now: datetime) -> bool:
        """Hold back what comes too soon after the last post of its lane, and internal posts while their channel is not private."""
        last = self._last.get(row.post.lane)
        if last is not None and now < last + chat.can.pace:
            await self._later(row, last + chat.can.pace)
            return False
        internal = row.post.audience.scope is Scope.INTERNAL and isinstance(row.post.target, Place)
        if not internal or row.post.op is Op.WHISPER or await chat.is_private(row.post.target.channel):  # type: ignore[union-attr]
            return True
        await self._guarded(row, now=now)
        return False

    async def _guarded(self, row: Row, *, now: datetime) -> None:
        """The agents channel can be read by others: its posts wait, and the admins are told once a day."""
        await self._later(row, now + GUARD_RETRY, error="the channel is not private")
        text = "Others than the team can read the agents channel, so I have stopped posting there. Make it private again, or choose another channel."
        admins = [user for user, person in (await team_of(self._services)).items() if person.role is Role.ADMIN]
        outbox = "guard", f"{now:%Y-%m-%d}"
        posts = [
            Post(OutboxId(derived("o", *outbox, user)), Direct(user), Purpose.PAGE, row.post.audience, now, card=Card((Text(text),)), to=(user,))
            for user in admins
        ]
        await self._services.store.commit(EventId(derived("ev", *outbox)), write(*map(Enqueue, posts)), at=now)

    async def _failed(self, row: Row, error: Exception, *, now: datetime) -> None:
        """The platform said no for good: record it, and tell the team unless it was the team's own post."""
        await self._services.store.save_row(replace(row, status=RowStatus.FAILED, attempts=row.attempts + 1, error=str(error)))
        log.warning("outbox row %s was refused: %s", row.post.id, error)
        place = await agents_place(self._services)
        if place is None or row.post.audience.scope is Scope.INTERNAL or row.post.op is Op.REACT:
            return
        why = str(error) if isinstance(error, Rejected) else "a defect of ours, which the log names"
        text = f"A post of ticket {row.post.ticket} could not be delivered: {why}. The customer has not read it."
        post = Post(
            OutboxId(derived("o", "undelivered", row.post.id)), place, Purpose.NOTICE, INTERNAL, now, card=Card((Text(text),)), ticket=row.post.ticket
        )
        await self._services.store.commit(EventId(derived("ev", "undelivered", row.post.id)), write(Enqueue(post)), at=now)

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
    """Edit where the row stands; a message that never arrived or is gone is posted anew."""
    if target is None or target.ref is None:
        return await chat.send(replace(post, op=Op.POST))
    try:
        await chat.edit(target.ref, post)
    except PlaceGone:
        return await chat.send(replace(post, op=Op.POST))
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
}


def _opened(post: Post, ref: MessageRef | None) -> Place | None:
    """Return the private place a post to one person found, so that whatever changes it later goes there too."""
    return Place(ref.channel) if isinstance(post.target, Direct) and ref else None


def _platform(post: Post) -> Platform:
    return post.target.user.platform if isinstance(post.target, Direct) else post.target.channel.platform


async def _near(post: Post, chat: ChatPlatform) -> Place:
    return await chat.open(post.target.user) if isinstance(post.target, Direct) else post.target
