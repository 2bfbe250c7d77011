"""Changes by command: checked, written with author and reason, told to the team, and never lost to another's."""

import pytest

from desk.cards import plain
from desk.changes import RemoveChannel, SetOverride, write
from desk.errors import Conflict, InvalidInput
from desk.events import CommandInvoked
from desk.ids import EventId
from desk.modes import Mode
from desk.space import ChannelKind, Place
from desk.timeline import Purpose
from handlers.commands.changes import difference, set_policy, value_at, written
from tests.world import channel, role_of, user

RULES = [{"category": "billing", "mode": "auto"}, {"kind": "shared", "tier": "enterprise", "mode": "draft"}]


def given(w, *, by="ada"):
    """Return a command that somebody gives in the agents channel."""
    w.numbers += 1
    at = w.clock.now()
    return CommandInvoked(
        id=EventId(f"c{w.numbers}"), text="", by=user(by), by_name=by.title(), role=role_of(by), at=at, place=Place(channel("agents"))
    )


async def changes(w, values, **more):
    """Change the policy and let what follows from it happen; return what who did it was shown."""
    event = given(w)
    card, made = await set_policy(event, values, w.services, **more)
    await w.store.commit(event.id, made, at=event.at)
    await w.settle()
    return plain(card)


async def test_a_change_is_written_with_author_and_reason(w):
    await changes(w, {"tickets.window": "45m"}, reason="busy week")
    (override,) = await w.policy.overrides.current()
    assert (override.path, override.value, override.by, override.reason) == ("tickets.window", "45m", "Ada", "busy week")


async def test_the_team_is_told_who_changed_what_from_what_to_what_and_why(w):
    await changes(w, {"tickets.window": "45m"})
    (told,) = w.texts(Purpose.NOTICE, where="agents")
    assert told == "Ada changed the policy:\ntickets.window: 60m -> 45m\nReason: by command"


async def test_a_wrong_value_is_refused_with_the_checkers_sentence_and_changes_nothing(w):
    with pytest.raises(InvalidInput, match=r"modes.default = 'atuo': write one of observe, draft, auto \(did you mean 'auto'\?\)"):
        await changes(w, {"modes.default": "atuo"})
    assert await w.policy.overrides.current() == ()


async def test_what_is_set_already_is_not_announced(w):
    assert await changes(w, {"tickets.window": "60m"}) == "Nothing to change:\ntickets.window is 60m already"
    assert w.texts(Purpose.NOTICE) == []


async def test_a_whole_list_of_tables_can_be_set_and_taken_away(w):
    await changes(w, {"modes.rules": RULES})
    modes = (await w.policy.current()).modes
    assert modes.of("billing", ChannelKind.COMMUNITY, tier="") is Mode.AUTO
    assert modes.of("onboarding", ChannelKind.SHARED, tier="enterprise") is Mode.DRAFT
    await changes(w, {"modes.rules": None})
    assert (await w.policy.current()).modes.rules == ()


async def test_an_announcement_of_a_list_says_what_was_added_and_what_was_taken_out(w):
    await changes(w, {"team.agents": ["a@pelican.example", "b@pelican.example"]})
    await changes(w, {"team.agents": ["b@pelican.example", "c@pelican.example"]})
    assert "team.agents: added c@pelican.example; took out a@pelican.example" in w.texts(Purpose.NOTICE)[-1]


async def test_of_two_changes_at_once_the_later_one_is_lost_so_that_it_is_computed_again(w):
    first, second = given(w), given(w)
    _, one = await set_policy(first, {"team.agents": ["a@pelican.example"]}, w.services)
    _, two = await set_policy(second, {"team.agents": ["b@pelican.example"]}, w.services)
    await w.store.commit(first.id, one, at=first.at)
    with pytest.raises(Conflict):
        await w.store.commit(second.id, two, at=second.at)
    assert (await w.policy.current()).team.agents == ("a@pelican.example",)


async def test_without_an_agents_channel_a_change_is_made_all_the_same(w):
    for declared in await w.store.channels():
        await w.store.commit(EventId(f"gone-{declared.name}"), write(RemoveChannel(declared.ref)), at=w.clock.now())
    await changes(w, {"csat.ask": False})
    assert (await w.policy.current()).csat.ask is False
    assert w.chat.sent == []


async def test_taking_a_key_away_takes_away_what_was_set_below_it(w):
    await w.store.commit(EventId("deep"), write(SetOverride("macros.hi.title", "Hi", "Ada", "", w.clock.now())), at=w.clock.now())
    await changes(w, {"macros.hi": None})
    assert await w.policy.overrides.current() == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(True, "on", id="a switch"),
        pytest.param([], "nothing", id="an empty list"),
        pytest.param(None, "nothing", id="no value"),
        pytest.param(RULES, "category billing, mode auto; kind shared, tier enterprise, mode draft", id="a list of tables"),
        pytest.param(0, "0", id="a number"),
        pytest.param("x" * 400, "x" * 300 + "...", id="a text that is too long"),
    ],
)
def test_a_value_is_written_as_people_read_it(value, text):
    assert written(value) == text


def test_a_difference_that_is_only_the_order_says_so():
    assert difference("triage.order", ["local", "model"], ["model", "local"]) == "triage.order: in another order"
    assert difference("csat.ask", False, None) == "csat.ask: off -> as the policy file says"


def test_what_is_not_there_has_no_value():
    assert value_at({"a": {"b": 1}}, "a.b") == 1
    assert value_at({"a": 1}, "a.b.c") is None
