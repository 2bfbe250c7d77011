"""Fields: a record carries what it says, and not whatever is said beside its number."""

import pytest

from agent.fields import OPPOSITE, UNSAID, unsaid

REFUNDING = "Invoice INV-205\n\nINV-205: EUR 420.00, refunding, due 2026-12-03; EUR 420.00; INV-205; refunding; 2026-12-03; 2026-11-03"
OVERDUE = "Invoice INV-196\n\nINV-196: EUR 420.00, overdue, due 2026-10-01; EUR 420.00; INV-196; overdue; 2026-10-01"
MANAGER = "Account manager\n\nLeo Marsh"
NONE_OPEN = ("You have no open invoices.",)


@pytest.mark.parametrize(
    ("sentence", "fields"),
    [
        pytest.param("The second charge of EUR 420.00 on INV-205 is being refunded.", REFUNDING, id="its status in a sentence"),
        pytest.param("Invoice INV-205 of 3 November: EUR 420.00, refunding.", REFUNDING, id="its figures"),
        pytest.param("INV-196 over EUR 420.00 is unpaid.", OVERDUE, id="another word for the status"),
        pytest.param("Your account manager is Leo Marsh.", MANAGER, id="a name"),
        pytest.param("Your account uses 81 of 100 GB.", "Usage\n\n81 of 100 GB", id="a verb that claims nothing more"),
        pytest.param("I checked your account: INV-196 is overdue.", OVERDUE, id="where it was seen"),
    ],
)
def test_what_a_field_says_may_be_said_of_it(sentence, fields):
    assert unsaid(sentence, fields) == ""


@pytest.mark.parametrize(
    ("sentence", "fields"),
    [
        pytest.param("INV-205 is overdue.", REFUNDING, id="another status"),
        pytest.param("Your account will be deleted tomorrow.", REFUNDING, id="another subject"),
        pytest.param("Your account manager promised a discount on INV-205.", REFUNDING, id="a promise beside its number"),
        pytest.param("A duplicate charge is taken off your next bill.", REFUNDING, id="what an article should say"),
        pytest.param("Leo Marsh left the company last week.", MANAGER, id="something else of the same name"),
    ],
)
def test_what_a_field_does_not_say_is_not_said_of_it(sentence, fields):
    assert unsaid(sentence, fields) == UNSAID


def test_a_field_that_affirms_is_not_denied():
    assert unsaid("INV-205 is not being refunded.", REFUNDING) == OPPOSITE


def test_what_policy_words_for_the_same_fields_may_be_said_of_them():
    assert unsaid("You have no open invoices.", REFUNDING) != ""
    assert unsaid("Right now you have no open invoices.", REFUNDING, NONE_OPEN) == ""
    assert unsaid("You have open invoices.", REFUNDING, NONE_OPEN) != ""
