"""Modals: a form keeps every field of the desk's, within what Discord takes, and comes back as it was filled in."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.discord import modals
from bot.discord.modals import Pages
from cli.play.discord.limits import check_form
from desk.cards import Field, Form, Option, Pick

TEAMS = tuple(Option(f"t{n}", f"Team {n}") for n in range(60))


def sent(made: Pages, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return what the desk gets when somebody fills in these controls, by their ids, and leaves all others as they stand."""
    filled = [back(each["component"], answers) for page in made.components for each in page if "component" in each]
    return modals.values([{"type": 18, "component": control} for control in filled])


def back(control: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return a control as Discord sends it back."""
    stands = [option["value"] for option in control.get("options", ()) if option.get("default")]
    given = answers.get(control["custom_id"])
    kind = {"type": control["type"], "custom_id": control["custom_id"]}
    match control["type"]:
        case 4:
            return {**kind, "value": control.get("value", "") if given is None else given}
        case 21:
            return {**kind, "value": next(iter(stands), None) if given is None else given}
        case _:
            return {**kind, "values": stands if given is None else given}


def only(field: Field) -> Mapping[str, Any]:
    """Return a field as the one thing in a form."""
    [[label]] = modals.pages(Form("A form", (field,))).components
    return dict(label)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        pytest.param(Field("a", "A", "now"), {"type": 4, "style": 1, "value": "now", "required": True}, id="a line shows what is set now"),
        pytest.param(Field("a", "A", lines=4, required=False), {"type": 4, "style": 2, "required": False}, id="a text area may be left empty"),
        pytest.param(Field("a", "A", "123", picks=Pick.CHANNEL), {"type": 8, "default_values": [{"id": "123", "type": "channel"}]}, id="a channel"),
        pytest.param(Field("a", "A", picks=Pick.CHANNEL, value="#help"), {"type": 8}, id="what is no id is picked by nobody"),
        pytest.param(Field("a", "A", picks=Pick.PERSON), {"type": 5}, id="a person is picked"),
        pytest.param(Field("a", "A", picks=Pick.PEOPLE), {"type": 7, "max_values": 25}, id="people are picked together with roles"),
        pytest.param(Field("a", "A", options=TEAMS[:3]), {"type": 21}, id="few choices are all shown"),
        pytest.param(Field("a", "A", options=TEAMS[:9]), {"type": 3, "min_values": 1, "max_values": 1}, id="more choices drop down"),
        pytest.param(Field("a", "A", options=TEAMS[:1]), {"type": 3}, id="one choice is a list: buttons need two"),
    ],
)  # fmt: skip
def test_each_kind_of_field_has_its_control(field: Field, expected: Mapping[str, Any]) -> None:
    control = only(field)["component"]

    assert {name: control.get(name) for name in expected} == dict(expected)
    assert control.get("custom_id") == "a"


def test_what_is_chosen_now_stands_there() -> None:
    control = only(Field("a", "A", "t2", options=TEAMS[:3]))["component"]

    assert [option["value"] for option in control["options"] if option.get("default")] == ["=t2"]


def test_a_choice_of_nothing_is_a_choice_too() -> None:
    form = Form("Promise", (Field("tier", "To whom", "", options=(Option("", "everybody"), Option("gold", "gold"))),))

    assert sent(modals.pages(form), {}) == {"tier": ""}
    assert sent(modals.pages(form), {"tier": "=gold"}) == {"tier": "gold"}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param({}, "t30", id="left alone it stays"),
        pytest.param({"team~0": ["=t3"]}, "t3", id="a choice in another list takes its place"),
        pytest.param({"team~1=": ["=t40"]}, "t40", id="a choice in the same list takes its place"),
        pytest.param({"team~1=": [], "team~2": ["=t55"]}, "t55", id="the old one may be taken away"),
        pytest.param({"team~1=": []}, "", id="none may be left"),
    ],
)
def test_more_choices_than_a_list_takes_stand_in_several(answers: Mapping[str, Any], expected: str) -> None:
    form = Form("Assign", (Field("team", "Team", "t30", options=TEAMS, required=False),))

    assert sent(modals.pages(form), answers) == {"team": expected}


@pytest.mark.parametrize("length", [3999, 4001, 9000, 20_000])
def test_a_long_text_goes_on_in_the_next_field_and_comes_back_whole(length: int) -> None:
    text = "\n\n".join("A sentence of some words, and one more. " * 9 for _ in range(length // 300))[:length].rstrip()
    made = modals.pages(Form("Edit", (Field("text", "Text", text, lines=8),)))

    assert sent(made, {}) == {"text": text}
    assert all(len(each["component"].get("value", "")) <= 4000 for page in made.components for each in page)


def test_a_text_without_a_gap_comes_back_whole_too() -> None:
    text = "x" * 9_001

    assert sent(modals.pages(Form("Edit", (Field("text", "Text", text),))), {}) == {"text": text}


def test_what_is_set_now_stands_above_the_fields() -> None:
    made = modals.pages(Form("Mode", (Field("mode", "Mode", "draft"),), intro="Now: draft."))

    assert made.components[0][0] == {"type": 10, "content": "Now: draft."}


def test_a_short_word_beforehand_costs_no_page_of_its_own() -> None:
    form = Form("Source", tuple(Field(f"f{n}", "Field") for n in range(5)), intro="Sources now: none.")
    made = modals.pages(form)

    assert len(made) == 1
    assert made.components[0][0]["description"] == "Sources now: none."


def test_a_form_of_seven_fields_has_two_pages_and_loses_none() -> None:
    form = Form("Save a text", tuple(Field(f"f{n}", "Field", str(n)) for n in range(7)))
    made = modals.pages(form)

    assert [len(page) for page in made.components] == [5, 2]
    assert sent(made, {}) == {f"f{n}": str(n) for n in range(7)}
    assert (made.page_of("f4"), made.page_of("f6"), made.page_of("none")) == (0, 1, 0)


def test_what_was_typed_before_stands_in_place_of_what_is_set_now() -> None:
    form = Form("Mode", (Field("mode", "Mode", "draft"), Field("why", "Why?")))

    assert sent(modals.pages(form, {"mode": "auto"}), {}) == {"mode": "auto", "why": ""}


def test_labels_that_are_too_long_are_said_whole_below() -> None:
    label = "What is it that they should read after the words “this should work again”?"
    drawn = only(Field("a", label))

    assert len(drawn["label"]) <= 45
    assert drawn["description"].startswith(label)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(Form("T" * 80, tuple(Field(f"f{n}", "L" * 80, "v" * 9000, lines=3, note="N" * 200) for n in range(4))), id="everything long"),
        pytest.param(Form("T", (Field("a", "A", options=tuple(Option("v" * 99, "L" * 200, "S" * 200) for _ in range(1))),)), id="a long choice"),
        pytest.param(Form("T", (Field("a", "A", options=TEAMS, value="t7"),), intro="I" * 9000), id="a long word beforehand"),
    ],
)
def test_discord_takes_every_page(form: Form) -> None:
    made = modals.pages(form)

    for page in range(len(made)):
        check_form(made.modal(page, "0/1>edit|f|t-1|d-1|=|k-1"))


def test_a_text_input_of_an_older_form_in_a_row_is_read_too() -> None:
    assert modals.values([{"type": 1, "components": [{"type": 4, "custom_id": "text", "value": "x"}]}]) == {"text": "x"}
