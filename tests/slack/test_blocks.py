"""Cards as messages: what each block becomes, what a phone shows first, and what happens when there is too much of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import limits
from bot.slack.blocks import drawn
from bot.slack.pressed import unpacked
from desk.audience import INTERNAL, PUBLIC, person
from desk.cards import Button, Buttons, Card, Field, Fields, Form, Header, Notes, Quote, Sources, Style, Text
from desk.draft import Evidence
from desk.ids import TicketId
from desk.instants import marked
from tests.slack.checks.oracle import breaches, marked_up, sequences, spoken
from tests.slack.test_mrkdwn import ANYTHING

TICKET = TicketId("t-h2k4m6p8r2t4v")
NOON = marked(datetime(2026, 11, 2, 11, tzinfo=UTC), "12:00 CET")
INVOICE = Evidence(1, "record", "invoice", person("mara"), "EUR 420.00, refunding", "Invoice INV-205")
TIMES = Evidence(
    2, "passage", "c-2", PUBLIC, "Refunds reach the card within 5 to 7 working days.", "Refund times", "refunds",
    url="https://help.example/refunds", updated="2026-09-14", reviewed="2026-09-20",
)  # fmt: skip
FORM = Form("Reject", (Field("reason", "Reason"),))


def button(action="approve", label="Approve", **more):
    return Button(action, label, TICKET, subject="r-1", basis="r-1", **more)


def draw(*blocks, **more):
    return drawn(Card(blocks), carrier="k-1", **more)


def words(*blocks, **more):
    """Return the words of the blocks of rich text."""
    return "".join(span.get("text", span.get("fallback", "")) for span in spoken(draw(*blocks, **more).blocks))


def kinds(*blocks):
    return [block["type"] for block in draw(*blocks).blocks]


def pressable(*blocks):
    return [element for block in draw(*blocks).blocks if block["type"] == "actions" for element in block["elements"]]


HEAD = Header("Draft  for Mara Voss, Acme (enterprise)", f"high 71   first response due {NOON}, in 38 min")
QUOTE = Quote("We were charged twice.", "Mara Voss")
CARD = (
    HEAD, QUOTE, Text("(+2 messages)   #acme-shared", Style.QUIET), Text("in the thread: Refunds take **5 days**. [2]"),
    Text("“5 days”: the evidence says 5 to 7", Style.WARNING), Text("to Mara Voss alone: - one\n- two"),
    Notes("So far, in short", ("• Mara asked", "• (!) <!here>")), Fields((("Category", "billing"), ("Ticket", TICKET))),
    Sources((INVOICE, TIMES), detailed=True), Text("Waits because of mode draft", Style.QUIET),
    Buttons((button(style=Style.PRIMARY), button("edit", "Edit", form=FORM)), (button("mute", "Mute"),)),
)  # fmt: skip


def test_who_it_is_for_and_their_words_are_one_block():
    first = draw(*CARD).blocks[0]
    assert [element["type"] for element in first["elements"]] == ["rich_text_section", "rich_text_quote"]
    assert first["elements"][0]["elements"][0] == {"type": "text", "text": HEAD.text, "style": {"bold": True}}


def test_neighbors_of_one_kind_take_one_block():
    assert kinds(*CARD) == ["rich_text", "context", "rich_text", "rich_text", "rich_text", "rich_text", "context", "actions"]


def test_the_first_four_lines_of_a_draft_are_the_header_the_words_the_channel_and_the_reply():
    told = [piece for line in words(*CARD).split("\n") for piece in [line] if piece]
    assert told[0] == HEAD.text
    assert told[1] == "high 71   first response due 12:00 CET, in 38 minMara Voss: We were charged twice.In the thread:"
    assert told[2].startswith("Refunds take 5 days. [2]")


def test_a_deadline_is_said_in_the_readers_zone():
    dates = [span for span in spoken(draw(HEAD).blocks) if span["type"] == "date"]
    assert [(date["timestamp"], date["fallback"]) for date in dates] == [(1793617200, "12:00 CET")]


def test_a_part_says_where_it_will_go_and_keeps_its_markup():
    first, second = (draw(CARD[n]).blocks[0]["elements"] for n in (3, 5))
    assert [span["text"] for span in first[0]["elements"]][:3] == ["In the thread:", "\n", "Refunds take "]
    assert first[0]["elements"][3]["style"] == {"bold": True}
    assert [element["type"] for element in second] == ["rich_text_section", "rich_text_list"]


def test_a_warning_is_marked():
    assert words(Text("no evidence", Style.WARNING)) == "(!) no evidence"


def test_notes_and_quotations_are_never_markup():
    assert words(Notes("So **far**", ("• <@U1> **x**", "[a](https://evil.example)"))) == "So **far**<@U1> **x**[a](https://evil.example)"
    assert words(Quote("**x** <!here> [a](https://evil.example)")) == "**x** <!here> [a](https://evil.example)"


def test_short_values_stand_side_by_side_and_long_ones_alone():
    assert words(Fields((("A", "1"), ("B", "2"), ("C", "x" * 60), ("D", "4")))) == f"A: 1  ·  B: 2\nC: {'x' * 60}\nD: 4"


def test_evidence_says_who_may_see_it_how_old_it_is_and_what_it_says():
    (text,) = marked_up(draw(Sources((INVOICE, TIMES), detailed=True)).blocks)
    assert text.splitlines() == [
        "[1] Invoice INV-205  personal: “EUR 420.00, refunding”",
        "[2] <https://help.example/refunds|Refund times>  public, changed 2026-09-14, reviewed 2026-09-20: "
        "“Refunds reach the card within 5 to 7 working days.”",
    ]


def test_a_customer_reads_titles_and_links_only():
    (text,) = marked_up(draw(Text("Sources", Style.QUIET), Sources((INVOICE, TIMES)), Text("Written by AI.", Style.QUIET)).blocks)
    assert text.splitlines() == ["Sources", "[1] Invoice INV-205", "[2] <https://help.example/refunds|Refund times>", "Written by AI."]


def test_evidence_cannot_lead_elsewhere_than_the_web():
    (text,) = marked_up(draw(Sources((replace(TIMES, url="javascript:alert(1)", title="<@U1> *x*"),))).blocks)
    assert text == "[2] &lt;@U1&gt; \u2217x\u2217"


def test_buttons_carry_what_they_stand_under():
    approve, edit, _ = pressable(*CARD)
    assert approve["style"] == "primary"
    assert [unpacked(each["action_id"], each["value"]).carrier for each in (approve, edit)] == ["k-1", "k-1"]
    assert [unpacked(each["action_id"], each["value"]).asks for each in (approve, edit)] == [False, True]


def test_what_is_needed_less_often_stands_behind_a_menu():
    more = tuple(button(f"a{n}", f"Choice {n}", form=FORM) for n in range(7))
    first, second = pressable(Buttons((), more))
    assert [len(menu["options"]) for menu in (first, second)] == [5, 2]
    assert [unpacked(menu["action_id"], option["value"]).action for menu in (first, second) for option in menu["options"]] == [b.action for b in more]


def test_a_choice_that_carries_too_much_for_a_menu_is_a_button():
    elements = pressable(Buttons((), (button("mute", "Mute"), Button("command", "Long", TicketId(""), subject="x" * 200))))
    assert [element["type"] for element in elements] == ["button", "overflow"]


def test_a_button_that_carries_too_much_for_slack_is_not_drawn():
    assert pressable(Buttons((Button("command", "Long", TicketId(""), subject="x" * 3000),))) == []


def test_no_two_buttons_of_a_message_have_one_id():
    row = Buttons((button("right", "Right"), button("wrong", "Wrong")), (button("why", "Why"), button("mute", "Mute")))
    ids = [element["action_id"] for element in pressable(row, Text("x"), row)]
    assert len(set(ids)) == len(ids) == 6


def test_more_buttons_than_a_row_takes_stand_in_several():
    assert [len(block["elements"]) for block in draw(Buttons(tuple(button(f"a{n}") for n in range(30)))).blocks] == [25, 5]


def test_the_five_scores_stand_in_one_row_and_are_read_out_as_scores():
    scores = Buttons(tuple(Button(f"csat_{n}", str(n), TICKET, form=FORM) for n in range(1, 6)))
    assert [(each["text"]["text"], each["accessibility_label"]) for each in pressable(scores)] == [(str(n), f"{n} / 5") for n in range(1, 6)]


def test_a_label_that_is_too_long_is_cut():
    assert len(pressable(Buttons((button(label="x" * 100),)))[0]["text"]["text"]) == limits.BUTTON


def test_the_text_beside_the_blocks_is_the_card_in_plain_words():
    assert draw(*CARD).text.splitlines()[:5] == [
        "Draft  for Mara Voss, Acme (enterprise)   high 71   first response due 12:00 CET, in 38 min",
        "Mara Voss: We were charged twice.",
        "(+2 messages)   #acme-shared",
        "in the thread: Refunds take 5 days. [2]",
        "(!) “5 days”: the evidence says 5 to 7",
    ]


@pytest.mark.parametrize("blocks", [(HEAD,), (Text("**x**"),), (Buttons((button(),)),), (Text("- a"),), (Text("x", Style.QUIET),)], ids=str)
def test_people_are_mentioned_at_the_beginning(blocks):
    told = draw(*blocks, to=["U1", "W2", "<!here>", "u1"])
    assert [span["user_id"] for span in spoken(told.blocks) if span["type"] == "user"] == ["U1", "W2"]
    assert next(iter(spoken(told.blocks)))["type"] == "user"
    assert told.text.startswith("<@U1> <@W2> ")


def test_nobody_is_mentioned_otherwise():
    assert "user" not in [span["type"] for span in spoken(draw(*CARD).blocks)]


@given(st.lists(ANYTHING, min_size=8, max_size=8))
def test_whatever_is_written_on_a_card_it_is_what_slack_takes_and_pings_nobody(texts):
    a, b, c, d, e, f, g, h = texts
    item = replace(TIMES, title=e, quote=f, url=g)
    told = draw(
        Header(a, b), Quote(c, d), Text(a), Text(f"in the thread: {b}"), Text(c, Style.QUIET), Text(d, Style.WARNING), Notes(e, (f, g)),
        Fields(((g, h),)), Sources((item,), detailed=True), Buttons((button(label=h or "x"),), (button("mute", f or "x"),)),
    )  # fmt: skip
    assert breaches(told.blocks) == []
    assert {span["type"] for span in spoken(told.blocks)} <= {"text", "link"}
    for text in (told.text, *marked_up(told.blocks)):
        assert all(sequence.startswith(("http", "mailto:")) for sequence in sequences(text))
    json.dumps(told.blocks).encode()


def test_a_long_answer_is_whole_in_blocks_of_what_slack_takes():
    text = "\n\n".join(f"Step {n}: " + "press the green button and wait until it is done. " * 8 for n in range(22))
    told = draw(Text(text), Buttons((button("solved", "Solved"),)))
    assert breaches(told.blocks) == []
    assert len(told.blocks) > 3
    assert "".join(words(Text(text)).split()) == "".join(text.split())


def test_an_answer_too_long_for_blocks_is_whole_as_text():
    text = "\n\n".join(f"Step {n}: " + "press the **green** button. " * 20 for n in range(60))
    told = draw(Text(text), Text("Written by AI.", Style.QUIET), Buttons((button("solved", "Solved"),)), to=["U1"])
    assert told.blocks == ()
    assert len(told.text) <= limits.TEXT
    assert told.text.count("*green*") == 1200
    assert told.text.startswith("<@U1>\n\nStep 0: ")
    assert told.text.endswith("Written by AI.")


def test_of_a_card_for_the_team_what_is_quoted_is_shortened_first_and_what_is_left_out_is_said():
    quoted = "word " * 4000
    told = draw(HEAD, Quote(quoted, "Mara"), Text("in the thread: " + "Refunds take a while. " * 100), Buttons((button(),)))
    assert breaches(told.blocks) == []
    shown = "".join(span.get("text", "") for span in spoken(told.blocks))
    assert "characters more on the ticket's page)" in shown
    assert shown.count("Refunds take a while.") == 100
    assert told.blocks[-1]["type"] == "actions"


def test_a_card_of_any_length_keeps_its_buttons():
    told = draw(HEAD, *(Text(f"in the thread: {'x y ' * 3000}") for _ in range(8)), Buttons((button(),)))
    assert breaches(told.blocks) == []
    assert told.blocks[-1]["type"] == "actions"
    assert len(json.dumps(told.blocks, ensure_ascii=False)) <= 13_000


def test_a_card_of_more_blocks_than_fit_says_that_there_are_more():
    told = draw(HEAD, *(block for n in range(60) for block in (Quote(f"question {n}"), Text(f"answer {n}"), Buttons((button("right", "Right"),)))))
    assert breaches(told.blocks) == []
    assert told.blocks[-1]["elements"][0]["text"] == "… (more on the ticket's page)"


def test_code_that_is_too_long_for_one_block_is_code_in_the_next():
    told = draw(Text("```\n" + "\n".join(f"line {n:04} of a log" for n in range(300)) + "\n```"))
    assert breaches(told.blocks) == []
    assert {element["type"] for block in told.blocks for element in block["elements"]} == {"rich_text_preformatted"}
    assert len(told.blocks) == 2


def test_an_empty_card_is_a_message_all_the_same():
    assert drawn(Card(), carrier="o-1").text == ""
    assert breaches(draw(Text(""), Header("")).blocks) == []


def test_the_same_card_is_drawn_the_same():
    assert draw(*CARD) == draw(*CARD)


def test_internal_evidence_is_named_as_such():
    (text,) = marked_up(draw(Sources((replace(TIMES, audience=INTERNAL, source="record"),), detailed=True)).blocks)
    assert "internal" in text
