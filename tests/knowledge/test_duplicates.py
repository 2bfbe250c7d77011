"""Duplicates: one passage stands for all that say the same, and for no other."""

from dataclasses import replace

import pytest

from desk.audience import INTERNAL, account
from knowledge.duplicates import alike, folded
from tests.knowledge.kit import chunk, document

TEXT = """Refunds go back to the payment method you paid with. A card shows the money within five working days of our approval, while bank
transfers need up to eight, because every bank on the way may keep them for a night. You find the state of each of your refunds on the
billing page, below the invoice that it belongs to, together with the reference that your bank can look for."""


def of(id, text=TEXT, *, article="", **fields):
    return replace(chunk(id, text, of=document(article or id)), **fields)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(of("b"), True, id="word for word"),
        pytest.param(of("b", f"  {TEXT.upper()}\n"), True, id="but for case, space and marks"),
        pytest.param(of("b", TEXT + "Ask us."), True, id="but for a sentence of two words"),
        pytest.param(of("b", "Invoices are sent on the first of the month."), False, id="something else"),
        pytest.param(of("b", TEXT, title="Chargebacks"), False, id="the same under another title"),
        pytest.param(of("b", TEXT, audience=INTERNAL), False, id="the same for another audience"),
        pytest.param(of("b", TEXT, audience=account("acme")), False, id="the same for an account"),
    ],
)
def test_two_chunks_are_alike_when_they_say_the_same_to_the_same_people_under_one_title(other, expected):
    assert alike(of("a"), other) is expected
    assert alike(other, of("a")) is expected


def test_texts_with_other_figures_contradict_each_other_and_both_stay():
    assert not alike(of("a", f"{TEXT} It takes 5 days."), of("b", f"{TEXT} It takes 10 days."))


def test_the_newest_stands_for_all_in_the_place_of_the_best():
    old, new, other = of("old", updated="2024-01-01"), of("new", reviewed="2026-05-01"), of("other", "Invoices are sent monthly.")
    made = folded([old, other, new], k=5)
    assert list(made.items()) == [(new, ("old",)), (other, ())]


def test_no_more_than_k_are_returned_and_copies_of_them_do_not_count():
    chunks = [of("a"), of("a2"), of("b", "Invoices are sent monthly."), of("b2", "Invoices are sent monthly."), of("c", "Exports are CSV files.")]
    assert {kept.id: copies for kept, copies in folded(chunks, k=2).items()} == {"a": ("a2",), "b": ("b2",)}


def test_none_are_returned_of_none():
    assert folded([], k=3) == {}
    assert folded([of("a")], k=0) == {}
