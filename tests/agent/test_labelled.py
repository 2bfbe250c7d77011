"""A table of examples is read as people's spreadsheets write it, and a mistake in it is one sentence that says where."""

import os

import pytest

from agent.labelled import FEWEST, LARGEST, BadTable, Row, read
from desk.errors import InvalidInput


def written(folder, *lines, encoding="utf-8"):
    path = folder / "rows.csv"
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def rows(category, count=FEWEST, *, between=","):
    return [f"{category} message {n}{between}{category}" for n in range(count)]


def test_text_and_category_are_read_with_their_lines(tmp_path):
    table = read(written(tmp_path, "text,category", *rows("tea"), *rows("cake")))
    assert table.categories == ("cake", "tea")
    assert len(table.rows) == 2 * FEWEST
    assert table.rows[0] == Row("tea message 0", "tea", line=2)


@pytest.mark.parametrize("between", [pytest.param(";", id="semicolons, as Excel writes in Europe"), pytest.param("\t", id="tabs")])
def test_other_delimiters_are_recognized(tmp_path, between):
    table = read(written(tmp_path, f"text{between}category", *rows("tea", between=between), *rows("cake", between=between)))
    assert table.categories == ("cake", "tea")


def test_a_byte_order_mark_capitals_and_columns_in_another_order_do_no_harm(tmp_path):
    lines = [f"{n},{category},{category} {n}" for category in ("tea", "cake") for n in range(FEWEST)]
    assert read(written(tmp_path, "\ufeffId, Category ,TEXT", *lines)).rows[0].text == "tea 0"


def test_the_subject_comes_first_in_the_message(tmp_path):
    lines = [f"{category} {n},{category},about {category}" for category in ("tea", "cake") for n in range(FEWEST)]
    assert read(written(tmp_path, "text,category,subject", *lines)).rows[0].message == "about tea\ntea 0"


def test_quoted_text_may_hold_commas_quotes_and_line_breaks(tmp_path):
    table = read(written(tmp_path, "text,category", '"one, ""two""', 'three",tea', *rows("tea"), *rows("cake")))
    assert table.rows[0].text == 'one, "two"\nthree'
    assert table.rows[1].line == 4


def test_the_same_message_in_the_same_category_counts_once(tmp_path):
    table = read(written(tmp_path, "text,category", *rows("tea"), *rows("cake"), "TEA  message 3,tea"))
    assert len(table.rows) == 2 * FEWEST


@pytest.mark.parametrize("name", ["out of scope", "out_of_scope", "OOS"])
def test_rows_out_of_scope_are_set_apart_and_may_be_few(tmp_path, name):
    table = read(written(tmp_path, "text,category", *rows("tea"), *rows("cake"), f"who won the match,{name}"))
    assert table.categories == ("cake", "tea")
    assert [row.text for row in table.strange] == ["who won the match"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param([], "the first line has no column 'text' and no column 'category': it names nothing", id="an empty file"),
        pytest.param(["message,label", "a,b"], "it names 'message', 'label'; write text,category", id="other columns"),
        pytest.param(["text", "a"], "no column 'category'", id="one column"),
        pytest.param(["text,category", *rows("tea"), ",tea"], "line 12 has no text", id="an empty text"),
        pytest.param(["text,category", *rows("tea"), "a", "b,"], "lines 12, 13 have no category", id="empty categories"),
        pytest.param(["text,category", *rows("tea")], "only the category 'tea': two", id="one category"),
        pytest.param(["text,category"], "no row with a category", id="a header alone"),
        pytest.param(["text,category", *rows("tea"), *rows("cake", 9)], "at least 10 different messages: 'cake' has 9", id="too few rows"),
        pytest.param(["text,category", *rows("a"), *[f"x{n},c{n}" for n in range(9)]], "'c4' has 1 and 4 more", id="many small categories"),
        pytest.param(
            ["text,category", *rows("tea"), *rows("cake"), "tea message 1,cake"],
            r"two categories, 'tea' \(line 3\) and 'cake' \(line 22\)",
            id="a conflict",
        ),
        pytest.param(["text,category", *rows("tea"), '"open,tea'], "is no CSV", id="an open quote"),
        pytest.param(["text,category", "\x00,tea"], "line 2 holds a zero byte", id="a zero byte"),
        pytest.param(["text,category", "x" * 200_000 + ",tea"], "line 2 is no CSV", id="a field of 200,000 characters"),
        pytest.param(["text,category", *[f"t{n},c{n // 10}" for n in range(5010)]], "501 categories", id="too many categories"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path, lines, said):
    with pytest.raises(BadTable, match=said):
        read(written(tmp_path, *lines))


def test_another_encoding_is_named_by_its_line(tmp_path):
    with pytest.raises(BadTable, match=r"line 3 is not UTF-8.*CSV UTF-8"):
        read(written(tmp_path, "text,category", "tea,tea", "Käse,cake", encoding="latin-1"))


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = written(tmp_path, "text,category")
    os.truncate(path, 1_000_000_000)  # Sparse: it takes no room.
    with pytest.raises(BadTable, match=f"1,000 MB, and {LARGEST // 1_000_000} are the most"):
        read(path)


def test_a_file_that_is_not_there_is_a_wrong_call(tmp_path):
    with pytest.raises(InvalidInput, match="there is no file"):
        read(tmp_path / "none.csv")


def test_a_folder_is_no_table(tmp_path):
    with pytest.raises(BadTable, match="cannot be read"):
        read(tmp_path)
