"""PDF: letters on pages as an article."""

import time
from typing import Any

import pytest
from reportlab.lib.units import cm
from reportlab.platypus import ListFlowable, ListItem, PageBreak, Paragraph, Preformatted, Spacer, Table

from desk.errors import InvalidInput
from knowledge.formats import pdf
from tests.knowledge import papers
from tests.knowledge.papers import WORDS


def chapter(styles: Any, n: int = 0) -> list[Any]:
    items = [ListItem(Paragraph(text, styles["BodyText"])) for text in ("Open the settings", "Press refund")]
    return [
        Paragraph(f"Chapter {n}: Refunds", styles["Heading1"]),
        Paragraph(WORDS * 4, styles["BodyText"]),
        Paragraph("How long it takes", styles["Heading2"]),
        Paragraph(WORDS * 2, styles["BodyText"]),
        Paragraph(WORDS * 2, styles["BodyText"]),
        ListFlowable(items, bulletType="1"),
        ListFlowable(items, bulletType="bullet"),
        Preformatted("$ acme refund --id 5\n    --force", styles["Code"]),
        Spacer(1, 12),
        Table([["Method", "Days"], ["Card", "5 to 7"], ["Bank transfer", "1"]], colWidths=[5 * cm, 3 * cm]),
        PageBreak(),
    ]


def text(content: bytes) -> str:
    return pdf.read(content).text


def drawn(*placed: tuple[float, float, str], font: str = "Helvetica", size: float = 11) -> bytes:
    """Return a PDF of one page with texts at their places."""

    def draw(canvas: Any) -> None:
        canvas.setFont(font, size)
        for x, y, words in placed:
            canvas.drawString(x, y, words)

    return papers.drawn(draw)


def test_headings_paragraphs_lists_code_and_tables_come_back():
    assert text(papers.pdf(chapter)).split("\n\n") == [
        "# Chapter 0: Refunds",
        (WORDS * 4).strip(),
        "## How long it takes",
        (WORDS * 2).strip(),
        (WORDS * 2).strip(),
        "1. Open the settings\n2. Press refund\n- Open the settings\n- Press refund",
        "```\n$ acme refund --id 5\n    --force\n```",
        "| Method | Days |\n| --- | --- |\n| Card | 5 to 7 |\n| Bank transfer | 1 |",
    ]


def test_what_stands_on_every_page_is_left_out():
    found = text(papers.pdf(lambda styles: [part for n in range(4) for part in chapter(styles, n)], head="Acme Handbook", foot="Page {n} of 4"))
    assert "Acme Handbook" not in found
    assert "Page" not in found
    assert [line for line in found.splitlines() if line.startswith("# ")] == [f"# Chapter {n}: Refunds" for n in range(4)]


def test_page_numbers_are_left_out_of_short_files_as_well():
    assert "2" not in text(
        papers.pdf(
            lambda styles: [Paragraph("Five days.", styles["BodyText"]), PageBreak(), Paragraph("Or more.", styles["BodyText"])], foot="- {n} -"
        )
    )


def test_a_paragraph_goes_on_over_the_end_of_a_page():
    found = text(papers.pdf(lambda styles: [Paragraph(WORDS * 60, styles["BodyText"])], foot="{n}"))
    assert found == (WORDS * 60).strip()


def test_the_outline_says_what_is_a_heading():
    def draw(canvas: Any) -> None:
        for n, (title, level) in enumerate((("Refunds", 0), ("Times", 1))):
            canvas.bookmarkPage(title)
            canvas.addOutlineEntry(title, title, level=level)
            canvas.drawString(72, 700 - 100 * n, title)
            canvas.drawString(72, 680 - 100 * n, "Five days.")
        canvas.showPage()

    assert text(papers.drawn(draw)) == "# Refunds\n\nFive days.\n\n## Times\n\nFive days."


def test_a_heading_of_two_lines_is_one():
    found = text(papers.pdf(lambda styles: [Paragraph("How long a refund takes " * 4, styles["Heading1"]), Paragraph(WORDS * 4, styles["BodyText"])]))
    assert found.splitlines()[0] == "# " + ("How long a refund takes " * 4).strip()


def test_a_bold_line_of_its_own_is_a_heading():
    def draw(canvas: Any) -> None:
        for n, (font, words) in enumerate((("Helvetica-Bold", "Refund times"), ("Helvetica", "Five days."))):
            canvas.setFont(font, 11)
            canvas.drawString(72, 700 - 20 * n, words)

    assert text(papers.drawn(draw)) == "# Refund times\n\nFive days."


def test_words_cut_at_the_end_of_a_line_are_mended():
    long = "This line of text is as wide as the column of the page lets it be, the trans-"
    assert "the transaction ends" in text(drawn((72, 700, long), (72, 686, "action ends here.")))


def test_a_word_spelled_with_a_hyphen_keeps_it():
    long = "This line of text is as wide as the column of the page lets it be, the well-"
    found = text(drawn((72, 700, long), (72, 686, "known answer ends here."), (72, 600, "It is well-known.")))
    assert "the well-known answer" in found


