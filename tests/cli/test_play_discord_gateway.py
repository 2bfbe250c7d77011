"""The gateway of the play's Discord: what a connection may say, what it is told, and how it ends."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import pytest
import pytest_asyncio

from cli.play.discord import saying
from cli.play.discord.founding import another, founded, person, room
from cli.play.discord.gateway import Gone
from cli.play.discord.names import APPLICATION, BOT, GUILD, TOKEN, channel_id, user_id
from cli.play.discord.permissions import VIEW
from cli.play.discord.server import Loopback
from cli.play.discord.session import CONTENT, DIRECT_MESSAGES, GUILDS, MEMBERS, MESSAGES
from cli.play.discord.state import Message, Overwrite

START = datetime(2026, 11, 2, 10, tzinfo=UTC)
MARA, HELP, ELSEWHERE = user_id("mara"), channel_id("help"), str(int(GUILD) + (1 << 22))
INTENTS = GUILDS | MESSAGES | DIRECT_MESSAGES | CONTENT


class Socket:
    """One connection of a bot's that remembers how far it heard."""

    def __init__(self, wire):
        self.wire, self.seq, self.session = wire, 0, ""

    async def send(self, op, data=None):
        await self.wire.send_str(json.dumps({"op": op, "d": data}))

    async def next(self):
        """Return the next frame; the code for the end."""
        message = await asyncio.wait_for(self.wire.receive(), 5)
        if message.type is not aiohttp.WSMsgType.TEXT:
            return self.wire.close_code
        frame = json.loads(message.data)
        self.seq = frame.get("s") or self.seq
        if frame.get("t") == "READY":
            self.session = frame["d"]["session_id"]
        return frame

    async def told(self, event):
        """Return what the next event says, which is this one."""
        frame = await self.next()
        assert frame["t"] == event
        return frame["d"]

    async def identify(self, intents=INTENTS, **more):
        await self.send(2, {"token": TOKEN, "intents": intents, "properties": {}, **more})


@pytest_asyncio.fixture
async def loop():
    home = founded(lambda: START)
    person(home, MARA, "Mara")
    room(home, HELP, "help")
    async with Loopback(home) as loop:
        yield loop


@asynccontextmanager
async def connected(loop):
    """Open a connection and hear its greeting."""
    async with aiohttp.ClientSession() as session, session.ws_connect(loop.gateway.url, autoclose=False) as wire:
        socket = Socket(wire)
        assert (await socket.next())["op"] == 10
        yield socket


@asynccontextmanager
async def ready(loop, intents=INTENTS, **more):
    """Open a connection and begin a session."""
    async with connected(loop) as socket:
        await socket.identify(intents, **more)
        await socket.told("READY")
        yield socket


def says(loop, text, channel=HELP):
    """Have Mara write."""
    home = loop.home
    return saying.put(home, Message(channel, home.ids.next(), MARA, text, mentions=saying.mentioned(home, text)))


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param({"op": 2, "d": {"token": "wrong", "intents": 1}}, 4004, id="a wrong token"),
        pytest.param({"op": 2, "d": {"token": TOKEN, "intents": 1 << 40}}, 4013, id="intents that there are not"),
        pytest.param({"op": 2, "d": {"token": TOKEN, "intents": CONTENT}}, 4014, id="the content of messages, when that is not granted"),
        pytest.param({"op": 2, "d": {"token": TOKEN, "intents": MEMBERS}}, 4014, id="members, when they are not granted"),
        pytest.param({"op": 2, "d": {"token": TOKEN, "intents": 1, "shard": [2, 2]}}, 4010, id="a shard that there is not"),
        pytest.param({"op": 3, "d": {}}, 4003, id="something before it said who it is"),
        pytest.param({"op": 99, "d": {}}, 4001, id="something unknown"),
        pytest.param([], 4002, id="something garbled"),
    ],
)
async def test_a_connection_is_closed_that_says(loop, sent, code):
    loop.home.reads_content = loop.home.reads_members = False
    async with connected(loop) as socket:
        await socket.wire.send_str(json.dumps(sent))
        assert await socket.next() == code


async def test_a_new_session_learns_its_servers(loop):
    async with ready(loop) as socket:
        guild = await socket.told("GUILD_CREATE")
        assert [each["id"] for each in guild["channels"]] == [HELP]
        assert [each["user"]["id"] for each in guild["members"]] == [BOT]
        says(loop, "hello")
        said = await socket.told("MESSAGE_CREATE")
        assert (said["content"], said["guild_id"], said["author"]["id"]) == ("hello", GUILD, MARA)
    assert loop.gateway.remaining == 999


async def test_what_was_missed_is_told_after_a_cut(loop):
    async with ready(loop) as socket:
        await socket.told("GUILD_CREATE")
        await loop.gateway.cut()
    says(loop, "meanwhile")
    async with connected(loop) as again:
        await again.send(6, {"token": TOKEN, "session_id": socket.session, "seq": socket.seq})
        assert (await again.told("MESSAGE_CREATE"))["content"] == "meanwhile"
        await again.told("RESUMED")
    assert loop.gateway.resumed == 1


