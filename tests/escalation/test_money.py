"""Money: the amounts that a text names."""

from decimal import Decimal
from time import perf_counter

import pytest

from escalation.money import amounts, largest, value_of

RATES = {"EUR": 1.0, "USD": 0.5, "GBP": 2.0, "CHF": 1.0}


@pytest.mark.parametrize(
    ("text", "euros"),
    [
        pytest.param("You charged me 1,234.56 EUR", "1234.56", id="a comma for the thousands"),
        pytest.param("Sie haben 1.234,56 € abgebucht", "1234.56", id="a point for the thousands"),
        pytest.param("Vous avez prélevé 1 234,56 €", "1234.56", id="a space for the thousands"),
        pytest.param("1'200 CHF", "1200", id="an apostrophe for the thousands"),
        pytest.param("€1,000", "1000", id="thousands without cents"),
        pytest.param("12.500 Euro", "12500", id="the same with a point"),
        pytest.param("1.234.567,89 €", "1234567.89", id="millions"),
        pytest.param("EUR 420.00", "420", id="the currency first"),
        pytest.param("we lose $12k a day", "6000", id="thousands as k, at their rate"),
        pytest.param("USD 1.5 million", "750000", id="millions as a word"),
        pytest.param("£3.5k", "7000", id="a fraction of thousands"),
        pytest.param("2,000 dollars", "1000", id="a currency as a word"),
        pytest.param("€ 99,-", "99", id="an amount without cents, written so"),
        pytest.param("450$ here, 1,000$ there", "500", id="of several the largest"),
        pytest.param("10 USD or 7 EUR", "7", id="compared in euros"),
        pytest.param("error 500 in 2026, 12,000 rows", None, id="numbers without a currency are none"),
        pytest.param("invoice INV-204", None, id="nor is an invoice's number"),
        pytest.param("R$ 1.234,56", None, id="a currency without a rate is left out"),
        pytest.param("3 european offices, 5 eurozones", None, id="a word that begins like a currency"),
        pytest.param("the $5 mistake", "2.5", id="a word that begins like a scale"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_largest_amount_is_found(text, euros):
    assert largest(text, RATES) == (None if euros is None else Decimal(euros))


@pytest.mark.parametrize(("number", "value"), [("420", "420"), ("0,5", "0.5"), ("1.000", "1000"), ("1\u202f234,5", "1234.5")])
def test_of_two_marks_the_last_begins_the_cents(number, value):
    assert value_of(number) == Decimal(value)


def test_each_amount_has_its_currency():
    assert set(amounts("5 € and CHF 7", RATES)) == {(Decimal(5), "EUR"), (Decimal(7), "CHF")}


def test_a_pasted_column_of_numbers_is_read_in_no_time():
    began = perf_counter()
    assert largest("111 " * 10_000, RATES) is None
    assert perf_counter() - began < 5
