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
