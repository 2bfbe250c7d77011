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


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("hi mara, lindqvist here", "hi [name] here"),
        ("Mara's export and mara’s invoice", "[name]'s export and [name]’s invoice"),
        ("log in as mara_lindqvist or mara1987 or maralindqvist", "log in as [name]_[name] or [name]1987 or [name]"),
        ("open https://help.example/u/mara-lindqvist", "open https://help.example/u/[name]-[name]"),
        ("we are at acme.desk.example", "we are at [name].desk.example"),
        ("ask @mara.l or <@U02AB3> about it", "ask [name] or [name] about it"),
        ("it is inv-9001, order 4711 and ticket #482", "it is [number], order [number] and ticket #[number]"),
        ("my customer number is 20733", "my customer number is [number]"),
        ("Ship it to 12 Old Kent Road, London, or Hauptstraße 5a, 10115 Berlin.", "Ship it to [address], or [address]."),
        ("send it to SW1A 1AA", "send it to [address]"),
        ("the key sk_live_51HqLyjWDarjtT1zdp7dcqwe fails", "the key [key] fails"),
        ("device 123e4567-e89b-12d3-a456-426614174000", "device [key]"),
        ("from 203.0.113.77 it works", "from [IP address] it works"),
    ],
)
def test_what_people_write_carelessly_is_taken_out_as_well(text, hidden):
    assert redacted(text, ["Acme"], ["Mara Lindqvist", "Will Berg"]) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "It will be fine: mark the row and choose ISO-8601 or iso-8601.",
        "Save it in 5 steps, on page 120, in UTF-8, with error-1020 or http-5000.",
        "Your account has 3 seats; listen on 127.0.0.1 and notify @here.",
        "Margaret and tomorrow and maranatha stay.",
    ],
)
def test_words_that_only_look_like_names_and_numbers_stay(text):
    assert redacted(text, (), ["Mara Lindqvist", "Will Mark", "Tom Page"]) == text


def test_names_that_are_empty_or_tiny_take_nothing_out():
    assert redacted("All is well in El Paso", ("", "  ", "Al", "de")) == "All is well in El Paso"
