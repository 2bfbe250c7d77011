"""Forms as modals, what was filled in, and the App Home."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import limits, modals
from bot.slack.pressed import unpacked
from desk.cards import Button, Buttons, Card, Field, Form, Header, Option, Pick, Style, Text
from desk.errors import InvalidInput
from desk.ids import TicketId
from tests.slack.checks.oracle import view_breaches
from tests.slack.test_mrkdwn import ANYTHING

SUBMITS = {"carrier": "k-1", "action": "edit"}
REASONS = tuple(Option(value, label) for value, label in (("wrong", "It is wrong"), ("tone", "The tone is off"), ("", "none")))

HELD = {
    "static_select": ("initial_option", "selected_option"),
    "radio_buttons": ("initial_option", "selected_option"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
    "users_select": ("initial_user", "selected_user"),
    "multi_users_select": ("initial_users", "selected_users"),
}
"""Under which name an input has what is set now, and gives back what was chosen."""


def modal(*fields, title="Edit and send", **more):
    return modals.modal(Form(title, fields, **more), submits=SUBMITS)


def inputs(*fields):
    return [block for block in modal(*fields)["blocks"] if block["type"] == "input"]


def element(field):
    return inputs(field)[0]["element"]


def filled(view, **typed):
    """Return the view as Slack sends it back: with what stood in it, but for what was typed in a block."""
    values = {block["block_id"]: {block["element"]["action_id"]: _held(block["element"])} for block in view["blocks"] if block["type"] == "input"}
    for id, text in typed.items():
        (action,) = values[id]
        values[id][action] = {**values[id][action], "value": text}
    return {**view, "state": {"values": values}}


def _held(drawn):
    if drawn["type"] == "plain_text_input":
        # Slack keeps no blanks at the ends of a field.
        return {"type": drawn["type"], "value": drawn.get("initial_value", "").strip() or None}
    old, new = HELD[drawn["type"]]
    return {"type": drawn["type"], new: drawn.get(old)}


def test_a_form_has_its_title_its_button_and_what_comes_back():
    view = modal(Field("text", "Reply"), submit="Send")
    assert (view["type"], view["title"]["text"], view["submit"]["text"]) == ("modal", "Edit and send", "Send")
    assert json.loads(view["private_metadata"]) == SUBMITS


def test_a_title_that_is_too_long_is_cut():
    view = modal(Field("text", "Reply"), title="Change category or priority of the ticket", submit="Change it everywhere at once")
    assert (len(view["title"]["text"]), len(view["submit"]["text"])) == (24, 24)


def test_what_is_set_now_stands_above_the_fields():
    view = modal(Field("text", "Reply"), intro="Now it is **draft**.")
    assert [block["type"] for block in view["blocks"]] == ["rich_text", "input"]


def test_more_than_slack_gives_back_is_refused():
    with pytest.raises(InvalidInput, match="longer than a form of Slack can carry"):
        modals.modal(Form("x", ()), submits={"text": "x" * 3000})


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        pytest.param(Field("a", "A"), "plain_text_input", id="a line"),
        pytest.param(Field("a", "A", lines=6), "plain_text_input", id="a text"),
        pytest.param(Field("a", "A", options=REASONS), "radio_buttons", id="three choices"),
        pytest.param(Field("a", "A", options=tuple(Option(str(n), str(n)) for n in range(6))), "static_select", id="six choices"),
        pytest.param(Field("a", "A", options=(Option("", "none"), Option("m", "M", shows="Dear ..."))), "static_select", id="saved texts"),
        pytest.param(Field("a", "A", picks=Pick.CHANNEL), "conversations_select", id="a channel"),
        pytest.param(Field("a", "A", picks=Pick.PERSON), "users_select", id="a person"),
        pytest.param(Field("a", "A", picks=Pick.PEOPLE), "multi_users_select", id="people"),
    ],
)
def test_each_kind_of_field_has_its_input(field, kind):
    assert element(field)["type"] == kind
    assert view_breaches(modal(field)) == []


def test_a_field_says_whether_it_must_be_filled_and_what_belongs_in_it():
    must, may = inputs(Field("a", "A", note="One word."), Field("b", "B", required=False, lines=3))
    assert (must["optional"], must["hint"]["text"], must["element"]["multiline"]) == (False, "One word.", False)
    assert (may["optional"], "hint" in may, may["element"]["multiline"]) == (True, False, True)


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(Field("a", "A", "**5** days\n\n- <!here> &amp;", lines=8), id="Markdown, as it was written"),
        pytest.param(Field("a", "A", "tone", options=REASONS), id="a choice"),
        pytest.param(Field("a", "A", "", options=REASONS), id="the choice of nothing"),
        pytest.param(Field("a", "A", "C1", picks=Pick.CHANNEL), id="a channel"),
        pytest.param(Field("a", "A", "U1", picks=Pick.PERSON), id="a person"),
        pytest.param(Field("a", "A", "U1,U2", picks=Pick.PEOPLE), id="people"),
        pytest.param(Field("a", "A", picks=Pick.PEOPLE), id="nobody"),
        pytest.param(Field("a", "A", picks=Pick.CHANNEL), id="no channel"),
        pytest.param(Field("a", "A"), id="nothing"),
    ],
)
def test_what_stood_in_a_field_comes_back_unchanged(field):
    assert modals.values(filled(modal(field))) == {"a": field.value}


def test_what_was_typed_comes_back():
    assert modals.values(filled(modal(Field("a", "A", "x"), Field("b", "B", "y")), a="**z**")) == {"a": "**z**", "b": "y"}


def test_a_choice_that_was_not_made_is_empty():
    view = modal(Field("a", "A", "other", options=REASONS))
    assert "initial_option" not in view["blocks"][0]["element"]
    assert modals.values({"state": {"values": {"a": {"a": {"type": "radio_buttons", "selected_option": None}}}}}) == {"a": ""}


def test_a_view_without_fields_has_no_values():
    assert modals.values(modals.loading("Frontdesk")) == {}


def test_a_draft_longer_than_a_field_is_edited_whole():
    text = "\n\n".join(f"Step {n}: " + "press the green button. " * 20 for n in range(12)).strip()
    view = modal(Field("text", "In the thread", text, lines=8, note="Be kind."))
    assert view_breaches(view) == []
    first, *rest = view["blocks"]
    assert first["label"]["text"] == f"In the thread (1 of {len(view['blocks'])})"
    assert first["hint"]["text"].startswith("Be kind. The text is longer than one field takes")
    assert (first["optional"], {block["optional"] for block in rest}) == (False, {True})
    assert modals.values(filled(view)) == {"text": text}


def test_a_part_of_a_long_draft_may_be_emptied():
    text = ("a" * 1500 + "\n\n") * 3 + "end"
    view = modal(Field("text", "In the thread", text, lines=8), Field("text1", "Alone", "b"))
    ids = [block["block_id"] for block in view["blocks"]]
    values = modals.values(filled(view, **{ids[1]: None}))
    assert values["text"].startswith("a" * 1500)
    assert len(values["text"]) < len(text)
    assert values["text1"] == "b"


@given(st.lists(st.sampled_from(["a" * 40, "b. ", " ", "\n", "\n\n"]), min_size=100, max_size=400).map("".join).map(str.strip))
def test_any_long_text_comes_back_as_it_was(text):
    view = modal(Field("text", "Reply", text, lines=8))
    assert view_breaches(view) == []
    assert modals.values(filled(view)) == {"text": text}


def test_the_fields_come_back_in_the_order_of_the_form():
    view = filled(modal(Field("b", "B", "1"), Field("a", "A", "2")))
    assert list(modals.values(view)) == ["b", "a"]


@given(ANYTHING, ANYTHING)
def test_whatever_a_form_says_it_is_what_slack_takes(one, other):
    fields = (Field("a", one or "x", other, lines=3, note=one), Field("b", other or "x", options=(Option("v", one, shows=other), Option("w", other))))
    assert view_breaches(modal(*fields, title=one, submit=other, intro=one)) == []


def test_more_choices_than_slack_takes_are_left_out():
    options = tuple(Option(str(n), str(n)) for n in range(130))
    assert len(element(Field("a", "A", options=options))["options"]) == limits.OPTIONS


def test_a_saved_text_is_recognized_by_its_beginning():
    shown = Option("m", "Refund", shows="Dear **Mara**,\n\n" + "we refund it. " * 20)
    option = element(Field("a", "A", options=(Option("", "none"), shown)))["options"][1]
    assert option["description"]["text"].startswith("Dear **Mara**, we refund it.")
    assert len(option["description"]["text"]) <= limits.OPTION


def test_while_a_form_is_looked_up_and_when_there_is_none_something_is_shown():
    for view in (modals.loading("Edit and send it to the customer"), modals.failed("It was **decided** already, by Lea. " * 200)):
        assert view_breaches(view) == []
        assert "submit" not in view
    assert modals.failed("x")["callback_id"] != modals.modal(Form("x", ()), submits={})["callback_id"]


def test_what_is_wrong_stands_under_its_field():
    assert modals.errors({"channel": "It is not private."}) == {"response_action": "errors", "errors": {"channel": "It is not private."}}


PAGE = Card((
    Header("Waiting for you", "2"), Text("- **urgent** Poppy Lane"), Buttons((Button("command", "Next", TicketId(""), "next", style=Style.PRIMARY),)),
    Header("The desk"), Text("Nothing is missing."), Buttons((Button("command", "Set-up", TicketId(""), "setup"),)),
))  # fmt: skip


def test_the_home_has_headings_and_buttons_that_are_told_apart():
    view = modals.home(PAGE, "home")
    assert (view["type"], view_breaches(view)) == ("home", [])
    assert [block["text"]["text"] for block in view["blocks"] if block["type"] == "header"] == ["Waiting for you · 2", "The desk"]
    pressed = [unpacked(each["action_id"], each["value"]) for block in view["blocks"] if block["type"] == "actions" for each in block["elements"]]
    assert [(each.action, each.subject, each.carrier) for each in pressed] == [("command", "next", "home"), ("command", "setup", "home")]


def test_a_home_with_too_much_on_it_says_so():
    view = modals.home(Card(PAGE.blocks * 30), "home")
    assert view_breaches(view) == []
    assert "queue" in view["blocks"][-1]["elements"][0]["text"]


def test_an_empty_home_is_a_page_all_the_same():
    assert view_breaches(modals.home(Card(), "home")) == []
