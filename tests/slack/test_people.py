"""Who is who: roles by Slack, by the agents channel and by policy, at each click; and who can read a channel."""

import asyncio

import pytest

from bot.slack.refs import channel_ref, user_ref
from desk.changes import SaveChannel, write
from desk.customer import Role
from desk.errors import Misconfigured, PlaceGone, RateLimited, Unavailable
from desk.ids import EventId
from desk.space import Channel, ChannelKind
from tests.fakes import START
from tests.slack.loopback import BOT_USER, TEAM, WHO, Reply

TIM = {"team_id": TEAM, "name": "tim", "profile": {"display_name": "Tim", "email": "Tim@pelican.example"}, "tz": "Europe/Berlin", "locale": "de-DE"}
OWNER = {**TIM, "is_owner": True}
GUEST = {**TIM, "is_restricted": True}
GUEST_ADMIN = {**TIM, "is_ultra_restricted": True, "is_admin": True}
MARA = {"team_id": "T0ACME", "name": "mara", "profile": {"real_name": "Mara Voss", "email": "tim@pelican.example"}, "is_admin": True}
STRANGER = {"team_id": TEAM, "name": "mara", "is_stranger": True, "is_admin": True}
GONE = {**OWNER, "deleted": True}
APP = {"team_id": TEAM, "name": "app", "is_bot": True, "is_admin": True}
AGENTS = {"name": "agents", "is_private": True}


async def declare(store, id="C0AGENTS", kind=ChannelKind.INTERNAL, *, agents=True):
    """Declare a channel."""
    channel = Channel(channel_ref(TEAM, id), id, kind, START, agents=agents)
    await store.commit(EventId(f"ev-{id}"), write(SaveChannel(channel)), at=START)


@pytest.mark.parametrize(
    ("user", "named", "role"),
    [
        pytest.param(TIM, {}, Role.COLLEAGUE, id="a member whom nobody named is a colleague"),
        pytest.param(TIM, {"agents": ["slack/T0PELICAN/U1"]}, Role.TEAMMATE, id="a member whom policy names as an agent"),
        pytest.param(TIM, {"agents": ["slack/T0PELICAN/U1"], "leads": ["slack/T0PELICAN/U1"]}, Role.LEAD, id="of two roles the higher one"),
        pytest.param(TIM, {"admins": ["tim@PELICAN.example"]}, Role.ADMIN, id="a member whom policy names by an address"),
        pytest.param(TIM, {"agents": ["slack/T0OTHER/U1"]}, Role.COLLEAGUE, id="a member whose namesake in another workspace is named"),
        pytest.param(TIM, {"leads": ["slack/T0PELICAN/S0LEADS"]}, Role.LEAD, id="a member of a user group that policy names"),
        pytest.param(OWNER, {}, Role.ADMIN, id="an owner of the workspace"),
        pytest.param({**TIM, "is_admin": True}, {}, Role.ADMIN, id="an admin of the workspace"),
        pytest.param(GUEST, {"agents": ["slack/T0PELICAN/U1", "tim@pelican.example"]}, Role.CUSTOMER, id="a guest, whoever names them"),
        pytest.param(GUEST_ADMIN, {}, Role.CUSTOMER, id="a guest whom Slack calls an admin"),
        pytest.param(MARA, {"admins": ["tim@pelican.example"]}, Role.CUSTOMER, id="somebody of another organization with an address of ours"),
        pytest.param(STRANGER, {"leads": ["slack/T0PELICAN/U1"]}, Role.CUSTOMER, id="a stranger, whatever else is said of them"),
        pytest.param(GONE, {"admins": ["slack/T0PELICAN/U1"]}, Role.COLLEAGUE, id="a deactivated owner is nobody of the team"),
        pytest.param(APP, {"agents": ["slack/T0PELICAN/U1"]}, Role.CUSTOMER, id="a bot"),
        pytest.param(None, {"agents": ["slack/T0PELICAN/U1"]}, Role.CUSTOMER, id="somebody Slack does not know"),
    ],
)
async def test_a_role_is_what_slack_and_policy_say(people, slack, policy, user, named, role):
    slack.users = {"U1": user} if user else {}
    slack.answers["usergroups.users.list"] = [{"ok": True, "users": ["U1", "U2"]}]
    policy.change(team=named)
    assert (await people.who("U1")).role is role


async def test_whoever_is_in_the_agents_channel_is_a_teammate_but_no_guest(people, slack, store):
    await declare(store)
    slack.channels["C0AGENTS"] = AGENTS
    slack.members["C0AGENTS"] = ["U1", "U2", "U3", BOT_USER]
    slack.users = {"U1": TIM, "U2": GUEST, "U3": MARA, "U4": TIM}
    assert [(await people.who(f"U{n}")).role for n in range(1, 5)] == [Role.TEAMMATE, Role.CUSTOMER, Role.CUSTOMER, Role.COLLEAGUE]


