"""What Discord limits, refuses and breaks: short waits are waited for, long ones told, and nothing is called that would only be refused."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.discord import breaker
from bot.discord.refusals import DirectClosed, ThreadArchived, ThreadLocked, ThreadsFull
from bot.discord.web import Web
from cli.play.discord import channels
from cli.play.discord.faults import cloudflare, limited, refused
from cli.play.discord.founding import room
from cli.play.discord.names import APPLICATION, BOT
from cli.play.discord.permissions import MANAGE_THREADS, SEND, VIEW
from cli.play.discord.server import Loopback
from cli.play.discord.state import Overwrite
from desk.errors import FrontdeskError, Misconfigured, PlaceGone, RateLimited, Rejected, Unavailable
from tests.discord.listening import FORUM, HELP, LEA, MARA, Talk, server
from tests.discord.wire import calling

POST, LOOK = "POST /channels/{channel}/messages", "GET /channels/{channel}"


@pytest_asyncio.fixture
async def loop(clock) -> AsyncIterator[Loopback]:
    async with Loopback(server(clock.now)) as found:
        yield found


@pytest_asyncio.fixture
async def web(loop) -> AsyncIterator[Web]:
    async with calling(loop) as found:
        yield found


@pytest.fixture
def talk(loop) -> Talk:
    return Talk(loop.home)


async def post(web: Web, text: str = "x", where: str = HELP):
    """Post something."""
    return await web.call("POST", "/channels/{channel_id}/messages", json={"content": text}, channel_id=where)


def times(loop: Loopback, route: str) -> int:
    """Return how often Discord was asked something."""
    return sum(asked == route for asked, _ in loop.api.asked)


def deny(loop: Loopback, what: int) -> None:
    """Take something from the bot in the channel for help."""
    loop.home.guild.channels[HELP].overwrites.append(Overwrite(APPLICATION, 0, deny=what))


async def test_a_short_limit_is_waited_for(web, loop):
    loop.api.faults.refuse(POST, limited(0.05))
    began = time.monotonic()
    assert (await post(web))["content"] == "x"
    assert time.monotonic() - began >= 0.05
    assert times(loop, POST) == 2


async def test_a_long_limit_is_told_at_once(web, loop):
    loop.api.faults.refuse(POST, limited(120.0))
    with pytest.raises(RateLimited) as told:
        await post(web)
    assert told.value.after == timedelta(seconds=120)
    assert times(loop, POST) == 1


async def test_a_limit_of_everything_holds_back_everything(web, loop):
    loop.api.faults.refuse(POST, limited(0.05, everywhere=True))
    await post(web)
    assert (await web.call("GET", "/channels/{channel_id}", channel_id=HELP))["id"] == HELP


async def test_more_posts_than_a_channel_takes_are_posted_later_and_none_is_refused(web, loop):
    loop.api.buckets.counting = True
    loop.api.buckets._used.clear()
    for n in range(5):
        await post(web, str(n))
    assert times(loop, POST) == 5
    assert loop.api.refused == []


@pytest.mark.parametrize(
    "status",
    [pytest.param(500, id="an error of its own"), pytest.param(502, id="a bad gateway"), pytest.param(503, id="what stands before it")],
)
async def test_what_discord_breaks_is_not_repeated_unseen(web, loop, status):
    loop.api.faults.refuse(POST, cloudflare(status))
    with pytest.raises(Unavailable):
        await post(web)
    assert times(loop, POST) == 1


async def test_a_ban_of_the_address_is_a_long_limit(web, loop):
    loop.api.faults.refuse(POST, cloudflare(429))
    with pytest.raises(RateLimited) as told:
        await post(web)
    assert told.value.after >= timedelta(minutes=1)


async def test_a_channel_that_refuses_is_left_alone_for_a_while(web, loop):
    deny(loop, SEND)
    for _ in range(5):
        with pytest.raises(PlaceGone, match="frontdesk invite discord"):
            await post(web)
    assert times(loop, POST) == 1
    loop.home.guild.channels[HELP].overwrites.clear()
    web.forget()
    assert (await post(web))["content"] == "x"


async def test_what_one_channel_refuses_another_may_take(web, loop, talk):
    deny(loop, SEND)
    with pytest.raises(PlaceGone):
        await post(web)
    room(loop.home, "1190000000000800000", "other")
    assert (await post(web, where="1190000000000800000"))["content"] == "x"


async def test_far_fewer_calls_are_invalid_than_shut_the_address_out(web, loop, monkeypatch):
    monkeypatch.setattr(breaker, "MOST", 20)
    loop.api.faults.refuse(LOOK, refused(401, 40001, "Unauthorized"), times=100)
    found = []
    for n in range(30):
        with pytest.raises(FrontdeskError) as told:
            await web.call("GET", "/channels/{channel_id}", channel_id=str(n))
        found.append(type(told.value))
    assert found == [Misconfigured] * 20 + [RateLimited] * 10
    assert times(loop, LOOK) == 20


async def test_a_shared_limit_does_not_count_against_us(web, loop, monkeypatch):
    monkeypatch.setattr(breaker, "MOST", 1)
    loop.api.faults.refuse(POST, limited(0.01, shared=True), times=2)
    assert (await post(web))["content"] == "x"


async def test_closed_direct_messages_are_told_as_what_they_are(web, loop):
    direct = await web.call("POST", "/users/@me/channels", json={"recipient_id": MARA})
    loop.home.users[MARA].closed = True
    with pytest.raises(DirectClosed):
        await post(web, where=direct["id"])


async def test_too_many_threads_are_told_as_what_they_are(web, loop, talk):
    loop.home.guild.most_threads = 1
    talk.starts(talk.says("one"))
    with pytest.raises(ThreadsFull):
        await web.call(
            "POST", "/channels/{channel_id}/messages/{message_id}/threads", json={"name": "two"}, channel_id=HELP, message_id=talk.says("two").id
        )


@pytest.mark.parametrize(
    ("archived", "kind"),
    [pytest.param(True, ThreadArchived, id="archived too"), pytest.param(False, ThreadLocked, id="open")],
)
async def test_a_locked_thread_is_told_as_what_it_is(web, loop, talk, archived, kind):
    thread = talk.starts(talk.says("one"))
    loop.home.guild.roles[APPLICATION].permissions &= ~MANAGE_THREADS
    channels.set_archived(loop.home, thread, archived=archived, locked=True)
    with pytest.raises(kind):
        await post(web, where=thread.id)


async def test_a_channel_that_is_gone_is_told_as_gone(web, loop):
    channels.remove(loop.home, loop.home.guild.channels[HELP])
    with pytest.raises(PlaceGone, match="not there any more"):
        await post(web)


async def test_a_hidden_channel_says_who_lets_the_bot_in(web, loop):
    deny(loop, VIEW)
    with pytest.raises(PlaceGone, match="View Channel"):
        await web.call("GET", "/channels/{channel_id}", channel_id=HELP)


async def test_a_forum_is_not_written_in(web, loop):
    with pytest.raises(Rejected):
        await post(web, where=FORUM)


async def test_the_same_nonce_is_one_message(web, loop):
    body = {"content": "x", "nonce": "o-1", "enforce_nonce": True}
    first, again = [await web.call("POST", "/channels/{channel_id}/messages", json=body, channel_id=HELP) for _ in range(2)]
    assert first["id"] == again["id"]
    assert [message.author for message in loop.home.messages(HELP)] == [BOT]


async def test_who_left_the_server_is_not_on_it(web, loop):
    del loop.home.guild.members[LEA]
    with pytest.raises(PlaceGone, match="not on the server"):
        await web.call("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=loop.home.guild.id, user_id=LEA)
