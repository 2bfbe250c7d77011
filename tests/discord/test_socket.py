"""Socket: a connection that ends is resumed, or begun anew where it cannot be; what was not granted is done without."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.discord import socket
from bot.discord.access import Access, Shards
from cli.play.discord.faults import refused
from cli.play.discord.names import BOT, GUILD, TOKEN
from cli.play.discord.server import Loopback
from desk.events import MessagesReceived
from tests.discord.listening import MARA, Talk, listening, server, until
from tests.fakes import FakeDesk

CONTENT, MEMBERS = 1 << 15, 1 << 1


@pytest.fixture
def desk():
    return FakeDesk()


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """Wait for Discord as long as a test may."""
    for name, seconds in {"PAUSE": 0.01, "LONGEST_PAUSE": 0.05, "APART": 0.01, "REFUSED": 0.05}.items():
        monkeypatch.setattr(socket, name, seconds)


@pytest_asyncio.fixture
async def discord(clock) -> AsyncIterator[Loopback]:
    async with Loopback(server(clock.now)) as found:
        yield found


@pytest.fixture
def talk(discord) -> Talk:
    return Talk(discord.home)


@pytest.fixture
def hears(discord, tmp_path, desk, policy, store, clock):
    """Return what opens the connection."""

    def opened(access: Access | None = None):
        return listening(discord, tmp_path / "discord.db", desk, policy=policy, store=store, clock=clock, access=access)

    return opened


def texts(desk: FakeDesk) -> list[str]:
    return [said.text for event in desk.heard for said in (event.messages if isinstance(event, MessagesReceived) else (event,))]


@pytest.mark.parametrize("end", [Loopback.__name__, "close", "reconnect"], ids=["cut off", "closed by Discord", "asked to come again"])
async def test_a_connection_that_ends_is_resumed_and_nothing_is_lost_or_told_twice(hears, discord, desk, talk, end):
    async with hears() as found:
        await found.settled()
        talk.says("before")
        await found.settled()
        await {"close": discord.gateway.close, "reconnect": discord.gateway.reconnect}.get(end, discord.gateway.cut)()
        for n in range(5):
            talk.says(f"meanwhile {n}")
        await found.settled()
    assert texts(desk) == ["before", *(f"meanwhile {n}" for n in range(5))]
    assert (discord.gateway.resumed, len(discord.gateway.identified)) == (1, 1)


@pytest.mark.parametrize("resumable", [True, False])
async def test_a_session_that_discord_ends_is_resumed_or_begun_anew(hears, discord, desk, talk, resumable):
    async with hears() as found:
        await found.settled()
        await discord.gateway.invalidate(resumable=resumable)
        await found.settled()
        talk.says("after")
        await found.settled()
    assert texts(desk) == ["after"]
    assert (discord.gateway.resumed, len(discord.gateway.identified)) == ((1, 1) if resumable else (0, 2))


async def test_a_session_that_discord_forgot_is_begun_anew(hears, discord, desk, talk):
    async with hears() as found:
        await found.settled()
        await discord.gateway.cut()
        discord.gateway.forget()
        await until(lambda: len(discord.gateway.identified) == 2)
        await found.settled()
        talk.says("after")
        await found.settled()
    assert texts(desk) == ["after"]


async def test_cuts_in_any_number_lose_nothing(hears, discord, desk, talk):
    async with hears() as found:
        await found.settled()
        for n in range(12):
            talk.says(f"message {n}")
            if n % 3 == 0:
                await discord.gateway.cut()
        await found.settled()
    assert texts(desk) == [f"message {n}" for n in range(12)]
    assert len(discord.gateway.identified) == 1


@pytest.mark.parametrize(
    ("content", "members", "lacking"),
    [
        pytest.param(False, True, CONTENT, id="without the content of messages"),
        pytest.param(True, False, MEMBERS, id="without who is on the server"),
        pytest.param(False, False, CONTENT | MEMBERS, id="without both"),
    ],
)
async def test_what_is_not_granted_is_done_without_and_said(hears, discord, desk, talk, caplog, content, members, lacking):
    discord.home.reads_content, discord.home.reads_members = content, members
    async with hears() as found:
        await found.settled()
        talk.says(f"<@{BOT}> refund?")
        await found.settled()
    assert texts(desk) == ["@Frontdesk refund?"]
    assert int(discord.gateway.identified[-1]["intents"]) & lacking == 0
    said = [record.getMessage() for record in caplog.records if "intent is switched off" in record.getMessage()]
    assert len(said) == (not content) + (not members)


async def test_what_is_not_granted_is_asked_again_where_discord_does_not_say(hears, discord, desk, talk):
    discord.home.reads_content = False
    discord.api.faults.refuse("GET /applications/@me", refused(500, 0, ""), times=2)
    async with hears() as found:
        await found.settled()
        talk.says(f"<@{BOT}> refund?")
        await found.settled()
    assert texts(desk) == ["@Frontdesk refund?"]


async def test_without_the_content_of_messages_only_what_is_meant_for_the_bot_is_heard(hears, discord, desk, talk):
    discord.home.reads_content = False
    async with hears() as found:
        await found.settled()
        talk.says("Nobody called you")
        talk.says(f"<@{BOT}> refund?")
        talk.says("Hello?", channel=discord.home.direct_with(MARA).id)
        talk.posts("Charged twice", "In November.")
        await found.settled()
    # A post's title is no message: it can be read.
    assert sorted(texts(desk)) == ["@Frontdesk refund?", "Charged twice", "Hello?"]


async def test_a_connection_on_which_no_session_begins_is_given_up(hears, discord, desk, talk, monkeypatch, caplog):
    monkeypatch.setattr(socket, "OPENING", 0.1)
    discord.gateway.frozen = True
    async with hears() as found:
        await until(lambda: "failed with TimeoutError" in caplog.text)
        discord.gateway.frozen = False
        await until(lambda: discord.gateway.identified)
        talk.says("at last")
        await found.settled()
    assert texts(desk) == ["at last"]


async def test_each_shard_has_a_connection_of_its_own(hears, discord, desk, talk):
    async with hears(Access(TOKEN, GUILD, shards=Shards((0, 1), 2))) as found:
        await found.settled()
        talk.says("on the server")
        talk.says("privately", channel=discord.home.direct_with(MARA).id)
        await found.settled()
        await discord.gateway.cut()
        talk.says("meanwhile")
        await found.settled()
    assert sorted(texts(desk)) == ["meanwhile", "on the server", "privately"]
    assert [each["shard"] for each in discord.gateway.identified] == [[0, 2], [1, 2]]
    assert discord.gateway.resumed == 2


async def test_where_discord_wants_shards_they_are_opened(hears, discord, desk, talk):
    discord.home.shards = 3
    async with hears() as found:
        await found.settled()
        talk.says("on the server")
        talk.says("privately", channel=discord.home.direct_with(MARA).id)
        await found.settled()
    assert sorted(texts(desk)) == ["on the server", "privately"]
    assert [each["shard"] for each in discord.gateway.identified] == [[0, 3], [1, 3], [2, 3]]


async def test_a_dead_connection_is_noticed_and_resumed(hears, discord, desk, talk):
    discord.gateway.interval = 50
    async with hears() as found:
        await found.settled()
        found.discord._client._connection.heartbeat_timeout = 0.2
        await discord.gateway.cut()
        await found.settled()
        discord.gateway.frozen = True
        talk.says("into the void")
        await until(lambda: not found.discord._socket.is_live)
        discord.gateway.frozen = False
        await found.settled()
    assert texts(desk) == ["into the void"]
    assert len(discord.gateway.identified) == 1
