"""Spreadsheets: what stands in their cells, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from desk.errors import InvalidInput
from knowledge.formats.archive import parsed, unpacked
from knowledge.formats.docx import properties
from knowledge.formats.extract import Extract

if TYPE_CHECKING:
    from lxml.etree import _Element

MAIN = "xl/workbook.xml"
STRINGS = "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
MOST_ROWS = 5000
"""Of all sheets together; whoever reads them sees the first ones anyway."""


def read(content: bytes) -> Extract:
    """Read a spreadsheet: a section for each sheet, its cells apart by bars. Hidden sheets and rows are not read; dates are Excel's numbers."""
    members = unpacked(content, main=MAIN)
    strings = tuple(map(_words, parsed(members[STRINGS]).findall("{*}si"))) if members.get(STRINGS) else ()
    lines: list[str] = []
    for name, sheet in _sheets(members):
        rows = [line for row in parsed(sheet).iter("{*}row") if row.get("hidden") not in ("1", "true") and (line := _row(row, strings))]
        lines += [f"## {name}", *rows] if rows else []
    if not lines:
        raise InvalidInput("the sheets are empty")
    lacking = f"only the first {MOST_ROWS:,} of {len(lines):,} rows were read: split the file" if len(lines) > MOST_ROWS else ""
    return Extract("\n".join(lines[:MOST_ROWS]), **properties(members), lacking=lacking)


def _sheets(members: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the sheets that are shown, in their order, by name."""
    relations = parsed(members[RELATIONS]) if members.get(RELATIONS) else ()
    targets = {relation.get("Id"): str(relation.get("Target", "")).lstrip("/") for relation in relations}
    for sheet in parsed(members[MAIN]).iter("{*}sheet"):
        target = targets.get(next((str(value) for key, value in sheet.items() if str(key).endswith("}id")), ""), "")
        xml = members.get(target if target.startswith("xl/") else f"xl/{target}")
        if xml and sheet.get("state") in (None, "visible"):
            yield sheet.get("name", ""), xml


def _row(row: _Element, strings: tuple[str, ...]) -> str:
    return " | ".join(filter(None, (_value(cell, strings) for cell in row.iter("{*}c"))))


def _value(cell: _Element, strings: tuple[str, ...]) -> str:
    if cell.get("t") == "inlineStr":
        return _words(cell)
    value = " ".join((cell.findtext("{*}v") or "").split())
    return strings[int(value)] if cell.get("t") == "s" and value.isdecimal() and int(value) < len(strings) else value


def _words(element: _Element) -> str:
    """Return the words of a text that may be set in several runs, without how they are read aloud."""
    spoken = {text for ruby in element.iter("{*}rPh") for text in ruby.iter("{*}t")}
    return " ".join("".join(text.text or "" for text in element.iter("{*}t") if text not in spoken).split())
