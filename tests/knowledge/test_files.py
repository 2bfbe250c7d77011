"""Files: each kind is read by what can, and what a file is not is said in a sentence."""

from collections.abc import Iterator

import pytest
from reportlab.platypus import Paragraph

from desk.audience import INTERNAL
from knowledge import sources
from knowledge.article import Article, Failure
from knowledge.formats import files, sandbox
from tests.knowledge import papers
from tests.knowledge.kit import write

PDF = papers.pdf(lambda styles: [Paragraph("Refunds", styles["Heading1"]), Paragraph("Five days.", styles["BodyText"])])
DOCX = papers.docx(lambda document: (document.add_heading("Refunds", 1), document.add_paragraph("Five days.")))


def presentation(made) -> None:
    slide = made.slides.add_slide(made.slide_layouts[0])
    slide.shapes.title.text = "Refunds"
    slide.placeholders[1].text = "Five days."


PPTX = papers.pptx(presentation)
HTML = b"<html lang=en><title>Refunds - Acme</title><link rel=canonical href=https://help.example/r><h1>Refunds</h1><p>Five days.</p></html>"


@pytest.fixture(scope="module", autouse=True)
def no_worker_left() -> Iterator[None]:
    yield
    sandbox.shared().close()


def read(kind: str, content: bytes) -> list[Article | Failure]:
    return list(files.read(kind, content, path=f"help/refund-times{kind}", where=f"kb/refund-times{kind}"))


def article(kind: str, content: bytes) -> Article:
    (found,) = read(kind, content)
    assert isinstance(found, Article), found
    return found


def failure(kind: str, content: bytes) -> Failure:
    (found,) = read(kind, content)
    assert isinstance(found, Failure), found
    return found


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (".md", b"# Refunds\n\nFive days."),
        (".markdown", b"# Refunds\n\nFive days."),
        (".txt", b"Refunds\n\nFive days."),
        (".html", HTML),
        (".htm", HTML),
        (".pdf", PDF),
        (".docx", DOCX),
        (".pptx", PPTX),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_is_an_article_with_its_path_as_id(kind, content):
    found = article(kind, content)
    assert (found.id, found.title, found.where) == (f"help/refund-times{kind}", "Refunds", f"kb/refund-times{kind}")
    assert "Five days." in found.text


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (".md", "# Re\u200bfunds\n\nFive \u202edays\U000e0041."),
        (".txt", "Re\u200bfunds\n\nFive \u202edays\U000e0041."),
        (".csv", "question,answer\nRe\u200bfunds,Five \u202edays\U000e0041."),
        (".jsonl", '{"id": "a", "title": "Re\u200bfunds", "content": "Five \u202edays\U000e0041."}'),
        (".html", "<h1>Re\u200bfunds</h1><p>Five \u202edays\U000e0041.</p>"),
    ],
    ids=lambda value: value if value.startswith(".") else "",
)
def test_characters_that_nobody_sees_reach_no_article(kind, content):
    found = article(kind, content.encode())
    assert found.title == "Refunds"
    assert found.text.endswith("Five days.")


def test_every_kind_in_a_folder_is_read_under_its_rules(tmp_path):
    names = {"a.md": b"text", "b.txt": b"text", "c.html": HTML, "d.pdf": PDF, "e.docx": DOCX, "f.pptx": PPTX, "g.csv": b"question,answer\nHow?,So."}
    reading = sources.read(write(tmp_path, {f"team/{name}": content for name, content in names.items()}), folders={"team/": INTERNAL})
    assert reading.failures == ()
    assert [item.file for item in reading.articles] == [f"team/{name}" for name in names]
    assert {item.audience for item in reading.articles} == {INTERNAL}


def test_a_page_says_where_it_stands_and_in_which_language():
    found = article(".html", HTML)
    assert (found.url, found.language) == ("https://help.example/r", "en")


