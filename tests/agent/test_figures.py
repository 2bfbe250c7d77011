from decimal import Decimal

import pytest

from agent.figures import figures, number, tidy


def read(text):
    return {(figure.kind, figure.value) for figure in figures(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("EUR 420.00", ("amount", "EUR 420"), id="a code before"),
        pytest.param("420,00 €", ("amount", "EUR 420"), id="a sign behind, a decimal comma"),
        pytest.param("€1,234.50", ("amount", "EUR 1234.5"), id="thousands with commas"),
        pytest.param("1.234,50 EUR", ("amount", "EUR 1234.5"), id="thousands with points"),
        pytest.param("EUR 1\u202f234,50", ("amount", "EUR 1234.5"), id="thousands with thin spaces"),
        pytest.param("$12 a month", ("amount", "USD 12"), id="dollars"),
        pytest.param("on 2026-11-03", ("date", "2026-11-3"), id="an ISO date"),
        pytest.param("on 3 November 2026", ("date", "2026-11-3"), id="day and month"),
        pytest.param("on November 3rd, 2026", ("date", "2026-11-3"), id="month and day"),
        pytest.param("am 3. November 2026", ("date", "2026-11-3"), id="a German date"),
        pytest.param("le 3 février 2026", ("date", "2026-2-3"), id="a French date"),
        pytest.param("3 de março de 2026", ("date", "2026-3-3"), id="a Portuguese date"),
        pytest.param("on 3 November", ("date", "*-11-3"), id="a date without a year"),
        pytest.param("5 to 7 working days", ("quantity", "5..7 day"), id="a range with a unit"),
        pytest.param("within 60 minutes", ("quantity", "60 minute"), id="a time"),
        pytest.param("20 % off", ("quantity", "20 %"), id="a share"),
        pytest.param("in 3 Tagen", ("quantity", "3 day"), id="a German unit"),
        pytest.param("4 000 rows", ("quantity", "4000 row"), id="a number with a space"),
        pytest.param("429 errors", ("quantity", "429"), id="a number without a known unit"),
        pytest.param("version 5.1.2", ("version", "5.1.2"), id="a version"),
        pytest.param("invoice INV-204", ("code", "INV-204"), id="a label"),
        pytest.param("press `Save all`", ("code", "Save all"), id="code"),
        pytest.param("see https://a.example/x.", ("link", "https://a.example/x"), id="a link without the full stop"),
        pytest.param("ask Leo Marsh", ("name", "leo marsh"), id="a name"),
    ],
)
def test_figures_are_read_in_one_form(text, expected):
    assert expected in read(text)


@pytest.mark.parametrize("text", ["1st of all", "at 10 am you may", "", "no figures here", "3 of them may go"])
def test_ordinary_words_are_no_dates_or_codes(text):
    assert not {kind for kind, _ in read(text)} & {"date", "code", "amount", "link"}


def test_each_spot_is_read_once():
    assert read("EUR 420.00 on 3 November 2026 for INV-204") == {("amount", "EUR 420"), ("date", "2026-11-3"), ("code", "INV-204")}


@pytest.mark.parametrize(
    ("text", "value"), [("1,234.50", "1234.5"), ("1.234,50", "1234.5"), ("1'234", "1234"), ("0,5", "0.5"), ("12", "12"), ("1,234", "1234")]
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert number(text) == Decimal(value)


def test_emphasis_and_numbers_of_evidence_are_no_part_of_a_sentence():
    assert tidy("Press **Save** _now_ [1]") == "Press Save now "
