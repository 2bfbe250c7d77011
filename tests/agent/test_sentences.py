import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sentences import LONGEST, Kind, blocks, items, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One. Two! Three?", ("One.", "Two!", "Three?"), id="marks end sentences"),
        pytest.param("Use e.g. a card. Then pay.", ("Use e.g. a card.", "Then pay."), id="an abbreviation ends nothing"),
        pytest.param(
            "Das gilt z.B. für Karten. Sonst nicht.", ("Das gilt z.B. für Karten.", "Sonst nicht."), id="a German abbreviation ends nothing"
        ),
        pytest.param("M. Dupont paie. Merci.", ("M. Dupont paie.", "Merci."), id="a title ends nothing"),
        pytest.param(
            "It costs 12.50 EUR. Version 5.1.2 is out.", ("It costs 12.50 EUR.", "Version 5.1.2 is out."), id="a point in a number ends nothing"
        ),
        pytest.param("See https://a.example/b.html?c=1 now. Done", ("See https://a.example/b.html?c=1 now.", "Done"), id="an address is whole"),
        pytest.param('He said "stop." Then he left.', ('He said "stop."', "Then he left."), id="the quotation mark stays with its sentence"),
        pytest.param("Paid. [1] Not paid. [2]", ("Paid. [1]", "Not paid. [2]"), id="a number of evidence stays with its sentence"),
        pytest.param("first line\n\nsecond line", ("first line", "second line"), id="a paragraph ends a sentence"),
        pytest.param("1. Open it.\n2. Close it.", ("1. Open it.", "2. Close it."), id="items are sentences, their numbers are not"),
        pytest.param("Wait... what?", ("Wait...", "what?"), id="dots"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_prose_is_cut_where_a_reader_pauses(text, expected):
    assert sentences(text) == expected


@given(st.text(max_size=300))
def test_no_letter_is_lost_in_cutting(text):
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_a_wall_of_text_is_cut_into_bearable_pieces():
    pieces = sentences("x" * (3 * LONGEST + 5))
    assert [len(piece) for piece in pieces] == [LONGEST, LONGEST, LONGEST, 5]


def test_markdown_is_cut_into_blocks_that_stay_whole():
    text = "## Head\n\nIntro:\n\n1. One\n2. Two\n   more\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nx = 1\n\ny = 2\n```\nAfter."
    found = [(block.kind, block.text) for block in blocks(text)]
    assert found == [
        (Kind.HEADING, "## Head"),
        (Kind.TEXT, "Intro:"),
        (Kind.LIST, "1. One\n2. Two\n   more"),
        (Kind.TABLE, "| a | b |\n|---|---|\n| 1 | 2 |"),
        (Kind.CODE, "```py\nx = 1\n\ny = 2\n```"),
        (Kind.TEXT, "After."),
    ]


def test_a_list_goes_on_after_a_blank_line():
    assert [block.kind for block in blocks("- a\n\n- b\n\nend")] == [Kind.LIST, Kind.TEXT]


def test_an_open_fence_runs_to_the_end():
    assert [block.kind for block in blocks("Text.\n\n```\n1. not a list\n| no | table |")] == [Kind.TEXT, Kind.CODE]


def test_two_fences_in_a_row_are_two_blocks():
    assert [block.kind for block in blocks("```\na\n```\n```\nb\n```")] == [Kind.CODE, Kind.CODE]


def test_items_keep_what_hangs_under_them():
    assert items("- one\n  two\n- three") == ("- one\n  two", "- three")


@given(st.text(alphabet="ab-1.|`#\n ", max_size=200))
def test_blocks_keep_every_line_that_says_something(text):
    kept = "\n".join(block.text for block in blocks(text))
    assert [line.strip() for line in kept.splitlines() if line.strip()] == [line.strip() for line in text.splitlines() if line.strip()]
