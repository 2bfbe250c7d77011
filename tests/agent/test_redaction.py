"""Redaction: what must not be left of a customer in an article."""

import pytest

from agent.personal import kinds
from agent.redaction import redacted

NAMES = ("Mara Lindqvist", "Will Berg", "Pelican Ledger", "Acme")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Write to mara.l@acme.example today.", "Write to [e-mail address] today."),
        ("Call +49 170 1234567 please.", "Call [phone number] please."),
        ("my phone is 0171 998877 ok", "my phone is [phone number] ok"),
        ("The card 4111 1111 1111 1111 was charged.", "The card [card number] was charged."),
        ("IBAN DE89 3704 0044 0532 0130 00.", "IBAN [account number]."),
        ("Invoice INV-2044 and order 99887766 are paid.", "Invoice [number] and order [number] are paid."),
        ("See https://app.example/accounts/48213/users and https://help.example/refunds.", "See [link] and https://help.example/refunds."),
        ("Open https://app.example/reset?token=abc now", "Open [link] now"),
        ("Hi Mara, this is Lindqvist of Acme.", "Hi [name], this is [name] of [name]."),
        ("It will work for Will.", "It will work for [name]."),
        ("MARA LINDQVIST wrote", "[name] wrote"),
    ],
)
def test_what_points_to_somebody_is_taken_out(text, hidden):
    assert redacted(text, NAMES) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "Refunds reach the card within 5 to 7 working days, at most 14.",
        "Choose Settings > Exports, then CSV or JSON.",
        "The Team plan costs $12 a month since 2026-01-15.",
        "The error E102 means that the file is empty.",
        "Run `pelican sync --all` and wait 30 seconds.",
    ],
)
def test_what_helps_stays(text):
    assert redacted(text, NAMES) == text


def test_no_personal_data_is_left_in_a_text_full_of_it():
    text = "a@b.example +49 170 1234567 4111111111111111 DE89370400440532013000 tel: 030 1234567"
    assert kinds(text)
    assert kinds(redacted(text, ())) == ()
    assert "\\n" not in redacted(text, ())


def test_names_that_are_empty_or_tiny_take_nothing_out():
    assert redacted("All is well in El Paso", ("", "  ", "Al", "de")) == "All is well in El Paso"
