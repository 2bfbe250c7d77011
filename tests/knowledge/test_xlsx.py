"""Spreadsheets: the cells that somebody sees, row by row."""

import pytest

from desk.errors import InvalidInput
from knowledge.formats import xlsx
from tests.knowledge import papers

INVOICES = [["Number", "Amount"], ["INV-204", "420.00"], ["INV-205", "35"]]


def test_rows_are_read_with_their_sheets_names():
    found = xlsx.read(papers.xlsx({"Invoices": INVOICES, "Notes": [["paid twice"]]}))
    assert found.text == "## Invoices\nNumber | Amount\nINV-204 | 420.00\nINV-205 | 35\n## Notes\npaid twice"
    assert found.lacking == ""


def test_what_is_hidden_is_not_read():
    assert xlsx.read(papers.xlsx({"Shown": INVOICES, "Secret": [["x"]]}, hidden=["Secret"], hidden_rows=[2])).text == (
        "## Shown\nNumber | Amount\nINV-205 | 35"
    )


def test_texts_in_runs_and_in_cells_are_read_and_readings_aloud_are_not():
    content = papers.rewritten(
        papers.xlsx({"A": [["word"]]}),
        {
            "xl/sharedStrings.xml": lambda xml: xml.replace(b"<t>word</t>", b"<r><t>two </t></r><r><t>runs</t></r><rPh><t>spoken</t></rPh>"),
            "xl/worksheets/sheet1.xml": lambda xml: xml.replace(b"</row>", b'<c t="inlineStr"><is><t>inline</t></is></c><c t="b"><v>1</v></c></row>'),
        },
    )
    assert xlsx.read(content).text == "## A\ntwo runs | inline | 1"


def test_a_number_of_no_text_stays_a_number():
    content = papers.rewritten(papers.xlsx({"A": [["word"]]}), {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b"<v>0</v>", b"<v>99</v>")})
    assert xlsx.read(content).text == "## A\n99"


def test_of_many_rows_the_first_are_read(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 3)
    found = xlsx.read(papers.xlsx({"A": [[str(n)] for n in range(10)]}))
    assert (found.text, found.lacking) == ("## A\n0\n1", "only the first 3 of 11 rows were read: split the file")


@pytest.mark.parametrize("sheets", [{"A": []}, {"A": [[""]]}], ids=["no rows", "empty cells"])
def test_empty_sheets_say_so(sheets):
    with pytest.raises(InvalidInput, match="empty"):
        xlsx.read(papers.xlsx(sheets))


def test_another_archive_is_no_spreadsheet():
    with pytest.raises(InvalidInput, match="something else"):
        xlsx.read(papers.docx(lambda document: document.add_paragraph("x")))
