"""Arrivals: of Discord's events that is kept which says something to the desk, and no more of it than the desk reads."""

import json

import pytest

from bot.discord import arrivals
from bot.discord.arrivals import of_event

SAID = {
    "id": "10",
    "channel_id": "20",
    "guild_id": "30",
    "type": 0,
    "content": "Where is my refund?",
    "edited_timestamp": None,
    "author": {"id": "1", "username": "mara", "global_name": "Mara Voss", "avatar": "abc", "public_flags": 0},
    "member": {"roles": ["5"], "nick": None, "premium_since": None},
    "mentions": [{"id": "2", "username": "lea", "member": {"nick": "Lea B"}}],
    "mention_roles": [],
    "embeds": [{"title": "unfolded"}],
    "attachments": [{"id": "7", "filename": "shot.png", "size": 9, "content_type": "image/png", "url": "https://cdn.example/signed"}],
}


def test_a_message_is_kept_without_what_nobody_reads():
    [kept] = of_event("MESSAGE_CREATE", SAID)
    assert (kept.kind, kept.lane, kept.marks) == (arrivals.SAID, "20", ("said 10",))
    assert not {"avatar", "embeds", "url", "premium_since"} & set(json.dumps(kept.payload).replace('"', " ").split())
    assert kept.payload["mentions"] == [{"id": "2", "name": "Lea B"}]


@pytest.mark.parametrize(
    ("name", "event"),
    [
        pytest.param("MESSAGE_CREATE", {**SAID, "author": {"id": "99"}}, id="what the bot said"),
        pytest.param("MESSAGE_CREATE", {**SAID, "type": 7}, id="a remark of Discord's"),
        pytest.param("MESSAGE_CREATE", {**SAID, "type": 20}, id="an app's answer to a command"),
        pytest.param("MESSAGE_UPDATE", SAID, id="a link that unfolded"),
        pytest.param("MESSAGE_UPDATE", {"id": "10", "channel_id": "20", "embeds": []}, id="a part of a message"),
        pytest.param("MESSAGE_REACTION_ADD", {"user_id": "99", "message_id": "10", "channel_id": "20"}, id="the bot's own emoji"),
        pytest.param("GUILD_DELETE", {"id": "30", "unavailable": True}, id="a server that is down"),
        pytest.param("GUILD_MEMBER_REMOVE", {"guild_id": "30", "user": {"id": "8", "bot": True}}, id="a bot that left"),
        pytest.param("TYPING_START", {"user_id": "1"}, id="what nobody asked for"),
    ],
)
def test_what_says_nothing_to_the_desk_is_not_kept(name, event):
    assert list(of_event(name, event, bot="99")) == []


def test_an_edit_is_known_again_by_its_instant():
    stamps = ("2026-11-02T10:00:00+00:00", "2026-11-02T10:01:00+00:00")
    marks = [of_event("MESSAGE_UPDATE", {**SAID, "edited_timestamp": stamp})[0].marks for stamp in (*stamps, stamps[0])]
    assert marks[0] == marks[2] != marks[1]


def test_of_many_deletions_each_is_kept_on_its_own():
    kept = of_event("MESSAGE_DELETE_BULK", {"ids": ["1", "2"], "channel_id": "20", "guild_id": "30"})
    assert [(each.payload["id"], each.lane) for each in kept] == [("1", "20"), ("2", "20")]
