"""Inbound: payloads become the desk's events, the same ones every time."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.arrivals.pressed import Pressed
from bot.slack import inbound
from bot.slack.inbound import Here
from bot.slack.people import Who
from bot.slack.refs import channel_ref, instant, message_ref, user_ref
from bot.slack.web import Whoami
from desk.customer import Role
from desk.ids import CardId, TicketId
from desk.space import ChannelKind, Place
from desk.timeline import File
from tests.slack.loopback import BOT, BOT_USER, TEAM
from tests.slack.payloads import DIRECT, HELP, LATER, TS, deletion, edit, mention, reaction, said, sample, shortcut

ME = Whoami(TEAM, "Pelican Ledger", "https://pelican.slack.com/", BOT_USER, BOT)
HERE = Here(ME, "Frontdesk", "ticket", frozenset({f"slack/{TEAM}/B0FORMS"}), {"U0MARA": "Mara Voss"})
MARA = Who(user_ref(TEAM, "U0MARA"), "Mara Voss", Role.CUSTOMER)
TIM = Who(user_ref(TEAM, "U0TIM"), "Tim", Role.TEAMMATE)
REF = message_ref(TEAM, HELP, TS)


def heard(event, by=MARA):
    return inbound.received(event, event["channel"], by=by, here=HERE)


def test_a_message_says_who_wrote_what_where_and_when():
    event = heard(said())
    assert (event.ref, event.place, event.author, event.author_name, event.role) == (REF, Place(REF.channel), MARA.ref, "Mara Voss", Role.CUSTOMER)
    assert (event.text, event.mentions_bot, event.kind, event.late) == ("Why was I charged twice?", False, None, False)
    assert event.at == datetime(2026, 11, 2, 10, 0, 0, 100, tzinfo=UTC) == instant(TS)


def test_the_same_message_is_the_same_event_whoever_tells_of_it():
    assert heard(said()).id == heard(mention()).id == heard(said("another text", thread_ts=TS)).id
    assert heard(said()).id != heard(said(ts=LATER)).id != heard(said(channel="C0OTHER")).id


@pytest.mark.parametrize(
    ("more", "thread"),
    [
        pytest.param({}, None, id="a message of its own"),
        pytest.param({"thread_ts": LATER}, LATER, id="a reply"),
        pytest.param({"thread_ts": TS}, None, id="the root of a thread"),
        pytest.param({"thread_ts": LATER, "subtype": "thread_broadcast"}, LATER, id="a reply that the channel sees too"),
    ],
)
def test_a_message_stands_in_its_thread(more, thread):
    assert heard(said(**more)).place == Place(REF.channel, thread)


def test_a_direct_message_says_so():
    assert heard(said(channel=DIRECT)).kind is ChannelKind.DIRECT


def test_a_mention_is_seen_by_its_id_and_kept_as_the_name():
    event = heard(said(f"<@{BOT_USER}> and <@U0MARA>: *why*?"))
    assert (event.text, event.mentions_bot) == ("@Frontdesk and @Mara Voss: **why**?", True)
    assert heard(mention("no id in it")).mentions_bot


def test_files_come_with_their_id_and_deleted_ones_do_not():
    shot = {"id": "F1", "name": "shot.png", "mimetype": "image/png", "size": 1234}
    gone = {"id": "F2", "mode": "tombstone"}
    event = heard(said("", subtype="file_share", files=[shot, gone]))
    assert event.files == (File("shot.png", "image/png", 1234, "F1"),)


def test_another_bot_fills_in_for_the_customer_it_speaks_for():
    form = said("", user="", subtype="bot_message", bot_id="B0FORMS", username="Contact form", attachments=[{"fallback": "Name: Mara"}])
    assert HERE.hears(form)
    event = inbound.received(form, HELP, by=Who(user_ref(TEAM, "B0FORMS"), "Contact form", Role.COLLEAGUE, is_bot=True), here=HERE)
    assert (event.author.id, event.role, event.text) == ("B0FORMS", Role.CUSTOMER, "Name: Mara")


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(said(user=BOT_USER, bot_id=BOT), id="our own"),
        pytest.param(said(user=BOT_USER), id="our own without the bot's id"),
        pytest.param(said(user="U0OTHER", bot_id="B0OTHER"), id="another bot's"),
        pytest.param(said(user="", subtype="bot_message", bot_id="B0OTHER"), id="an old integration's"),
        pytest.param(said(user="USLACKBOT"), id="Slackbot's"),
        pytest.param(said(user=""), id="nobody's"),
    ],
)
def test_what_nobody_wrote_is_not_heard(message):
    assert not HERE.hears(message)


def test_an_edit_has_the_whole_new_text():
    event = inbound.changed(edit("*Three* times, <@U0MARA>"), here=HERE)
    assert event is not None
    assert (event.ref, event.text, event.at) == (REF, "**Three** times, @Mara Voss", instant(LATER))
    assert event.id == inbound.changed(edit("*Three* times, <@U0MARA>"), here=HERE).id
    assert event.id != inbound.changed(edit("x", at="1793613661.000000"), here=HERE).id


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(edit("Why was I charged twice?", edited=None), id="a link that unfolded"),
        pytest.param(edit("Why was I charged twice?", reply_count=2, edited=None), id="a reply that was counted"),
        pytest.param(edit("Why was I charged twice?"), id="a link that unfolded after an edit"),
        pytest.param(edit("x", user=BOT_USER, bot_id=BOT), id="our own card, drawn again"),
        pytest.param(edit("x", bot_id="B0OTHER"), id="another bot's"),
        pytest.param(edit("", subtype="tombstone", edited=None) | {"previous_message": said(bot_id=BOT)}, id="our own root, taken back"),
    ],
)
def test_what_nobody_edited_is_no_edit(event):
    assert inbound.changed(event, here=HERE) is None


def test_a_deletion_is_known_by_the_message_it_takes_away():
    event = inbound.deleted(deletion(), here=HERE)
    assert event is not None
    assert (event.ref, event.at) == (REF, instant(LATER))
    assert inbound.deleted(deletion(bot_id=BOT), here=HERE) is None


def test_the_root_of_a_thread_is_deleted_by_becoming_a_tombstone():
    tombstone = inbound.changed(edit("This message was deleted.", subtype="tombstone", edited=None), here=HERE)
    assert tombstone == inbound.deleted(deletion(), here=HERE)


@pytest.mark.parametrize(
    ("emoji", "asks"),
    [("ticket", True), ("ticket::skin-tone-3", True), ("tickets", False), ("eyes", False)],
    ids=["the emoji of policy", "in another skin tone", "a longer name", "another emoji"],
)
def test_one_emoji_asks_for_a_ticket(emoji, asks):
    assert HERE.is_asked_by(emoji) is asks


def test_without_an_emoji_none_asks():
    assert not replace(HERE, emoji="").is_asked_by("")


def test_a_reaction_names_the_message_and_the_emoji_of_policy():
    event = inbound.reacted(reaction("ticket::skin-tone-2"), by=TIM, here=HERE)
    assert (event.ref, event.emoji, event.by, event.role) == (REF, "ticket", TIM.ref, Role.TEAMMATE)


@pytest.mark.parametrize(("root", "thread"), [("", None), (LATER, LATER), (TS, None)], ids=["of its own", "in a thread", "a thread's root"])
def test_the_shortcut_names_the_message_and_its_thread(root, thread):
    event = inbound.asked(shortcut(thread=root), by=TIM, here=HERE)
    assert (event.ref, event.place, event.by_name, event.at) == (REF, Place(REF.channel, thread), "Tim", instant(LATER))


def test_an_invitation_says_who_and_whether_others_are_there():
    joined = {"type": "member_joined_channel", "user": BOT_USER, "channel": HELP, "inviter": "U0TIM", "event_ts": LATER}
    event = inbound.invited(joined, room={"name": "help", "is_ext_shared": True}, by=TIM, here=HERE)
    assert (event.channel, event.name, event.by, event.shared) == (REF.channel, "help", TIM.ref, True)
    alone = inbound.invited(joined, room={}, by=None, here=HERE)
    assert (alone.by, alone.by_name, alone.role, alone.shared) == (None, "", Role.CUSTOMER, False)


def test_channels_are_renamed_and_go():
    renamed = inbound.renamed({"type": "channel_rename", "channel": {"id": HELP, "name": "support"}, "event_ts": LATER}, here=HERE)
    assert (renamed.channel, renamed.name, renamed.gone) == (REF.channel, "support", False)
    gone = inbound.gone({"type": "channel_archive", "channel": HELP, "event_ts": LATER}, here=HERE)
    assert (gone.channel, gone.gone, gone.at) == (REF.channel, True, instant(LATER))


@pytest.mark.parametrize(("carrier", "card"), [("k-abc", CardId("k-abc")), ("o-abc", None), ("home", None)], ids=["a card", "a post", "App Home"])
def test_a_click_carries_ids_and_the_role_of_this_moment(carrier, card):
    found = Pressed("approve", TicketId("t-1"), "d-1", "d-1", carrier, False)
    event = inbound.clicked(found, Place(REF.channel, LATER), cause="x", by=TIM, at=instant(LATER), form={"text": "y"})
    assert (event.action, event.ticket, event.subject, event.basis, event.card) == ("approve", "t-1", "d-1", "d-1", card)
    assert (event.by, event.role, event.form) == (TIM.ref, Role.TEAMMATE, {"text": "y"})


def test_a_command_is_what_follows_its_name():
    event = inbound.commanded("  queue \0", Place(REF.channel), cause="x", by=TIM, at=instant(LATER), form={})
    assert (event.text, event.by_name) == ("queue \0".replace("\0", "?"), "Tim")
    assert event.id != inbound.commanded("queue", Place(REF.channel), cause="y", by=TIM, at=instant(LATER), form={}).id


def test_slacks_own_samples_have_the_places_we_read():
    event = sample("MessageFileSharePayload", event__ts=TS, event__channel=HELP, event__user="U0MARA", event__thread_ts=LATER)["event"]
    event["files"][0] |= {"id": "F1", "name": "shot.png", "mimetype": "image/png", "size": 7}
    heard_ = heard(event)
    assert (heard_.place, heard_.files) == (Place(channel_ref(TEAM, HELP), LATER), (File("shot.png", "image/png", 7, "F1"),))
    changed = sample("MessageChangedPayload", event__channel=HELP, event__message__ts=TS, event__message__text="new", event__event_ts=LATER)["event"]
    changed["message"] |= {"user": "U0MARA", "bot_id": "", "edited": {"user": "U0MARA", "ts": LATER}}
    edited = inbound.changed(changed, here=HERE)
    assert edited is not None
    assert edited.text == "new"
    deleted = sample(
        "MessageDeletedPayload", event__channel=HELP, event__deleted_ts=TS, event__event_ts=LATER, event__previous_message__user="U0MARA"
    )
    assert inbound.deleted(deleted["event"], here=HERE) == inbound.deleted(deletion(), here=HERE)
    assert inbound.reacted(sample("ReactionAddedPayload", event__item__ts=TS, event__event_ts=LATER)["event"], by=TIM, here=HERE).emoji == "ticket"
