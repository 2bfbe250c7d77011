"""Text: encodings, characters that nobody sees, and days."""

import pytest

from knowledge.formats.text import decoded, iso_date, one_line, visible


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_says_its_encoding(encoding):
    assert decoded("Größe €".encode(encoding)) == "Größe €"


def test_another_encoding_is_tried_only_when_it_is_named():
    with pytest.raises(UnicodeDecodeError):
        decoded(b"Gr\xf6\xdfe")
    assert decoded(b"Gr\xf6\xdfe", otherwise="cp1252") == "Größe"


@pytest.mark.parametrize("content", [b"\xff\xfe\xfa", b"\xef\xbb\xbf\xff"], ids=["half a character of UTF-16", "a mark before what is none"])
def test_a_mark_that_lies_is_found_out(content):
    with pytest.raises(UnicodeDecodeError):
        decoded(content)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("re\u200bfund", "refund", id="a zero-width space"),
        pytest.param("re\u00adfund", "refund", id="a soft hyphen"),
        pytest.param("\u202etxt.exe", "txt.exe", id="a turned direction"),
        pytest.param("a\U000e0061\U000e0062b", "ab", id="tags that a model reads"),
        pytest.param("a\x1bb\x07", "ab", id="controls"),
        pytest.param("a\tb\nc", "a\tb\nc", id="tabs and lines stay"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="a joiner that spells stays"),
    ],
)
def test_what_nobody_sees_is_taken_out(text, seen):
    assert visible(text) == seen


def test_one_line_is_composed():
    assert one_line("  Gro\u0308ße \n und\u200b  mehr ") == "Größe und mehr"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-09-14", "2026-09-14"),
        ("2026-09-14T10:00:00+02:00", "2026-09-14"),
        (" 2026-09-14 10:00 ", "2026-09-14"),
        ("Mon, 14 Sep 2026 10:00:00 GMT", "2026-09-14"),
        ("14 Sep 2026", ""),
        ("2026-02-30", ""),
        ("2026-09-14x", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_a_day_is_read_as_the_web_writes_it(text, day):
    assert iso_date(text) == day
