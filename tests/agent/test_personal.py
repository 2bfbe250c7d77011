import pytest

from agent.personal import iban, kinds, luhn


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("write to mara.voss@acme.example please", ("email",), id="an e-mail address"),
        pytest.param("my card is 4111 1111 1111 1111", ("card",), id="a card number with spaces"),
        pytest.param("5500-0000-0000-0004", ("card",), id="a card number with hyphens"),
        pytest.param("378282246310005", ("card",), id="a card of fifteen digits"),
        pytest.param("pay to DE89 3704 0044 0532 0130 00 today", ("iban",), id="an account number with a word behind it"),
        pytest.param("GB82WEST12345698765432", ("iban",), id="an account number without spaces"),
        pytest.param("call +49 170 1234567", ("phone",), id="an international number"),
        pytest.param("call 0049 170 1234567", ("phone",), id="with two zeros"),
        pytest.param("tel: 030 1234567", ("phone",), id="a local number"),
        pytest.param("(415) 555-0132", ("phone",), id="a North American number"),
        pytest.param("my phone is +1 555 0100", ("phone",), id="a short one with its country"),
        pytest.param("meine Handy-Nummer: 170 1234567", ("phone",), id="a number that is called one"),
        pytest.param("a@b.example and 4111111111111111", ("email", "card"), id="several kinds"),
    ],
)
def test_personal_data_is_recognized(text, expected):
    assert kinds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("write to support@acme.example", id="the address of a role"),
        pytest.param("invoice INV-204 of 2026-11-03", id="an invoice number and a date"),
        pytest.param("on 03.11.2026 and 2026-11-03 at 10:00", id="dates"),
        pytest.param("4111 1111 1111 1112", id="sixteen digits with a wrong check digit"),
        pytest.param("0000 0000 0000 0000", id="zeros"),
        pytest.param("DE89 3704 0044 0532 0130 01", id="an account number with a wrong checksum"),
        pytest.param("order 100200300400", id="a long order number"),
        pytest.param("EUR 1,234,567.00 and 12 345 rows", id="amounts"),
        pytest.param("version 5.1.2 build 20261103", id="versions"),
        pytest.param("@mara please look", id="a mention"),
        pytest.param("t=1794823200,v1=5d1f0c", id="a signature header"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_only_looks_like_personal_data_is_left_alone(text):
    assert kinds(text) == ()


def test_the_checksums_are_those_of_the_standards():
    assert luhn("79927398713")
    assert not luhn("79927398710")
    assert iban("NL91ABNA0417164300")
    assert not iban("NL91ABNA0417164301")
    assert not iban("DE89")


def test_a_long_log_costs_little():
    assert kinds("1 " * 2_000_000 + "a@b.example") == ()
