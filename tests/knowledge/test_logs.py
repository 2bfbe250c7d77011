"""Logs: text in whatever encoding a program wrote it, and what is no text."""

import pytest

from knowledge.formats.logs import shortened, text_of

GERMAN = "Fehler: Größe überschritten\n"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(GERMAN.encode(), id="UTF-8"),
        pytest.param(GERMAN.encode("utf-8-sig"), id="UTF-8 with a mark"),
        pytest.param(GERMAN.encode("utf-16"), id="UTF-16 with a mark, as PowerShell writes"),
        pytest.param(GERMAN.encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param(GERMAN.encode("utf-16-be"), id="UTF-16 the other way round"),
        pytest.param(GERMAN.encode("cp1252"), id="Windows-1252"),
        pytest.param(GERMAN.replace("\n", "\r\n").encode(), id="lines that end as on Windows"),
    ],
)
def test_the_encodings_of_logs_are_known(content):
    assert text_of(content) == GERMAN


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bytes(range(256)) * 4, id="all bytes"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", id="a picture"),
        pytest.param(b"PK\x03\x04\x14\0\0\0\x08\0", id="an archive"),
        pytest.param("Ошибка сервера при записи".encode("cp1251"), id="an alphabet that nobody can guess"),
        pytest.param(b"abc\x01\x02\x03\x04\x05", id="control characters"),
    ],
)
def test_what_is_no_text_is_not_read(content):
    assert text_of(content) is None


def test_an_empty_file_is_an_empty_text():
    assert text_of(b"") == ""


def test_colors_of_a_terminal_and_what_nobody_sees_are_left_out():
    assert text_of(b"\x1b[31mERROR\x1b[0m \x1b]0;title\x07no space\xe2\x80\x8b left\x08") == "ERROR no space left"


def test_a_progress_bar_becomes_lines():
    assert text_of(b"10 %\r20 %\rdone") == "10 %\n20 %\ndone"


def test_a_letter_that_was_cut_in_two_is_left_out():
    assert text_of("grüß".encode()[:-1]) == "grü"


def test_of_a_long_text_the_beginning_and_more_of_the_end_stay():
    text = "\n".join(f"line {n}" for n in range(10_000))
    short = shortened(text, 900)
    assert short.startswith("line 0\n")
    assert short.endswith("line 9999")
    assert "characters left out ...]" in short
    assert len(short) < 1000
    assert len(short.partition("[...")[0]) * 1.5 < len(short.partition("...]")[2])


def test_a_long_text_of_one_line_is_cut_too():
    assert len(shortened("x" * 5000, 900)) < 1000


def test_a_short_text_stays_whole():
    assert shortened("error 42", 900) == "error 42"
