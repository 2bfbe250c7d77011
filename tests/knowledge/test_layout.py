"""Layout: lines with their places as Markdown, without a file."""

import pytest

from knowledge.formats.layout import markdown
from knowledge.formats.printed import Bookmark, Cell, Line, beside, usual_size, without_running

HEIGHT = 800.0
LETTER = 5.0


def line(text: str, top: float, *, left: float = 70.0, size: float = 10.0, bold: bool = False, mono: bool = False) -> Line:
    """Return a line whose letters are all five points wide; a bar divides its cells."""
    cells, at = [], left
    for part in text.split("|"):
        cells.append(Cell(part, at, at + LETTER * len(part)))
        at += LETTER * len(part) + 40
    first = LETTER * len(text.replace("|", " ").split()[0])
    return Line(tuple(cells), top, size, top / HEIGHT, first, bold, mono)


def paragraph(top: float, *texts: str, left: float = 70.0, step: float = 12.0) -> list[Line]:
    return [line(text, top + step * n, left=left) for n, text in enumerate(texts)]


FULL = "This line is as wide as the whole column lets a line be here"


def test_nothing_comes_of_empty_pages():
    assert markdown([[], []]) == ""


def test_lines_that_fill_the_column_are_one_paragraph():
    assert markdown([paragraph(200, FULL, FULL, "ends here.")]) == f"{FULL} {FULL} ends here."


def test_a_wide_gap_begins_a_paragraph():
    assert markdown([paragraph(200, FULL, FULL, FULL) + paragraph(260, FULL, FULL, FULL)]) == f"{FULL} {FULL} {FULL}\n\n{FULL} {FULL} {FULL}"


def test_an_indent_begins_a_paragraph():
    lines = [*paragraph(200, FULL, FULL), line("Here begins another", 224, left=85), *paragraph(236, FULL)]
    assert markdown([lines]).split("\n\n")[1].startswith("Here begins another")


def test_two_columns_are_read_one_after_the_other():
    left, right = (
        paragraph(200, "Words on the left of it all", "words that go on there."),
        paragraph(200, "Words on the right of all", "words there.", left=320),
    )
    assert markdown([[*left, *right]]) == "Words on the left of it all words that go on there.\n\nWords on the right of all words there."


def test_sizes_that_differ_by_a_hair_are_one_depth():
    lines = [
        line("One", 150, size=20.0),
        line(FULL, 200),
        line("Two", 250, size=19.6),
        line(FULL, 300),
        line("Inner", 350, size=14.0),
        line(FULL, 400),
    ]
    assert [text for text in markdown([lines]).splitlines() if text.startswith("#")] == ["# One", "# Two", "## Inner"]


def test_an_outline_goes_before_sizes_and_may_leave_out_numbers():
    lines = [line("2.1 Refund times", 150, size=20.0), line(FULL, 200)]
    assert markdown([lines], bookmarks=[Bookmark("Refund times", 3, 0), Bookmark("Elsewhere", 1, None)]).splitlines()[0] == "### 2.1 Refund times"


@pytest.mark.parametrize(
    ("sign", "written"),
    [
        ("• Press", "- Press"),
        ("– Press", "- Press"),
        ("- Press", "- Press"),
        ("3. Press", "3. Press"),
        ("3) Press", "3. Press"),
        ("b) Press", "- b) Press"),
        ("\uf0b7 Press", "- Press"),
    ],
)
def test_items_of_lists_are_known_by_their_signs(sign, written):
    assert markdown([[line(sign, 200), line(sign, 212)]]) == f"{written}\n{written}"


def test_a_sign_that_stands_apart_begins_an_item():
    assert markdown([[line("1|Open the settings", 200), line("2|Press refund", 212)]]) == "1. Open the settings\n2. Press refund"


def test_where_everything_is_bold_a_bold_line_is_no_heading():
    assert "#" not in markdown([[line("Short", 200, bold=True), line(FULL, 220, bold=True), line("Other", 240, bold=True)]])


def test_a_row_of_three_cells_that_begins_with_a_number_is_a_row():
    assert markdown([[line("1|Card|5", 200), line("2|Bank|1", 212)]]).startswith("| 1 | Card | 5 |")


def test_an_item_goes_on_below_its_words():
    lines = [line(f"• {FULL[:56]}", 200), line("and ends here.", 212, left=80), line("• Next", 224)]
    assert markdown([lines]) == f"- {FULL[:56]} and ends here.\n- Next"


def test_code_keeps_its_lines_and_its_indents():
    lines = [line("if late:", 200, mono=True), line("refund()", 212, left=90, mono=True), line("Then wait.", 240)]
    assert markdown([lines]) == "```\nif late:\n    refund()\n```\n\nThen wait."


def test_a_cell_that_is_missing_stays_empty():
    rows = [line("Plan|Price|Days", 200), line("Base|5|1", 212), Line((Cell("Team", 70, 90), Cell("3", 195, 200)), 224, 10, 0.28, 20)]
    assert markdown([rows]).splitlines()[-1] == "| Team |  | 3 |"


def test_the_second_line_of_a_cell_goes_on_in_its_column():
    rows = [
        line("Plan|What it is for", 200),
        line("Base|Small teams", 212),
        line("of five", 224, left=130),
        line("or six", 236, left=130),
        line("Team|Others", 248),
    ]
    assert markdown([rows]).splitlines()[2:] == ["| Base | Small teams of five or six |", "| Team | Others |"]


def test_one_row_alone_is_no_table():
    assert markdown([[line("Total|5", 200)]]) == "Total 5"


def test_a_bar_in_a_cell_is_no_border():
    rows = [[Line((Cell("a|b", 70, 90), Cell("c", 150, 160)), top, 10, 0.3, 20) for top in (200.0, 212.0)]]
    assert markdown(rows).splitlines()[0] == "| a\\|b | c |"


def test_lines_beside_each_other_are_one_row():
    assert [found.text for found in beside([line("Plan", 200), line("Price", 201, left=200), line("Below", 212)])] == ["Plan Price", "Below"]


def test_lines_one_above_the_other_stay_apart():
    assert len(list(beside([line("Plan", 200), line("Price", 209)]))) == 2


def test_the_usual_size_is_that_of_most_letters():
    assert usual_size([line("Heading", 100, size=20), line(FULL, 120), line(FULL, 140)]) == 10.0
    assert usual_size([]) == 0.0


@pytest.mark.parametrize("text", ["12", "- 12 -", "Page 12", "12 of 40", "page 12 / 40", "iv", "Seite 3 von 9"])
def test_a_page_number_is_none_of_the_text(text):
    assert without_running([[line(FULL, 300), line(text, 780)]]) == [[line(FULL, 300)]]


def test_numbers_within_the_page_are_text():
    assert len(without_running([[line("12", 300), line("2024", 400)]])[0]) == 2


def test_what_stands_at_the_edge_of_two_pages_only_is_text():
    pages = [[line("Refunds take five days", 40), line(FULL, 300)] for _ in range(2)]
    assert without_running(pages) == pages


def test_the_head_of_a_chapter_is_kept_although_it_counts_with_the_pages():
    pages = [[line(f"Chapter {n}", 60, size=20), line(FULL, 300)] for n in range(6)]
    assert without_running(pages) == pages
