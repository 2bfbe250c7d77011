"""The outbox: order, pace, and what a platform may answer."""

import itertools
from datetime import timedelta

import pytest

from desk.audience import INTERNAL, PUBLIC
from desk.cards import Card, Text
from desk.changes import Enqueue, write
from desk.errors import PlaceGone, RateLimited, Unavailable
from desk.ids import EventId, OutboxId
from desk.ports import Capabilities
from desk.post import Op, Post, RowStatus
from desk.space import Place
from desk.timeline import Purpose
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


async def test_another_thread_is_not_held_up(w):
    once(w, RateLimited(timedelta(seconds=30)))
    await enqueue(w, post("a", at=w.clock.now()), post("b", at=w.clock.now(), target=Place(channel("agents"), "u")))
    assert [p.id for p in w.posts()] == ["b"]


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
