"""Papers: PDF, Word and PowerPoint files for the tests, made by the libraries that write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

WORDS = "Refunds go back to the payment method that you paid with, as soon as the team has approved your request in the dashboard. "


def pdf(flow: Callable[[Any], Sequence[Any]], *, head: str = "", foot: str = "", title: str = "", password: str | None = None) -> bytes:
    """Return a PDF of what `flow` makes of reportlab's sample styles; `head` and `foot` stand on every page, with `{n}` for its number."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import SimpleDocTemplate

    def furniture(canvas: Any, document: Any) -> None:
        canvas.setFont("Helvetica", 9)
        canvas.drawString(72, 800, head.format(n=document.page))
        canvas.drawString(280, 30, foot.format(n=document.page))

    file = io.BytesIO()
    lock = None if password is None else StandardEncryption(password, ownerPassword="owner")
    document = SimpleDocTemplate(file, title=title, encrypt=lock)
    document.build(list(flow(getSampleStyleSheet())), onFirstPage=furniture, onLaterPages=furniture)
    return file.getvalue()


def drawn(draw: Callable[[Any], None]) -> bytes:
    """Return a PDF that `draw` draws on reportlab's canvas."""
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file)
    draw(canvas)
    canvas.save()
    return file.getvalue()


def lines(*texts: str, pages: int = 1) -> bytes:
    """Return a PDF with these lines on each of its pages."""

    def draw(canvas: Any) -> None:
        for _ in range(pages):
            for n, text in enumerate(texts):
                canvas.drawString(72, 700 - 14 * n, text)
            canvas.showPage()

    return drawn(draw)


def docx(fill: Callable[[Any], object]) -> bytes:
    """Return a Word file that `fill` fills."""
    from docx import Document

    document = Document()
    document.core_properties.title = ""
    fill(document)
    return _saved(document)


def pptx(fill: Callable[[Any], object]) -> bytes:
    """Return a presentation that `fill` fills."""
    from pptx import Presentation

    presentation = Presentation()
    presentation.core_properties.title = ""
    fill(presentation)
    return _saved(presentation)


def rewritten(content: bytes, changes: Mapping[str, Callable[[bytes], bytes]], *, more: Mapping[str, bytes] | None = None) -> bytes:
    """Return an Office file with members changed and others added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, bytes)(old.read(name)))
        for name, member in (more or {}).items():
            new.writestr(name, member)
    return file.getvalue()


def _saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def xlsx(sheets: Mapping[str, Sequence[Sequence[str]]], *, hidden: Sequence[str] = (), hidden_rows: Sequence[int] = ()) -> bytes:
    """Return a spreadsheet with these cells; numbers as numbers, texts shared as Excel shares them."""
    texts = list(dict.fromkeys(cell for rows in sheets.values() for row in rows for cell in row if not cell.replace(".", "").isdigit()))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    names = list(sheets)
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"{_state(name, hidden)}/>' for n, name in enumerate(names, 1))
    links = "".join(f'<Relationship Id="rId{n}" Type="x" Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(names) + 1))
    members = {
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{"".join(f"<si><t>{text}</t></si>" for text in texts)}</sst>',
    }
    for n, rows in enumerate(sheets.values(), 1):
        data = "".join(_sheet_row(at, row, texts, hidden=at in hidden_rows) for at, row in enumerate(rows, 1))
        members[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in members.items():
            archive.writestr(name, xml)
    return file.getvalue()


def _state(name: str, hidden: Sequence[str]) -> str:
    return ' state="hidden"' if name in hidden else ""


def _sheet_row(at: int, row: Sequence[str], texts: Sequence[str], *, hidden: bool) -> str:
    cells = "".join(f'<c t="s"><v>{texts.index(cell)}</v></c>' if cell in texts else f"<c><v>{cell}</v></c>" for cell in row)
    return f'<row r="{at}"{_hides(hidden)}>{cells}</row>'


def _hides(hidden: bool) -> str:
    return ' hidden="1"' if hidden else ""
