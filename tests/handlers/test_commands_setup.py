"""The set-up: every step with its state, from an empty workspace on, and an agents channel that is private."""

import pytest

from desk.cards import Form, plain
from desk.changes import RemoveChannel, write
from desk.customer import Role
from desk.errors import PlaceGone
from desk.ids import EventId
from desk.ports import Query
from desk.space import ChannelKind, Place
from desk.timeline import Purpose
from handlers.commands.setup import steps
from handlers.commands.table import checked, form_of
from tests.handlers.told import announced, told
from tests.world import channel, user


async def emptied(w):
    """Take every declaration away, as in a fresh workspace."""
    gone = [RemoveChannel(declared.ref) for declared in await w.store.channels()]
    await w.store.commit(EventId("emptied"), write(*gone), at=w.clock.now())


async def missing(w):
    return [step.title for step in await steps(Place(channel("agents")), w.services) if step.missing]


async def test_in_a_fresh_workspace_an_admin_sees_each_step_and_what_is_missing(w):
    await emptied(w)
    await w.commands("ada", "setup", where="general")
    text = told(w)
    assert text.startswith("Set-up   2 of 5 steps done\n**1. Agents channel:** none yet. Missing: a private channel")
    assert text.endswith("Next: agents channel, customer channels and knowledge.")
    assert [post.op for post in w.chat.sent] == ["whisper"]


async def test_its_buttons_give_the_commands_that_lead_on(w):
    await w.commands("ada", "setup")
    card = next(post.card for post in reversed(w.chat.sent) if post.to)
    assert {button.subject for button in card.buttons} == {"setup agents", "team add", "channel add", "kb add", "mode"}
    assert {button.action for button in card.buttons} == {"command"}
    await w.clicks("ada", "Choose the agents channel", channel="agents")
    assert told(w).startswith("#agents is the agents channel already.")


async def test_step_by_step_nothing_is_missing_in_the_end(w):
    await emptied(w)
    assert await missing(w) == ["Agents channel", "Customer channels", "Knowledge"]
    await w.commands("ada", "setup agents #agents", where="general")
    await w.commands("ada", "channel add #help community", where="general")
    w.policy.change(knowledge={"sources": [{"name": "help", "kind": "folder", "at": "articles"}]})
    assert await missing(w) == []
    await w.commands("ada", "setup")
    assert "Everything is set up." in told(w)


async def test_the_agents_channel_is_chosen_and_told_there(w):
    await emptied(w)
    await w.commands("ada", "setup agents #agents", where="general")
    found = await w.store.channel(channel("agents"))
    assert (found.kind, found.agents, found.name) == (ChannelKind.INTERNAL, True, "agents")
    assert announced(w) == ["Ada made #agents the agents channel."]


async def test_another_one_takes_its_place_and_only_one_is_marked(w):
    w.chat.internal.add(channel("team"))
    await w.commands("ada", "setup agents #team")
    assert [c.name for c in await w.store.channels() if c.agents] == ["team"]
    assert (await w.store.channel(channel("agents"))).kind is ChannelKind.INTERNAL
    await w.asks("ina", "unsure: my refund?")
    assert len(w.posts(Purpose.DRAFT_CARD, where="team")) == 1


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        pytest.param("#open", "#open is not private: others than your company can read it", id="one that others can read"),
        pytest.param("#community", "#community is declared as a channel of customers", id="one of customers"),
        pytest.param("#gone", "I can't look into #gone", id="one where the bot is not"),
    ],
)
async def test_a_channel_that_will_not_do_is_refused_with_a_sentence(w, word, answer):
    w.chat.gone.add(channel("gone"))
    await w.commands("ada", f"setup agents {word}")
    assert answer in told(w)
    assert [c.name for c in await w.store.channels() if c.agents] == ["agents"]


async def test_the_form_says_what_is_set_and_is_checked_before_it_is_sent(w):
    query = Query("command", "setup agents", user("ada"), Role.ADMIN, place=Place(channel("agents")))
    form = await form_of(query, w.services)
    assert isinstance(form, Form)
    assert (form.intro, form.fields[0].value) == ("Now it is #agents.", "agents")
    assert "is not private" in (await checked(query, {"channel": "open"}, w.services))["channel"]
    assert await checked(query, {"channel": "agents"}, w.services) == {}


async def test_without_a_form_it_says_how_to_write_it(w):
    await w.commands("ada", "setup agents")
    assert "Now it is #agents." in told(w)
    assert "`/frontdesk setup agents CHANNEL`" in told(w)


async def test_an_agents_channel_that_others_can_read_is_missing_its_privacy(w):
    w.chat.internal.clear()
    await w.commands("ada", "setup")
    assert "Missing: privacy: others can read it, so I post nothing there." in told(w)


async def test_an_agents_channel_that_the_bot_is_not_in_any_more_is_said(w, monkeypatch):
    async def is_private(channel):
        raise PlaceGone("the bot is not in #agents: invite it again")

    monkeypatch.setattr(w.chat, "is_private", is_private)
    (step, *_) = await steps(Place(channel("agents")), w.services)
    assert step.missing == "a way in: the bot is not in #agents: invite it again"
    await w.commands("ada", "setup agents #agents")
    assert told(w) == "the bot is not in #agents: invite it again"


async def test_only_admins_set_up(w):
    await w.commands("lea", "setup")
    assert told(w) == "`setup` is for admins only."


async def test_an_observing_desk_says_what_that_means(observing):
    await observing.commands("ada", "setup")
    text = next(plain(post.card) for post in reversed(observing.chat.sent) if post.to)
    assert "**5. Modes:** observe everywhere; I say nothing and show you each day what I would have said." in text
