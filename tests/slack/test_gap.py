"""The gap: after an absence everything is read back before anything is answered, once, in whole, at whatever pace Slack allows."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import web as http
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.arrivals import gap as gaps
from bot.arrivals.inbox import Arrival
from bot.slack.access import Access
from bot.slack.gap import Gap
from bot.slack.listener import Listener
from bot.slack.people import People
from bot.slack.refs import channel_ref, message_ref, stamp
from bot.slack.web import Web
from desk.audience import INTERNAL
from desk.cards import plain
from desk.changes import SaveChannel, write
from desk.customer import Role
from desk.events import MessageDeleted, MessageEdited, MessageReceived
from desk.ids import EventId
from desk.space import Channel, ChannelKind, Platform
from desk.ticket import Status
from desk.timeline import Purpose
from store.watch import SqlWatch
from tests.fakes import START
from tests.slack.loopback import TEAM, WHO, application
from tests.slack.past import Past
from tests.slack.test_people import MARA, OWNER
from tests.world import World, user, world

HELP, OTHER, DIRECT = "C0HELP", "C0OTHER", "D0MARA"
QUESTION = "When does my refund arrive?"


def ts(minutes: float) -> str:
    """Return the timestamp of so many minutes after the start."""
    return stamp(START + timedelta(minutes=minutes))


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[Past]:
    loopback = Past(users={"U0MARA": MARA, "U0TIM": OWNER})
    runner = http.AppRunner(application(loopback), access_log=None)
    await runner.setup()
    site = http.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    loopback.port = runner.addresses[0][1]
    yield loopback
    await runner.cleanup()


async def until(check) -> None:
    """Let the loop go on until something is so."""
    for _ in range(100_000):
        if check():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never was")


class Away:
    """A desk that listens to Slack, goes away and comes back."""

    def __init__(self, w: World, slack: Past, web: Web) -> None:
        self.w = w
        self.slack = slack
        self.web = web
        self.people = People(web, w.policy, w.store, w.clock)
        self.watch = SqlWatch(w.store.database)
        self.heard = []
        self.gap = self.fresh()
        self.listener = Listener(web, self.people, w.policy, self.emit)

    def fresh(self) -> Gap:
        """Return what a new process begins with."""
        made = Gap(self.web, self.people, policy=self.w.policy, store=self.w.store, watch=self.watch, clock=self.w.clock, emit=self.emit)
        self.w.services = replace(self.w.services, behind=lambda channel: channel.platform is Platform.SLACK and made.is_reading)
        return made

    async def emit(self, event) -> None:
        self.heard.append(event)
        await self.w.emit(event)

    async def declares(self, id: str, kind: ChannelKind = ChannelKind.COMMUNITY, *, minutes: float = -60) -> None:
        channel = Channel(channel_ref(TEAM, id), id.lower(), kind, START + timedelta(minutes=minutes))
        await self.w.store.commit(EventId(f"declare-{id}"), write(SaveChannel(channel)), at=START)

    async def live(self, raw, channel: str = HELP) -> None:
        """Slack tells a message at once."""
        await self.listener.take(Arrival("message", channel, {**raw, "type": "message", "channel": channel}))

    async def leaves(self) -> None:
        """Listen for the last time."""
        await self.gap.beat()

    async def comes_back(self, *, minutes: float) -> None:
        """Be away for a while, and read what was missed."""
        self.w.clock.at = max(self.w.clock.at, START + timedelta(minutes=minutes))
        self.gap = self.fresh()
        self.gap.missed()
        await self.gap.begin()
        await self.gap.read()
        self.gap.is_reading = False

    def told(self, kind=MessageReceived) -> list[str]:
        """Return which messages the desk was told of, in the order of telling."""
        return [event.ref.id for event in self.heard if isinstance(event, kind)]

    async def stored(self, stamp: str, channel: str = HELP):
        return await self.w.store.message(message_ref(TEAM, channel, stamp))


async def opened(folder, slack: Past) -> AsyncIterator[Away]:
    async with world(folder) as w:
        w.services = replace(w.services, chat={**w.services.chat, Platform.SLACK: w.chat})
        web = Web(Access("xoxb-secret", url=slack.url))
        made = Away(w, slack, web)
        w.sender._services = w.services
        await made.declares(HELP)
        yield made
        await web.close()


@pytest_asyncio.fixture
async def away(slack, tmp_path) -> AsyncIterator[Away]:
    async for made in opened(tmp_path / "world", slack):
        yield made


async def test_what_was_said_in_our_absence_is_told_from_the_oldest_of_a_page_on(away, slack):
    await away.leaves()
    said = [slack.says(HELP, ts(n))["ts"] for n in (5, 6, 7)]
    await away.comes_back(minutes=10)
    assert away.told() == said


async def test_before_anybody_ever_listened_nothing_was_missed(away, slack):
    slack.says(HELP, ts(5))
    await away.comes_back(minutes=10)
    assert (away.heard, slack.of("conversations.history")) == ([], [])
    assert await away.watch.pulse(Platform.SLACK, TEAM) == away.w.clock.now()


async def test_a_message_has_the_id_it_would_have_had_live_so_that_it_is_taken_in_once(away, slack):
    await away.leaves()
    raw = slack.says(HELP, ts(5), edited={"user": "U0MARA", "ts": ts(6)})
    await away.comes_back(minutes=10)
    gap = {event.id for event in away.heard}
    away.heard.clear()
    await away.live(raw)
    await away.live({"subtype": "message_changed", "message": raw, "previous_message": {**raw, "text": "before", "edited": None}, "event_ts": ts(6)})
    assert len(away.heard) == 2
    assert {event.id for event in away.heard} == gap


async def test_a_minute_more_than_the_gap_is_read_because_a_connection_dies_unnoticed(away, slack):
    away.w.clock.at = START + timedelta(minutes=5)
    await away.leaves()
    slack.says(HELP, ts(3.5))
    late = slack.says(HELP, ts(4.5))["ts"]
    await away.comes_back(minutes=10)
    assert away.told() == [late]


async def test_nothing_from_before_a_channel_was_declared_is_read(away, slack):
    await away.declares(OTHER, minutes=5)
    await away.leaves()
    slack.says(OTHER, ts(4))
    after = slack.says(OTHER, ts(6))["ts"]
    await away.comes_back(minutes=10)
    assert away.told() == [after]


async def test_nothing_older_than_policy_says_is_read(away, slack):
    away.w.policy.change(intake={"history": "2h"})
    await away.leaves()
    slack.says(HELP, ts(10))
    after = slack.says(HELP, ts(200))["ts"]
    await away.comes_back(minutes=240)
    assert away.told() == [after]


async def test_private_conversations_are_read_as_well_whenever_they_began(away, slack):
    await away.declares(DIRECT, ChannelKind.DIRECT, minutes=7)
    await away.leaves()
    said = slack.says(DIRECT, ts(6))["ts"]
    await away.comes_back(minutes=10)
    assert away.told() == [said]
    assert away.heard[0].kind is ChannelKind.DIRECT


async def test_somebody_who_never_wrote_to_the_bot_alone_before_is_heard_too(away, slack):
    slack.answers["users.conversations"] = [{"ok": True, "channels": [{"id": DIRECT, "is_im": True, "user": "U0MARA"}]}]
    await away.leaves()
    slack.says(DIRECT, ts(10))
    await away.comes_back(minutes=30)
    assert away.told() == [ts(10)]
    assert (await away.stored(ts(10), DIRECT)) is not None
    assert slack.of("users.conversations") == [{"limit": "200", "types": "im"}]


@pytest.mark.parametrize("error", ["missing_scope", "something_new"])
async def test_where_slack_does_not_tell_of_conversations_the_channels_are_read_all_the_same(away, slack, error):
    slack.refuse("users.conversations", error, needed="im:read")
    await away.declares(HELP)
    await away.leaves()
    slack.says(HELP, ts(10))
    await away.comes_back(minutes=30)
    assert away.told() == [ts(10)]


async def test_what_nobody_wrote_for_us_is_passed_over(away, slack):
    await away.leaves()
    slack.posts(HELP, ts(5))
    slack.says(HELP, ts(6), subtype="channel_join")
    slack.says(HELP, ts(7), bot_id="B0OTHER", subtype="bot_message")
    await away.comes_back(minutes=10)
    assert away.heard == []


@pytest.mark.parametrize("cap", [1, 3, 15, 200])
async def test_a_gap_of_many_pages_is_read_whole(away, slack, cap):
    slack.cap = cap
    await away.leaves()
    said = [slack.says(HELP, ts(5 + n / 10))["ts"] for n in range(20)]
    await away.comes_back(minutes=10)
    assert sorted(away.told()) == said
    assert len(away.told()) == len(said)


async def test_an_app_that_may_only_ask_for_fifteen_asks_for_fifteen(away, slack):
    slack.refuses_above = 15
    await away.leaves()
    said = [slack.says(HELP, ts(5 + n / 10))["ts"] for n in range(20)]
    await away.comes_back(minutes=10)
    assert sorted(away.told()) == said
    assert [int(call["limit"]) for call in slack.of("conversations.history")] == [200, 15, 15]


async def test_one_request_a_minute_is_enough(away, slack):
    slack.cap, slack.tolerates = 2, 1
    await away.declares(OTHER)
    await away.leaves()
    said = [slack.says(channel, ts(5 + n))["ts"] for channel in (HELP, OTHER) for n in range(4)]
    began = START + timedelta(minutes=10)
    await away.comes_back(minutes=10)
    assert sorted(away.told()) == sorted(said)
    assert away.w.clock.now() - began >= timedelta(minutes=3)


async def test_a_slack_that_is_down_is_asked_again(away, slack):
    await away.leaves()
    said = slack.says(HELP, ts(5))["ts"]
    slack.answers["conversations.history"] = [{"ok": False, "error": "internal_error"}] * 2
    task = asyncio.create_task(away.comes_back(minutes=10))
    await until(lambda: len(slack.of("conversations.history")) >= 3)
    slack.answers.pop("conversations.history")
    await task
    assert away.told() == [said]


async def test_replies_under_what_was_said_in_the_gap_are_read(away, slack):
    await away.leaves()
    root = slack.says(HELP, ts(5))["ts"]
    reply = slack.says(HELP, ts(6), under=root)["ts"]
    await away.comes_back(minutes=10)
    assert away.told() == [root, reply]
    assert (await away.stored(reply)).place.thread == root


async def test_a_reply_that_was_also_sent_to_the_channel_is_one_message(away, slack):
    await away.leaves()
    root = slack.says(HELP, ts(5))["ts"]
    reply = slack.says(HELP, ts(6), under=root, subtype="thread_broadcast")["ts"]
    await away.comes_back(minutes=10)
    assert set(away.told()) == {root, reply}
    assert len({event.id for event in away.heard}) == 2


async def test_replies_in_the_thread_of_an_open_ticket_are_read_though_it_began_long_before(away, slack):
    root = slack.says(HELP, ts(1), "unsure: my refund?")
    away.w.clock.at = START + timedelta(minutes=1)
    await away.live(root)
    await away.w.wait(seconds=9)
    away.w.clock.at = START + timedelta(hours=30)
    await away.leaves()
    reply = slack.says(HELP, ts(31 * 60), under=root["ts"])["ts"]
    away.heard.clear()
    await away.comes_back(minutes=32 * 60)
    assert away.told() == [reply]


async def test_replies_in_the_thread_of_a_ticket_that_may_reopen_are_read(away, slack):
    root = slack.says(HELP, ts(1), QUESTION)
    away.w.clock.at = START + timedelta(minutes=1)
    await away.live(root)
    await away.w.wait(days=4)
    assert (await away.w.ticket()).status is Status.CLOSED
    quiet = slack.says(HELP, ts(2), "another thread")["ts"]
    slack.says(HELP, ts(3), under=quiet)
    await away.leaves()
    now = (away.w.clock.now() - START) / timedelta(minutes=1)
    reply = slack.says(HELP, ts(now + 5), under=root["ts"])["ts"]
    away.heard.clear()
    await away.comes_back(minutes=now + 10)
    assert away.told() == [reply]
    assert [call["ts"] for call in slack.of("conversations.replies")] == [root["ts"]]


async def test_a_long_thread_is_read_page_by_page(away, slack):
    slack.cap = 3
    await away.leaves()
    root = slack.says(HELP, ts(5))["ts"]
    replies = [slack.says(HELP, ts(6 + n / 10), under=root)["ts"] for n in range(10)]
    await away.comes_back(minutes=10)
    assert away.told() == [root, *replies]


async def test_edits_and_deletions_in_a_known_thread_are_applied(away, slack):
    root = slack.says(HELP, ts(1), "unsure: my refund?")
    away.w.clock.at = START + timedelta(minutes=1)
    await away.live(root)
    await away.w.wait(seconds=9)
    gone = slack.says(HELP, ts(2), under=root["ts"])
    await away.live(gone)
    await away.w.wait(minutes=1)
    await away.leaves()
    slack.edits(HELP, root["ts"], "unsure: my refund of May?", at=ts(20))
    slack.deletes(HELP, gone["ts"])
    away.heard.clear()
    await away.comes_back(minutes=30)
    assert (away.told(MessageEdited), away.told(MessageDeleted), away.told()) == ([root["ts"]], [gone["ts"]], [])
    assert (await away.stored(root["ts"])).text == "unsure: my refund of May?"
    assert (await away.stored(gone["ts"])).deleted


async def test_a_root_that_left_a_tombstone_is_taken_out(away, slack):
    root = slack.says(HELP, ts(1), "unsure: my refund?")
    away.w.clock.at = START + timedelta(minutes=1)
    await away.live(root)
    await away.w.wait(seconds=9)
    await away.leaves()
    slack.says(HELP, ts(5), under=root["ts"], user="U0TIM")
    slack.deletes(HELP, root["ts"])
    await away.comes_back(minutes=10)
    assert (await away.stored(root["ts"])).deleted


async def test_a_thread_that_is_gone_altogether_is_taken_out(away, slack):
    root = slack.says(HELP, ts(1), "unsure: my refund?")
    away.w.clock.at = START + timedelta(minutes=1)
    await away.live(root)
    await away.w.wait(seconds=9)
    away.w.clock.at = START + timedelta(minutes=9)
    await away.leaves()
    slack.deletes(HELP, root["ts"])
    await away.comes_back(minutes=20)
    assert (await away.stored(root["ts"])).deleted


async def test_what_came_just_before_we_left_is_not_told_again_and_what_was_deleted_then_is(away, slack):
    kept, gone = slack.says(HELP, ts(4.8)), slack.says(HELP, ts(4.9))
    away.w.clock.at = START + timedelta(minutes=5)
    for raw in (kept, gone):
        await away.live(raw)
    await away.leaves()
    slack.deletes(HELP, gone["ts"])
    away.heard.clear()
    await away.comes_back(minutes=10)
    assert (away.told(), away.told(MessageDeleted)) == ([], [gone["ts"]])


async def test_nothing_is_answered_before_everything_is_read(away, slack):
    await away.leaves()
    slack.says(HELP, ts(5), QUESTION)
    slack.says(HELP, ts(6), "@tim has it", under=slack.message(HELP, ts(5))["ts"], user="U0TIM")
    away.gap = away.fresh()
    away.w.clock.at = START + timedelta(minutes=10)
    away.gap.missed()
    await away.gap.begin()
    await away.gap.read()
    await away.w.wait(minutes=2)
    assert await away.w.store.tickets() == []
    away.gap.is_reading = False
    await away.w.wait(seconds=6)
    assert (await away.w.ticket()).held
    assert away.w.posts(Purpose.ANSWER) == []


async def test_what_is_older_than_an_hour_is_drafted_and_what_is_not_is_answered(away, slack):
    await away.declares(OTHER)
    await away.leaves()
    slack.says(HELP, ts(5), QUESTION)
    slack.says(OTHER, ts(100), QUESTION)
    await away.comes_back(minutes=110)
    await away.w.wait(seconds=10)
    by_channel = {ticket.id: ticket.place.channel.id for ticket in await away.w.store.tickets()}
    assert {by_channel[d.ticket]: d.word for d in await away.w.all_decisions()} == {HELP: "suggest", OTHER: "reply"}
    assert (await away.stored(ts(5))).late


async def test_a_channel_that_cannot_be_read_is_left_out_and_the_team_is_told(away, slack):
    await away.declares(OTHER)
    await away.leaves()
    slack.unreadable[HELP] = "not_in_channel"
    said = slack.says(OTHER, ts(5))["ts"]
    await away.comes_back(minutes=10)
    assert away.told() == [said]
    (notice,) = [p for p in away.w.posts(Purpose.NOTICE) if p.audience == INTERNAL and p.card]
    assert "I can no longer read or write in #c0help" in plain(notice.card)
    assert await away.watch.unread(Platform.SLACK, TEAM) == []


async def test_a_channel_that_keeps_failing_holds_up_no_other_and_is_left_out_after_some_minutes(away, slack):
    await away.declares(OTHER)
    await away.leaves()
    slack.unreadable[HELP] = "internal_error"
    slack.says(HELP, ts(5))
    said = slack.says(OTHER, ts(5))["ts"]
    began = START + timedelta(minutes=10)
    task = asyncio.create_task(away.comes_back(minutes=10))
    await until(lambda: away.told() == [said])
    assert away.w.clock.now() - began <= timedelta(seconds=2)
    await task
    assert timedelta(minutes=3) <= away.w.clock.now() - began <= timedelta(minutes=10)
    (notice,) = [p for p in away.w.posts(Purpose.NOTICE) if p.audience == INTERNAL and p.card]
    assert "I can no longer read or write in #c0help" in plain(notice.card)
    assert await away.watch.unread(Platform.SLACK, TEAM) == []


async def test_a_channel_is_not_left_out_for_a_slack_that_is_down_altogether(away, slack):
    await away.leaves()
    said = slack.says(HELP, ts(5))["ts"]
    slack.unreadable[HELP] = "internal_error"
    slack.answers["auth.test"] = [WHO, {"ok": False, "error": "internal_error"}]
    task = asyncio.create_task(away.comes_back(minutes=10))
    await until(lambda: len(slack.of("conversations.history")) >= 3 * gaps.TRIES)
    slack.unreadable.clear()
    await task
    assert away.told() == [said]


async def test_channels_are_read_before_private_conversations(away, slack):
    await away.declares("D0ALSO", ChannelKind.DIRECT)
    await away.declares(DIRECT, ChannelKind.DIRECT)
    await away.declares("CZLAST")
    await away.leaves()
    await away.comes_back(minutes=10)
    assert [given["channel"] for given in slack.of("conversations.history")] == [HELP, "CZLAST", "D0ALSO", DIRECT]


async def test_a_channel_that_is_read_waits_for_no_other(away, slack):
    await away.declares(OTHER)
    await away.leaves()
    slack.says(HELP, ts(5))
    slack.unreadable[OTHER] = "internal_error"
    here, other = channel_ref(TEAM, HELP), channel_ref(TEAM, OTHER)
    away.w.clock.at = START + timedelta(minutes=10)
    away.gap.missed()
    assert away.gap.is_behind(here)
    running = asyncio.create_task(away.gap.run(lambda: True))
    await until(lambda: not away.gap.is_behind(here))
    assert (away.gap.is_behind(other), len(away.told())) == (True, 1)
    away.gap.missed()
    assert away.gap.is_behind(here)
    running.cancel()
    await asyncio.wait([running])


async def test_a_message_nobody_can_read_holds_up_no_other(away, slack, caplog):
    await away.leaves()
    slack.says(HELP, ts(5), files="no list of files")
    said = slack.says(HELP, ts(6))["ts"]
    await away.comes_back(minutes=10)
    assert away.told() == [said]
    assert "is passed over" in caplog.text
    assert "words of" not in caplog.text


async def test_a_revoked_token_loses_nothing(away, slack):
    await away.leaves()
    said = slack.says(HELP, ts(5))["ts"]
    slack.unreadable[HELP] = "token_revoked"
    slack.answers["auth.test"] = [{"ok": False, "error": "token_revoked"}]
    task = asyncio.create_task(away.comes_back(minutes=10))
    await until(lambda: len(slack.of("auth.test")) >= 3)
    slack.unreadable.clear()
    slack.answers["auth.test"] = [WHO]
    await task
    assert away.told() == [said]


async def test_a_second_gap_while_the_first_is_read_is_read_after_it(away, slack):
    slack.cap = 2
    await away.leaves()
    said = [slack.says(HELP, ts(5 + n))["ts"] for n in range(5)]
    away.w.clock.at = START + timedelta(minutes=10)
    away.gap = away.fresh()
    await away.gap.begin()
    await away.gap._page((await away.watch.unread(Platform.SLACK, TEAM))[0])
    said.append(slack.says(HELP, ts(25))["ts"])
    await away.comes_back(minutes=30)
    assert sorted(away.told()) == said
    assert len(away.told()) == len(said)


@pytest.mark.parametrize("killed_at", range(1, 9))
async def test_killed_anywhere_it_goes_on_where_it_was(away, slack, killed_at):
    slack.cap = 2
    await away.leaves()
    root = slack.says(HELP, ts(4))["ts"]
    said = [root, *(slack.says(HELP, ts(5 + n))["ts"] for n in range(4)), *(slack.says(HELP, ts(6.5 + n), under=root)["ts"] for n in range(3))]
    away.w.clock.at = START + timedelta(minutes=10)
    emit, count = away.emit, 0

    class KilledError(BaseException):
        pass

    async def deadly(event):
        nonlocal count
        count += 1
        if count == killed_at:
            raise KilledError
        await emit(event)

    away.emit = deadly
    gap = away.fresh()
    away.emit = emit
    try:
        await gap.begin()
        await gap.read()
    except KilledError:
        pass
    pages = len(slack.of("conversations.history")) + len(slack.of("conversations.replies"))
    await away.comes_back(minutes=11)
    assert {m for m in said if await away.stored(m)} == set(said)
    total = len(slack.of("conversations.history")) + len(slack.of("conversations.replies"))
    # What was read before is not read again: the page at which it was killed, and the minute around each end of the second gap.
    assert total - pages <= 9
    repeated = len(away.told()) - len(set(away.told()))
    assert repeated <= 2


async def test_the_pulse_goes_on_while_somebody_listens_and_stops_while_events_are_held_back(away, monkeypatch):
    monkeypatch.setattr(gaps, "EVERY", timedelta(milliseconds=1))
    listening = True
    task = asyncio.create_task(away.gap.run(lambda: listening))
    away.gap.missed()

    async def pulse():
        return await away.watch.pulse(Platform.SLACK, TEAM)

    async def reaches(at):
        for _ in range(2000):
            if await pulse() == at:
                return
            await asyncio.sleep(0.005)
        raise AssertionError(at)

    away.w.clock.advance(minutes=1)
    await reaches(away.w.clock.now())
    heard = away.w.clock.now()
    away.gap.held_back()
    away.w.clock.advance(seconds=60)
    await asyncio.sleep(0.05)
    assert await pulse() == heard
    away.w.clock.advance(seconds=60)
    await reaches(away.w.clock.now())
    assert {part.after for part in await away.watch.unread(Platform.SLACK, TEAM)} in (set(), {heard - gaps.MARGIN})
    listening = False
    away.w.clock.advance(minutes=5)
    await asyncio.sleep(0.05)
    assert await pulse() < away.w.clock.now()
    task.cancel()
    await asyncio.wait([task])


async def test_a_team_members_message_in_the_gap_is_ours(away, slack):
    await away.leaves()
    said = slack.says(HELP, ts(5), user="U0TIM")["ts"]
    await away.comes_back(minutes=10)
    assert (await away.stored(said)).role is Role.ADMIN
    assert user("ina") not in {event.author for event in away.heard}


@settings(max_examples=15)
@given(order=st.permutations(range(12)), missed=st.sets(st.integers(0, 5)), cut=st.integers(0, 12), cap=st.sampled_from([1, 2, 200]))
async def test_however_live_events_and_the_gap_meet_each_message_is_there_once_and_in_order(tmp_path_factory, order, missed, cut, cap):
    """Six messages, each live twice in any order but those that were missed; somewhere in between the gap is read."""
    loopback = Past(users={"U0MARA": MARA, "U0TIM": OWNER}, cap=cap)
    runner = http.AppRunner(application(loopback), access_log=None)
    await runner.setup()
    site = http.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    loopback.port = runner.addresses[0][1]
    async for away in opened(tmp_path_factory.mktemp("world") / "w", loopback):
        await away.leaves()
        root = loopback.says(HELP, ts(3), "unsure: my refund?")
        rest = [loopback.says(HELP, ts(4 + n), "unsure: my refund?", under=root["ts"] if n % 2 else None) for n in range(5)]
        said = [root, *rest]
        for n, which in enumerate(order):
            if n == cut:
                await away.comes_back(minutes=10)
            if which % 6 not in missed:
                await away.live(said[which % 6])
        if cut == 12:
            await away.comes_back(minutes=10)
        await away.w.wait(minutes=1)
        ticket = await away.w.ticket()
        theirs = [m.ref.id for m in await away.w.store.timeline(ticket.id) if m.role is Role.CUSTOMER]
        assert theirs == [raw["ts"] for raw in said]
    await runner.cleanup()
