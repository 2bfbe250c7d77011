"""Word files: what of them becomes an article."""

import io
import zipfile
from typing import Any

import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from desk.errors import InvalidInput
from knowledge.formats import docx
from tests.knowledge import papers

DOCUMENT = "word/document.xml"


def text(fill: Any) -> str:
    return docx.read(papers.docx(fill)).text


def handbook(document: Any) -> None:
    document.add_heading("Refund policy", 0)
    document.add_paragraph("Refunds take five days.")
    document.add_heading("Steps", 1)
    for words in ("Open the settings", "Press refund"):
        document.add_paragraph(words, style="List Number")
    document.add_heading("Notes", 2)
    for words in ("Weekends do not count", "Nor do holidays"):
        document.add_paragraph(words, style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for n, words in enumerate(("Method", "Days", "Card | credit", "5 to 7")):
        table.cell(n // 2, n % 2).text = words


def test_headings_lists_and_tables_come_back():
    assert text(handbook).split("\n\n") == [
        "# Refund policy",
        "Refunds take five days.",
        "## Steps",
        "1. Open the settings\n2. Press refund",
        "### Notes",
        "- Weekends do not count\n- Nor do holidays",
        "| Method | Days |\n| --- | --- |\n| Card \\| credit | 5 to 7 |",
    ]


def test_without_a_title_headings_keep_their_depth():
    def fill(document: Any) -> None:
        document.add_heading("Refunds", 1)
        document.add_paragraph("Five days.")

    assert text(fill) == "# Refunds\n\nFive days."


def test_a_title_is_known_by_its_name_when_word_translated_its_id():
    content = papers.rewritten(
        papers.docx(handbook),
        {
            "word/styles.xml": lambda xml: xml.replace(b'styleId="Title"', b'styleId="Titel"'),
            DOCUMENT: lambda xml: xml.replace(b'"Title"', b'"Titel"'),
        },
    )
    assert "## Steps" in docx.read(content).text


def test_hidden_text_of_the_strict_format_is_hidden_as_well():
    usual, strict = (b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", b"http://purl.oclc.org/ooxml/wordprocessingml/main")
    content = papers.rewritten(papers.docx(hidden), {DOCUMENT: lambda xml: xml.replace(usual, strict)})
    assert docx.read(content).text == "Shown."


def test_bold_italic_and_links_are_kept():
    def fill(document: Any) -> None:
        paragraph = document.add_paragraph("Press ")
        paragraph.add_run("Refund").bold = True
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), document.part.relate_to("https://help.example/r", HYPERLINK, is_external=True))
        link.append(paragraph.add_run(" here")._r)
        paragraph._p.append(link)

    assert text(fill) == "Press **Refund** [here](https://help.example/r)"


HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def hidden(document: Any) -> None:
    document.add_paragraph("Shown.").add_run("SECRET").font.hidden = True


def tiny(document: Any) -> None:
    document.add_paragraph("Shown.").add_run("SECRET").font.size = Pt(1)


def hidden_by_style(document: Any) -> None:
    document.styles.add_style("Quiet", 2).font.hidden = True
    document.add_paragraph("Shown.").add_run("SECRET", style="Quiet")


def deleted(document: Any) -> None:
    paragraph = document.add_paragraph("Shown.")
    gone = OxmlElement("w:del")
    run = paragraph.add_run("")._r
    words = OxmlElement("w:delText")
    words.text = "SECRET"
    run.append(words)
    gone.append(run)
    paragraph._p.append(gone)


def commented(document: Any) -> None:
    paragraph = document.add_paragraph("Shown.")
    document.add_comment(paragraph.runs, text="SECRET", author="A", initials="A")


def in_the_header(document: Any) -> None:
    document.add_paragraph("Shown.")
    document.sections[0].header.paragraphs[0].text = "SECRET"
    document.sections[0].footer.paragraphs[0].text = "SECRET"


@pytest.mark.parametrize("fill", [hidden, tiny, hidden_by_style, deleted, commented, in_the_header], ids=lambda fill: fill.__name__)
def test_what_a_reader_does_not_see_is_not_in_the_text(fill):
    assert text(fill) == "Shown."


def test_a_file_says_its_title_and_the_day_it_was_changed():
    def fill(document: Any) -> None:
        document.core_properties.title = "Refund policy"
        document.core_properties.language = "en-US"
        document.add_paragraph("Five days.")

    found = docx.read(papers.docx(fill))
    assert (found.title, found.language) == ("Refund policy", "en")
    assert len(found.updated) == 10


def test_a_file_without_words_is_refused():
    with pytest.raises(InvalidInput, match="no text"):
        docx.read(papers.docx(lambda document: None))


def test_a_file_that_declares_entities_is_refused():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    content = papers.rewritten(papers.docx(handbook), {DOCUMENT: lambda xml: xml.replace(b"<w:document", bomb + b"<w:document", 1)})
    with pytest.raises(InvalidInput, match="declares entities"):
        docx.read(content)


def test_a_file_from_outside_is_not_fetched():
    relation = b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" TargetMode="External" Target="file:///etc/passwd"/>'
    drawing = (
        b'<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
        b'<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData>'
        b'<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill>'
        b'<a:blip xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:link="rId99"/></pic:blipFill></pic:pic>'
        b"</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
    content = papers.rewritten(
        papers.docx(handbook),
        {
            DOCUMENT: lambda xml: xml.replace(b"<w:sectPr", drawing + b"<w:sectPr", 1),
            "word/_rels/document.xml.rels": lambda xml: xml.replace(b"</Relationships>", relation + b"</Relationships>"),
        },
    )
    assert "root:" not in docx.read(content).text


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    content = papers.rewritten(papers.docx(handbook), {DOCUMENT: lambda xml: b" " * 300_000_000})
    assert len(content) < 1_000_000
    with pytest.raises(InvalidInput, match="as files made to do harm do"):
        docx.read(content)


def test_a_bomb_that_conceals_its_size_is_met_by_the_reading():
    content = bytearray(papers.rewritten(papers.docx(handbook), {}, more={"word/large.xml": b"<a/>" * 1_000_000}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("word/large.xml").file_size.to_bytes(4, "little")
    lying = bytes(content).replace(size, (100).to_bytes(4, "little"))
    with pytest.raises((InvalidInput, zipfile.BadZipFile)):
        docx.read(lying)


def test_many_members_are_refused():
    content = papers.rewritten(papers.docx(handbook), {}, more={f"word/{n}.xml": b"" for n in range(10_001)})
    with pytest.raises(InvalidInput, match="parts"):
        docx.read(content)


def test_archives_within_are_not_opened():
    inner = papers.docx(lambda document: document.add_paragraph("SECRET"))
    content = papers.rewritten(papers.docx(hidden), {}, more={"word/embeddings/inner.docx": inner, "word/media/a.zip": inner})
    assert docx.read(content).text == "Shown."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\0" * 100 + "EncryptedPackage".encode("utf-16-le"), "protected by a password", id="with a password"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\0" * 100, "before 2007", id="of the old format"),
        pytest.param(papers.pptx(lambda presentation: None), "something else than its name says", id="a presentation"),
    ],
)
def test_a_file_that_is_no_word_file_is_refused_with_what_it_is(content, reason):
    with pytest.raises(InvalidInput, match=reason):
        docx.read(content)
