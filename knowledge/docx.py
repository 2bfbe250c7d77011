"""Word files: their text as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.errors import InvalidInput
from knowledge.archive import parsed, repacked, unpacked
from knowledge.extract import Extract
from knowledge.html import to_markdown
from knowledge.text import iso_date, one_line

if TYPE_CHECKING:
    from lxml.etree import _Element

MAIN = "word/document.xml"
PROPERTIES = "docProps/core.xml"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='HTML Preformatted'] => pre:separator('\n')
p[style-name='Source Code'] => pre:separator('\n')
p[style-name='Code'] => pre:separator('\n')
p[style-name='Quote'] => blockquote:fresh
p[style-name='Intense Quote'] => blockquote:fresh
r[style-name='HTML Code'] => code
r[style-name='Source Text'] => code
r[style-name='Verbatim Char'] => code
"""
"""What the styles mean that Word and its relatives ship beside headings and lists, which mammoth knows."""
BELOW_TITLE = "\n".join(f"p[style-name='heading {n}'] => h{min(n + 1, 6)}:fresh" for n in range(1, 7))
"""Under a title the headings stand one deeper, so that there is one first heading."""
SMALLEST = 2
"""Half points of the smallest text that anybody reads."""


def read(content: bytes) -> Extract:
    """Read a Word file; headings, lists, tables and links are kept, pictures, comments and deleted or hidden text are not."""
    import mammoth

    members = unpacked(content, main=MAIN)
    hidden = _hidden_styles(members.get("word/styles.xml", b""))
    for name in members:
        if name.startswith("word/") and name.endswith(".xml"):
            members[name] = _without_hidden(members[name], styles=hidden)
    titled = b'w:pStyle w:val="Title"' in members[MAIN]
    html = mammoth.convert_to_html(
        repacked(members),
        style_map=STYLES + (BELOW_TITLE if titled else ""),
        convert_image=lambda image: [],
        include_embedded_style_map=False,
        external_file_access=False,
    ).value
    text = to_markdown(html)
    if not text:
        raise InvalidInput("the file has no text, only pictures or nothing at all")
    return Extract(text, **properties(members))


def properties(members: dict[str, bytes]) -> dict[str, str]:
    """Return what an Office file says of itself: title, updated and language, as far as it does."""
    if not members.get(PROPERTIES):
        return {}
    said = {child.tag.rpartition("}")[2]: child.text or "" for child in parsed(members[PROPERTIES])}
    return {"title": one_line(said.get("title", "")), "updated": iso_date(said.get("modified", "")), "language": said.get("language", "").lower()[:2]}


def _without_hidden(xml: bytes, *, styles: frozenset[str]) -> bytes:
    from lxml.etree import tostring

    root = parsed(xml)
    for run in list(root.iter(f"{WORD}r")):
        above = run.getparent()
        if above is not None and _is_hidden(run.find(f"{WORD}rPr"), styles):
            above.remove(run)
    return tostring(root)


def _is_hidden(look: _Element | None, styles: frozenset[str] = frozenset()) -> bool:
    """Tell whether a run's properties keep it from being seen."""
    if look is None:
        return False
    hides = any(_value(look, name, absent="off") not in ("0", "false", "off") for name in ("vanish", "webHidden"))
    size = _value(look, "sz", absent="24")
    return hides or _value(look, "rStyle", absent="") in styles or (size.isdecimal() and int(size) <= SMALLEST)


def _value(look: _Element, name: str, *, absent: str) -> str:
    """Return a property's value; one that is there without a value means yes."""
    found = look.find(f"{WORD}{name}")
    return absent if found is None else str(found.get(f"{WORD}val", "on"))


def _hidden_styles(xml: bytes) -> frozenset[str]:
    if not xml:
        return frozenset()
    styles = parsed(xml).iter(f"{WORD}style")
    return frozenset(str(style.get(f"{WORD}styleId")) for style in styles if _is_hidden(style.find(f"{WORD}rPr")))
