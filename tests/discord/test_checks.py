"""What `doctor` looks at in a Discord installation, over the wire, and what it says to do."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.discord import menu
from bot.discord.access import Access
from bot.discord.carried import Carried
from bot.discord.checks import CHECKS, Installation, reached
from bot.discord.refs import channel_ref
from bot.discord.rights import number
from bot.discord.tree import tree
from cli.play.discord.founding import founded, person, role, room
from cli.play.discord.names import APPLICATION, BOT, GUILD, TOKEN
from cli.play.discord.permissions import BOTS, MANAGE_THREADS, SEND, VIEW
from cli.play.discord.server import Loopback
from cli.play.discord.state import Overwrite
from desk.errors import FrontdeskError, Misconfigured, Unavailable
from desk.space import Channel, ChannelKind
from handlers.commands.table import catalog
from tests.fakes import START, FakeClock
from tests.world import ScriptedPolicy

TEAM_ROLE, TIM = "1190000000000600000", "1190000000000200000"
HELP, AGENTS = "1190000000000300000", "1190000000000400000"
DECLARED = (
    Channel(channel_ref(GUILD, AGENTS), "agents", ChannelKind.INTERNAL, START, agents=True),
    Channel(channel_ref(GUILD, HELP), "help", ChannelKind.COMMUNITY, START),
)


@dataclass
class Kept:
    """The declared channels."""

    declared: tuple[Channel, ...] = DECLARED

    async def channels(self):
        return self.declared


class Now:
    """The machine's own clock."""

    def now(self):
        return datetime.now(UTC)


@pytest_asyncio.fixture
async def loop():
    """A server with a team of one in an agents channel, on which the bot has what it is invited with."""
    home = founded(FakeClock().now, bot=number())
    role(home, TEAM_ROLE, "team")
    person(home, TIM, "Tim", TEAM_ROLE)
    room(home, AGENTS, "agents", only=(TEAM_ROLE,))
    room(home, HELP, "help")
    async with Loopback(home) as found:
        yield found


@pytest_asyncio.fixture
async def look(loop, tmp_path):
    """Return a function that makes one check."""

    async def check(name: str, *, channels=DECLARED, token: str = TOKEN, agents=(f"discord/{GUILD}/{TEAM_ROLE}",), clock: Any = None) -> str:
        access = Access(token, url=loop.url)
        policy = ScriptedPolicy({"team": {"agents": list(agents)}})
        carried = await Carried.open(tmp_path / "carried.db", FakeClock())
        try:
            async with reached(access) as web:
                return await CHECKS[name](Installation(access, web, policy, Kept(channels), clock or FakeClock(), catalog(), carried))
        finally:
            await carried.close()

    return check


def test_the_play_invites_the_bot_with_exactly_what_it_asks_for():
    assert number() == BOTS


async def test_a_token_that_works_is_told_with_the_server(look):
    assert await look("discord") == f"Pelican Ledger ({GUILD}), as application {APPLICATION}"


async def test_a_wrong_token_is_told_with_the_setting_to_change(look):
    with pytest.raises(Misconfigured, match="FRONTDESK_DISCORD_TOKEN"):
        await look("discord", token="MTE5.wrong.token")


async def test_a_discord_that_does_not_answer_is_told_as_that():
    with pytest.raises(Unavailable):
        async with reached(Access(TOKEN, url="http://127.0.0.1:9/api/v10/")):
            pass


async def test_intents_that_are_granted_are_told(look):
    assert await look("discord intents") == "Message Content and Server Members are switched on"


async def test_an_intent_that_is_switched_off_is_told_with_what_goes_without(look, loop):
    loop.home.reads_content = False
    says = await look("discord intents")
    assert (says.startswith("not Message Content, so it hears mentions"), "switch it on on the Bot page" in says) == (True, True)


async def test_channels_in_which_all_is_well(look):
    assert await look("discord channels") == "the bot may do its work in all 2, and the agents channel is private"


@pytest.mark.parametrize(
    ("channel", "overwrite", "says"),
    [
        pytest.param(HELP, Overwrite(BOT, 1, deny=SEND), "in #help the bot lacks Send Messages", id="it may not write in"),
        pytest.param(HELP, Overwrite(GUILD, 0, deny=MANAGE_THREADS), "in #help the bot lacks Manage Threads", id="whose threads it may not tend"),
        pytest.param(AGENTS, Overwrite(GUILD, 0, allow=VIEW), "others than the team can read #agents", id="of the team's that everyone reads"),
    ],
)
async def test_a_channel_is_told_that(look, loop, channel, overwrite, says):
    found = loop.home.guild.channels[channel]
    found.overwrites = [each for each in found.overwrites if (each.id, each.kind) != (overwrite.id, overwrite.kind)] + [overwrite]
    with pytest.raises(FrontdeskError, match=says):
        await look("discord channels")


async def test_a_channel_that_is_gone_is_named(look, loop):
    del loop.home.guild.channels[HELP]
    with pytest.raises(Misconfigured, match="#help is not there"):
        await look("discord channels")


async def test_without_an_agents_channel_the_setup_is_named(look):
    with pytest.raises(Misconfigured, match="/frontdesk setup"):
        await look("discord channels", channels=DECLARED[1:])


async def test_the_agents_channel_may_be_on_another_platform(look):
    elsewhere = replace(DECLARED[0], ref=replace(DECLARED[0].ref, platform="slack", space="T1"))
    assert await look("discord channels", channels=(elsewhere, DECLARED[1])) == "the bot may do its work in all 1"


async def test_roles_and_people_that_policy_names_are_found(look):
    entries = (f"discord/{GUILD}/{TEAM_ROLE}", f"discord/{GUILD}/{TIM}", "slack/T1/U1")
    assert await look("discord roles", agents=entries) == "all 2 that the policy names are there"
    assert await look("discord roles", agents=()) == "the policy names none"


async def test_a_role_that_is_gone_is_named(look):
    with pytest.raises(Misconfigured, match="1190000000000699999 of"):
        await look("discord roles", agents=(f"discord/{GUILD}/1190000000000699999",))


async def test_commands_that_discord_does_not_have_yet(look):
    with pytest.raises(Misconfigured, match="none yet"):
        await look("discord commands")


async def put(loop, commands):
    async with reached(Access(TOKEN, url=loop.url)) as web:
        path = "/applications/{application_id}/guilds/{guild_id}/commands"
        await web.call("PUT", path, json=commands, application_id=APPLICATION, guild_id=GUILD)


async def test_commands_of_this_version(look, loop):
    await put(loop, [tree(catalog()).command(), menu.open_ticket()])
    assert (await look("discord commands")).endswith("below /frontdesk, as this version has them")


async def test_commands_of_another_version(look, loop):
    await put(loop, [menu.open_ticket()])
    with pytest.raises(Misconfigured, match="another version"):
        await look("discord commands")


async def test_a_clock_that_is_right(look):
    assert (await look("discord clock", clock=Now())).endswith("Discord's")


async def test_a_clock_that_is_wrong(look):
    with pytest.raises(Misconfigured, match="NTP"):
        await look("discord clock", clock=FakeClock(datetime.now(UTC) - timedelta(hours=1)))
