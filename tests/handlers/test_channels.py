"""Channels nobody declared, channels that get another name, and channels that are gone."""

import pytest

from desk.audience import INTERNAL
from desk.cards import plain
from desk.changes import RemoveChannel, write
from desk.customer import Person, Role
from desk.ids import EventId, PersonId
from desk.post import Direct
from desk.space import Place
from tests.handlers.outside import changes, invited
from tests.world import channel, user


def targets(w):
    return [post.target for post in w.posts()]


async def test_a_teammate_who_invites_the_bot_is_asked_privately_what_the_channel_is(w):
    await invited(w, "noor")
    (post,) = w.posts()
    assert (post.target, post.audience, post.to) == (Direct(user("noor")), INTERNAL, (user("noor"),))
    assert "#new-place" in plain(post.card)
    assert [(b.action, b.label, b.subject) for b in post.card.buttons] == [("command", "Set up #new-place", "channel add local/main/new-place")]


@pytest.mark.parametrize("who", ["ina", "kim", None], ids=["a customer", "a colleague", "nobody the platform names"])
async def test_when_no_teammate_invited_it_the_admins_are_asked(w, who):
    await invited(w, who)
    assert targets(w) == [Direct(user("ada"))]


async def test_while_nobody_is_known_the_agents_channel_is_told(w):
    w.crm.down = True
    await invited(w, None)
    assert targets(w) == [Place(channel("agents"))]


async def test_admins_whom_the_platform_names_are_asked_as_well(w):
    w.crm.down = True
    w.chat.named[user("olga")] = Person(PersonId("olga"), "Olga", Role.ADMIN)
    w.chat.people = {**w.chat.people, "olga": w.chat.named[user("olga")]}
    await invited(w, None)
    assert targets(w) == [Direct(user("olga"))]


async def test_invited_again_it_asks_once_a_day(w):
    for _ in range(3):
        await invited(w, "noor")
    await w.wait(days=1)
    await invited(w, "noor")
    assert len(w.posts()) == 2


async def test_into_a_declared_channel_it_comes_without_a_word(w):
    await invited(w, "noor", name="community")
    assert w.posts() == []


async def test_that_others_are_in_it_is_said(w):
    await invited(w, "noor", shared=True)
    assert "People of another organization are in it" in plain(w.posts()[0].card)


async def test_nobody_is_heard_there_until_it_is_declared(w):
    await invited(w, "noor")
    await w.asks("ina", "When does my refund arrive?", where="new-place")
    assert await w.store.tickets() == []


async def test_a_new_name_is_followed(w):
    before = await w.store.channel(channel("community"))
    await changes(w, "community", name="help")
    after = await w.store.channel(channel("community"))
    assert (after.name, after.declared_at, after.kind) == ("help", before.declared_at, before.kind)


async def test_what_was_paused_by_its_name_stays_paused_under_the_new_one(w):
    await w.commands("lea", "pause #community")
    await changes(w, "community", name="help")
    await w.asks("ina", "When does my refund arrive?")
    assert [p for p in w.posts(where="community") if not p.emoji] == []
    assert set((await w.policy.current()).paused.channels) == {"help"}


async def test_of_a_channel_that_is_gone_the_team_hears_once_with_what_to_do(w):
    await changes(w, "community", gone=True)
    await changes(w, "community", gone=True)
    (post,) = w.posts()
    assert post.target == Place(channel("agents"))
    assert "I can no longer read or write in #community" in plain(post.card)
    assert "/frontdesk channel remove #community" in plain(post.card)


async def test_of_the_agents_channel_the_admins_hear_directly(w):
    await changes(w, "agents", gone=True)
    assert targets(w) == [Direct(user("ada"))]
    assert "/frontdesk setup" in plain(w.posts()[0].card)


async def test_what_becomes_of_a_channel_nobody_declared_is_nobodys_business(w):
    await changes(w, "elsewhere", gone=True)
    await changes(w, "elsewhere", name="other")
    await w.store.commit(EventId("off"), write(RemoveChannel(channel("community"))), at=w.clock.now())
    await changes(w, "community", gone=True)
    assert w.posts() == []