def test_what_the_file_calls_itself_counts_when_there_is_not_one_first_heading():
    chapters = papers.pdf(lambda styles: [Paragraph(name, styles["Heading1"]) for name in ("One", "Two")], title="Acme Handbook")
    assert article(".pdf", chapters).title == "Acme Handbook"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("How long it takes\n\nFive days.", "How long it takes", id="a short first line with nothing below"),
        pytest.param("Refunds take five days.\n\nOr more.", "Refund times", id="a first line that is a sentence"),
        pytest.param("How long it takes\r\n\r\nFive days.", "How long it takes", id="a short first line with Windows' line ends"),
        pytest.param("How long it takes\nFive days.", "Refund times", id="no empty line"),
        pytest.param("x" * 150 + "\n\ntext", "Refund times", id="a long first line"),
        pytest.param("# Other\n\nFive days.", "# Other", id="a sign"),
    ],
)
def test_a_plain_text_is_called_by_its_first_line_or_its_file(text, title):
    assert article(".txt", text.encode()).title == title


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("Größe: 5 €".encode("utf-16"), id="UTF-16"),
        pytest.param("\ufeffGröße: 5 €".encode(), id="a byte order mark"),
        pytest.param("Größe:\0 5 €".encode(), id="NUL bytes"),
    ],
)
@pytest.mark.parametrize("kind", [".md", ".txt"])
def test_text_is_read_in_the_encodings_that_say_what_they_are(kind, content):
    assert article(kind, content).text == "Größe: 5 €"


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        pytest.param("<meta charset='iso-8859-15'>", "iso-8859-15", id="the one it declares"),
        pytest.param("<meta http-equiv=Content-Type content='text/html; charset=windows-1252'>", "cp1252", id="the one it declares the old way"),
        pytest.param("", "cp1252", id="Windows' own when it declares none"),
        pytest.param("<meta charset='iso-8859-1'>", "utf-8", id="UTF-8 whatever it declares"),
    ],
)
def test_a_page_is_read_in_its_encoding(head, encoding):
    assert article(".html", f"<html>{head}<p>Größe: 5 €</p>".encode(encoding)).text == "Größe: 5 €"


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        pytest.param(".txt", b"caf\xe9", "not UTF-8 text (byte 3)", id="text in an unknown encoding"),
        pytest.param(".html", b"<meta charset=nonsense>caf\xe9", "encoding is not the one it declares", id="a page in an unknown encoding"),
        pytest.param(".docx", PDF, "the file is a PDF, although its name ends in .docx", id="a PDF named .docx"),
        pytest.param(".html", PDF, "the file is a PDF, although its name ends in .html", id="a PDF named .html"),
        pytest.param(".pdf", DOCX, "an archive or an Office file, although", id="a Word file named .pdf"),
        pytest.param(".txt", DOCX, "an archive or an Office file, although", id="a Word file named .txt"),
        pytest.param(".pptx", DOCX, "something else than its name says", id="a Word file named .pptx"),
        pytest.param(".docx", b"not a Word file", "broken or of another kind", id="text named .docx"),
        pytest.param(".pdf", b"not a PDF", "broken or was not saved whole", id="text named .pdf"),
        pytest.param(
            ".pdf", papers.pdf(lambda styles: [Paragraph("x", styles["BodyText"])], password="x"), "protected by a password", id="a password"
        ),
        pytest.param(".html", b"<div>" * 100_000, "nested more than", id="boxes in boxes"),
        pytest.param(".html", b"<main></main>" + b"<p hidden>secret</p>", "empty", id="a page with nothing to see"),
        pytest.param(".txt", b"x" * 5_000_001, "at most 5 MB", id="text too large"),
        pytest.param(".html", b"x" * 10_000_001, "at most 10 MB", id="a page too large"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(kind, content, reason):
    found = failure(kind, content)
    assert reason in found.reason
    assert found.ids is not None
    assert found.ids <= {f"help/refund-times{kind}"}


def test_a_line_of_fifty_megabytes_is_refused_also_in_an_export():
    line = b"x " * 25_000_000
    assert "at most 5 MB" in failure(".md", line).reason
    refused = failure(".jsonl", b'{"id": "a", "content": "' + line + b'"}')
    assert refused.reason == "the article is too long: at most 5,000,000 characters and 200,000 lines are read, so split it"
    assert refused.ids == {"a"}


def test_an_article_of_a_million_lines_is_refused():
    assert "at most 5,000,000 characters and 200,000 lines" in failure(".txt", b"x\n" * 1_000_000).reason


def test_a_file_that_breaks_its_reader_costs_that_file_only(monkeypatch):
    def broken(*_: object, **__: object):
        raise RecursionError("too deep")

    monkeypatch.setitem(files.READERS, ".txt", files.Reader(broken))
    refused = failure(".txt", b"Five days.")
    assert (refused.ids, refused.file) == (None, "help/refund-times.txt")
    assert "RecursionError: too deep" in refused.reason


def test_what_a_pdf_lacks_is_told_beside_what_it_has(monkeypatch):
    def draw(canvas) -> None:
        for n in range(6):
            if n % 2:
                canvas.drawString(72, 700, "Five days.")
            canvas.showPage()

    found, lacking = read(".pdf", papers.drawn(draw))
    assert isinstance(found, Article)
    assert isinstance(lacking, Failure)
    assert "3 of 6 pages have no text" in lacking.reason
    assert lacking.ids == frozenset()


def test_one_bad_document_is_reported_and_the_rest_is_read(tmp_path):
    bad = {"a.pdf": b"%PDF-1.7 broken", "b.docx": b"PK\x03\x04 broken", "c.html": b"<b>" * 10_000, "d.pptx": b"", "e.txt": b"\xff\xfe\xfa"}
    reading = sources.read(write(tmp_path, {**bad, "f.pdf": PDF, "g.txt": b"Five days."}), folders={})
    assert [item.id for item in reading.articles] == ["f.pdf", "g.txt"]
    assert [item.ids for item in reading.failures] == [{name} for name in bad]


@pytest.mark.parametrize("kind", [".pdf", ".docx", ".txt", ".html"])
def test_a_link_out_of_the_folder_is_not_read(kind, tmp_path):
    write(tmp_path, {f"outside/secret{kind}": b"secret", "kb/a.txt": b"text"})
    (tmp_path / "kb" / f"link{kind}").symlink_to(tmp_path / "outside" / f"secret{kind}")
    reading = sources.read(tmp_path / "kb", folders={})
    assert [item.id for item in reading.articles] == ["a.txt"]
    assert "leads out" in reading.failures[0].reason
