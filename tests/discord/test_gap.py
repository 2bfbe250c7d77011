"""The gap: after an absence everything is read back from Discord before anything is answered, once, in whole, and on after a kill."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import discord as library
import pytest
import pytest_asyncio

from bot.discord import arrivals, history
from bot.discord.access import Access
from bot.discord.client import Client, wanted
from bot.discord.gap import Gap
from bot.discord.kinds import Kinds
from bot.discord.listener import Listener
from bot.discord.people import People
from bot.discord.refs import channel_ref, message_ref
from bot.discord.web import Web
from cli.play.discord import channels, written
from cli.play.discord.names import BOT, GUILD, TOKEN
from cli.play.discord.permissions import HISTORY
from cli.play.discord.server import Loopback
from cli.play.discord.state import Kind, Message, Overwrite
from desk.changes import SaveChannel, write
from desk.events import ChannelChanged, MessageDeleted, MessageEdited, MessageReceived
from desk.ids import EventId
from desk.space import Channel, ChannelKind, Place, Platform
from desk.timeline import Purpose
from desk.watch import Unread
from store.watch import SqlWatch
from tests.discord.listening import FORUM, HELP, LEA, MARA, TEAM_ROOM, TIM, Talk, server, until
from tests.fakes import START
from tests.world import World, world

QUESTION = "When does my refund arrive?"


class Away:
    """A desk that listens to Discord, goes away and comes back."""

    def __init__(self, w: World, loopback: Loopback, client: Client) -> None:
        self.w, self.loopback, self.home = w, loopback, loopback.home
        self.talk = Talk(loopback.home)
        self.web = Web(client, Access(TOKEN, GUILD, url=loopback.url))
        self.people, self.kinds = People(self.web, w.policy, w.store, w.clock), Kinds(self.web)
        self.watch = SqlWatch(w.store.database)
        self.heard = []
        self.rows = {"policy": w.policy, "store": w.store, "watch": self.watch, "clock": w.clock}
        self.gap = self.fresh()
        self.listener = Listener(self.web, self.people, self.kinds, **self.rows, emit=self.emit)

    def fresh(self) -> Gap:
        """Return what a new process begins with."""
        self.kinds = Kinds(self.web)
        made = Gap(self.web, self.people, self.kinds, **self.rows, emit=self.emit)
        self.w.services = replace(self.w.services, behind=lambda channel: channel.platform is Platform.DISCORD and made.is_behind(channel))
        return made

    async def emit(self, event) -> None:
        self.heard.append(event)
        await self.w.emit(event)

    async def declares(self, id: str, kind: ChannelKind = ChannelKind.COMMUNITY, *, minutes: float = -60) -> None:
        channel = Channel(channel_ref(GUILD, id), "help", kind, START + timedelta(minutes=minutes))
        await self.w.store.commit(EventId(f"declare-{id}"), write(SaveChannel(channel)), at=START)

    def at(self, minutes: float) -> None:
        """Move the clock."""
        self.w.clock.at = max(self.w.clock.at, START + timedelta(minutes=minutes))

    def says(self, minutes: float, text: str = QUESTION, **more) -> Message:
        """Have somebody write at an instant."""
        self.at(minutes)
        return self.talk.says(text, **more)

    async def live(self, message: Message) -> None:
        """Discord tells a message at once."""
        [arrival] = arrivals.of_event("MESSAGE_CREATE", written.message(self.home, message), bot=BOT)
        await self.listener.take(arrival)

    async def comes_back(self, *, minutes: float) -> None:
        """Be away for a while, and read what was missed."""
        self.at(minutes)
        self.gap = self.fresh()
        self.gap.missed()
        await self.gap.begin()
        await self.gap.read()
        self.gap.is_reading = False

    def told(self, kind=MessageReceived) -> list[str]:
        """Return which messages the desk was told of, in the order of telling."""
        return [event.ref.id.rpartition("/")[2] for event in self.heard if isinstance(event, kind)]


@asynccontextmanager
async def opened(folder, clock=None) -> AsyncIterator[Away]:
    async with world(folder) as w, Loopback(server(w.clock.now)) as loopback:
        library.http.Route.BASE = loopback.url.rstrip("/")
        client = Client(Access(TOKEN, GUILD, url=loopback.url), lambda name, event: None, wanted())
        await client.login(TOKEN)
        w.services = replace(w.services, chat={**w.services.chat, Platform.DISCORD: w.chat})
        made = Away(w, loopback, client)
        w.sender._services = w.services
        await made.declares(HELP)
        yield made
        await client.hang_up()


@pytest_asyncio.fixture
async def away(tmp_path) -> AsyncIterator[Away]:
    async with opened(tmp_path / "world") as made:
        yield made


async def test_what_was_said_in_our_absence_is_told_from_the_oldest_of_a_page_on(away):
    await away.gap.beat()
    said = [away.says(n).id for n in (5, 6, 7)]
    await away.comes_back(minutes=10)
    assert away.told() == said


async def test_before_anybody_ever_listened_nothing_was_missed(away):
    away.says(5)
    await away.comes_back(minutes=10)
    assert away.heard == []
    assert await away.watch.pulse(Platform.DISCORD, GUILD) == away.w.clock.now()


async def test_a_message_has_the_id_it_would_have_had_live_so_that_it_is_taken_in_once(away):
    await away.gap.beat()
    said = away.says(5)
    await away.comes_back(minutes=10)
    [gap] = away.heard
    await away.live(said)
    assert [event.id for event in away.heard] == [gap.id, gap.id]


async def test_nothing_from_before_a_channel_was_declared_is_read(away):
    await away.declares(TEAM_ROOM, minutes=5)
    await away.gap.beat()
    away.says(4, channel=TEAM_ROOM)
    after = away.says(6, channel=TEAM_ROOM).id
    await away.comes_back(minutes=10)
    assert away.told() == [after]


async def test_direct_messages_are_read_as_well_whenever_they_began(away):
    there = away.home.direct_with(MARA)
    await away.declares(there.id, ChannelKind.DIRECT, minutes=7)
    await away.gap.beat()
    said = away.says(6, channel=there.id)
    await away.comes_back(minutes=10)
    assert away.told() == [said.id]
    assert away.heard[0].kind is ChannelKind.DIRECT


async def test_what_nobody_wrote_for_us_is_passed_over(away):
    await away.gap.beat()
    away.says(5, user=BOT)
    away.says(6, kind=7)
    await away.comes_back(minutes=10)
    assert away.heard == []


@pytest.mark.parametrize("size", [2, 3, 100])
async def test_a_gap_of_many_pages_is_read_whole(away, monkeypatch, size):
    for module in (history, "bot.discord.replay"):
        monkeypatch.setattr(module if module is history else __import__(module, fromlist=["PAGE"]), "PAGE", size)
    await away.gap.beat()
    said = [away.says(5 + n / 10).id for n in range(13)]
    await away.comes_back(minutes=10)
    assert sorted(away.told()) == said


async def test_replies_under_what_was_said_in_the_gap_are_read(away):
    await away.gap.beat()
    root = away.says(5)
    thread = away.talk.starts(root)
    reply = away.says(6, "Anybody?", channel=thread.id)
    await away.comes_back(minutes=10)
    assert sorted(away.told()) == [root.id, reply.id]
    assert (await away.w.store.message(message_ref(channel_ref(GUILD, HELP), reply.id, thread=root.id))).place.thread == root.id


async def test_a_thread_that_began_long_before_and_went_on_is_read_where_it_went_on(away):
    root = away.says(1)
    thread = away.talk.starts(root)
    away.says(2, "before", channel=thread.id)
    away.at(30 * 60)
    await away.gap.beat()
    reply = away.says(31 * 60, "after", channel=thread.id)
    await away.comes_back(minutes=32 * 60)
    assert away.told() == [reply.id]


async def test_a_thread_that_was_archived_in_the_gap_is_read(away):
    await away.gap.beat()
    root = away.says(5)
    thread = away.talk.starts(root)
    reply = away.says(6, "Anybody?", channel=thread.id)
    channels.set_archived(away.home, thread, archived=True)
    await away.comes_back(minutes=10)
    assert sorted(away.told()) == [root.id, reply.id]


async def test_a_private_thread_is_read_like_any_other(away):
    await away.gap.beat()
    away.at(5)
    thread = channels._made(away.home, away.home.guild.channels[HELP], away.home.ids.next(), Kind.PRIVATE_THREAD, TIM, {"name": "account"})
    said = away.says(6, channel=thread.id)
    await away.comes_back(minutes=10)
    assert away.told() == [said.id]


async def test_the_posts_of_a_forum_are_read_with_their_titles(away):
    await away.declares(FORUM)
    away.at(1)
    old, _ = away.talk.posts("Old one", "from before")
    away.at(3)
    await away.gap.beat()
    away.at(5)
    _, first = away.talk.posts("Charged twice", "In November.")
    reply = away.says(6, "Anybody?", channel=old.id)
    await away.comes_back(minutes=10)
    assert sorted(away.told()) == [first.id, reply.id]
    assert {event.text for event in away.heard} == {"Charged twice\n\nIn November.", "Anybody?"}


async def test_edits_and_deletions_of_what_is_known_are_applied(away):
    kept, gone = away.says(1, "one"), away.says(2, "two")
    for message in (kept, gone):
        await away.live(message)
    away.heard.clear()
    away.w.clock.at = START + timedelta(minutes=2)
    await away.gap.beat()
    await away.watch.beat(Platform.DISCORD, GUILD, START)
    away.at(5)
    away.talk.edits(kept, "one, changed")
    away.talk.deletes(gone)
    await reread(away, START)
    assert (away.told(MessageEdited), away.told(MessageDeleted)) == ([kept.id], [gone.id])


async def reread(away: Away, since) -> None:
    """Come back after an absence that began at an instant."""
    now = away.w.clock.now()
    await away.watch.begin(Platform.DISCORD, GUILD, [Unread(channel_ref(GUILD, HELP), since, now + timedelta(minutes=1), since)], now)
    await away.gap.read()


async def test_edits_and_deletions_in_the_thread_of_an_open_ticket_are_applied(away):
    root = away.says(1, "unsure: my refund?")
    await away.live(root)
    await away.w.wait(seconds=9)
    thread = away.talk.starts(root)
    kept, gone = away.says(2, "one", channel=thread.id), away.says(3, "two", channel=thread.id)
    for message in (kept, gone):
        await away.live(message)
    away.at(30 * 60)
    await away.gap.beat()
    away.heard.clear()
    away.at(31 * 60)
    away.talk.edits(kept, "one, changed")
    away.talk.deletes(gone)
    away.talk.edits(root, "unsure: my refund, please?")
    await away.comes_back(minutes=32 * 60)
    assert sorted(away.told(MessageEdited)) == sorted([root.id, kept.id])
    assert away.told(MessageDeleted) == [gone.id]


async def test_an_edit_of_a_forums_post_is_applied(away):
    await away.declares(FORUM)
    away.at(1)
    post, first = away.talk.posts("Charged twice", "unsure: in Novenber.")
    await away.live(first)
    await away.w.wait(seconds=9)
    reply = away.says(2, "Anybody?", channel=post.id)
    await away.live(reply)
    away.at(30 * 60)
    await away.gap.beat()
    away.heard.clear()
    away.at(31 * 60)
    away.talk.edits(first, "unsure: in November.")
    await away.comes_back(minutes=32 * 60)
    assert away.told(MessageEdited) == [first.id]
    assert away.told(MessageDeleted) == []


async def test_what_the_bot_may_not_read_any_more_was_not_deleted(away):
    root = away.says(1, "unsure: my refund?")
    await away.live(root)
    await away.w.wait(seconds=9)
    await away.gap.beat()
    away.heard.clear()
    away.at(10)
    await away.live(away.says(11, "Anybody?"))
    away.home.guild.channels[HELP].overwrites.append(Overwrite(GUILD, 0, deny=HISTORY))
    await away.comes_back(minutes=20)
    assert away.told(MessageDeleted) == []
    assert [event.channel.id for event in away.heard if isinstance(event, ChannelChanged) and event.gone] == [HELP]


async def test_a_dead_connection_that_nobody_noticed_for_a_minute_is_part_of_the_gap(away):
    said = away.says(1)
    away.at(2)
    await away.gap.beat()
    away.at(2.9)
    await away.comes_back(minutes=3)
    assert away.told() == [said.id]


async def test_a_channel_whose_pages_are_not_as_expected_holds_up_no_other(away, monkeypatch):
    await away.declares(TEAM_ROOM)
    await away.gap.beat()
    said = away.says(5).id
    step = away.gap.__class__.step

    async def stumbles(self, part):
        return await step(self, part) if part.channel.id == HELP else {}["threads"]

    monkeypatch.setattr(Gap, "step", stumbles)
    await away.comes_back(minutes=10)
    assert away.told() == [said]
    assert [event.channel.id for event in away.heard if isinstance(event, ChannelChanged) and event.gone] == [TEAM_ROOM]


async def test_reading_that_broke_off_goes_on_when_it_is_run_again(away, monkeypatch):
    await away.gap.beat()
    said = away.says(5).id
    away.at(10)
    gap, read = away.fresh(), Gap.read
    gap.missed()

    async def breaks_off(self):
        monkeypatch.setattr(Gap, "read", read)
        raise KeyError

    monkeypatch.setattr(Gap, "read", breaks_off)
    with pytest.raises(KeyError):
        await gap.run(lambda: True)
    running = asyncio.create_task(gap.run(lambda: True))
    await until(lambda: not gap.is_reading)
    running.cancel()
    assert away.told() == [said]


async def test_a_thread_that_was_deleted_in_the_gap_takes_what_was_said_in_it(away):
    root = away.says(1, "unsure: my refund?")
    await away.live(root)
    await away.w.wait(seconds=9)
    thread = away.talk.starts(root)
    reply = away.says(2, "one", channel=thread.id)
    await away.live(reply)
    away.at(5)
    await away.gap.beat()
    away.heard.clear()
    away.at(10)
    channels.remove(away.home, thread)
    await away.comes_back(minutes=20)
    assert away.told(MessageDeleted) == [reply.id]


async def test_a_channel_that_cannot_be_read_is_left_out_and_told(away):
    await away.declares(TEAM_ROOM)
    await away.gap.beat()
    said = away.says(5).id
    channels.remove(away.home, away.home.guild.channels[TEAM_ROOM])
    await away.comes_back(minutes=10)
    assert away.told() == [said]
    assert [event.channel.id for event in away.heard if isinstance(event, ChannelChanged) and event.gone] == [TEAM_ROOM]


async def test_a_kill_in_the_middle_loses_nothing_and_tells_nothing_twice(away, monkeypatch):
    for name in ("bot.discord.history", "bot.discord.replay"):
        monkeypatch.setattr(__import__(name, fromlist=["PAGE"]), "PAGE", 2)
    await away.gap.beat()
    root = away.says(5)
    thread = away.talk.starts(root)
    said = [root.id, *(away.says(6 + n / 10, f"message {n}").id for n in range(5))]
    replies = [away.says(7 + n / 10, f"reply {n}", channel=thread.id).id for n in range(5)]
    away.at(10)
    await away.gap.begin()
    for _ in range(30):
        parts = await away.watch.unread(Platform.DISCORD, GUILD)
        if not parts:
            break
        # Each page is read by another process.
        await away.fresh().step(parts[0])
    assert sorted(set(away.told())) == sorted([*said, *replies])
    assert len({event.id for event in away.heard}) == len(said) + len(replies)


async def test_what_is_older_than_an_hour_is_drafted_and_what_is_newer_is_answered(away):
    await away.gap.beat()
    away.says(5, QUESTION)
    away.says(100, "What does a refund cost me?", user=LEA)
    await away.comes_back(minutes=120)
    await away.w.wait(seconds=60)
    answered = []
    for message in away.told():
        [ticket] = await away.w.store.tickets_in_thread(Place(channel_ref(GUILD, HELP), message))
        answered.append(Purpose.ANSWER in {said.purpose for said in await away.w.store.timeline(ticket.id)})
    assert answered == [False, True]


async def test_while_the_gap_is_read_nothing_is_answered_there(away):
    await away.gap.beat()
    away.says(5, QUESTION)
    away.at(10)
    away.gap = away.fresh()
    away.gap.missed()
    assert away.gap.is_behind(channel_ref(GUILD, HELP))
    await away.gap.begin()
    await away.gap.read()
    away.gap.is_reading = False
    assert not away.gap.is_behind(channel_ref(GUILD, HELP))
