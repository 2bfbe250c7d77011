"""Connection: signed bodies in, the desk's events out; nothing lost and nothing twice, however often and in whichever order Slack sends."""

import asyncio
import json
import logging
import random
from dataclasses import replace

import pytest

from bot.slack import connection
from bot.slack.access import Access
from bot.slack.connection import Slack
from bot.slack.refs import channel_ref, message_ref, user_ref
from desk.customer import Role
from desk.events import BotInvited, ChannelChanged, MessageDeleted, MessageEdited, MessageReceived, ReactionAdded, TicketAsked
from desk.space import Place
from desk.timeline import File
from store.watch import SqlWatch
from tests.slack.loopback import BOT, BOT_USER, TEAM, WHO, Reply
from tests.slack.payloads import DIRECT, HELP, LATER, TS, callback, deletion, edit, mention, reaction, said, sample, shortcut
from tests.slack.test_people import GUEST
from tests.slack.wire import SECRET, opened

REF = message_ref(TEAM, HELP, TS)


async def test_a_customers_message_reaches_the_desk(wired, desk):
    assert await wired.post(callback(said())) == (200, "")
    await wired.settled()
    [event] = desk.heard
    assert isinstance(event, MessageReceived)
    assert (event.ref, event.author, event.author_name, event.role) == (REF, user_ref(TEAM, "U0MARA"), "Mara Voss", Role.CUSTOMER)


async def test_what_everybody_did_reaches_the_desk_in_the_order_of_the_channel(wired, desk, slack):
    slack.channels[HELP] = {"name": "help", "is_ext_shared": True}
    joined = {"type": "member_joined_channel", "user": BOT_USER, "channel": HELP, "inviter": "U0TIM", "event_ts": TS}
    renamed = {"type": "channel_rename", "channel": {"id": HELP, "name": "support"}, "event_ts": LATER}
    archived = {"type": "channel_archive", "channel": HELP, "user": "U0TIM", "event_ts": LATER}
    for event in (joined, said(), edit("Why twice?"), reaction("ticket::skin-tone-2"), deletion(), renamed, archived):
        assert (await wired.post(callback(event)))[0] == 200
    await wired.settled()
    kinds = [BotInvited, MessageReceived, MessageEdited, ReactionAdded, MessageDeleted, ChannelChanged, ChannelChanged]
    assert [type(event) for event in desk.heard] == kinds
    assert (desk.heard[0].name, desk.heard[0].by, desk.heard[0].shared) == ("help", user_ref(TEAM, "U0TIM"), True)


async def test_the_shortcut_asks_for_a_ticket(wired, desk):
    assert await wired.post(shortcut(thread=LATER)) == (200, "")
    await wired.settled()
    [event] = desk.heard
    assert isinstance(event, TicketAsked)
    assert (event.ref, event.place, event.role) == (REF, Place(REF.channel, LATER), Role.ADMIN)


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(said(user=BOT_USER, bot_id=BOT), id="what the bot said"),
        pytest.param(said(user="U0APP", bot_id="B0OTHER"), id="what another bot said"),
        pytest.param(said(user="", subtype="bot_message", bot_id="B0OTHER", username="CI"), id="what an integration said"),
        pytest.param(said(subtype="channel_topic"), id="a remark of Slack's"),
        pytest.param(reaction("eyes"), id="an emoji that asks nothing"),
        pytest.param(reaction(user=BOT_USER), id="the bot's own emoji"),
        pytest.param(reaction(item={"type": "file", "file": "F1"}), id="an emoji on a file"),
        pytest.param({"type": "member_joined_channel", "user": "U0MARA", "channel": HELP}, id="somebody who joins"),
        pytest.param({"type": "something_new", "channel": HELP}, id="what Slack invents next year"),
        pytest.param({"type": "app_uninstalled"}, id="that the app was removed"),
    ],
)
async def test_what_is_nothing_to_the_desk_is_acknowledged_and_not_told(wired, desk, event):
    assert (await wired.post(callback(event)))[0] == 200
    await wired.settled()
    assert desk.heard == []


