"""What happens at the same moment in another order ends the same."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from desk.audience import INTERNAL
from desk.cards import Card, Text
from desk.changes import Enqueue, write
from desk.errors import Unavailable
from desk.events import MessageEdited
from desk.ids import CardId, EventId, OutboxId
from desk.post import Post, Row, RowStatus
from desk.space import MessageRef, Place, Platform
from desk.store import Store
from desk.timeline import Purpose
from handlers.dispatch import dispatch
from handlers.outbox import Sender
from handlers.timers import Sweeper
from tests.fakes import FakeChat
from tests.world import World, channel, world


@pytest.fixture
async def desk(tmp_path):
    async with world(tmp_path) as made:
        yield made


async def turn_of(desk: World):
    """Let a pause end and return the turn that follows, before it runs."""
    desk.clock.at = await desk.store.next_due()
    await Sweeper(desk.services, desk.submit).sweep()
    await dispatch(desk.queue.pop(0), desk.services, desk.submit)
    return desk.queue.pop(0)


def edit(desk: World, ref: MessageRef, text: str) -> MessageEdited:
    desk.numbers += 1
    at = desk.clock.now() + timedelta(microseconds=desk.numbers)
    return MessageEdited(id=EventId(f"e{desk.numbers}"), ref=ref, text=text, at=at)


async def test_a_question_that_comes_while_another_is_worked_on_leaves_neither_unanswered(desk):
    await desk.says("mara", "When does my refund arrive?")
    turn = await turn_of(desk)
    await desk.says("mara", "My login fails.")
    await desk.emit(turn)
    await desk.wait(seconds=30)
    tickets = await desk.store.tickets()
    assert len(tickets) == 2
    assert all([await desk.store.decisions(ticket.id) for ticket in tickets])


async def test_a_bystanders_pause_that_ends_first_waits_for_the_threads_own(desk):
    root = await desk.says("mara", "When does my refund arrive?")
    await desk.says("ina", "thanks for asking", under=root)
    desk.clock.at = (await desk.store.next_due()).replace(microsecond=999_999)
    await Sweeper(desk.services, desk.submit).sweep()
    assert len(desk.queue) == 2
    desk.queue.reverse()
    await desk.wait(seconds=30)
    assert [ticket.customer_name for ticket in await desk.store.tickets()] == ["Mara"]


@pytest.mark.parametrize("reverse", [False, True], ids=["in order", "the later one first"])
async def test_the_teammate_who_wrote_last_holds_the_thread(desk, reverse):
    root = await desk.asks("mara", "When does my refund arrive?")
    events = [desk.message("noor", "I have this.", under=root), desk.message("tom", "No, I do.", under=root)]
    for event in reversed(events) if reverse else events:
        await desk.emit(event)
    assert (await desk.ticket()).owner_name == "Tom"


@pytest.mark.parametrize("reverse", [False, True], ids=["in order", "the later one first"])
async def test_whoever_writes_after_a_hand_back_holds_the_thread_again(desk, reverse):
    root = await desk.asks("mara", "When does my refund arrive?")
    events = [desk.message("tom", "your turn", under=root, mentions_bot=True), desk.message("noor", "Wait, I know.", under=root)]
    for event in reversed(events) if reverse else events:
        await desk.emit(event)
    await desk.wait(seconds=30)
    ticket = await desk.ticket()
    assert (ticket.owner_name, ticket.handed_back, ticket.held) == ("Noor", events[0].at, True)


@pytest.mark.parametrize("reverse", [False, True], ids=["in order", "the later one first"])
async def test_an_overtaken_edit_counts_for_the_turn(desk, reverse):
    root = await desk.asks("mara", "When does my refund arrive?")
    turn = (await desk.ticket()).turn
    events = [edit(desk, root, "When does my"), edit(desk, root, "When does my refund come?")]
    for event in reversed(events) if reverse else events:
        await desk.emit(event)
    ticket = await desk.ticket()
    assert ticket.turn == turn + 2
    assert [m.text for m in await desk.store.timeline(ticket.id) if m.purpose is Purpose.CUSTOMER] == ["When does my refund come?"]


class Gated:
    """A platform whose first send ends only when a test lets it."""

    def __init__(self, chat: FakeChat) -> None:
        self._chat, self.may_end, self.sends = chat, asyncio.Event(), 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._chat, name)

    async def send(self, post: Post) -> MessageRef:
        self.sends += 1
        if self.sends == 1:
            await self.may_end.wait()
        return await self._chat.send(post)


class Full:
    """A store that takes note of no second row once it is full."""

    def __init__(self, store: Store) -> None:
        self._store, self._rows = store, set[str]()

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def save_row(self, row: Row) -> None:
        self._rows.add(row.post.id)
        if len(self._rows) > 1 and row.post.id != min(self._rows):
            raise Unavailable("store", "the disk is full")
        await self._store.save_row(row)


async def test_a_sweep_of_the_outbox_that_fails_leaves_no_row_under_way_behind_it(desk):
    chat = Gated(desk.chat)
    posts = [
        Post(OutboxId(f"o-{n}"), Place(channel("agents"), f"m{n}"), Purpose.NOTICE, INTERNAL, desk.clock.now(), card=Card((Text(str(n)),)))
        for n in (1, 2)
    ]
    await desk.store.commit(EventId("posts"), write(*map(Enqueue, posts)), at=desk.clock.now())
    sender = Sender(replace(desk.services, chat={Platform.LOCAL: chat}, store=Full(desk.store)))
    sweep = asyncio.create_task(sender.drain())
    done, _ = await asyncio.wait([sweep], timeout=0.2)
    assert not done
    chat.may_end.set()
    with pytest.raises(Unavailable):
        await sweep
    assert [post.id for post in desk.chat.sent] == ["o-1"]


async def test_a_post_that_a_platform_holds_back_keeps_only_its_own_lane_waiting(desk):
    chat = Gated(desk.chat)
    wanted = [("held", "a"), ("other", "b"), ("behind", "a"), ("next", "b")]
    posts = [
        Post(OutboxId(f"o-{id}"), Place(channel("agents"), thread), Purpose.NOTICE, INTERNAL, desk.clock.now(), card=Card((Text(id),)))
        for id, thread in wanted
    ]
    await desk.store.commit(EventId("posts"), write(*map(Enqueue, posts)), at=desk.clock.now())
    sending = asyncio.create_task(Sender(replace(desk.services, chat={Platform.LOCAL: chat})).run())
    await _until(lambda: len(desk.chat.sent) == 2)
    assert [post.id for post in desk.chat.sent] == ["o-other", "o-next"]
    chat.may_end.set()
    await _until(lambda: len(desk.chat.sent) == 4)
    assert [post.id for post in desk.chat.sent[2:]] == ["o-held", "o-behind"]
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert chat.sends == 4


class Slow:
    """A store of which an answer about the outbox is old by the time it comes: what was under way is sent meanwhile."""

    def __init__(self, store: Store, chat: Gated) -> None:
        self._store, self._chat, self.asked, self.was_old = store, chat, 0, False

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def sendable(self, now: datetime) -> Sequence[Row]:
        found = await self._store.sendable(now)
        self.asked += 1
        if found and found[0].status is RowStatus.SENDING:
            self._chat.may_end.set()
            self.was_old = True
            await asyncio.sleep(0.5)
            assert not await self._store.sendable(now)
        return found


async def drawn(_: CardId) -> Card:
    return Card((Text("once"),))


async def test_what_was_sent_while_the_outbox_was_read_is_not_sent_again(desk):
    chat = Gated(desk.chat)
    given = Post(OutboxId("o-1"), Place(channel("agents"), "a"), Purpose.NOTICE, INTERNAL, desk.clock.now(), card_id=CardId("k-1"))
    await desk.store.commit(EventId("posts"), write(Enqueue(given)), at=desk.clock.now())
    store = Slow(desk.store, chat)
    sending = asyncio.create_task(Sender(replace(desk.services, chat={Platform.LOCAL: chat}, store=store), drawn).run())
    await _until(lambda: store.was_old and store.asked >= 4)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert chat.sends == 1
    assert (await desk.store.row(OutboxId("o-1"))).status is RowStatus.SENT


async def _until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never was")
