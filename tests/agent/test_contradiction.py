"""Contradiction: what two articles say of one thing, side by side."""

import pytest

from agent.contradiction import contradiction, statements


def differing(one: str, other: str) -> tuple[str, str] | None:
    return contradiction(statements(one), statements(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Refunds reach the card within 5 to 7 working days.", "Refunds reach your card within 10 working days."),
        ("The monthly fee of the Team plan is $12.", "The monthly fee of the Team plan is $15."),
        ("The API allows 100 requests a minute.", "The API allows 600 requests a minute per key."),
        ("You can export invoices on the free plan.", "You cannot export invoices on the free plan."),
        ("Single sign-on ends support for TLS on 2026-12-31.", "Single sign-on ends support for TLS on 2027-03-31."),
        ("- Passwords need at least 12 characters\n- Ask an admin", "Passwords need at least 8 characters."),
    ],
)
def test_two_texts_that_cannot_both_be_true_are_found_with_the_sentences(one, other):
    found = differing(f"Something about the weather in Lisbon. {one}" if not one.startswith("-") else one, other)
    assert found is not None
    assert found[0].lstrip("- ") in one
    assert found[1] == other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Exports are limited to 50,000 rows.", "Imports are limited to 10,000 rows."),
        ("Refunds reach the card within 5 to 7 working days.", "Refunds take 5 to 7 working days to reach the card."),
        ("Invoices are sent on the 1st.", "The team meets on Fridays in room 4."),
        ("You can export invoices on the free plan.", "You can export invoices on the free plan, but not more than one a day."),
        ("It takes 3 days.", "It takes 9 days."),
        ("A $15 fee applies per returned item.", "A $15 fee applies per item that was not honored and is returned."),
        ("A meeting plan takes 3 people, or 4 people.", "A meeting plan takes 5 people, or 6 people."),
        ("", ""),
    ],
)
def test_texts_that_agree_or_speak_of_other_things_are_left_alone(one, other):
    assert differing(one, other) is None


def test_code_and_tables_are_not_read_as_sentences():
    assert differing("```\nretry after 30 seconds please\n```", "```\nretry after 60 seconds please\n```") is None


def test_of_several_disagreements_the_plainest_is_named():
    one = "Refunds for annual plans of new customers take 3 days. Exports of large accounts keep 30 days of history."
    other = "Exports of large accounts keep 90 days of history. Refunds for annual plans of old customers take 9 days."
    found = differing(one, other)
    assert found is not None
    assert "Exports" in found[0]


def test_what_both_say_word_for_word_contradicts_nothing():
    both = "- Monthly plans can be refunded in full within 14 days of the charge\n- Yearly plans can be refunded in full within 30 days of the charge"
    assert differing(both, both) is None
    found = differing(both, both.replace("30 days", "60 days"))
    assert found is not None
    assert ("30 days" in found[0], "60 days" in found[1]) == (True, True)
