"""Presentations: what of the slides becomes an article."""

from typing import Any

import pytest
from pptx.util import Inches

from desk.errors import InvalidInput
from knowledge.formats import pptx
from tests.knowledge import papers


def text(fill: Any) -> str:
    return pptx.read(papers.pptx(fill)).text


def slide(presentation: Any, title: str, body: str = "", *, layout: int = 1) -> Any:
    made = presentation.slides.add_slide(presentation.slide_layouts[layout])
    made.shapes.title.text = title
    made.placeholders[1].text = body
    return made


def box(slide: Any, words: str, *, left: float = 1.0, top: float) -> Any:
    made = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(3), Inches(1))
    made.text_frame.text = words
    return made


def test_slides_are_sections_below_the_title_of_the_first():
    def fill(presentation: Any) -> None:
        slide(presentation, "Onboarding", "For customers", layout=0)
        body = slide(presentation, "Steps", "First").placeholders[1].text_frame
        for words, level in (("inner", 1), ("innermost", 3), ("Second", 0)):
            paragraph = body.add_paragraph()
            paragraph.text, paragraph.level = words, level

    assert text(fill).split("\n\n") == ["# Onboarding", "For customers", "## Steps", "- First\n  - inner\n    - innermost\n- Second"]


def test_tables_and_boxes_are_read_downward_and_from_the_left():
    def fill(presentation: Any) -> None:
        made = presentation.slides.add_slide(presentation.slide_layouts[5])
        made.shapes.title.text = "Prices"
        box(made, "Last <b>", top=6)
        box(made, "Right", left=5, top=2)
        box(made, "Left", top=2)
        table = made.shapes.add_table(2, 2, Inches(1), Inches(4), Inches(4), Inches(1)).table
        for n, words in enumerate(("Plan", "Price", "Basic|Free", "5")):
            table.cell(n // 2, n % 2).text = words

    assert text(fill).split("\n\n") == ["## Prices", "Left", "Right", "| Plan | Price |\n| --- | --- |\n| Basic\\|Free | 5 |", "Last <b>"]


def test_shapes_in_groups_are_read():
    def fill(presentation: Any) -> None:
        made = slide(presentation, "Prices", "Five")
        group = made.shapes.add_group_shape().shapes.add_group_shape()
        group.shapes.add_textbox(Inches(1), Inches(6), Inches(1), Inches(1)).text_frame.text = "Inner"

    assert "Inner" in text(fill)


def test_notes_hidden_slides_hidden_shapes_and_numbers_stay_out():
    def fill(presentation: Any) -> None:
        made = slide(presentation, "Shown", "Five days.")
        made.notes_slide.notes_text_frame.text = "SECRET"
        secret = box(made, "SECRET", top=5)
        secret._element.nvSpPr.cNvPr.set("hidden", "1")
        slide(presentation, "SECRET", "SECRET")._element.set("show", "0")

    assert text(fill) == "## Shown\n\n- Five days."


def test_a_presentation_says_its_title_and_the_day_it_was_changed():
    def fill(presentation: Any) -> None:
        presentation.core_properties.title = "Onboarding"
        slide(presentation, "Steps", "First")

    found = pptx.read(papers.pptx(fill))
    assert found.title == "Onboarding"
    assert len(found.updated) == 10


def test_pictures_alone_are_refused():
    with pytest.raises(InvalidInput, match="no text"):
        pptx.read(papers.pptx(lambda presentation: presentation.slides.add_slide(presentation.slide_layouts[6])))


def test_a_word_file_is_no_presentation():
    with pytest.raises(InvalidInput, match="something else than its name says"):
        pptx.read(papers.docx(lambda document: document.add_paragraph("x")))
