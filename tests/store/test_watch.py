"""Watching in SQL: pulses, the parts of a gap, and what is known of a thread, on SQLite and on Postgres."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.changes import SaveMessage, SaveTicket
from desk.customer import Role
from desk.space import ChannelRef, Place, Platform
from desk.ticket import Status
from desk.timeline import tombstone
from desk.watch import Replies, Unread
from store.database import Database
from store.repository import SqlStore
from store.watch import SqlWatch
from tests.store.samples import COMMUNITY, NOW, commit, message, minutes, ticket

SPACE = (Platform.SLACK, "T1")
HELP = ChannelRef(*SPACE, "C1")


@pytest.fixture
def watch(database: Database) -> SqlWatch:
    return SqlWatch(database)


def part(after: float = 0, until: float = 10, *, of: ChannelRef = HELP, **fields) -> Unread:
    fields.setdefault("floor", NOW + minutes(after))
    return Unread(of, NOW + minutes(after), NOW + minutes(until), **fields)


async def test_a_space_nobody_ever_listened_to_has_no_pulse(watch: SqlWatch):
    assert await watch.pulse(*SPACE) is None
    assert await watch.spaces(Platform.SLACK) == []


async def test_a_pulse_only_ever_goes_on(watch: SqlWatch):
    for n in (0, 2, 1):
        await watch.beat(*SPACE, NOW + minutes(n))
    assert await watch.pulse(*SPACE) == NOW + minutes(2)
    assert await watch.pulse(Platform.SLACK, "T2") is None
    assert (await watch.spaces(Platform.SLACK), await watch.spaces(Platform.DISCORD)) == (["T1"], [])


async def test_a_gap_and_the_pulse_that_ends_it_are_noted_together(watch: SqlWatch):
    gap = [part(of=replace(HELP, id=name)) for name in ("C2", "C1")]
    await watch.begin(*SPACE, gap, NOW + minutes(10))
    assert await watch.pulse(*SPACE) == NOW + minutes(10)
    assert [each.channel.id for each in await watch.unread(*SPACE)] == ["C1", "C2"]
    assert await watch.unread(Platform.SLACK, "T2") == []


async def test_how_far_a_part_came_is_kept_until_it_is_done(watch: SqlWatch):
    began = part()
    await watch.begin(*SPACE, [began], NOW)
    further = replace(began, reached=NOW + minutes(5), threads=(Replies("1.0", "2.0"),), looks=1)
    await watch.save(further)
    assert await watch.unread(*SPACE) == [further]
    await watch.done(further)
    assert await watch.unread(*SPACE) == []


async def test_of_two_gaps_the_one_that_was_not_begun_becomes_part_of_the_other(watch: SqlWatch):
    await watch.begin(*SPACE, [part(0, 10, threads=(Replies("1.0"),), floor=NOW - minutes(5))], NOW)
    await watch.begin(*SPACE, [part(20, 30, threads=(Replies("2.0"),))], NOW)
    (one,) = await watch.unread(*SPACE)
    assert (one.after, one.until, one.floor) == (NOW, NOW + minutes(30), NOW - minutes(5))
    assert [each.root for each in one.threads] == ["1.0", "2.0"]


async def test_a_gap_that_is_being_read_is_read_to_its_end_before_the_next(watch: SqlWatch):
    begun = replace(part(0, 10), reached=NOW + minutes(5))
    await watch.begin(*SPACE, [part(0, 10)], NOW)
    await watch.save(begun)
    for _ in range(2):
        await watch.begin(*SPACE, [part(20, 30)], NOW)
    assert await watch.unread(*SPACE) == [begun, part(20, 30)]


async def test_what_is_known_of_a_thread_is_its_root_and_its_replies_by_people(watch: SqlWatch, store: SqlStore):
    thread = Place(COMMUNITY, "m1")
    root = message("m-m1", at=NOW)
    reply, gone = message("m-m2", at=NOW + minutes(1), place=thread), message("m-m3", at=NOW + minutes(2), place=thread)
    ours = replace(message("m-m4", at=NOW + minutes(3), place=thread, role=Role.BOT), author=None)
    other = message("m-m5", at=NOW + minutes(4))
    await commit(store, *(SaveMessage(each) for each in (root, reply, tombstone(gone, NOW), ours, other)))
    start = NOW - minutes(1)
    assert [m.id for m in await watch.known(COMMUNITY, "m1", after=start)] == ["m-m1", "m-m2"]
    assert [m.id for m in await watch.known(COMMUNITY, None, after=start)] == ["m-m1", "m-m5"]
    assert [m.id for m in await watch.known(COMMUNITY, None, after=NOW, until=NOW + minutes(4))] == []


async def test_talks_are_the_open_tickets_of_a_channel_and_those_in_which_anything_was_said_lately(watch: SqlWatch, store: SqlStore):
    lately = NOW - timedelta(days=14)
    for n, (status, at) in enumerate(
        [(Status.OPEN, NOW - timedelta(days=60)), (Status.CLOSED, NOW - timedelta(days=60)), (Status.SOLVED, NOW - timedelta(days=3))]
    ):
        mine = ticket(f"t-{n}", place=Place(COMMUNITY, str(n)), status=status, opened=at)
        await commit(store, SaveTicket(mine), SaveMessage(message(f"m-{n}", at=at, place=mine.place, ticket=mine.id)))
    assert [found.id for found in await watch.talks(COMMUNITY, since=lately)] == ["t-0", "t-2"]
    assert await watch.talks(HELP, since=lately) == []