async def test_a_bot_that_policy_names_is_heard(wired, desk, policy):
    policy.change(intake={"bots": [f"slack/{TEAM}/B0FORMS"]})
    await wired.post(callback(said("", user="", subtype="bot_message", bot_id="B0FORMS", username="Form", attachments=[{"fallback": "Help"}])))
    await wired.settled()
    assert [(event.author.id, event.author_name, event.role, event.text) for event in desk.heard] == [("B0FORMS", "Form", Role.CUSTOMER, "Help")]


async def test_people_are_named_where_they_are_mentioned(wired, desk):
    await wired.post(callback(said(f"<@{BOT_USER}> ask <@U0TIM>, not <@U0GONE>")))
    await wired.settled()
    assert desk.heard[0].text == "@Frontdesk ask @Tim, not @U0GONE"


async def test_a_file_of_another_organization_is_looked_up(wired, desk, slack):
    slack.answers["files.info"] = [{"ok": True, "file": {"id": "F1", "name": "shot.png", "mimetype": "image/png", "size": 9}}]
    known = {"id": "F2", "name": "log.txt", "mimetype": "text/plain", "size": 3}
    await wired.post(callback(said("", subtype="file_share", files=[{"id": "F1", "file_access": "check_file_info"}, known])))
    await wired.settled()
    assert desk.heard[0].files == (File("shot.png", "image/png", 9, "F1"), File("log.txt", "text/plain", 3, "F2"))
    assert [given["file"] for given in slack.of("files.info")] == ["F1"]


@pytest.mark.parametrize("error", ["file_not_found", "access_denied", "slack_connect_file_upload_sharing_blocked"])
async def test_a_file_that_slack_does_not_give_does_not_hold_up_its_message(wired, desk, slack, error):
    slack.refuse("files.info", error)
    await wired.post(callback(said("look", subtype="file_share", files=[{"id": "F1", "file_access": "check_file_info"}])))
    await wired.settled()
    assert [(event.text, [file.ref for file in event.files]) for event in desk.heard] == [("look", ["F1"])]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["the mention first", "the message first"])
async def test_a_mention_and_its_message_are_one_and_the_files_are_kept(wired, desk, order):
    text, shot = f"<@{BOT_USER}> see", {"id": "F1", "name": "shot.png", "mimetype": "image/png", "size": 9}
    pair = (callback(mention(text)), callback(said(text, subtype="file_share", files=[shot])))
    wired.slack._pump._clock = StoppedClock()
    for n in order:
        assert (await wired.post(pair[n]))[0] == 200
    await wired.settled()
    assert [(event.mentions_bot, len(event.files)) for event in desk.heard] == [(True, 1)]


class StoppedClock:
    """A clock on which nobody's time comes."""

    async def wait(self, until):
        await asyncio.Event().wait()


async def test_a_mention_alone_is_a_message(wired, desk):
    await wired.post(callback(mention()))
    await wired.settled()
    assert [(event.ref, event.mentions_bot) for event in desk.heard] == [(REF, True)]


async def test_a_direct_message_is_one(wired, desk):
    await wired.post(callback(said(channel=DIRECT, channel_type="im")))
    await wired.settled()
    assert desk.heard[0].kind == "direct"


@pytest.mark.parametrize("first_arrives", [True, False], ids=["the first arrives", "the first does not"])
async def test_three_deliveries_in_any_order_are_one(wired, desk, first_arrives):
    bodies = [callback(said(f"message {n}", f"17936136{n:02d}.000100"), f"Ev{n}") for n in range(20)]
    tries = [(body, n) for body in bodies for n in range(0 if first_arrives else 1, 4)]
    random.Random(1).shuffle(tries)
    for body, n in tries:
        retry = {"x-slack-retry-num": str(n), "x-slack-retry-reason": "http_timeout"} if n else {}
        assert (await wired.post(body, **retry))[0] == 200
    await wired.settled()
    assert sorted(event.text for event in desk.heard) == sorted(body["event"]["text"] for body in bodies)


