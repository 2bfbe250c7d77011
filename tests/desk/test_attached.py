"""Attached: of a long file the lines that tell what it is about."""

from desk.attached import LONGEST, MOST, telling


def test_a_short_text_stays_as_it_is_without_when_its_lines_were_written():
    assert telling("2026-11-02T10:00:01Z started\n\n[10:00:02,123] stopped") == "started\nstopped"


def test_of_a_long_log_the_last_lines_of_trouble_are_told_each_sort_once():
    log = "\n".join(f"10:00:0{n % 10} ERROR row {n} failed\n10:00:0{n % 10} all is well" for n in range(500))
    assert telling(f"{log}\nFATAL: no space left, write denied\nbye") == "ERROR row 499 failed\nFATAL: no space left, write denied"


def test_there_is_never_much_of_it():
    log = "\n".join(f"{chr(97 + n % 26) * (n % 40 + 1)} error {'x' * 300}" for n in range(900))
    assert len(telling(log)) <= MOST
    assert all(len(line) <= LONGEST for line in telling(log).splitlines())


def test_a_long_text_without_trouble_is_told_by_how_it_begins():
    letter = "Dear team, we would like to move to yearly billing. " * 50
    assert telling(letter).startswith("Dear team, we would like to move to yearly billing.")
    assert len(telling(letter)) <= MOST


def test_trouble_is_known_in_other_languages():
    assert telling("alles gut\n" * 100 + "Fehler 42\n" + "weiter\n" * 100) == "Fehler 42"


def test_nothing_and_one_endless_word_do_no_harm():
    assert telling("") == ""
    assert telling(" \n\n ") == ""
    assert len(telling("x" * 100_000)) <= MOST
