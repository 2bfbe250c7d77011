"""Pressed: what a button carries comes back whole, within Discord's hundred characters."""

from __future__ import annotations

import pytest

from bot.arrivals.pressed import Pressed
from bot.discord import pressed
from desk.cards import Button, Buttons, Card, Field, Form
from desk.errors import InvalidInput
from desk.ids import TicketId

TICKET = TicketId("t-abcdefghijklm")
DRAFT = "d-abcdefghijklm"
CARRIER = "o-abcdefghijklm"
FORM = Form("Edit", (Field("text", "Text"),))


@pytest.mark.parametrize(
    ("button", "expected"),
    [
        pytest.param(
            Button("edit", "Edit", TICKET, subject=DRAFT, basis=DRAFT, form=FORM),
            Pressed("edit", TICKET, DRAFT, DRAFT, CARRIER, True),
            id="a draft's button has the draft for its subject and its basis",
        ),
        pytest.param(
            Button("take_over", "Take over", TICKET, subject=str(TICKET), basis="17"),
            Pressed("take_over", TICKET, str(TICKET), "17", CARRIER, False),
            id="a ticket's button has its ticket for its subject",
        ),
        pytest.param(
            Button("command", "Next", TicketId(""), subject="queue mine"),
            Pressed("command", TicketId(""), "queue mine", "", CARRIER, False),
            id="a command's button is about no ticket",
        ),
        pytest.param(
            Button("command", "Add", TicketId(""), subject="channel add discord/1/2 | = %7C ü~"),
            Pressed("command", TicketId(""), "channel add discord/1/2 | = %7C ü~", "", CARRIER, False),
            id="signs of our own in what a button carries stay what they are",
        ),
        pytest.param(
            Button("odd", "Odd", TicketId("="), subject="=", basis="="),
            Pressed("odd", TicketId("="), "=", "=", CARRIER, False),
            id="an id that is our own sign stays what it is",
        ),
    ],
)
def test_a_press_is_what_the_button_carried(button: Button, expected: Pressed) -> None:
    carried = pressed.packed(button, CARRIER)

    assert pressed.unpacked(carried) == expected
    assert len(carried) <= 100
    assert pressed.carrier_in(carried) == CARRIER
    assert pressed.name_in(carried) is None


@pytest.mark.parametrize("given", ["", "approve", "a|b", "|||||", "menu|1|x"])
def test_what_we_did_not_write_is_an_old_button(given: str) -> None:
    with pytest.raises(InvalidInput, match="older version"):
        pressed.unpacked(given)


def test_what_does_not_fit_is_carried_by_its_name_and_kept_whole() -> None:
    button = Button("command", "Do it", TicketId(""), subject="policy set " + "x" * 120)
    carried = pressed.packed(button, CARRIER)
    kept = pressed.too_long(Card((Buttons((button,)),)), CARRIER)

    assert len(carried) <= 100
    assert pressed.carrier_in(carried) == CARRIER
    name = pressed.name_in(carried)
    assert name is not None
    assert pressed.unpacked(kept[name]).subject == button.subject


def test_a_card_whose_buttons_fit_keeps_nothing() -> None:
    card = Card((Buttons((Button("approve", "Approve", TICKET, subject=DRAFT, basis=DRAFT),)),))

    assert pressed.too_long(card, CARRIER) == {}


def test_the_same_button_twice_in_a_message_has_two_ids_of_one_meaning() -> None:
    button = Button("edit", "Edit", TICKET, subject=DRAFT, form=FORM)
    one, two = pressed.packed(button, CARRIER), pressed.packed(button, CARRIER, n=1)

    assert one != two
    assert pressed.unpacked(one) == pressed.unpacked(two)


def test_of_two_long_ones_that_are_the_same_one_is_kept() -> None:
    button = Button("command", "Do it", TicketId(""), subject="x" * 120)
    one, two = pressed.packed(button, CARRIER), pressed.packed(button, CARRIER, n=1)

    assert one != two
    assert pressed.name_in(one) == pressed.name_in(two)
    assert list(pressed.kept_of([button, button], CARRIER)) == [pressed.name_in(one)]


def test_a_post_is_found_by_its_menus_too() -> None:
    assert pressed.carrier_in(pressed.menu_id(3, carrier=CARRIER)) == CARRIER
    assert pressed.carrier_in("somebody else's") is None
