"""Attachments: what customers send, read within limits and in a process apart, by what a file is and not by what it claims to be."""

from __future__ import annotations

import asyncio
import base64
import logging

from desk.answering import Picture
from desk.errors import InvalidInput, Unavailable
from knowledge.formats import logs, picture
from knowledge.formats.extract import SHORT_PDF
from knowledge.formats.sandbox import Sandbox
from knowledge.formats.text import visible

SECONDS = 10
"""How long one file may take: somebody waits for the answer."""
MOST = 20_000_000
MOST_PICTURE = 10_000_000
CHARACTERS = 60_000
"""Of a file's text that go on, about 15,000 tokens."""
PDF = b"%PDF-"
ARCHIVE = b"PK\x03\x04"
OFFICE = {b"word/document.xml": ".docx", b"ppt/presentation.xml": ".pptx", b"xl/workbook.xml": ".xlsx"}
"""By the member that makes an archive such a file; names in an archive's directory are not packed."""

log = logging.getLogger("frontdesk.attachments")


class AttachmentReader:
    """A `FileReader`. It has a worker of its own, so that nobody waits behind an article that takes a minute."""

    def __init__(self, sandbox: Sandbox | None = None) -> None:
        self._sandbox = sandbox or Sandbox(seconds=SECONDS)

    async def read(self, name: str, media_type: str, content: bytes) -> str | None:
        """Return the text of a PDF, Office document, log or text file; None for what cannot be read."""
        kind = _kind(content)
        if len(content) > MOST or picture.kind_of(content):
            return None
        return await self._extracted(kind, content) if kind else await asyncio.to_thread(_text, content)

    async def picture(self, content: bytes) -> Picture | None:
        """Return a picture drawn anew; None for what is none, is too large or cannot be drawn."""
        if len(content) > MOST_PICTURE or not picture.kind_of(content):
            return None
        try:
            drawn = await asyncio.to_thread(self._sandbox.picture, content)
        except (InvalidInput, Unavailable) as error:
            _note(error)
            return None
        return Picture(drawn.media_type, base64.b64decode(drawn.data))

    def close(self) -> None:
        """End the worker."""
        self._sandbox.close()

    async def _extracted(self, kind: str, content: bytes) -> str | None:
        try:
            found = await asyncio.to_thread(self._sandbox.extract, kind, content)
        except (InvalidInput, Unavailable) as error:
            _note(error)
            return None
        text = logs.shortened(visible(found.text), CHARACTERS)
        return f"{text}\n[{found.lacking}]" if found.lacking else text


def _kind(content: bytes) -> str | None:
    """Return what reads bytes in the sandbox, None for what is no such file."""
    if content.startswith(PDF):
        return SHORT_PDF
    return next((kind for member, kind in OFFICE.items() if member in content), None) if content.startswith(ARCHIVE) else None


def _text(content: bytes) -> str | None:
    text = logs.text_of(content)
    return None if text is None else logs.shortened(text, CHARACTERS)


def _note(error: Exception) -> None:
    """Note why a file was not read, without its name and without its words."""
    log.info("a customer's file was not read: %s", error)
