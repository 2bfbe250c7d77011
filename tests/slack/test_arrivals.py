"""Arrivals: what is kept of a payload, and what is not kept at all."""

import pytest

from bot.slack import arrivals
from tests.slack.loopback import BOT, BOT_USER
from tests.slack.payloads import HELP, LATER, TS, callback, deletion, edit, mention, press, reaction, said, sample, shortcut, submission
from tests.slack.test_inbound import ME


def kept(event, me=ME):
    return arrivals.of_event(callback(event, "Ev1"), me)


def test_a_message_is_known_by_its_event_and_by_where_it_stands():
    found = kept(said())
    assert (found.kind, found.lane, found.marks) == ("message", HELP, ("Ev1", f"{HELP}/{TS}"))
    assert (kept(mention()).marks, kept(mention()).hold) == (found.marks, arrivals.HOLD)


@pytest.mark.parametrize("event", [edit("x"), deletion()], ids=["an edit", "a deletion"])
def test_a_change_is_not_the_message_it_changes(event):
    assert kept(event).marks == ("Ev1",)


@pytest.mark.parametrize(
    ("event", "lane"),
    [
        pytest.param(reaction(), HELP, id="an emoji"),
        pytest.param({"type": "channel_rename", "channel": {"id": HELP, "name": "x"}}, HELP, id="a new name"),
        pytest.param({"type": "channel_archive", "channel": HELP}, HELP, id="an archived channel"),
        pytest.param({"type": "group_left", "channel": "G0X"}, "G0X", id="a private channel left"),
        pytest.param({"type": "member_joined_channel", "user": BOT_USER, "channel": HELP}, HELP, id="an invitation"),
    ],
)
def test_events_wait_in_their_channels_lane(event, lane):
    assert kept(event).lane == lane


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(said(user=BOT_USER, bot_id=BOT), id="what we said"),
        pytest.param(edit("x", user=BOT_USER, bot_id=BOT), id="what we changed"),
        pytest.param(deletion(user=BOT_USER, bot_id=BOT), id="what we took back"),
        pytest.param(said(subtype="channel_join"), id="a remark of Slack's"),
        pytest.param({"type": "message", "subtype": "message_replied", "channel": HELP, "message": {}}, id="a count of replies"),
        pytest.param({"type": "member_joined_channel", "user": "U0MARA", "channel": HELP}, id="somebody else who joins"),
        pytest.param({"type": "app_home_opened", "user": "U0TIM", "tab": "home", "channel": "D1"}, id="a look at App Home"),
        pytest.param({"type": "user_change", "user": {"id": "U0MARA"}}, id="a new profile"),
    ],
)
def test_what_says_nothing_is_not_kept(event):
    assert kept(event) is None


def test_before_we_know_who_we_are_everything_is_kept():
    assert kept(said(user=BOT_USER, bot_id=BOT), me=None)
    assert kept({"type": "member_joined_channel", "user": "U0MARA", "channel": HELP}, me=None)


@pytest.mark.parametrize(
    ("event", "user"),
    [
        pytest.param({"type": "user_change", "user": {"id": "U0MARA"}}, "U0MARA", id="a profile"),
        pytest.param({"type": "member_left_channel", "user": "U0MARA"}, "U0MARA", id="a member"),
        pytest.param({"type": "subteam_updated", "subteam": {}}, "", id="a group"),
        pytest.param({"type": "channel_shared", "channel": HELP}, "", id="a channel"),
        pytest.param(said(), None, id="a message"),
    ],
)
def test_some_events_change_who_somebody_is(event, user):
    assert arrivals.forgotten(event) == user


def test_a_press_keeps_ids_and_no_words():
    body = press("approve:1", '{"a":"approve"}', message={"text": "secret", "thread_ts": LATER, "ts": TS})
    found = arrivals.of_click(body, body["actions"][0], cause="x")
    assert (found.lane, found.payload["channel"], found.payload["thread"], found.payload["value"]) == (
        "by U0TIM",
        "C0AGENTS",
        LATER,
        '{"a":"approve"}',
    )
    assert "secret" not in str(found.payload)


def test_a_chosen_option_carries_what_a_button_does():
    assert arrivals.value_of({"selected_option": {"value": "v"}}) == "v"
    assert arrivals.value_of({"type": "overflow"}) == ""


def test_app_home_has_no_channel():
    body = press("command:1", "v", container={"type": "view", "view_id": "V1"}, channel=None)
    del body["message"]
    assert arrivals.where(body) == {"channel": "", "thread": ""}


def test_a_form_is_sent_once_and_a_press_is_told_from_the_next():
    form = submission({"callback_id": "form"}, {"text": "x"})
    assert arrivals.of_submission(form, {}, {"text": "x"}).marks == arrivals.of_submission(form, {}, {"text": "y"}).marks
    first = press("a:1", "v")
    second = press("a:1", "v", actions=[{**first["actions"][0], "action_ts": "9.9"}])
    assert arrivals.cause_of(first, first["actions"][0]) != arrivals.cause_of(second, second["actions"][0])


def test_the_shortcut_keeps_where_the_message_stands():
    found = arrivals.of_shortcut(shortcut(thread=LATER))
    assert found.payload["message"] == {"ts": TS, "thread_ts": LATER}
    assert "Why" not in str(found.payload)


def test_slacks_own_samples_have_the_places_we_read():
    body = sample("BlockActionPayload", user__id="U0TIM", container__channel_id="C1", container__message_ts=TS, container__thread_ts=LATER)
    body["actions"][0] |= {"action_id": "a:1", "value": "v", "action_ts": LATER}
    assert arrivals.where(body) == {"channel": "C1", "thread": LATER}
    assert arrivals.value_of(body["actions"][0]) == "v"
    asked = sample("MessageShortcutPayload", user__id="U0TIM", channel__id=HELP, message__ts=TS, action_ts=LATER)
    assert arrivals.of_shortcut(asked).payload["channel"] == {"id": HELP}
    told = sample("AppMentionPayload", event_id="Ev1", event__channel=HELP, event__ts=TS, event__user="U0MARA")
    told["event"] |= {"subtype": "", "bot_id": ""}
    assert arrivals.of_event(told, ME).marks == ("Ev1", f"{HELP}/{TS}")
