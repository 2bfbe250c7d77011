"""Cards as messages of Discord: what each block becomes, what a phone shows first, and what happens when there is too much of it."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord import draw
from bot.discord.limits import COMPONENTS, TEXT, size
from bot.discord.pressed import unpacked
from cli.play.discord.limits import check_message
from desk.cards import Buttons, Card, Fields, Header, Notes, Quote, Sources, Style, Text
from tests.discord.judge import needs_spec, sent_wrong
from tests.slack.checks.gallery import LANGUAGES, SCENES, gallery
from tests.slack.test_blocks import CARD, TIMES, button
from tests.slack.test_mrkdwn import ANYTHING

MENTIONED = draw.Ping(("1190000000000100000",), ("1190000000000600000",))


def inside(body):
    """Return every component of a message, and what is in them."""
    return list(draw._every(body["components"]))


def team(*blocks, **more):
    return draw.components(Card(blocks), carrier="k-1", **more)


def customer(*blocks, **more):
    return draw.texts(Card(blocks), carrier="o-1", **more)


def texts(body):
    return [part["content"] for part in inside(body) if part["type"] == draw.DISPLAY]


def test_a_phone_shows_first_who_it_is_for_how_pressing_it_is_and_their_words():
    first = texts(team(*CARD))[0].splitlines()
    assert first[0] == "**Draft  for Mara Voss, Acme (enterprise)**"
    assert first[1].startswith("high 71   first response due <t:1793617200:f>")
    assert first[3] == "> **Mara Voss:** We were charged twice."


def test_each_part_says_where_it_goes_and_small_print_is_small():
    found = texts(team(*CARD))
    assert found[1] == "-# (+2 messages)   #acme-shared"
    assert found[2] == "**In the thread:**\nRefunds take **5 days**. \\[2\\]"
    assert "**(!)** “5 days”" in found[3]
    assert found[4].startswith("**To Mara Voss alone:**")
    assert any(line.startswith("-# \\[1\\] Invoice INV-205  personal: “EUR 420.00") for text in found for line in text.splitlines())


@pytest.mark.parametrize(
    ("aside", "color"),
    [
        ("urgent 90   due", 0xD92D20),
        ("high 71", 0xF79009),
        ("normal 40", 0x2E90FA),
        ("low 20", 0x98A2B3),
        ("confidence 0.83", 0x667085),
        ("", 0x667085),
    ],
)
def test_the_edge_has_the_color_of_the_urgency(aside, color):
    assert team(Header("Draft", aside))["components"][0]["accent_color"] == color


def test_buttons_stand_five_in_a_row_and_what_is_needed_less_often_in_a_menu():
    body = team(HEAD, Buttons(tuple(button(f"act{n}", f"Act {n}") for n in range(7)), (button("mute", "Mute"), button("snooze", "Snooze…"))))
    rows = [part["components"] for part in inside(body) if part["type"] == 1]
    assert [len(row) for row in rows] == [5, 2, 1]
    assert [option["label"] for option in rows[2][0]["options"]] == ["Mute", "Snooze…"]
    assert unpacked(rows[2][0]["options"][0]["value"]).action == "mute"


def test_a_menu_of_one_is_a_button():
    rows = [part["components"] for part in inside(team(HEAD, Buttons((button(),), (button("mute", "Mute"),)))) if part["type"] == 1]
    assert [[each["label"] for each in row] for row in rows] == [["Approve", "Mute"]]


def test_the_same_button_twice_is_two_buttons_to_discord():
    ids = [part["custom_id"] for part in inside(team(HEAD, Buttons((button(), button())), Buttons((button(),)))) if "custom_id" in part]
    assert len(set(ids)) == 3
    assert {(unpacked(id).action, unpacked(id).ticket) for id in ids} == {("approve", button().ticket)}


def test_primary_and_dangerous_buttons_look_so():
    row = Buttons((button(style=Style.PRIMARY), button("reject", "Reject", style=Style.DANGER), button("why", "Why")))
    assert [part["style"] for part in inside(team(HEAD, row)) if part["type"] == 2] == [1, 4, 2]


HEAD = Header("Draft  for Mara Voss", "high 71")


@pytest.mark.parametrize("made", [lambda: team(HEAD, to=MENTIONED), lambda: customer(Text("Hello"), to=MENTIONED)[0]], ids=["card", "text"])
def test_only_these_are_mentioned_at_the_beginning(made):
    body = made()
    said = body.get("content") or body["components"][0]["content"]
    assert said.startswith("<@1190000000000100000> <@&1190000000000600000>")
    assert body["allowed_mentions"] == {"parse": [], "users": list(MENTIONED.users), "roles": list(MENTIONED.roles), "replied_user": False}


def test_nobody_is_mentioned_otherwise():
    assert team(*CARD)["allowed_mentions"] == {"parse": [], "replied_user": False}
    assert customer(Text("Hello"))[0]["allowed_mentions"] == {"parse": [], "replied_user": False}


def test_in_a_long_text_only_the_first_message_mentions():
    bodies = customer(Text("word " * 900), to=MENTIONED)
    assert [bool(body["allowed_mentions"].get("users")) for body in bodies] == [True] + [False] * (len(bodies) - 1)


def test_what_a_customer_reads_has_its_sources_in_small_print_and_no_previews():
    [body] = customer(
        Text("Refunds take 5 days. [2]"),
        Sources((TIMES, replace(TIMES, n=3, url=""))),
        Text("Written by AI", Style.QUIET),
        Buttons((button("solved", "Solved"),)),
    )
    assert body["content"].splitlines() == [
        "Refunds take 5 days. \\[2\\]",
        "-# \\[2\\] [Refund times](<https://help.example/refunds>)",
        "-# \\[3\\] Refund times",
        "-# Written by AI",
    ]
    assert body["flags"] & draw.SUPPRESS_EMBEDS
    assert not body["flags"] & draw.COMPONENTS_V2


def test_a_card_with_too_much_on_it_is_cut_and_says_where_the_rest_is_and_keeps_its_buttons():
    body = team(HEAD, Quote("cried " * 900, "Mara"), Text("in the thread: " + "answered " * 900), Buttons((button(),)))
    assert sum(map(size, texts(body))) <= TEXT
    assert sum("more on the ticket's page" in text for text in texts(body)) >= 1
    assert any(part.get("label") == "Approve" for part in inside(body))


def test_a_card_with_more_parts_than_fit_keeps_what_it_can():
    body = team(HEAD, *(part for n in range(30) for part in (Text(f"Row {n}"), Buttons((button(f"a{n}", f"A {n}"), button(f"b{n}", f"B {n}"))))))
    assert len(inside(body)) <= COMPONENTS
    assert any("more on the ticket's page" in text for text in texts(body))
    assert any(part["type"] == 2 for part in inside(body))
    check_message(body)


def test_in_plain_words_a_card_has_its_buttons_too():
    body = draw.bare(Card(CARD), carrier="k-1")
    assert body["content"].startswith("Draft  for Mara Voss, Acme (enterprise)")
    assert [part.get("label") for part in inside(body) if part["type"] == 2][:2] == ["Approve", "Edit"]
    check_message(body)


def test_an_empty_card_is_a_message_all_the_same():
    check_message(customer()[0])
    check_message(team())


def test_a_message_is_known_again_by_all_its_words_whichever_way_it_comes_back():
    body = team(*CARD)
    answered = {**body, "components": [{**part, "id": n} for n, part in enumerate(body["components"])], "content": ""}
    assert draw.words_of(answered) == draw.words_of(body)
    assert draw.words_of(team(HEAD)) != draw.words_of(body)


@given(st.lists(ANYTHING, min_size=8, max_size=8))
def test_whatever_is_written_on_a_card_it_is_what_discord_takes(written):
    a, b, c, d, e, f, g, h = written
    item = replace(TIMES, title=e, quote=f, url=g)
    card = Card((
        Header(a, b), Quote(c, d), Text(a), Text(f"in the thread: {b}"), Text(c, Style.QUIET), Text(d, Style.WARNING), Notes(e, (f, g)),
        Fields(((g, h),)), Sources((item,), detailed=True), Buttons((button(label=h or "x"),), (button("mute", f or "x"), button("why", a or "x"))),
    ))  # fmt: skip
    for body in (draw.components(card, carrier="k-1"), *draw.texts(card, carrier="k-1"), draw.bare(card, carrier="k-1")):
        check_message(body)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Return every card that the desk made while its stories were played."""
    return asyncio.run(gallery(tmp_path_factory.mktemp("gallery"))).cards


def test_everything_the_desk_shows_is_what_discord_takes(shown):
    assert {story for story, _ in shown} == {*SCENES, *LANGUAGES}
    for _, card in shown:
        for body in (
            draw.components(card, carrier="k-2b4d6f8h2j4l6", to=MENTIONED),
            *draw.texts(card, carrier="o-1"),
            draw.bare(card, carrier="o-1"),
        ):
            check_message(body)


@needs_spec
def test_everything_the_desk_shows_is_what_discords_own_description_takes(shown):
    bodies = [draw.components(card, carrier="k-2b4d6f8h2j4l6") for _, card in shown] + [
        body for _, card in shown for body in draw.texts(card, carrier="o-1")
    ]
    assert [what for body in bodies for what in sent_wrong("/channels/{channel_id}/messages", body)] == []


def test_most_cards_are_shown_whole(shown):
    cut = [story for story, card in shown if any("more on the ticket's page" in text for text in texts(draw.components(card, carrier="k-1")))]
    assert len(cut) <= len(shown) // 20
