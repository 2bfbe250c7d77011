"""Acts: what is kept of what people did is ids and their words, and reads as the same event whenever it is read."""

import json

import pytest

from bot.discord import acts, pressed
from bot.discord.people import Who
from bot.discord.refs import channel_ref, instant, user_ref
from desk.cards import Button
from desk.customer import Role
from desk.errors import InvalidInput
from desk.ids import TicketId
from desk.space import Place

GUILD, MARA, HELP, THREAD = "1190000000000000001", "1190000000000100000", "1190000000000300000", "1190000000000310000"
BY = Who(user_ref(GUILD, MARA), "Mara Voss", Role.CUSTOMER)
CAUSE = "1420000000000000000"
BUTTON = Button("solved", "Solved", TicketId("t-1"), subject="t-1")


def body(**more):
    user = {"id": MARA, "username": "mara", "global_name": "Mara Voss", "avatar": "abc", "email": "nobody@needs.example"}
    member = {"user": user, "roles": ["1"], "permissions": "8", "avatar": None, "pending": False}
    channel = {"id": HELP, "type": 0, "name": "help", "topic": "long"}
    return {"id": CAUSE, "token": "secret", "guild_id": GUILD, "channel_id": HELP, "channel": channel, "member": member, **more}


def kept(arrival):
    """Return what is kept as it is read again by another process."""
    return json.loads(json.dumps(arrival.payload))


def test_a_press_is_kept_without_its_token_and_without_what_the_desk_does_not_need():
    arrival = acts.of_click(body(), pressed.packed(BUTTON, "o-1"))
    words = json.dumps(arrival.payload)

    assert not [word for word in ("secret", "nobody@needs", "topic", "avatar") if word in words]
    assert arrival.lane == f"by {MARA}"
    assert arrival.marks == (f"interaction {CAUSE}",)


def test_a_press_reads_as_an_event_with_what_the_button_carried():
    event = acts.clicked(kept(acts.of_click(body(), pressed.packed(BUTTON, "k-1"), {"why": "x\0y"})), by=BY, guild=GUILD)

    assert (event.action, event.ticket, event.subject, event.card, event.form) == ("solved", "t-1", "t-1", "k-1", {"why": "x?y"})
    assert (event.by, event.by_name, event.role, event.at) == (BY.ref, "Mara Voss", Role.CUSTOMER, instant(CAUSE))
    assert event.place == Place(channel_ref(GUILD, HELP))


def test_a_button_of_a_message_that_is_no_card_names_none():
    assert acts.clicked(kept(acts.of_click(body(), pressed.packed(BUTTON, "o-1"))), by=BY, guild=GUILD).card is None


def test_the_same_press_is_the_same_event_and_the_next_one_is_not():
    first, again = (acts.clicked(kept(acts.of_click(body(), pressed.packed(BUTTON, "o-1"))), by=BY, guild=GUILD) for _ in range(2))
    other = acts.clicked(kept(acts.of_click(body(id=str(int(CAUSE) + 1)), pressed.packed(BUTTON, "o-1"))), by=BY, guild=GUILD)

    assert first.id == again.id != other.id


def test_what_nobody_wrote_is_refused():
    with pytest.raises(InvalidInput):
        acts.clicked(kept(acts.of_click(body(), "somebody else's")), by=BY, guild=GUILD)


def test_a_command_reads_as_it_was_written():
    event = acts.commanded(kept(acts.of_command(body(), "  why t-1 ", {"reason": "none"})), by=BY, guild=GUILD)

    assert (event.text, event.form) == ("why t-1", {"reason": "none"})


def test_a_press_and_a_command_of_one_interaction_are_two_events():
    click = acts.clicked(kept(acts.of_click(body(), pressed.packed(BUTTON, "o-1"))), by=BY, guild=GUILD)

    assert click.id != acts.commanded(kept(acts.of_command(body(), "why t-1")), by=BY, guild=GUILD).id


@pytest.mark.parametrize(
    ("channel", "place"),
    [
        pytest.param({"id": HELP, "type": 0}, (HELP, ""), id="a channel"),
        pytest.param({"id": THREAD, "type": 11, "parent_id": HELP}, (HELP, THREAD), id="a thread is one of its channel"),
        pytest.param({"id": THREAD, "type": 12, "parent_id": HELP}, (HELP, THREAD), id="a private thread too"),
        pytest.param({"id": "5", "type": 1}, ("5", ""), id="a direct message"),
    ],
)
def test_where_it_was_done_is_told_as_the_desk_has_it(channel, place):
    found = acts.where(body(channel=channel, channel_id=channel["id"]))

    assert (found["channel"], found["thread"]) == place


def test_in_a_direct_message_a_user_does_it_and_no_member():
    direct = {"id": CAUSE, "channel_id": "5", "channel": {"id": "5", "type": 1}, "user": {"id": MARA, "username": "mara"}}
    arrival = acts.of_command(direct, "status")

    assert acts.user_of(direct) == MARA
    assert acts.hint_of(direct) == {"user": {"id": MARA, "username": "mara"}}
    assert "guild_id" not in arrival.payload


def test_a_messages_own_command_keeps_which_message_it_is():
    arrival = acts.of_asking(body(), "1190000000000999000")

    assert (arrival.kind, arrival.payload["id"], arrival.payload["channel_id"]) == (acts.ASKED, "1190000000000999000", HELP)