async def test_what_cannot_be_kept_is_not_acknowledged_and_comes_again(wired, desk, monkeypatch, caplog):
    inbox = wired.slack._inbox
    monkeypatch.setattr(inbox, "_transact", lambda works: (_ for _ in ()).throw(connection_error()))
    assert (await wired.post(callback(said("very private"), "Ev1")))[0] == 500
    assert "private" not in caplog.text
    monkeypatch.undo()
    assert (await wired.post(callback(said("very private"), "Ev1"), **{"x-slack-retry-num": "1"}))[0] == 200
    await wired.settled()
    assert len(desk.heard) == 1


def connection_error():
    import sqlite3

    return sqlite3.OperationalError("database or disk is full")


async def test_a_desk_that_cannot_take_it_gets_it_again(wired, desk):
    desk.refusals = 3
    assert (await wired.post(callback(said())))[0] == 200
    await wired.settled()
    assert len(desk.heard) == 1


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "0"}), id="Slack limits us"),
        pytest.param(Reply(503, ""), id="Slack is down"),
    ],
)
async def test_slack_that_does_not_say_who_somebody_is_is_asked_again(wired, desk, slack, reply):
    from tests.slack.test_people import MARA

    slack.answers["users.info"] = [reply, reply, {"ok": True, "user": {"id": "U0MARA", **MARA}}]
    assert (await wired.post(callback(said())))[0] == 200
    await wired.settled()
    assert [event.author_name for event in desk.heard] == ["Mara Voss"]


async def test_a_new_role_counts_at_once(wired, desk, slack):
    await wired.post(callback(said(user="U0TIM")))
    await wired.settled()
    slack.users["U0TIM"] = GUEST
    await wired.post(callback({"type": "user_change", "user": {"id": "U0TIM"}}))
    await wired.post(callback(said(ts=LATER, user="U0TIM")))
    await wired.settled()
    assert [event.role for event in desk.heard] == [Role.ADMIN, Role.CUSTOMER]


async def test_what_an_earlier_process_left_is_handed_over(slack, tmp_path, policy, store, clock, desk):
    access = Access("xoxb-secret", signing_secret=SECRET, url=slack.url)
    deaf = replace_emit(desk)
    async with opened(access, tmp_path / "slack.db", deaf, policy=policy, store=store, clock=clock) as first:
        assert (await first.post(callback(said())))[0] == 200
    async with opened(access, tmp_path / "slack.db", desk, policy=policy, store=store, clock=clock) as second:
        await second.settled()
    assert [event.ref for event in desk.heard] == [REF]


def replace_emit(desk):
    """Return a desk that takes nothing."""
    return replace(desk, refusals=10**9)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        pytest.param({"secret": "another-secret"}, 401, id="signed by somebody else"),
        pytest.param({"late": 600}, 401, id="an old one, sent again"),
        pytest.param({"late": -600}, 401, id="one from the future"),
        pytest.param({"x-slack-signature": ""}, 401, id="not signed"),
        pytest.param({"x-slack-request-timestamp": "soon"}, 401, id="without a time"),
    ],
)
async def test_nobody_but_slack_is_believed(wired, desk, given, status):
    assert (await wired.post(callback(said()), **given))[0] == status
    assert (await wired.post({"type": "url_verification", "challenge": "x"}, **given))[0] == status
    await wired.settled()
    assert desk.heard == []


async def test_a_body_that_is_no_text_or_no_json_harms_nobody(wired, desk):
    assert (await wired.slack.request({"x-slack-request-timestamp": "1"}, b"\xff\xfe"))[0] == 400
    for text in ("", "{", "[]", "null", '"x"', '{"type": "event_callback"}', '{"type": "event_callback", "event": {"type": "message"}}'):
        assert (await wired.raw(text, "application/json"))[0] in (400, 404, 500)
    assert desk.heard == []


async def test_slack_is_answered_when_it_asks_whether_we_are_there(wired):
    status, body = await wired.post({"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB"})
    assert (status, json.loads(body)) == (200, {"challenge": "3eZbrw1aB"})


