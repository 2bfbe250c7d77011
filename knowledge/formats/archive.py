"""Archives: the XML inside an Office file, unpacked under limits before a parser sees any of it."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from desk.errors import InvalidInput

if TYPE_CHECKING:
    from lxml.etree import _Element

MEGABYTE = 1_000_000
MOST_MEMBERS = 10_000
MOST_UNPACKED = 100 * MEGABYTE
MOST_RATIO = 200
"""Times that an honest document shrinks at most; XML of the same cell a million times comes to about 100."""
SMALL = 10 * MEGABYTE
"""Bytes below which the ratio says nothing."""
XML = (".xml", ".rels")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OLE = b"\xd0\xcf\x11\xe0"
DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def unpacked(content: bytes, *, main: str) -> dict[str, bytes]:
    """Return the XML members of an Office file by name, and every other member empty, since pictures and embedded files are not read.

    `main` is the member that makes it the kind of file it claims to be. Raise InvalidInput with a sentence for its owner.
    """
    if content.startswith(OLE):
        raise InvalidInput(
            "the file is protected by a password: save it without one"
            if ENCRYPTED in content
            else "the file is of the format of before 2007: save it in the present one"
        )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        _check(members, packed=len(content))
        if main not in archive.namelist():
            raise InvalidInput("the file holds something else than its name says")
        return _read(archive, members)


def repacked(members: dict[str, bytes]) -> io.BytesIO:
    """Return members as an archive that is not compressed, as parsers want it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    packed.seek(0)
    return packed


def parsed(xml: bytes) -> _Element:
    """Parse a member without entities and without the network."""
    from lxml.etree import XMLParser, fromstring

    return fromstring(xml, XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False))


def _check(members: list[zipfile.ZipInfo], *, packed: int) -> None:
    """Look at what the directory announces; what it conceals is met by the limits of `_read`."""
    total = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or total > MOST_UNPACKED * 10 or (total > SMALL and total > packed * MOST_RATIO):
        raise InvalidInput(f"the file would unpack to {total / MEGABYTE:.0f} MB in {len(members)} parts, as files made to do harm do")


def _read(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    read: dict[str, bytes] = {}
    room = MOST_UNPACKED
    for member in members:
        if member.is_dir():
            continue
        if not member.filename.endswith(XML):
            read[member.filename] = b""
            continue
        # The directory may lie about sizes, so that no more is unpacked than there is room for.
        with archive.open(member) as file:
            content = file.read(room + 1)
        room -= len(content)
        if room < 0:
            raise InvalidInput(f"the text of the file unpacks to more than {MOST_UNPACKED // MEGABYTE} MB: split it")
        # Written in UTF-16 the declaration has a NUL behind each letter.
        if DECLARATION.search(content.replace(b"\0", b"")):
            raise InvalidInput("the file declares entities, which no Office program writes")
        read[member.filename] = content
    return read
