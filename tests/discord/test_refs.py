"""How Discord's ids are written in the desk, and read back."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.discord.refs import channel_ref, instant, message_ref, room_of, snowflake, split, thread_of
from desk.space import Place

HELP = channel_ref("10", "20")


@pytest.mark.parametrize(
    ("ref", "in_forum", "reached"),
    [
        pytest.param(message_ref(HELP, "300"), False, ("20", "300"), id="a message in a channel"),
        pytest.param(message_ref(HELP, "301", thread="300"), False, ("300", "301"), id="a message in a thread"),
        pytest.param(message_ref(HELP, "300"), True, ("300", "300"), id="the first message of a forum's post"),
        pytest.param(message_ref(HELP, "301", thread="300"), True, ("300", "301"), id="a reply in a forum's post"),
    ],
)
def test_a_message_is_reached_where_discord_has_it(ref, in_forum, reached):
    assert split(ref, in_forum=in_forum) == reached


def test_a_thread_is_known_by_the_message_it_hangs_under_and_by_one_in_it():
    assert [thread_of(Place(HELP, thread)) for thread in (None, "300", "300/301")] == [None, "300", "300"]
    assert [room_of(Place(HELP, thread)) for thread in (None, "300")] == ["20", "300"]


def test_an_id_tells_when_it_was_made():
    at = datetime(2026, 11, 4, 10, tzinfo=UTC)
    assert instant(snowflake(at)) == at
    assert at < instant(str(int(snowflake(at)) | 0x3FFFFF)) < at + timedelta(milliseconds=1)
    assert int(snowflake(at)) < int(snowflake(at + timedelta(milliseconds=1)))


def test_of_two_ids_of_one_millisecond_the_later_one_is_later():
    first = int(snowflake(datetime(2026, 11, 4, 10, tzinfo=UTC)))
    assert instant(str(first)) < instant(str(first + 1)) < instant(str(first + 2))


def test_nothing_is_older_than_the_first_id():
    assert snowflake(datetime(2001, 1, 1, tzinfo=UTC)) == "0"
