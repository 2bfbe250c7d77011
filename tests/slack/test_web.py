"""The Web API's caller: answers, refusals, limits, files, and what never leaves it."""

import asyncio
import logging
from datetime import timedelta

import pytest

from bot.slack import web as module
from bot.slack.access import Access
from bot.slack.web import Web, Whoami
from desk.errors import Misconfigured, PlaceGone, RateLimited, Rejected, Unavailable
from tests.slack.loopback import BOT, BOT_USER, TEAM, WHO, Reply


async def test_an_answer_is_data_and_the_token_travels_in_a_header_only(web, slack):
    slack.answers["chat.postMessage"] = [{"ok": True, "ts": "1.2"}]
    assert (await web.call("chat.postMessage", channel="C1", text="hello"))["ts"] == "1.2"
    [call] = slack.calls
    assert call.headers["Authorization"] == "Bearer xoxb-secret"
    assert call.given == {"channel": "C1", "text": "hello"}


async def test_arguments_of_several_parts_go_as_json_and_absent_ones_not_at_all(web, slack):
    await web.call("chat.postMessage", channel="C1", blocks=[{"type": "divider"}], thread_ts=None, unfurl_links=False)
    assert slack.of("chat.postMessage") == [{"channel": "C1", "blocks": [{"type": "divider"}], "unfurl_links": False}]


async def test_a_method_that_reads_gets_words_in_a_form(web, slack):
    await web.call("conversations.history", channel="C1", limit=200, inclusive=True)
    [call] = slack.calls
    assert call.given == {"channel": "C1", "limit": "200", "inclusive": "true"}
    assert call.headers["Content-Type"].startswith("application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        pytest.param("channel_not_found", PlaceGone, "/invite", id="a channel that is gone, or that the bot never was in"),
        pytest.param("not_in_channel", PlaceGone, "/invite", id="a channel the bot was removed from"),
        pytest.param("is_archived", PlaceGone, "unarchive", id="an archived channel"),
        pytest.param("message_not_found", PlaceGone, "message", id="a message that is gone"),
        pytest.param("thread_not_found", PlaceGone, "thread", id="a thread that is gone"),
        pytest.param("user_not_found", PlaceGone, "person", id="a person who is gone"),
        pytest.param("edit_window_closed", PlaceGone, "changed", id="a message too old to be changed"),
        pytest.param("cant_update_message", PlaceGone, "changed", id="a message of somebody else's"),
        pytest.param("invalid_auth", Misconfigured, "FRONTDESK_SLACK_BOT_TOKEN", id="a wrong token"),
        pytest.param("token_revoked", Misconfigured, "FRONTDESK_SLACK_BOT_TOKEN", id="a revoked token"),
        pytest.param("account_inactive", Misconfigured, "uninstalled", id="an uninstalled app"),
        pytest.param("internal_error", Unavailable, "internal_error", id="trouble at Slack"),
        pytest.param("fatal_error", Unavailable, "fatal_error", id="trouble after which something may have been done"),
        pytest.param("access_denied", PlaceGone, "allow", id="what Slack gives to others only"),
        pytest.param("fetch_members_failed", Unavailable, "fetch_members_failed", id="members that Slack could not look up just now"),
        pytest.param("invalid_blocks", Rejected, "invalid_blocks", id="whatever else there is"),
    ],
)
async def test_a_refusal_is_an_error_of_the_desk_with_a_sentence(web, slack, code, error, says):
    slack.refuse("chat.postMessage", code)
    with pytest.raises(error, match=says):
        await web.call("chat.postMessage", channel="C1", text="x")


async def test_a_missing_scope_is_named(web, slack):
    slack.refuse("users.info", "missing_scope", needed="users:read", provided="chat:write")
    with pytest.raises(Misconfigured, match=r"users:read.*manifest"):
        await web.call("users.info", user="U1")


