"""The outbox: order, pace, and what a platform may answer."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.audience import INTERNAL, PUBLIC
from desk.cards import Card, CardKind, CardRecord, Text, plain
from desk.changes import Enqueue, Refresh, SaveCard, write
from desk.errors import PlaceGone, RateLimited, Rejected, Unavailable
from desk.ids import CardId, EventId, OutboxId
from desk.ports import Capabilities
from desk.post import Direct, Op, Post, RowStatus
from desk.space import Place
from desk.timeline import Purpose
from handlers.outbox import Sender
from tests.world import channel, user

THREAD = Place(channel("agents"), "t")


def post(id, text="x", *, target=THREAD, op=Op.POST, changes=None, **more):
    """Return an internal post."""
    at = more.pop("at")
    return Post(OutboxId(id), target, Purpose.NOTICE, INTERNAL, at, op=op, card=Card((Text(text),)), changes=changes, **more)


async def enqueue(w, *posts):
    """Commit posts and let them go."""
    await w.store.commit(EventId(f"e-{posts[0].id}"), write(*map(Enqueue, posts)), at=w.clock.now())
    await w.settle()


def once(w, error):
    """Let the platform answer the next send with an error."""
    send = w.chat.send

    async def refuses(given):
        w.chat.send = send
        raise error

    w.chat.send = refuses


async def test_posts_of_one_thread_go_in_the_order_they_were_made(w):
    now = w.clock.now()
    await enqueue(w, post("a", at=now), post("b", at=now), post("c", at=now))
    assert [p.id for p in w.posts()] == ["a", "b", "c"]


async def test_a_rate_limit_is_waited_for_and_nothing_overtakes(w):
    once(w, RateLimited(timedelta(seconds=30)))
    await enqueue(w, post("a", at=w.clock.now()), post("b", at=w.clock.now()))
    assert w.posts() == []
    await w.wait(seconds=29)
    assert w.posts() == []
    await w.wait(seconds=2)
    assert [p.id for p in w.posts()] == ["a", "b"]


OTHER_THREAD = Place(channel("agents"), "u")


def busy(w, **waits):
    """Let the platform limit posts to these channels, once for each number of seconds; return what was tried."""
    send, tried = w.chat.send, []

    async def limited(given):
        tried.append((w.clock.now(), given.id))
        left = waits.get(given.target.channel.id, [])
        if left:
            raise RateLimited(timedelta(seconds=left.pop(0)))
        return await send(given)

    w.chat.send = limited
    return tried


async def test_a_rate_limit_holds_back_the_whole_channel_and_no_other(w):
    w.chat.can = Capabilities(pace=timedelta(seconds=1))
    w.chat.internal.add(channel("deals"))
    tried = busy(w, agents=[30])
    now = w.clock.now()
    await enqueue(w, post("a", at=now), post("b", at=now, target=OTHER_THREAD), post("c", at=now, target=Place(channel("deals"))))
    assert [p.id for p in w.posts()] == ["c"]
    await w.wait(seconds=29)
    assert [id for _, id in tried] == ["a", "c"]
    await w.wait(seconds=5)
    assert sorted(p.id for p in w.posts()) == ["a", "b", "c"]


async def test_an_edit_waits_as_well_while_the_channel_is_held(w):
    w.chat.can = Capabilities(pace=timedelta(seconds=1))
    await enqueue(w, post("a", "old", at=w.clock.now()))
    busy(w, agents=[30])
    await w.wait(seconds=2)
    await enqueue(w, post("b", at=w.clock.now(), target=OTHER_THREAD))
    await enqueue(w, post("c", "new", at=w.clock.now(), op=Op.EDIT, changes=OutboxId("a")))
    assert w.standing(where="agents") == ["old"]
    await w.wait(seconds=31)
    assert sorted(w.standing(where="agents")) == ["new", "x"]


async def test_a_storm_of_limits_loses_nothing_and_doubles_nothing(w):
    w.chat.can = Capabilities(pace=timedelta(seconds=1))
    tried = busy(w, agents=[3, 1, 30, 2, 2, 5])
    now = w.clock.now()
    wanted = [post(f"{thread}{n}", at=now, target=Place(channel("agents"), thread)) for n in range(4) for thread in "abc"]
    await enqueue(w, *wanted)
    await w.wait(minutes=3)
    sent = [p.id for p in w.posts()]
    assert sorted(sent) == sorted(p.id for p in wanted)
    assert {thread: [id for id in sent if id.startswith(thread)] for thread in "abc"} == {t: [f"{t}{n}" for n in range(4)] for t in "abc"}
    assert len(tried) == len(wanted) + 6
    assert all(later - earlier >= timedelta(seconds=1) for (earlier, _), (later, _) in itertools.pairwise(tried))


async def test_a_post_that_was_looked_for_in_vain_because_of_a_limit_is_looked_for_again(w):
    find, looked = w.chat.find, []

    async def limited(id, near):
        looked.append(w.clock.now())
        if len(looked) == 1:
            raise RateLimited(timedelta(seconds=60))
        return await find(id, near)

    w.chat.find = limited
    w.chat.lost_replies = 1
    await enqueue(w, post("a", at=w.clock.now()))
    await w.wait(minutes=5)
    assert [p.id for p in w.posts()] == ["a"]
    assert looked[1] - looked[0] >= timedelta(seconds=60)


async def test_two_threads_of_one_channel_share_its_pace(w):
    w.chat.can = Capabilities(pace=timedelta(seconds=1))
    tried = busy(w)
    now = w.clock.now()
    threads = [Place(channel("agents"), f"t{n}") for n in range(5)]
    await enqueue(w, *(post(f"p{n}", at=now, target=thread) for n, thread in enumerate(threads)))
    assert [id for _, id in tried] == ["p0"]
    await w.wait(seconds=10)
    assert [(at - now).total_seconds() for at, _ in tried] == [0, 1, 2, 3, 4]
    assert [id for _, id in tried] == ["p0", "p1", "p2", "p3", "p4"]


async def test_where_a_platform_counts_by_threads_each_has_a_pace_of_its_own_and_a_limit_holds_the_channel(w):
    w.chat.can = Capabilities(pace=timedelta(seconds=1), paces_threads=True)
    tried = busy(w)
    now = w.clock.now()
    await enqueue(w, *(post(f"{thread}{n}", at=now, target=Place(channel("agents"), thread)) for n in range(2) for thread in "ab"))
    await w.wait(seconds=5)
    assert [((at - now).total_seconds(), id) for at, id in tried] == [(0, "a0"), (0, "b0"), (1, "a1"), (1, "b1")]
    tried = busy(w, agents=[30])
    later = w.clock.now()
    for thread in "ab":
        await enqueue(w, post(f"{thread}2", at=later, target=Place(channel("agents"), thread)))
    await w.wait(seconds=20)
    assert [id for _, id in tried] == ["a2"]
    await w.wait(seconds=20)
    assert sorted(id for _, id in tried) == ["a2", "a2", "b2"]


async def test_what_comes_later_does_not_push_itself_in_front(w):
    w.chat.can = Capabilities(pace=timedelta(seconds=1))
    tried = busy(w)
    await enqueue(w, *(post(f"p{n}", at=w.clock.now(), target=Place(channel("agents"), f"t{n}")) for n in range(3)))
    await enqueue(w, post("late", at=w.clock.now(), target=Place(channel("agents"), "late")))
    await w.wait(seconds=10)
    assert [id for _, id in tried] == ["p0", "p1", "p2", "late"]


async def test_after_a_pause_of_the_sender_itself_the_pace_is_kept_all_the_same(w):
    w.chat.can = Capabilities(pace=timedelta(seconds=1))
    tried = busy(w)
    await enqueue(w, *(post(f"p{n}", at=w.clock.now(), target=Place(channel("agents"), f"t{n}")) for n in range(4)))
    w.clock.advance(seconds=60)
    await w.settle()
    await w.wait(seconds=10)
    assert sorted(id for _, id in tried) == ["p0", "p1", "p2", "p3"]
    assert all(later - earlier >= timedelta(seconds=1) for (earlier, _), (later, _) in itertools.pairwise(tried))


async def test_a_private_post_and_one_in_the_place_it_opened_share_a_pace(w):
    w.chat.can = Capabilities(pace=timedelta(seconds=5))
    await enqueue(w, post("a", at=w.clock.now(), target=Direct(user("noor"))))
    opened = (await w.chat.open(user("noor"))).channel
    w.chat.internal.add(opened)
    await enqueue(w, post("b", at=w.clock.now(), target=Direct(user("noor"))))
    await enqueue(w, post("c", at=w.clock.now(), target=Place(opened)))
    assert [p.id for p in w.posts()] == ["a"]
    await w.wait(seconds=5)
    assert len(w.posts()) == 2
    await w.wait(seconds=5)
    assert len(w.posts()) == 3


async def test_reactions_wait_for_no_turn_and_their_limit_holds_back_no_post(w):
    w.chat.can = Capabilities(pace=timedelta(seconds=5))
    ref = await w.says("noor", "hello")
    react = w.chat.react

    async def limited(on, emoji):
        w.chat.react = react
        raise RateLimited(timedelta(seconds=30))

    w.chat.react = limited
    now = w.clock.now()
    await enqueue(w, *(post(f"r{n}", at=now, op=Op.REACT, emoji=f"e{n}", on=ref) for n in range(2)), post("a", at=now))
    assert ([p.id for p in w.posts()], w.chat.reactions) == (["a"], [])
    await w.wait(seconds=31)
    assert w.chat.reactions == [(ref, "e0"), (ref, "e1")]


async def test_a_platforms_pace_is_kept(w):
    w.chat.can = Capabilities(pace=timedelta(seconds=5))
    await enqueue(w, post("a", at=w.clock.now()), post("b", at=w.clock.now()))
    assert [p.id for p in w.posts()] == ["a"]
    await w.wait(seconds=5)
    assert [p.id for p in w.posts()] == ["a", "b"]


async def test_an_edit_of_what_was_not_sent_yet_changes_it_before_it_goes(w):
    once(w, RateLimited(timedelta(seconds=30)))
    now = w.clock.now()
    await enqueue(w, post("first", at=now), post("a", "old", at=now))
    await enqueue(w, post("b", "new", at=now, op=Op.EDIT, changes=OutboxId("a")))
    await w.wait(minutes=1)
    assert [p.id for p in w.posts()] == ["first", "a"]
    assert w.standing(where="agents") == ["x", "new"]


async def test_an_edit_of_what_is_gone_is_posted_anew(w):
    await enqueue(w, post("a", "old", at=w.clock.now()))
    w.chat.standing.clear()
    await enqueue(w, post("b", "new", at=w.clock.now(), op=Op.EDIT, changes=OutboxId("a")))
    assert w.standing(where="agents") == ["new"]


async def test_what_was_posted_anew_is_what_later_edits_change(w):
    await enqueue(w, post("a", "old", at=w.clock.now()))
    w.chat.standing.clear()
    for id, text in (("b", "new"), ("c", "newer"), ("d", "newest")):
        await enqueue(w, post(id, text, at=w.clock.now(), op=Op.EDIT, changes=OutboxId("a")))
    assert w.standing(where="agents") == ["newest"]


async def test_an_edit_of_what_never_arrived_is_edited_by_the_next_one(w):
    once(w, PlaceGone("no such thread"))
    await enqueue(w, post("a", "old", at=w.clock.now()))
    for id, text in (("b", "new"), ("c", "newer")):
        await enqueue(w, post(id, text, at=w.clock.now(), op=Op.EDIT, changes=OutboxId("a")))
    assert w.standing(where="agents") == ["newer"]


async def test_an_edit_of_a_whisper_is_whispered(w):
    await enqueue(w, post("a", "psst", at=w.clock.now(), op=Op.WHISPER, to=(user("noor"),)))
    await enqueue(w, post("b", "pssst", at=w.clock.now(), op=Op.EDIT, changes=OutboxId("a")))
    assert [(p.op, p.to) for p in w.posts()] == [(Op.WHISPER, (user("noor"),))] * 2


def in_threads(w):
    """Let the platform keep one thread a ticket for the team."""
    w.chat.can = Capabilities(card_threads=True)


def places(w):
    """Return the threads of the posts, by id."""
    return {p.id: p.target.thread for p in w.posts()}


CHANNEL = Place(channel("agents"))


async def test_a_post_stands_under_the_one_it_belongs_under_however_deep(w):
    in_threads(w)
    now = w.clock.now()
    await enqueue(w, post("a", at=now, target=CHANNEL))
    root = (await w.store.row(OutboxId("a"))).ref.id
    await enqueue(w, post("b", at=now, target=CHANNEL, under=OutboxId("a")), post("c", at=now, target=CHANNEL, under=OutboxId("b")))
    assert places(w) == {"a": None, "b": root, "c": root}
    assert (await w.store.row(OutboxId("c"))).place == Place(channel("agents"), root)


async def test_one_under_a_post_that_stands_in_a_thread_stands_in_that_thread(w):
    in_threads(w)
    await enqueue(w, post("a", at=w.clock.now(), target=THREAD))
    await enqueue(w, post("b", at=w.clock.now(), target=CHANNEL, under=OutboxId("a")))
    assert places(w) == {"a": "t", "b": "t"}


async def test_both_made_at_once_go_one_under_the_other(w):
    in_threads(w)
    now = w.clock.now()
    await enqueue(w, post("a", at=now, target=CHANNEL), post("b", at=now, target=CHANNEL, under=OutboxId("a")))
    assert places(w)["b"] == (await w.store.row(OutboxId("a"))).ref.id


async def test_what_belongs_under_a_post_of_another_line_waits_for_it(w):
    in_threads(w)
    once(w, RateLimited(timedelta(seconds=30)))
    now = w.clock.now()
    await enqueue(w, post("a", at=now, target=THREAD), post("b", at=now, target=CHANNEL, under=OutboxId("a")))
    assert w.posts() == []
    await w.wait(seconds=40)
    assert places(w) == {"a": "t", "b": "t"}


async def test_a_platform_without_such_threads_keeps_cards_side_by_side(w):
    await enqueue(w, post("a", at=w.clock.now(), target=CHANNEL))
    await enqueue(w, post("b", at=w.clock.now(), target=CHANNEL, under=OutboxId("a")))
    assert places(w) == {"a": None, "b": None}


async def test_under_a_post_that_failed_or_that_nobody_knows_it_goes_to_the_channel(w):
    in_threads(w)
    once(w, PlaceGone("no such thread"))
    await enqueue(w, post("a", at=w.clock.now(), target=THREAD))
    for id, under in (("b", "a"), ("c", "nobody")):
        await enqueue(w, post(id, at=w.clock.now(), target=CHANNEL, under=OutboxId(under)))
    assert places(w) == {"b": None, "c": None}


async def test_under_a_post_in_another_channel_or_to_one_person_it_goes_where_it_says(w):
    in_threads(w)
    w.chat.internal.add(channel("deals"))
    await enqueue(w, post("a", at=w.clock.now(), target=Place(channel("deals"))))
    await enqueue(w, post("b", at=w.clock.now(), target=CHANNEL, under=OutboxId("a")))
    await enqueue(w, post("c", at=w.clock.now(), target=Direct(user("noor")), under=OutboxId("b")))
    assert [p.target for p in w.posts()[1:]] == [CHANNEL, Direct(user("noor"))]


async def test_one_of_unknown_fate_is_found_in_the_thread_it_was_put_in(w):
    in_threads(w)
    await enqueue(w, post("a", at=w.clock.now(), target=CHANNEL))
    w.chat.lost_replies = 1
    await enqueue(w, post("b", at=w.clock.now(), target=CHANNEL, under=OutboxId("a")))
    await w.wait(minutes=1)
    assert [p.id for p in w.posts()] == ["a", "b"]
    row = await w.store.row(OutboxId("b"))
    assert (row.status, row.place.thread) == (RowStatus.SENT, (await w.store.row(OutboxId("a"))).ref.id)


async def test_an_agents_channel_that_is_gone_is_waited_for_and_an_admin_hears_who_mends_it(w):
    w.chat.gone.add(channel("agents"))
    await enqueue(w, post("a", at=w.clock.now(), target=CHANNEL), post("b", at=w.clock.now(), target=CHANNEL))
    told = [p for p in w.posts() if isinstance(p.target, Direct)]
    assert [(p.target.user, "there is no channel" in plain(p.card)) for p in told] == [(user("ada"), True)]
    w.chat.gone.clear()
    await w.wait(minutes=6)
    assert [p.id for p in w.posts() if p not in told] == ["a", "b"]


async def test_an_agents_channel_nobody_can_ask_about_is_waited_for_as_well(w):
    is_private = w.chat.is_private

    async def gone(where):
        raise PlaceGone("the channel is archived: unarchive it")

    w.chat.is_private = gone
    await enqueue(w, post("a", at=w.clock.now()))
    assert ["unarchive it" in plain(p.card) for p in w.posts()] == [True]
    w.chat.is_private = is_private
    await w.wait(minutes=6)
    assert w.standing(where="agents") == ["x"]


async def test_what_the_platform_refuses_for_good_does_not_block_what_follows(w):
    once(w, PlaceGone("no such thread"))
    await enqueue(w, post("a", at=w.clock.now()), post("b", at=w.clock.now()))
    assert [p.id for p in w.posts()] == ["b"]
    assert (await w.store.row(OutboxId("a"))).status is RowStatus.FAILED


async def test_a_deletion_takes_the_post_away_and_twice_is_once(w):
    await enqueue(w, post("a", at=w.clock.now()))
    for id in ("b", "c"):
        await enqueue(w, post(id, at=w.clock.now(), op=Op.DELETE, changes=OutboxId("a")))
    assert w.standing(where="agents") == []


async def test_what_others_can_read_by_now_can_be_taken_away_all_the_same(w):
    await enqueue(w, post("a", at=w.clock.now()))
    w.chat.guests[channel("agents")] = [user("ina")]
    await enqueue(w, post("b", at=w.clock.now(), op=Op.DELETE, changes=OutboxId("a")))
    assert w.standing(where="agents") == []


async def test_a_post_that_cannot_be_taken_back_is_told_as_what_it_is(w):
    await enqueue(w, post("a", at=w.clock.now()))

    async def refuses(ref, given):
        raise Rejected("the platform keeps it")

    w.chat.delete = refuses
    await enqueue(w, post("b", at=w.clock.now(), op=Op.DELETE, changes=OutboxId("a")))
    [told] = [text for text in w.texts(Purpose.NOTICE, where="agents") if "the platform keeps it" in text]
    assert "could not be taken back: the platform keeps it. If it still stands" in told


async def test_the_waits_between_tries_grow(w):
    tries = []
    send = w.chat.send

    async def counts(given):
        tries.append(w.clock.now())
        raise Unavailable("platform")

    w.chat.send = counts
    await enqueue(w, post("a", at=w.clock.now()))
    await w.wait(hours=1)
    w.chat.send = send
    waits = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert waits == sorted(waits)
    assert timedelta(seconds=10) <= waits[0] < waits[-1]


@pytest.mark.parametrize("who", ["noor", "ina"])
async def test_a_reaction_and_a_whisper_reach_whom_they_are_for(w, who):
    ref = await w.says(who, "hello")
    reaction = Post(OutboxId("r"), Place(channel("community")), Purpose.NOTICE, PUBLIC, w.clock.now(), op=Op.REACT, emoji="eyes", on=ref)
    whisper = Post(
        OutboxId("w"), Place(channel("community")), Purpose.NOTICE, PUBLIC, w.clock.now(), op=Op.WHISPER, card=Card((Text("psst"),)), to=(user(who),)
    )
    await enqueue(w, reaction, whisper)
    assert w.chat.reactions == [(ref, "eyes")]
    assert [p.to for p in w.posts()] == [(user(who),)]


async def test_a_card_that_changes_while_it_is_drawn_is_drawn_again(w):
    now, place = w.clock.now(), Place(channel("agents"))
    record = CardRecord(CardId("k-1"), CardKind.DAILY, None, now.isoformat(), OutboxId("o-1"), place)
    shown = ["as it was", "as it is"]

    async def draw(id):
        text = shown[0] if len(shown) == 1 else shown.pop(0)
        if text == "as it was":
            await w.store.commit(EventId("e-changed"), write(Refresh(id, OutboxId("o-2"), now)), at=now)
        return Card((Text(text),))

    card = replace(post("o-1", target=place, at=now), card=None, card_id=record.id)
    await w.store.commit(EventId("e-posted"), write(SaveCard(record), Enqueue(card)), at=now)
    await Sender(w.services, draw).drain()
    w.clock.advance(minutes=1)
    await Sender(w.services, draw).drain()
    assert [plain(sent.card) for sent in w.chat.sent] == ["as it was", "as it is"]