@pytest.mark.parametrize(
    ("channel", "team"),
    [
        pytest.param({**AGENTS, "is_private": False}, {}, id="a channel that anybody may join"),
        pytest.param({**AGENTS, "is_ext_shared": True, "is_shared": True}, {}, id="a channel shared with another organization"),
        pytest.param(AGENTS, {"channel": False}, id="a policy that does not go by the channel"),
        pytest.param(None, {}, id="a channel that is gone"),
    ],
)
async def test_being_in_it_says_nothing_of(people, slack, store, policy, channel, team):
    await declare(store)
    slack.channels = {"C0AGENTS": channel} if channel else {}
    slack.members["C0AGENTS"] = ["U1"]
    slack.users = {"U1": TIM}
    policy.change(team=team)
    assert (await people.who("U1")).role is Role.COLLEAGUE


@pytest.mark.parametrize("kind", [ChannelKind.COMMUNITY, ChannelKind.SHARED])
async def test_no_channel_of_customers_makes_teammates(people, slack, store, kind):
    await declare(store, kind=kind)
    slack.channels["C0AGENTS"] = AGENTS
    slack.members["C0AGENTS"] = ["U1"]
    slack.users = {"U1": TIM}
    assert (await people.who("U1")).role is Role.COLLEAGUE


@pytest.mark.parametrize("error", ["missing_scope", "plan_upgrade_required", "no_such_subteam", "not_allowed_token_type", "paid_teams_only"])
async def test_a_refused_user_group_is_nobody_and_breaks_nothing(people, slack, policy, error):
    slack.refuse("usergroups.users.list", error)
    slack.users = {"U1": TIM, "U2": OWNER}
    policy.change(team={"leads": ["slack/T0PELICAN/S0LEADS"], "agents": ["slack/T0PELICAN/U1"]})
    assert (await people.who("U1")).role is Role.TEAMMATE
    assert [person.role for _, person in await people.team()] == [Role.TEAMMATE, Role.ADMIN]


async def test_while_slack_limits_us_nobody_is_taken_for_less_than_they_are(people, slack, policy):
    slack.answers["usergroups.users.list"] = [Reply(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "3"})]
    slack.users = {"U1": TIM}
    policy.change(team={"leads": ["slack/T0PELICAN/S0LEADS"]})
    with pytest.raises(RateLimited):
        await people.who("U1")


@pytest.mark.parametrize(
    ("intake", "email", "role"),
    [
        pytest.param({"members": "customers"}, "ann@mail.example", Role.CUSTOMER, id="in a community workspace members are customers"),
        pytest.param({"members": "customers", "domains": ["pelican.example"]}, "ann@pelican.example", Role.COLLEAGUE, id="but not at home"),
        pytest.param({"members": "customers", "domains": ["pelican.example"]}, "ann@evilpelican.example", Role.CUSTOMER, id="an end alike is not it"),
        pytest.param({"members": "customers", "domains": ["@Pelican.example"]}, "ann@PELICAN.example", Role.COLLEAGUE, id="however it is written"),
        pytest.param({"members": "customers", "domains": ["pelican.example"]}, "", Role.CUSTOMER, id="nor somebody without an address"),
    ],
)
async def test_what_members_are_is_policy(people, slack, policy, intake, email, role):
    slack.users = {"U1": {**TIM, "profile": {"email": email}}}
    policy.change(intake=intake)
    assert (await people.who("U1")).role is role


@pytest.mark.parametrize(
    ("hint", "external"),
    [
        pytest.param({}, False, id="an event that says nothing"),
        pytest.param({"user_team": TEAM, "source_team": TEAM}, False, id="one of our own"),
        pytest.param({"user_team": "T0ACME"}, True, id="one of another organization"),
        pytest.param({"source_team": "T0ACME"}, True, id="one sent from another organization"),
        pytest.param({"is_stranger": True}, True, id="a stranger's"),
    ],
)
async def test_an_event_may_say_that_its_author_is_from_outside(people, slack, hint, external):
    slack.users = {"U1": OWNER}
    who = await people.who("U1", hint)
    assert (who.is_external, who.role) == (external, Role.CUSTOMER if external else Role.ADMIN)


async def test_another_workspace_of_the_same_organization_is_home(people, slack):
    slack.answers["auth.test"] = [{**WHO, "enterprise_id": "E0PELICAN"}]
    slack.users = {"U1": {**TIM, "team_id": "T0SISTER", "enterprise_user": {"enterprise_id": "E0PELICAN"}}}
    assert (await people.who("U1", {"user_team": "T0SISTER"})).role is Role.COLLEAGUE
    assert (await people.who("U1", {"is_stranger": True})).role is Role.CUSTOMER


