"""What a button carries comes back as it was, whether pressed or chosen in a menu."""

import pytest

from bot.arrivals.pressed import Pressed
from bot.slack import pressed
from bot.slack.limits import BUTTON_VALUE, OPTION_VALUE
from bot.slack.pressed import unpacked
from desk.cards import Button, Field, Form
from desk.errors import InvalidInput
from desk.ids import CardId, TicketId, derived

TICKET = TicketId(derived("t", 1))
DRAFT, CARD = derived("r", 2), CardId(derived("k", 3))
FORM = Form("Reject the draft", (Field("reason", "Reason"),))
BUTTONS = {
    "of a draft": Button("approve", "Approve", TICKET, subject=DRAFT, basis=DRAFT),
    "of a draft with a form": Button("reject", "Reject...", TICKET, subject=DRAFT, basis=DRAFT, form=FORM),
    "of a ticket": Button("take_over", "Take over", TICKET, subject=TICKET),
    "with a revision": Button("assign", "Assign...", TICKET, subject=TICKET, basis="17"),
    "with a revision of 1": Button("assign", "Assign...", TICKET, subject=TICKET, basis="1"),
    "of a command": Button("command", "Set up", TicketId(""), subject='channel add #näh "a b"'),
}


def asked(button):
    return Pressed(button.action, button.ticket, button.subject, button.basis, CARD, button.form is not None)


@pytest.mark.parametrize("button", BUTTONS.values(), ids=BUTTONS)
def test_a_button_carries_its_ids_and_the_card_it_stands_on(button):
    assert unpacked(pressed.action_id(button, 3), pressed.packed(button, CARD)) == asked(button)


@pytest.mark.parametrize("button", BUTTONS.values(), ids=BUTTONS)
def test_a_choice_of_a_menu_is_a_press_of_the_button(button):
    menu = pressed.menu_id(2, carrier=CARD, ticket=TICKET)
    assert unpacked(menu, pressed.choice(button, ticket=TICKET)) == asked(button)


def test_the_choices_of_a_menu_may_be_of_several_tickets():
    menu = pressed.menu_id(2, carrier="home:U1", ticket=TicketId("t-other"))
    assert unpacked(menu, pressed.choice(BUTTONS["of a ticket"], ticket=TicketId("t-other"))).ticket == TICKET
    assert unpacked(menu, pressed.choice(BUTTONS["of a ticket"], ticket=TicketId("t-other"))).carrier == "home:U1"


@pytest.mark.parametrize("button", BUTTONS.values(), ids=BUTTONS)
def test_our_ids_fit_what_slack_takes(button):
    assert len(pressed.packed(button, CARD)) <= BUTTON_VALUE
    assert len(pressed.choice(button, ticket=TICKET)) <= OPTION_VALUE


@pytest.mark.parametrize("value", ["", "x", "[]", "1", "null", "{}", '{"a":"approve"}', "approve"], ids=repr)
def test_what_we_did_not_write_is_no_press(value):
    with pytest.raises(InvalidInput, match="older version"):
        unpacked("approve:0", value)


@pytest.mark.parametrize("id", ["menu:", "menu:1", "menu:1:k", "menu:1:k:t:u"])
def test_a_menu_we_did_not_draw_is_no_press(id):
    with pytest.raises(InvalidInput):
        unpacked(id, '{"a":"mute"}')
