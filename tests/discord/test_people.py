"""People: who somebody on Discord is, by the server's roles, the agents channel and policy; and who can read a channel."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from cli.play.discord import saying
from cli.play.discord.founding import person, role, room
from cli.play.discord.names import BOT, GUILD, OWNER
from cli.play.discord.permissions import ADMINISTRATOR, MANAGE_GUILD, VIEW
from cli.play.discord.server import Loopback
from cli.play.discord.state import Message, Overwrite
from desk.changes import SaveChannel, write
from desk.customer import Role
from desk.errors import PlaceGone
from desk.ids import EventId
from desk.space import Channel, ChannelKind
from tests.discord.talking import AGENTS, AGENTS_REF, HELP, LEA, MARA, NOBODY, NOWHERE, SUPPORT, TIM, Talking, server, talking, user
from tests.fakes import START

BOSS, HELPERS, STAFF, ACME = (f"11900000000008{n}0000" for n in range(4))
MEMBERS_ROUTE = "GET /guilds/{guild}/members/{user}"


@pytest_asyncio.fixture
async def talk(tmp_path, policy, store, clock) -> AsyncIterator[Talking]:
    async with Loopback(server(clock.now)) as discord, talking(discord, tmp_path / "carried.db", policy=policy, store=store, clock=clock) as found:
        await store.commit(EventId("ev-1"), write(SaveChannel(Channel(AGENTS_REF, "agents", ChannelKind.INTERNAL, START, agents=True))), at=START)
        yield found


async def role_of(talk, id):
    return (await talk.people.who(id)).role


@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        pytest.param(MANAGE_GUILD, Role.ADMIN, id="who may manage the server is an admin"),
        pytest.param(ADMINISTRATOR, Role.ADMIN, id="who may do everything is an admin"),
        pytest.param(VIEW, Role.CUSTOMER, id="a role that may do nothing in particular makes nobody anything"),
    ],
)
async def test_what_somebody_may_on_the_server_says_whether_they_are_an_admin(talk, permissions, expected):
    role(talk.home, BOSS, "Bosses", permissions)
    person(talk.home, LEA, "Lea Brandt", BOSS)
    assert await role_of(talk, LEA) is expected


async def test_the_owner_is_an_admin_and_the_bot_itself_is_nobody_else(talk):
    assert await role_of(talk, OWNER) is Role.ADMIN
    assert await role_of(talk, BOT) is Role.BOT


@pytest.mark.parametrize(
    ("section", "key", "expected"),
    [
        ("team", "admins", Role.ADMIN),
        ("team", "leads", Role.LEAD),
        ("team", "agents", Role.TEAMMATE),
        ("intake", "colleagues", Role.COLLEAGUE),
    ],
)
@pytest.mark.parametrize("named", [HELPERS, LEA], ids=["by a role", "by name"])
async def test_policy_says_who_somebody_is(talk, policy, section, key, expected, named):
    role(talk.home, HELPERS, "Helpers")
    person(talk.home, LEA, "Lea Brandt", HELPERS)
    policy.change(**{section: {key: [f"discord/{GUILD}/{named}"]}})
    assert await role_of(talk, LEA) is expected
    assert await role_of(talk, MARA) is Role.CUSTOMER


async def test_the_highest_of_several_roles_counts(talk, policy):
    role(talk.home, HELPERS, "Helpers")
    person(talk.home, LEA, "Lea Brandt", HELPERS)
    policy.change(team={"agents": [f"discord/{GUILD}/{HELPERS}"], "leads": [f"discord/{GUILD}/{LEA}"]})
    assert await role_of(talk, LEA) is Role.LEAD


@pytest.mark.parametrize("entry", [f"discord/{GUILD}/{GUILD}", f"discord/1/{MARA}", f"slack/{GUILD}/{MARA}"], ids=["everyone", "elsewhere", "Slack"])
async def test_nobody_is_of_the_team_by_an_entry_that_means_somebody_else(talk, policy, entry):
    policy.change(team={"agents": [entry]})
    assert await role_of(talk, MARA) is Role.CUSTOMER


async def test_whose_role_the_agents_channel_lets_in_is_of_the_team_unless_policy_says_otherwise(talk, policy):
    assert await role_of(talk, TIM) is Role.TEAMMATE
    policy.change(team={"channel": False})
    assert await role_of(talk, TIM) is Role.CUSTOMER


async def test_in_an_agents_channel_that_everyone_sees_being_let_in_says_nothing(talk):
    talk.home.guild.channels[AGENTS].overwrites = [each for each in talk.home.guild.channels[AGENTS].overwrites if each.id != GUILD]
    assert await role_of(talk, TIM) is Role.CUSTOMER


async def test_who_left_the_server_and_who_never_was_there_are_outside(talk):
    del talk.home.guild.members[TIM]
    for id in (TIM, NOBODY):
        who = await talk.people.who(id)
        assert (who.role, who.is_external) == (Role.CUSTOMER, True)


async def test_the_member_that_came_with_an_event_saves_a_question_and_is_what_they_are_now(talk):
    hint = {"user": {"id": LEA, "username": "lea", "global_name": "Lea Brandt"}, "roles": [SUPPORT], "nick": "Lea (Support)"}
    who = await talk.people.who(LEA, hint)
    assert (who.name, who.role) == ("Lea (Support)", Role.TEAMMATE)
    assert talk.asked(MEMBERS_ROUTE) == []


async def test_a_member_is_asked_for_once_a_minute_and_anew_when_something_changed(talk, clock):
    for _ in range(3):
        await talk.people.who(MARA)
    assert len(talk.asked(MEMBERS_ROUTE)) == 1
    clock.advance(seconds=61)
    await talk.people.who(MARA)
    talk.people.forget(MARA)
    await talk.people.who(MARA)
    assert len(talk.asked(MEMBERS_ROUTE)) == 3


@pytest.mark.parametrize(("who", "asked"), [pytest.param(MARA, 1, id="one who came"), pytest.param("", 2, id="everybody")])
async def test_the_server_is_asked_about_again_only_where_more_than_one_person_changed(talk, who, asked):
    await talk.people.who(MARA)
    before = len(talk.asked("GET /guilds/{guild}"))
    talk.people.forget()
    for _ in range(2):
        await talk.people.is_role(SUPPORT)
        talk.people.forget(who)
    assert len(talk.asked("GET /guilds/{guild}")) == before + asked


async def test_a_role_that_was_taken_away_counts_at_the_next_click(talk, clock):
    assert await role_of(talk, TIM) is Role.TEAMMATE
    talk.home.guild.members[TIM].roles.clear()
    clock.advance(seconds=61)
    assert await role_of(talk, TIM) is Role.CUSTOMER


async def test_the_team_is_everybody_whom_roles_or_policy_name_by_name(talk, policy):
    person(talk.home, LEA, "Lea Brandt")
    policy.change(team={"leads": [f"discord/{GUILD}/{LEA}"]})
    team = {person.name: person.role for _, person in await talk.people.team()}
    assert team == {"Lea Brandt": Role.LEAD, "owner": Role.ADMIN, "Tim": Role.TEAMMATE}


async def test_where_discord_does_not_tell_who_is_there_the_team_is_whom_policy_names_one_by_one(talk, policy):
    talk.home.reads_members = False
    policy.change(team={"agents": [f"discord/{GUILD}/{SUPPORT}", f"discord/{GUILD}/{LEA}"]})
    assert [person.name for _, person in await talk.people.team()] == ["Lea Brandt", "owner"]


def let_in(talk, id, kind=0):
    talk.home.guild.channels[AGENTS].overwrites.append(Overwrite(id, kind, allow=VIEW))


@pytest.mark.parametrize(
    ("change", "private"),
    [
        pytest.param(lambda talk, policy: None, True, id="the team's role alone is let in"),
        pytest.param(lambda talk, policy: talk.home.guild.channels[AGENTS].overwrites.pop(0), False, id="everyone sees it"),
        pytest.param(lambda talk, policy: let_in(talk, MARA, 1), False, id="a customer is let in by name"),
        pytest.param(lambda talk, policy: let_in(talk, TIM, 1), True, id="a teammate is let in by name"),
        pytest.param(lambda talk, policy: policy.change(team={"channel": False}), False, id="a role that policy does not name is let in"),
        pytest.param(
            lambda talk, policy: policy.change(team={"channel": False, "agents": [f"discord/{GUILD}/{SUPPORT}"]}), True, id="a role that policy names"
        ),
        pytest.param(
            lambda talk, policy: (role(talk.home, STAFF, "Staff", MANAGE_GUILD), let_in(talk, STAFF), policy.change(team={"channel": True})),
            True,
            id="who may manage the server is let in",
        ),
    ],
)
async def test_a_channel_is_private_while_only_the_company_sees_it(talk, policy, change, private):
    change(talk, policy)
    assert await talk.people.is_private(AGENTS) is private


async def test_a_role_that_sees_every_channel_without_being_let_in_makes_none_private(talk):
    talk.home.guild.roles[GUILD].permissions &= ~VIEW
    role(talk.home, HELPERS, "Verified", VIEW)
    talk.home.guild.channels[AGENTS].overwrites.pop(0)
    assert not await talk.people.is_private(AGENTS)


async def test_the_guard_sees_within_half_a_minute_that_a_channel_was_opened(talk, clock):
    assert await talk.people.is_private(AGENTS)
    talk.home.guild.channels[AGENTS].overwrites.pop(0)
    clock.advance(seconds=31)
    assert not await talk.people.is_private(AGENTS)


async def test_a_conversation_with_one_of_ours_is_private_and_one_with_a_customer_is_not(talk):
    for id, private in ((TIM, True), (MARA, False)):
        place = await talk.chat.open(user(id))
        assert await talk.people.is_private(place.channel.id) is private


async def test_outsiders_of_a_closed_channel_are_all_who_see_it_and_of_an_open_one_who_wrote_there(talk):
    saying.put(talk.home, Message(HELP, talk.home.ids.next(), MARA, "Hello"))
    role(talk.home, HELPERS, "Acme")
    person(talk.home, LEA, "Lea Brandt", HELPERS)
    room(talk.home, ACME, "acme", only=(HELPERS, SUPPORT))
    assert [ref.id for ref in await talk.people.outsiders(HELP)] == [MARA]
    assert [ref.id for ref in await talk.people.outsiders(ACME)] == [LEA]


async def test_a_channel_is_open_where_everyone_sees_it_and_no_conversation_is(talk):
    direct = (await talk.chat.open(user(MARA))).channel
    assert [await talk.people.is_open(channel) for channel in (HELP, AGENTS, direct.id)] == [True, False, False]


async def test_a_channel_that_is_not_there_is_gone(talk):
    with pytest.raises(PlaceGone):
        await talk.people.is_private(NOWHERE)