async def test_the_desks_own_log_is_heard_beside_bolts(wired, caplog):
    logging.getLogger("frontdesk.anything").warning("still here")
    assert "still here" in caplog.text


async def test_without_a_secret_nothing_over_http_is_believed(slack, tmp_path, policy, store, clock, desk):
    access = Access("xoxb-secret", app_token="xapp-secret", url=slack.url)
    async with opened(access, tmp_path / "slack.db", desk, policy=policy, store=store, clock=clock) as found:
        status, body = await found.post(callback(said()), secret="any")
        assert (status, "FRONTDESK_SLACK_SIGNING_SECRET" in body) == (404, True)
    assert desk.heard == []


async def test_a_connection_that_hears_nothing_says_what_to_set(slack, tmp_path, policy, store, clock, desk, caplog):
    async with opened(Access("xoxb-secret", url=slack.url), tmp_path / "slack.db", desk, policy=policy, store=store, clock=clock):
        await asyncio.sleep(0)
    assert "FRONTDESK_SLACK_APP_TOKEN" in caplog.text


async def test_events_that_slack_holds_back_are_noted_and_read_from_history_later(wired, caplog):
    held = {"type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": 1793613600, "api_app_id": "A0DESK"}
    assert (await wired.post(held, secret="another-secret"))[0] == 401
    assert wired.slack._gap._held_until is None
    assert (await wired.post(held))[0] == 200
    assert wired.slack._gap._held_until is not None
    assert caplog.text.count("held back") == 1


@pytest.mark.parametrize("error", ["invalid_auth", "internal_error"], ids=["a wrong token", "Slack down at the start"])
async def test_slack_may_be_unusable_at_the_start_and_is_asked_again(slack, tmp_path, policy, store, clock, desk, caplog, error, monkeypatch):
    monkeypatch.setattr(connection, "PAUSE", 0.001)
    slack.answers["auth.test"] = [{"ok": False, "error": error}] * 4 + [WHO]
    slack.users["U0MARA"] = {"team_id": "T0ACME", "name": "mara"}
    access = Access("xoxb-secret", signing_secret=SECRET, url=slack.url)
    async with opened(access, tmp_path / "slack.db", desk, policy=policy, store=store, clock=clock) as found:
        assert (await found.post(callback(said())))[0] == 200
        await found.settled()
    assert [event.ref for event in desk.heard] == [REF]
    assert len(slack.of("auth.test")) > 4
    assert caplog.text.count("Slack is not there") == 1
    assert "xoxb-secret" not in caplog.text


async def test_before_it_is_connected_slack_is_asked_to_come_again(slack, tmp_path, policy, store, clock):
    access = Access("xoxb-secret", url=slack.url)
    found = await Slack.open(access, inbox=tmp_path / "slack.db", policy=policy, store=store, watch=SqlWatch(store.database), clock=clock)
    assert (await found.request({}, b"{}"))[0] == 503
    await found.run()
    await found.close()


async def test_slacks_own_samples_reach_the_desk(wired, desk):
    event = sample("MessagePayload", team_id=TEAM, type="event_callback", event_id="Ev1", event__ts=TS, event__channel=HELP, event__user="U0MARA")
    event["event"] |= {"bot_id": "", "text": "Hello", "event_ts": TS, "thread_ts": ""}
    share = sample(
        "MessageFileSharePayload", team_id=TEAM, type="event_callback", event_id="Ev2", event__ts=LATER, event__channel=HELP, event__user="U0MARA"
    )
    share["event"]["files"][0] |= {"id": "F1", "name": "shot.png"}
    reacted = sample(
        "ReactionAddedPayload", event_id="Ev3", event__item__channel=HELP, event__item__ts=TS, event__reaction="ticket", event__user="U0TIM"
    )
    for body in (event, share, reacted):
        assert (await wired.post(body))[0] == 200
    await wired.settled()
    assert [type(event) for event in desk.heard] == [MessageReceived, MessageReceived, ReactionAdded]
    assert desk.heard[0].place == Place(channel_ref(TEAM, HELP))