def test_lines_that_end_early_are_lines_of_their_own():
    found = text(
        drawn(
            (72, 700, "Acme Incorporated, Customer Service and Support"), (72, 686, "5 Main Street"), (72, 672, "Springfield"), (72, 600, WORDS[:90])
        )
    )
    assert "5 Main Street\n\nSpringfield" in found


def test_columns_of_numbers_are_a_table_and_wrapped_cells_go_on():
    rows = ((700, "Plan", "Price", "Days"), (686, "Basic", "5", "1"), (672, "Business", "25", "2"))
    cells = [(72 + 120 * n, y, word) for y, *words in rows for n, word in enumerate(words)]
    assert text(drawn(*cells)) == "| Plan | Price | Days |\n| --- | --- | --- |\n| Basic | 5 | 1 |\n| Business | 25 | 2 |"


@pytest.mark.parametrize(
    ("x", "y", "size"),
    [(72, 5_000, 11), (9_000, 600, 11), (72, 600, 0.5)],
    ids=["above the page", "beside the page", "too small to read"],
)
def test_what_nobody_sees_on_a_page_is_left_out(x, y, size):
    def draw(canvas: Any) -> None:
        canvas.setFont("Helvetica", 11)
        canvas.drawString(72, 700, "Five days.")
        canvas.setFont("Helvetica", size)
        canvas.drawString(x, y, "SECRET")

    assert text(papers.drawn(draw)) == "Five days."


@pytest.mark.parametrize("words", ["# a remark", "> more", "```", "=====", "~~~ x"])
def test_what_would_mean_something_in_markdown_means_nothing(words):
    assert text(drawn((72, 700, words))) == f"\\{words}"


def test_running_heads_that_change_with_the_chapter_go_by_their_page_numbers():
    def draw(canvas: Any) -> None:
        for n in range(8):
            canvas.drawString(72, 800, f"Chapter {n // 2 + 1}: Words of {2000 + n // 2}   {n + 3}")
            canvas.drawString(72, 790, f"A price of {n * 7} on this page")
            canvas.drawString(72, 600, f"Answer {n}.")
            canvas.showPage()

    found = text(papers.drawn(draw))
    assert "Chapter" not in found
    assert found.count("A price of") == 8


def test_a_watermark_is_left_out():
    def draw(canvas: Any) -> None:
        canvas.drawString(72, 700, "Five days.")
        canvas.rotate(45)
        canvas.setFont("Helvetica", 60)
        canvas.drawString(300, 100, "DRAFT")

    assert text(papers.drawn(draw)) == "Five days."


def test_a_table_of_contents_is_left_out():
    found = text(drawn((72, 700, "Refunds ..................... 3"), (72, 686, "Plans . . . . . . . . . . 14"), (72, 600, "Five days.")))
    assert found == "Five days."


def test_a_file_says_its_title_and_the_day_it_was_changed():
    found = pdf.read(papers.pdf(chapter, title="Acme Handbook"))
    assert found.title == "Acme Handbook"
    assert len(found.updated) == 10


@pytest.mark.parametrize("title", ["Microsoft Word - handbook.docx", "handbook.indd", "untitled", "(unspecified)"])
def test_a_title_that_a_program_made_up_is_none(title):
    assert pdf.read(papers.pdf(chapter, title=title)).title == ""


def test_a_pdf_with_a_password_is_refused_with_what_to_do():
    with pytest.raises(InvalidInput, match="protected by a password: save it without one"):
        pdf.read(papers.pdf(chapter, password="secret"))


def test_a_pdf_that_only_forbids_changes_is_read():
    assert "Chapter" in text(papers.pdf(chapter, password=""))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"%PDF-1.7\nnonsense", b"\0" * 1000])
def test_a_broken_pdf_is_refused_with_what_to_do(content):
    with pytest.raises(InvalidInput, match="export it anew"):
        pdf.read(content)


def test_a_pdf_that_was_cut_short_is_refused_or_read_as_far_as_it_goes():
    whole = papers.pdf(lambda styles: [part for n in range(20) for part in chapter(styles, n)])
    with pytest.raises(InvalidInput):
        pdf.read(whole[: len(whole) // 2])


def test_a_scan_is_refused_with_what_to_do():
    with pytest.raises(InvalidInput, match="probably a scan"):
        pdf.read(papers.drawn(lambda canvas: canvas.rect(10, 10, 100, 100)))


def test_pages_without_text_are_told_of_and_the_rest_is_read():
    def draw(canvas: Any) -> None:
        for n in range(10):
            if n % 2:
                canvas.drawString(72, 700, f"Answer {n} is here.")
            canvas.showPage()

    found = pdf.read(papers.drawn(draw))
    assert "Answer 9" in found.text
    assert found.lacking.startswith("5 of 10 pages have no text")


def test_pages_beyond_the_limit_are_told_of_and_the_rest_is_read(monkeypatch):
    monkeypatch.setattr(pdf, "MOST_PAGES", 3)
    found = pdf.read(papers.lines("Five days.", pages=5))
    assert found.lacking == "only the first 3 of 5 pages were read: split the file"
    assert "Five days." in found.text


def test_a_thousand_pages_are_read_in_seconds():
    content = papers.lines(*(f"{n}. {WORDS[:70]}" for n in range(10)), pages=1000)
    start = time.process_time()
    assert len(pdf.read(content).text) > 700_000
    assert time.process_time() - start < 20