async def test_what_a_caller_accepts_is_an_answer(web, slack):
    slack.refuse("reactions.add", "already_reacted")
    assert (await web.call("reactions.add", accept=("already_reacted",), name="eyes"))["error"] == "already_reacted"


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [
        pytest.param(Reply(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "17"}), 17, id="the time that Slack names"),
        pytest.param(Reply(429, "", {"retry-after": "3"}), 3, id="no body, and a header in small letters"),
        pytest.param(Reply(429, {"ok": False, "error": "ratelimited"}), 5, id="no time at all"),
        pytest.param(Reply(200, {"ok": False, "error": "ratelimited"}, {"Retry-After": "9"}), 9, id="a limit under status 200"),
        pytest.param(Reply(200, {"ok": False, "error": "rate_limited"}), 5, id="the limit of a channel"),
    ],
)
async def test_a_limit_says_how_long_to_wait(web, slack, reply, seconds):
    slack.answers["chat.postMessage"] = [reply]
    with pytest.raises(RateLimited) as raised:
        await web.call("chat.postMessage", channel="C1", text="x")
    assert raised.value.after == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(503, "<html>down</html>"), id="a page of a status 503"),
        pytest.param(Reply(500, {"ok": False, "error": "channel_not_found"}), id="a status 500, whatever it says"),
        pytest.param(Reply(200, "<html>a proxy's page</html>"), id="a page"),
        pytest.param(Reply(200, "fine", type="text/plain"), id="a word"),
        pytest.param(Reply(200, "{half", type="application/json"), id="half an object"),
        pytest.param(Reply(200, "[]", type="application/json"), id="a list"),
        pytest.param(Reply(200, b"\xff\xfe", type="application/json"), id="bytes"),
        pytest.param(Reply(200, {"ok": False}), id="a refusal without a code"),
    ],
)
async def test_what_is_not_slacks_answer_means_that_it_is_down(web, slack, reply):
    slack.answers["chat.postMessage"] = [reply]
    with pytest.raises(Unavailable) as raised:
        await web.call("chat.postMessage", channel="C1", text="a customer's words")
    assert raised.value.system == "platform"
    assert "words" not in str(raised.value)


async def test_a_connection_that_is_cut_is_tried_once(web, slack):
    slack.hangs_up.add("chat.postMessage")
    with pytest.raises(Unavailable):
        await web.call("chat.postMessage", channel="C1", text="x")
    assert len(slack.calls) == 1


async def test_nobody_at_the_address_means_that_it_is_down(unused_tcp_port):
    web = Web(Access("xoxb-secret", url=f"http://127.0.0.1:{unused_tcp_port}/api/"))
    with pytest.raises(Unavailable):
        await web.whoami()
    await web.close()


