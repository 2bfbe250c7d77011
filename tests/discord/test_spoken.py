"""Spoken: what people refer to on Discord reads well, and pings nobody."""

import pytest

from bot.discord.spoken import channels, clean, markdown, roles, users

NAMES = {"1": "Mara", "2": "support", "3": "help"}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param("Where is **my** refund?", "Where is **my** refund?", id="Markdown stays Markdown"),
        pytest.param("<@1> and <@!1>", "@Mara and @Mara", id="people"),
        pytest.param("<@9>", "@somebody", id="people whom nobody knows"),
        pytest.param("<@&2>", "@support", id="roles"),
        pytest.param("<#3> or <#9>", "#help or #9", id="channels, known or not"),
        pytest.param("<:party:12> <a:spin:13>", ":party: :spin:", id="a server's own emoji"),
        pytest.param("</frontdesk queue:12>", "/frontdesk queue", id="commands"),
        pytest.param("<t:1793613600:R>", "2026-11-02 10:00 UTC", id="instants"),
        pytest.param("<t:99999999999999>", "99999999999999", id="instants that are none"),
        pytest.param("1 < 2 > <b> <@x>", "1 < 2 > <b> <@x>", id="what only looks like it"),
        pytest.param("a\0b\ud800", "a?b?", id="what no database takes"),
    ],
)
def test_how_a_text_reads(text, read):
    assert markdown(text, NAMES) == read


def test_who_and_what_a_text_refers_to_is_found_once_and_in_order():
    text = "<@2> <@!1> <@2> <@&5> <#7> <#7>"
    assert (users(text), roles(text), channels(text)) == (("2", "1"), ("5",), ("7",))


def test_a_clean_text_stays_what_it_is():
    assert clean("Grüße 👋") == "Grüße 👋"