async def test_of_somebody_slack_tells_nothing_of_the_event_says_the_name(people):
    who = await people.who("U9", {"is_stranger": True, "user_profile": {"display_name": "", "real_name": "Mara Voss"}})
    assert (who.name, who.is_external, who.ref) == ("Mara Voss", True, user_ref(TEAM, "U9"))


async def test_a_profile_says_name_zone_language_and_address(people, slack):
    slack.users = {"U1": TIM}
    who = await people.who("U1")
    assert (who.name, who.zone, who.language, who.email) == ("Tim", "Europe/Berlin", "de", "tim@pelican.example")


@pytest.mark.parametrize("tz", [None, "Mars/Olympus", "../../etc/passwd", ""])
async def test_a_zone_nobody_knows_is_utc(people, slack, tz):
    slack.users = {"U1": {**TIM, "tz": tz}}
    assert (await people.who("U1")).zone == "UTC"


async def test_bots_are_bots_and_we_are_ourselves(people, slack):
    slack.users = {"USLACKBOT": {"team_id": TEAM, "name": "slackbot"}, "U2": APP}
    assert [(await people.who(id)).is_bot for id in ("USLACKBOT", "U2", "B0FORMS", BOT_USER)] == [True] * 4
    assert (await people.who(BOT_USER)).role is Role.BOT
    assert (await people.who("B0FORMS", {"username": "Forms"})).name == "Forms"


async def test_slack_is_asked_once_for_what_many_want_at_once(people, slack):
    slack.users = {"U1": TIM}
    await asyncio.gather(*(people.who("U1") for _ in range(20)))
    assert len(slack.of("users.info")) == 1


async def test_who_lost_a_role_has_lost_it_once_slack_says_so_and_soon_in_any_case(people, slack, clock):
    slack.users = {"U1": OWNER}
    assert (await people.who("U1")).role is Role.ADMIN
    slack.users = {"U1": TIM}
    people.forget("U1")
    assert (await people.who("U1")).role is Role.COLLEAGUE
    slack.users = {"U1": OWNER}
    clock.advance(minutes=2)
    assert (await people.who("U1")).role is Role.ADMIN


async def test_who_left_the_agents_channel_is_no_teammate_a_minute_later(people, slack, store, clock):
    await declare(store)
    slack.channels["C0AGENTS"], slack.members["C0AGENTS"], slack.users = AGENTS, ["U1"], {"U1": TIM}
    assert (await people.who("U1")).role is Role.TEAMMATE
    slack.members["C0AGENTS"] = []
    clock.advance(seconds=60)
    assert (await people.who("U1")).role is Role.COLLEAGUE


async def test_who_was_named_by_policy_has_the_role_at_once_and_loses_it_at_once(people, slack, policy):
    slack.users = {"U1": TIM}
    for entries, role in ((["slack/T0PELICAN/U1"], Role.LEAD), ([], Role.COLLEAGUE)):
        policy.change(team={"leads": entries})
        assert (await people.who("U1")).role is role


async def test_the_team_is_everybody_whom_anything_names(people, slack, store, policy):
    await declare(store)
    slack.channels["C0AGENTS"], slack.members["C0AGENTS"] = AGENTS, ["U1", "U4", BOT_USER]
    named = {f"U{n}": {**TIM, "profile": {"display_name": name}} for n, name in enumerate(("Tim", "Poppy", "Lea", "Zoe"), 1)}
    slack.users = {**named, "U5": {**OWNER, "profile": {"display_name": "Ada"}}, "U6": MARA, "U7": GONE, "U8": APP, "U9": TIM}
    slack.answers["usergroups.users.list"] = [{"ok": True, "users": ["U2", "U6", "U7", "U8"]}]
    slack.answers["users.lookupByEmail"] = [{"ok": True, "user": {"id": "U3"}}]
    policy.change(team={"agents": ["slack/T0PELICAN/S0TEAM"], "leads": ["lea@pelican.example"]})
    found = [(user.id, person.name, person.role) for user, person in await people.team()]
    assert found[0] == ("U5", "Ada", Role.ADMIN)
    assert [name for _, name, _ in found] == ["Ada", "Poppy", "Tim", "Zoe"]


async def test_a_lead_named_by_an_address_is_of_the_team(people, slack, policy):
    slack.users = {"U3": TIM}
    slack.answers["users.lookupByEmail"] = [{"ok": True, "user": {"id": "U3"}}]
    policy.change(team={"leads": ["tim@pelican.example"]})
    assert [(user.id, person.role, person.email) for user, person in await people.team()] == [("U3", Role.LEAD, "tim@pelican.example")]


