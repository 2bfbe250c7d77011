"""The door to Discord's REST API: what is answered becomes data or one of the desk's errors, and too much that is invalid shuts it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import discord
import pytest
import pytest_asyncio

from bot.discord.access import Access
from bot.discord.breaker import ALONE, MOST, WINDOW, Breaker
from bot.discord.client import Client, wanted
from bot.discord.refusals import REFUSALS, BodyRefused, DirectClosed, ThreadsFull, refusal
from bot.discord.web import Web
from cli.play.discord.faults import VIA, cloudflare, limited, refused
from cli.play.discord.founding import another
from cli.play.discord.names import GUILD, TOKEN
from cli.play.discord.server import Loopback
from desk.errors import FrontdeskError, Misconfigured, PlaceGone, RateLimited, Rejected, Unavailable
from tests.discord.talking import HELP, Talking, server, talking

POSTED = "POST /channels/{channel}/messages"
PATH = "/channels/{channel_id}/messages"
BODY = {"content": "Hello"}


@pytest_asyncio.fixture
async def talk(tmp_path, policy, store, clock) -> AsyncIterator[Talking]:
    async with Loopback(server(clock.now)) as discord, talking(discord, tmp_path / "carried.db", policy=policy, store=store, clock=clock) as found:
        yield found


def says(talk, **more):
    return talk.web.call("POST", PATH, json=BODY, channel_id=HELP, **more)


async def test_an_answer_is_data(talk):
    assert (await says(talk))["content"] == "Hello"


@pytest.mark.parametrize(
    ("answer", "error", "says_so"),
    [
        pytest.param(refused(404, 10003, "Unknown Channel"), PlaceGone, "not there any more", id="a channel that is gone"),
        pytest.param(refused(403, 50001, "Missing Access"), PlaceGone, "View Channel", id="a channel that it may not see"),
        pytest.param(refused(403, 50013, "Missing Permissions"), PlaceGone, "invite discord", id="a permission that it lacks"),
        pytest.param(refused(403, 50007, "Cannot send"), DirectClosed, "no direct messages", id="closed direct messages"),
        pytest.param(refused(400, 50035, "Invalid Form Body"), BodyRefused, "malformed", id="a malformed body"),
        pytest.param(refused(400, 160006, "Maximum"), ThreadsFull, "close some", id="too many threads"),
        pytest.param(refused(401, 0, "401: Unauthorized"), Misconfigured, "FRONTDESK_DISCORD_TOKEN", id="a token that is none"),
        pytest.param(refused(400, 200000, "Message was blocked"), Rejected, "AutoMod", id="AutoMod"),
        pytest.param(refused(400, 99999, "secret words of a customer"), Rejected, "99999", id="a code that nobody knows"),
        pytest.param(cloudflare(503), Unavailable, "status 503", id="Discord is down"),
        pytest.param(
            (502, b"bad gateway", {"Content-Type": "text/html"}), Unavailable, "status 502", id="a bad gateway, which is not tried again unseen"
        ),
        pytest.param(limited(45.5), RateLimited, "45.5", id="a long limit"),
        pytest.param(cloudflare(429), RateLimited, "300", id="shut out by what stands before Discord"),
    ],
)
async def test_a_refusal_is_one_of_the_desks_errors_with_a_sentence_that_helps(talk, answer, error, says_so):
    talk.server.api.faults.refuse(POSTED, answer)
    with pytest.raises(error, match=says_so) as raised:
        await says(talk)
    assert "secret" not in str(raised.value)
    assert len(talk.asked(POSTED)) == 1


async def test_a_short_limit_is_waited_for(talk):
    talk.server.api.faults.refuse(POSTED, limited(0.05))
    assert (await says(talk))["content"] == "Hello"
    assert len(talk.asked(POSTED)) == 2


async def test_an_answer_that_used_up_its_limit_is_there_at_once(talk):
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for _ in range(5):
        await says(talk)
    assert loop.time() - begun < 2


async def test_a_code_that_is_expected_is_no_error(talk):
    talk.server.api.faults.refuse(POSTED, refused(404, 10008, "Unknown Message"))
    assert await says(talk, accept=(10008,)) is None


async def test_an_answer_that_does_not_come_leaves_its_fate_unknown(talk):
    talk.server.api.faults.held[POSTED] = asyncio.Event()
    with pytest.raises(Unavailable, match="TimeoutError"):
        await says(talk, timeout=0.05)


async def test_before_it_has_logged_in_and_when_it_is_closed_discord_is_not_there():
    client = Client(Access("t"), lambda _name, _event: None, wanted())
    web = Web(client, Access("t"))
    for call in (web.call("GET", "/users/@me"), web.whoami()):
        with pytest.raises(Unavailable):
            await call
    await web.close()


async def test_the_home_server_is_the_one_that_is_set_or_the_only_one(talk):
    assert (await talk.web.whoami()).guild == GUILD
    another(talk.home, "1190000000000000077", "Elsewhere")
    web = Web(talk.web._client, talk.web._access)
    with pytest.raises(Misconfigured, match="FRONTDESK_DISCORD_GUILD"):
        await web.whoami()
    named = Web(talk.web._client, replace(talk.web._access, guild=GUILD))
    assert (await named.whoami()).guild_name == "Pelican Ledger"


async def test_what_is_said_is_not_written_down_whatever_the_level_of_the_log(talk, caplog):
    with caplog.at_level(logging.DEBUG):
        await says(talk)
    assert "Hello" not in caplog.text
    assert TOKEN not in caplog.text


async def test_at_level_warning_the_library_says_nothing_while_all_is_well(caplog, monkeypatch):
    for voice in ("warn_nacl", "warn_dave"):
        monkeypatch.setattr(discord.VoiceClient, voice, True)
    with caplog.at_level(logging.WARNING):
        Client(Access("t"), lambda _name, _event: None, wanted())
        assert not logging.getLogger("discord.client").isEnabledFor(logging.INFO)
    assert caplog.text == ""


async def test_a_channel_that_refused_is_left_alone_for_a_while_and_asked_again_once_something_changed(talk):
    talk.server.api.faults.refuse(POSTED, refused(403, 50013, "Missing Permissions"))
    for _ in range(3):
        with pytest.raises(PlaceGone):
            await says(talk)
    assert len(talk.asked(POSTED)) == 1
    talk.web.forget()
    assert (await says(talk))["content"] == "Hello"


async def test_whoever_took_no_direct_message_is_asked_again_at_once_they_may_have_opened_them(talk):
    talk.server.api.faults.refuse(POSTED, refused(403, 50007, "Cannot send"), times=1)
    with pytest.raises(DirectClosed):
        await says(talk)
    assert (await says(talk))["content"] == "Hello"


async def test_too_much_that_is_invalid_shuts_the_door_before_discord_does(talk):
    talk.web._breaker = Breaker(lambda: 0.0)
    for _ in range(MOST):
        talk.web._breaker.seen(401, {})
    with pytest.raises(RateLimited):
        await says(talk)
    assert talk.asked(POSTED) == []


@pytest.mark.parametrize(
    ("status", "headers", "counts"),
    [(401, {}, True), (403, {}, True), (429, VIA, True), (429, {"X-RateLimit-Scope": "shared"}, False), (404, {}, False), (200, {}, False)],
)
def test_what_counts_as_invalid(status, headers, counts):
    breaker = Breaker(lambda: 0.0)
    for _ in range(MOST):
        breaker.seen(status, headers)
    if counts:
        with pytest.raises(RateLimited):
            breaker.check("x")
    else:
        breaker.check("x")


def test_the_door_opens_again_when_the_oldest_are_ten_minutes_old():
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(MOST):
        breaker.seen(403, {})
    now[0] = WINDOW - 60
    with pytest.raises(RateLimited) as raised:
        breaker.check("x")
    assert raised.value.after == timedelta(seconds=60)
    now[0] = WINDOW
    breaker.check("x")


def test_a_refusal_of_one_thing_says_nothing_of_another():
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    breaker.refused("a", PlaceGone("no"))
    breaker.check("b")
    with pytest.raises(PlaceGone):
        breaker.check("a")
    now[0] = ALONE
    breaker.check("a")


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_is_a_whole_sentence_that_names_the_call_and_the_code(code):
    error = refusal("POST /x", status=400, answer={"code": code})
    assert isinstance(error, FrontdeskError)
    assert str(error).endswith(f"(POST /x: {code})")
    assert "{" not in str(error)
