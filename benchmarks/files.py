"""Files: how long one of each kind takes to become an article, in the sandbox. Run with `python -m benchmarks.files`."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

from docx import Document
from pptx import Presentation
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import ListFlowable, ListItem, PageBreak, Paragraph, SimpleDocTemplate, Table

from knowledge.article import Article
from knowledge.formats import files, sandbox

WORDS = "Refunds go back to the payment method that you paid with, as soon as the team has approved your request in the dashboard. "
PAGES = 1000
LIMIT = 20.0


def pdf() -> bytes:
    """Return 1,000 printed pages with headings, paragraphs, a list and a table each."""
    styles = getSampleStyleSheet()
    flow = []
    for n in range(PAGES):
        flow += [Paragraph(f"Chapter {n}", styles["Heading1"]), Paragraph(WORDS * 10, styles["BodyText"])]
        flow += [Paragraph("How long it takes", styles["Heading2"]), Paragraph(WORDS * 6, styles["BodyText"])]
        flow += [ListFlowable([ListItem(Paragraph(WORDS, styles["BodyText"])) for _ in range(3)], bulletType="1")]
        flow += [Table([["Method", "Days"], ["Card", "5 to 7"], ["Bank", "1"]]), PageBreak()]
    file = io.BytesIO()
    SimpleDocTemplate(file).build(flow)
    return file.getvalue()


def docx() -> bytes:
    """Return a Word file of about 300 pages."""
    document = Document()
    for n in range(300):
        document.add_heading(f"Chapter {n}", 1)
        for _ in range(4):
            document.add_paragraph(WORDS * 5)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def pptx() -> bytes:
    """Return 300 slides."""
    presentation = Presentation()
    for n in range(300):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = f"Slide {n}"
        slide.placeholders[1].text = "\n".join([WORDS] * 5)
    file = io.BytesIO()
    presentation.save(file)
    return file.getvalue()


def html() -> bytes:
    """Return a page of one megabyte."""
    return (
        "<html><body><main>" + f"<h2>Chapter</h2><p>{WORDS * 3}</p><ul><li>{WORDS}</li><li>{WORDS}</li></ul>" * 1600 + "</main></body></html>"
    ).encode()


def csv() -> bytes:
    """Return 10,000 questions."""
    return ("question,answer\n" + "".join(f"How long does refund {n} take?,{WORDS.replace(',', ';')}\n" for n in range(10_000))).encode()


MADE: dict[str, tuple[str, Callable[[], bytes]]] = {
    ".pdf": ("1,000 pages", pdf),
    ".docx": ("300 pages", docx),
    ".pptx": ("300 slides", pptx),
    ".html": ("1 MB", html),
    ".csv": ("10,000 rows", csv),
}


def main() -> int:
    """Print a line for each kind; 1 when the PDF of 1,000 pages takes longer than its mark."""
    sandbox.shared().extract(".pdf", _small())  # A worker takes half a second to start, once.
    spent = {kind: _measured(kind, label, make()) for kind, (label, make) in MADE.items()}
    print(f"mark: 1,000 pages of PDF in {LIMIT:.0f} s")
    return int(spent[".pdf"] > LIMIT)


def _measured(kind: str, label: str, content: bytes) -> float:
    start = time.perf_counter()
    items = [item for item in files.read(kind, content, path=f"file{kind}", where=f"file{kind}") if isinstance(item, Article)]
    spent = time.perf_counter() - start
    letters = sum(len(item.text) for item in items)
    print(f"{kind:6} {label:12} {len(content) / 1e6:5.1f} MB  {len(items):6,} articles of {letters:9,} characters  {spent:5.2f} s")
    return spent


def _small() -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.drawString(72, 700, "Five days.")
    canvas.save()
    return file.getvalue()


if __name__ == "__main__":
    raise SystemExit(main())
