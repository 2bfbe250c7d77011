"""Reminding: the owner of a source hears what nobody has looked at for too long."""

from dataclasses import replace

import pytest

from desk.changes import SaveChannel, write
from desk.events import ReviewDue
from desk.ids import EventId
from desk.space import ChannelKind
from desk.timeline import Purpose
from tests.fakes import START
from tests.world import user

DUE = ReviewDue(
    id=EventId("ev-review"),
    source="help-center",
    owner="Lea",
    documents=("help-center/refunds", "help-center/exports"),
    titles=("Refund times", "Exports"),
    at=START,
)


async def test_a_card_in_the_agents_channel_mentions_the_owner_and_names_the_articles(w):
    await w.emit(DUE)
    (post,) = w.posts(Purpose.NOTICE, where="agents")
    assert post.to == (user("lea"),)
    (text,) = w.texts(Purpose.NOTICE, where="agents")
    assert "2 articles are due for review in help-center" in text
    assert "Refund times: help-center/refunds" in text
    assert "frontdesk kb reviewed" in text


@pytest.mark.parametrize("named", ["lea", "LEA"])
async def test_the_owner_is_found_however_the_name_is_written(w, named):
    await w.emit(replace(DUE, owner=named))
    (post,) = w.posts(Purpose.NOTICE, where="agents")
    assert post.to == (user("lea"),)


async def test_an_owner_who_is_not_of_the_team_is_named_and_not_mentioned(w):
    await w.emit(replace(DUE, owner="docs@pelican.example"))
    (post,) = w.posts(Purpose.NOTICE, where="agents")
    assert post.to == ()
    assert "owner docs@pelican.example" in w.texts(Purpose.NOTICE, where="agents")[0]


async def test_a_reminder_that_arrives_twice_is_posted_once(w):
    await w.emit(DUE)
    await w.emit(DUE)
    assert len(w.posts(Purpose.NOTICE, where="agents")) == 1


async def test_of_many_articles_the_first_are_listed_and_the_others_counted(w):
    titles = tuple(f"Article {n}" for n in range(20))
    await w.emit(replace(DUE, documents=titles, titles=titles))
    (text,) = w.texts(Purpose.NOTICE, where="agents")
    assert "Article 7" in text
    assert "Article 8" not in text
    assert "12 more are listed" in text


async def test_without_an_agents_channel_nothing_is_posted(w):
    for channel in await w.store.channels():
        if channel.kind is ChannelKind.INTERNAL:
            await w.store.commit(
                EventId(f"gone{channel.ref}"), write(SaveChannel(replace(channel, kind=ChannelKind.COMMUNITY, agents=False))), at=START
            )
    await w.emit(DUE)
    assert w.posts(Purpose.NOTICE) == []
