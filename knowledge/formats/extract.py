"""Extracts: the text that a binary file holds, with what it says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

READY = b"ready\n"
"""What a worker says when it can be given files."""


@dataclass(frozen=True, slots=True)
class Extract:
    """Markdown with its fields. `title` and `updated` are "" when the file does not say; `lacking` is a sentence about what was left out."""

    text: str
    title: str = ""
    updated: str = ""
    language: str = ""
    lacking: str = ""


def extractors() -> dict[str, Callable[[bytes], Extract]]:
    """Return what reads each kind of binary file. Only the sandbox may call them."""
    # Imported here, since the desk itself never parses such a file and need not load what does.
    from knowledge.formats.docx import read as docx
    from knowledge.formats.pdf import read as pdf
    from knowledge.formats.pptx import read as pptx

    return {".pdf": pdf, ".docx": docx, ".pptx": pptx}