@pytest.mark.parametrize(
    ("session", "seq"),
    [pytest.param("another", 1, id="one that nobody knows"), pytest.param("", 99, id="one that is not so far")],
)
async def test_a_session_is_not_resumed_that_is(loop, session, seq):
    async with ready(loop) as socket:
        await loop.gateway.cut()
    async with connected(loop) as again:
        await again.send(6, {"token": TOKEN, "session_id": session or socket.session, "seq": seq})
        assert await again.next() == {"op": 9, "d": False}


async def test_a_session_that_said_goodbye_is_over(loop):
    async with ready(loop) as socket:
        await socket.told("GUILD_CREATE")
        await socket.wire.close(code=1000)
        with pytest.raises(Gone):
            await loop.gateway.flush(0.05)
    assert not loop.gateway.sessions


async def test_discord_asks_to_come_again(loop):
    async with ready(loop) as socket:
        await socket.told("GUILD_CREATE")
        await loop.gateway.reconnect()
        assert (await socket.next())["op"] == 7
        await loop.gateway.invalidate()
        assert await socket.next() == {"op": 9, "d": False}
    assert not loop.gateway.sessions


async def test_a_heartbeat_is_answered_unless_the_gateway_is_frozen(loop):
    async with connected(loop) as socket:
        await socket.send(1)
        assert (await socket.next())["op"] == 11
        loop.gateway.frozen = True
        await socket.send(1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.wire.receive(), 0.05)


async def test_the_play_knows_when_everything_was_heard(loop):
    with pytest.raises(Gone):
        await loop.gateway.flush(0.01)
    async with ready(loop) as socket:
        await socket.told("GUILD_CREATE")
        says(loop, "hello")
        flushed = asyncio.create_task(loop.gateway.flush())
        heard = [await socket.next(), await socket.next()]
        assert [frame.get("t") or frame["op"] for frame in heard] == ["MESSAGE_CREATE", 1]
        assert not flushed.done()
        await socket.send(1, socket.seq)
        await flushed


async def test_an_event_can_be_told_several_times(loop):
    async with ready(loop) as socket:
        await socket.told("GUILD_CREATE")
        loop.gateway.copies = 2
        says(loop, "hello")
        assert [(await socket.told("MESSAGE_CREATE"))["id"] for _ in range(2)] == [loop.home.named("help").last] * 2


async def test_events_wait_while_they_are_held(loop):
    async with ready(loop) as socket:
        await socket.told("GUILD_CREATE")
        loop.gateway.hold()
        says(loop, "hello")
        await socket.send(1)
        assert (await socket.next())["op"] == 11
        loop.gateway.release()
        assert (await socket.told("MESSAGE_CREATE"))["content"] == "hello"


@pytest.mark.parametrize(
    ("text", "direct", "shown"),
    [
        pytest.param("hello", False, "", id="not what is said to others"),
        pytest.param(f"<@{BOT}> hello", False, f"<@{BOT}> hello", id="what mentions the bot"),
        pytest.param("hello", True, "hello", id="what is said to the bot alone"),
    ],
)
async def test_without_the_intent_a_bot_is_told(loop, text, direct, shown):
    async with ready(loop, INTENTS & ~CONTENT) as socket:
        await socket.told("GUILD_CREATE")
        says(loop, text, loop.home.direct_with(MARA).id if direct else HELP)
        assert (await socket.told("MESSAGE_CREATE"))["content"] == shown


async def test_a_bot_hears_of_nothing_that_it_did_not_ask_for_or_cannot_see(loop):
    async with ready(loop) as socket:
        await socket.told("GUILD_CREATE")
        said = says(loop, "hello")
        await socket.told("MESSAGE_CREATE")
        saying.react(loop.home, said, "👀", MARA)
        loop.home.channel(HELP).overwrites.append(Overwrite(APPLICATION, 0, deny=VIEW))
        says(loop, "hidden")
        loop.home.channel(HELP).overwrites.clear()
        says(loop, "seen")
        assert (await socket.told("MESSAGE_CREATE"))["content"] == "seen"


async def test_each_shard_hears_of_its_own_servers(loop):
    another(loop.home, ELSEWHERE, "Elsewhere")
    room(loop.home, "1190000000000000777", "there", guild=ELSEWHERE)
    person(loop.home, MARA, "Mara", guild=ELSEWHERE)
    first, second = (int(id) >> 22 for id in (GUILD, ELSEWHERE))
    async with ready(loop, shard=[first % 2, 2]) as one, ready(loop, shard=[second % 2, 2]) as two:
        assert (await one.told("GUILD_CREATE"))["id"] == GUILD
        assert (await two.told("GUILD_CREATE"))["id"] == ELSEWHERE
        says(loop, "there", "1190000000000000777")
        says(loop, "here")
        assert (await one.told("MESSAGE_CREATE"))["content"] == "here"
        assert (await two.told("MESSAGE_CREATE"))["content"] == "there"