async def test_an_answer_that_does_not_come_is_waited_for_so_long_and_no_longer(monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.05)
    server = await asyncio.start_server(lambda *_: asyncio.Event().wait(), "127.0.0.1", 0)
    web = Web(Access("xoxb-secret", url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/"))
    with pytest.raises(Unavailable, match="TimeoutError"):
        await web.call("auth.test")
    await web.close()
    server.close()


async def test_whose_token_it_is_is_asked_once_it_was_answered(web, slack):
    slack.answers["auth.test"] = [Reply(503, ""), WHO]
    with pytest.raises(Unavailable):
        await web.whoami()
    assert await web.whoami() == await web.whoami() == Whoami(TEAM, "Pelican Ledger", "https://pelican.slack.com/", BOT_USER, BOT)
    assert len(slack.calls) == 2


async def test_nothing_said_and_no_token_is_logged(web, slack, caplog):
    caplog.set_level(logging.DEBUG)
    slack.answers["chat.postMessage"] = [
        {"ok": True},
        {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": ["our password is tulip"]}},
    ]
    await web.call("chat.postMessage", channel="C1", text="our password is tulip", blocks=[])
    with pytest.raises(Rejected) as raised:
        await web.call("chat.postMessage", channel="C1", text="our password is tulip")
    assert "tulip" not in caplog.text + str(raised.value)
    assert "xoxb" not in caplog.text + repr(web.__dict__["_access"])


async def test_a_file_is_fetched_with_the_token(web, slack):
    slack.files["/files/a.txt"] = Reply(200, b"hello", type="text/plain")
    assert await web.download(f"http://127.0.0.1:{slack.port}/files/a.txt") == b"hello"
    assert slack.calls[0].headers["Authorization"] == "Bearer xoxb-secret"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://evil.example/a.txt", id="another host"),
        pytest.param("https://slack.com.evil.example/a.txt", id="a host that begins like Slack's"),
        pytest.param("https://evilslack.com/a.txt", id="a host that ends like Slack's"),
        pytest.param("http://files.slack.com/a.txt", id="Slack's without encryption"),
        pytest.param("https://files.slack.com@evil.example/a.txt", id="Slack's as a user's name"),
        pytest.param("file:///etc/passwd", id="a file of this machine"),
        pytest.param("http://127.0.0.1:1/a.txt", id="another port of the same host"),
    ],
)
async def test_the_token_goes_to_nobody_else(web, url):
    with pytest.raises(Rejected, match="not at Slack"):
        await web.download(url)


async def test_the_token_is_not_taken_along_to_another_host(web, slack):
    slack.files["/files/a.txt"] = Reply(302, "", {"Location": "https://evil.example/a.txt"})
    with pytest.raises(Rejected, match="not at Slack"):
        await web.download(f"http://127.0.0.1:{slack.port}/files/a.txt")


async def test_addresses_that_lead_in_a_circle_are_given_up(web, slack):
    slack.files["/files/a.txt"] = Reply(302, "", {"Location": "/files/a.txt"})
    with pytest.raises(Rejected, match="ever other addresses"):
        await web.download(f"http://127.0.0.1:{slack.port}/files/a.txt")


async def test_a_page_that_asks_for_a_password_is_no_file(web, slack):
    slack.files["/files/a.png"] = Reply(302, "", {"Location": "/login"})
    slack.files["/login"] = Reply(200, "<html>Sign in</html>")
    with pytest.raises(Misconfigured, match="files:read"):
        await web.download(f"http://127.0.0.1:{slack.port}/files/a.png")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        pytest.param(Reply(404, ""), PlaceGone, id="gone"),
        pytest.param(Reply(403, ""), Misconfigured, id="not allowed"),
        pytest.param(Reply(500, ""), Unavailable, id="trouble"),
        pytest.param(Reply(429, "", {"Retry-After": "4"}), RateLimited, id="too many"),
    ],
)
async def test_a_file_that_is_not_given_says_why(web, slack, reply, error):
    slack.files["/files/a.txt"] = reply
    with pytest.raises(error):
        await web.download(f"http://127.0.0.1:{slack.port}/files/a.txt")


async def test_a_file_larger_than_the_desk_reads_is_not_taken(web, slack, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 4)
    slack.files["/files/a.txt"] = Reply(200, b"hello", type="text/plain")
    with pytest.raises(Rejected, match="larger"):
        await web.download(f"http://127.0.0.1:{slack.port}/files/a.txt")


async def test_a_file_that_does_not_say_how_large_it_is_is_cut_off_all_the_same(web, slack, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 4)
    slack.files["/files/a.txt"] = Reply(200, b"hello", type="text/plain", chunked=True)
    with pytest.raises(Rejected, match="larger"):
        await web.download(f"http://127.0.0.1:{slack.port}/files/a.txt")


async def test_it_can_be_closed_before_it_was_used_and_used_after_it_was_closed(web, slack):
    await web.close()
    await web.whoami()
    await web.close()
    await web.call("auth.test")
    assert len(slack.calls) == 2


async def test_one_connection_is_used_again(web, slack):
    for _ in range(3):
        await web.call("auth.test")
    assert len({call.peer for call in slack.calls}) == 1


@pytest.mark.parametrize("error", ["user_removed_from_team", "something_new"])
async def test_whatever_slack_has_against_the_token_is_for_a_person_to_mend_and_costs_no_message(web, slack, error):
    slack.refuse("auth.test", error)
    with pytest.raises(Misconfigured, match=rf"{error}.*FRONTDESK_SLACK_BOT_TOKEN"):
        await web.whoami()
