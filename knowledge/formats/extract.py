"""Extracts: the text that a binary file holds, with what it says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.formats.picture import Drawn

READY = b"ready\n"
"""What a worker says when it can be given files."""
SHORT_PDF = "short.pdf"
"""A PDF of which only the beginning is read."""
PICTURE = "picture"
SHORT_PAGES = 60


@dataclass(frozen=True, slots=True)
class Extract:
    """Markdown with its fields. `title` and `updated` are "" when the file does not say; `lacking` is a sentence about what was left out."""

    text: str
    title: str = ""
    updated: str = ""
    language: str = ""
    lacking: str = ""


def extractors() -> dict[str, Callable[[bytes], Extract | Drawn]]:
    """Return what reads each kind of binary file. Only the sandbox may call them."""
    # Imported here, since the desk itself never parses such a file and need not load what does.
    from knowledge.formats.docx import read as docx
    from knowledge.formats.pdf import read as pdf
    from knowledge.formats.picture import read as picture
    from knowledge.formats.pptx import read as pptx
    from knowledge.formats.xlsx import read as xlsx

    return {".pdf": pdf, SHORT_PDF: partial(pdf, most=SHORT_PAGES), ".docx": docx, ".pptx": pptx, ".xlsx": xlsx, PICTURE: picture}