@pytest.mark.parametrize("error", ["missing_scope", "users_not_found"])
async def test_an_address_nobody_has_is_nobody(people, slack, policy, error):
    slack.refuse("users.lookupByEmail", error)
    policy.change(team={"leads": ["tim@pelican.example"]})
    assert await people.team() == []


@pytest.mark.parametrize("error", ["token_revoked", "internal_error", "something_new"])
async def test_a_workspace_that_cannot_be_asked_has_no_team_for_now(people, slack, error):
    slack.refuse("users.list", error)
    with pytest.raises(Unavailable):
        await people.team()


async def test_a_list_in_pages_is_read_to_its_end(people, slack):
    slack.answers["conversations.members"] = [
        {"ok": True, "members": ["U1"], "response_metadata": {"next_cursor": "more"}},
        {"ok": True, "members": ["U2"], "response_metadata": {"next_cursor": ""}},
    ]
    slack.users = {"U1": MARA, "U2": STRANGER}
    assert [user.id for user in await people.outsiders("C1")] == ["U1", "U2"]
    assert [given.get("cursor") for given in slack.of("conversations.members")] == [None, "more"]


async def test_outsiders_are_customers_and_guests_but_no_bots_and_none_of_ours(people, slack):
    slack.members["C1"] = ["U1", "U2", "U3", "U4", "U5", BOT_USER]
    slack.users = {"U1": TIM, "U2": MARA, "U3": GUEST, "U4": APP, "U5": OWNER}
    assert [user.id for user in await people.outsiders("C1")] == ["U2", "U3"]


@pytest.mark.parametrize(
    ("channel", "members", "private"),
    [
        pytest.param(AGENTS, ["U1", BOT_USER], True, id="a private channel of our own people"),
        pytest.param({"is_private": False, "is_channel": True}, ["U1"], False, id="a public channel"),
        pytest.param({**AGENTS, "is_ext_shared": True}, ["U1"], False, id="a channel shared with another organization"),
        pytest.param({**AGENTS, "is_shared": True}, ["U1"], False, id="a channel that is shared, who knows with whom"),
        pytest.param({**AGENTS, "is_shared": True, "is_org_shared": True}, ["U1"], True, id="a channel shared within the organization"),
        pytest.param({**AGENTS, "is_pending_ext_shared": True}, ["U1"], False, id="a channel that is about to be shared"),
        pytest.param({**AGENTS, "pending_connected_team_ids": ["T0ACME"]}, ["U1"], False, id="a channel another organization was invited to"),
        pytest.param(AGENTS, ["U1", "U3"], False, id="a guest in it"),
        pytest.param(AGENTS, ["U1", "U2"], False, id="a person of another organization in it"),
        pytest.param({"is_im": True}, ["U1", BOT_USER], True, id="a direct message with one of ours"),
        pytest.param({"is_im": True}, ["U2", BOT_USER], False, id="a direct message with a customer"),
    ],
)
async def test_a_channel_is_private_when_nobody_else_can_read_it(people, slack, channel, members, private):
    slack.channels["C1"], slack.members["C1"] = channel, members
    slack.users = {"U1": TIM, "U2": MARA, "U3": GUEST}
    assert await people.is_private("C1") is private


async def test_a_member_who_is_a_customer_in_a_community_workspace_can_read_along(people, slack, policy):
    slack.channels["C1"], slack.members["C1"], slack.users = AGENTS, ["U1"], {"U1": TIM}
    policy.change(intake={"members": "customers"})
    assert not await people.is_private("C1")


async def test_a_channel_that_was_opened_is_not_private_half_a_minute_later_or_once_slack_says_so(people, slack, clock):
    slack.channels["C1"], slack.members["C1"], slack.users = AGENTS, ["U1"], {"U1": TIM}
    assert await people.is_private("C1")
    slack.channels["C1"] = {**AGENTS, "is_private": False}
    clock.advance(seconds=30)
    assert not await people.is_private("C1")
    slack.channels["C1"] = AGENTS
    people.forget()
    assert await people.is_private("C1")


@pytest.mark.parametrize(
    ("channel", "says"),
    [
        pytest.param(None, "/invite", id="a channel the bot is not in"),
        pytest.param({**AGENTS, "is_archived": True}, "unarchive", id="an archived one"),
    ],
)
async def test_of_a_channel_nobody_can_post_in_it_is_said_who_mends_it(people, slack, channel, says):
    slack.channels = {"C1": channel} if channel else {}
    with pytest.raises(PlaceGone, match=says):
        await people.is_private("C1")


async def test_without_the_scope_to_know_people_nobody_is_guessed_at(people, slack):
    slack.refuse("users.info", "missing_scope", needed="users:read")
    with pytest.raises(Misconfigured, match="users:read"):
        await people.who("U1")
