"""Attachments: what customers send is read within limits, and a bad file is only an unread one."""

from collections.abc import Iterator

import pytest
from reportlab.platypus import Spacer

from knowledge import attachments
from knowledge.attachments import AttachmentReader
from knowledge.formats.extract import SHORT_PAGES
from knowledge.formats.sandbox import Sandbox
from tests.knowledge import papers, pictures


@pytest.fixture(scope="module")
def reader() -> Iterator[AttachmentReader]:
    made = AttachmentReader()
    yield made
    made.close()


FIVE = "Refunds take five days."
DOCUMENTS = {
    "a PDF": papers.lines(FIVE),
    "a Word file": papers.docx(lambda document: document.add_paragraph(FIVE)),
    "slides": papers.pptx(lambda show: show.slides.add_slide(show.slide_layouts[5]).shapes.title.__setattr__("text", FIVE)),
    "a spreadsheet": papers.xlsx({"Times": [[FIVE]]}),
    "a log of PowerShell": FIVE.encode("utf-16"),
    "a web page": f"<p>{FIVE}</p>".encode(),
}


@pytest.mark.parametrize("kind", list(DOCUMENTS))
async def test_a_document_is_read_by_what_it_is_and_not_by_its_name(kind, reader):
    assert FIVE in await reader.read("holiday.jpg", "image/jpeg", DOCUMENTS[kind])


BAD = {
    "a PDF that is none": b"%PDF-nonsense",
    "a PDF with a password": papers.pdf(lambda styles: [Spacer(1, 1)], password="secret"),
    "a PDF without text": papers.drawn(lambda canvas: canvas.showPage()),
    "a Word file cut in two": DOCUMENTS["a Word file"][:-300],
    "a Word file that is none": b"PK\x03\x04 word/document.xml",
    "an archive of something else": b"PK\x03\x04\0\0 other.bin",
    "an old Word file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "a picture": pictures.png(),
}


@pytest.mark.parametrize("kind", list(BAD))
async def test_what_cannot_be_read_is_none_and_the_next_file_is_read(kind, reader):
    assert await reader.read("file.pdf", "application/pdf", BAD[kind]) is None
    assert await reader.read("file.pdf", "application/pdf", DOCUMENTS["a PDF"]) == FIVE


async def test_of_a_long_pdf_the_first_pages_are_read_and_the_text_says_so(reader):
    text = await reader.read("manual.pdf", "application/pdf", papers.lines("Answer.", pages=SHORT_PAGES + 5))
    assert text.count("Answer.") <= SHORT_PAGES
    assert text.endswith(f"[only the first {SHORT_PAGES} of {SHORT_PAGES + 5} pages were read: split the file]")


async def test_a_long_text_keeps_its_beginning_and_its_end(reader):
    text = await reader.read("a.log", "", b"started\n" + b"all is well\n" * 100_000 + b"ERROR disk full\n")
    assert text.startswith("started\n")
    assert text.endswith("ERROR disk full\n")
    assert len(text) < attachments.CHARACTERS + 100


@pytest.mark.parametrize(("limit", "content"), [("MOST", b"hello"), ("MOST", DOCUMENTS["a PDF"])], ids=["a text", "a PDF"])
async def test_a_file_that_is_too_large_is_not_read(limit, content, reader, monkeypatch):
    monkeypatch.setattr(attachments, limit, len(content) - 1)
    assert await reader.read("a", "", content) is None


async def test_a_picture_that_is_too_large_or_broken_is_not_shown(reader, monkeypatch):
    assert await reader.picture(pictures.png(300, 300)[:80]) is None
    monkeypatch.setattr(attachments, "MOST_PICTURE", 10)
    assert await reader.picture(pictures.png()) is None


async def test_a_file_that_takes_too_long_is_unread():
    impatient = AttachmentReader(Sandbox(seconds=0.01))
    assert await impatient.read("a.pdf", "", papers.lines(*[papers.WORDS] * 30, pages=60)) is None
    impatient.close()


async def test_where_no_process_can_be_started_files_are_unread(monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    helpless = AttachmentReader()
    assert await helpless.read("a.pdf", "", DOCUMENTS["a PDF"]) is None
    assert await helpless.picture(pictures.png()) is None
    assert await helpless.read("a.txt", "", b"hello") == "hello"


async def test_hidden_characters_do_not_go_on(reader):
    assert await reader.read("a.txt", "", "pay\u200b\U000e0061 now\u202e".encode()) == "pay now"


async def test_why_a_file_was_not_read_is_logged_without_its_name_and_words(reader, caplog):
    with caplog.at_level("INFO"):
        await reader.read("mara-salary.pdf", "application/pdf", BAD["a PDF with a password"])
    assert "protected by a password" in caplog.text
    assert "salary" not in caplog.text
