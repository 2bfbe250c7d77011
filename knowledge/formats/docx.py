"""Word files: their text as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.errors import InvalidInput
from knowledge.formats.archive import parsed, repacked, unpacked
from knowledge.formats.extract import Extract
from knowledge.formats.html import to_markdown
from knowledge.formats.text import iso_date, one_line

if TYPE_CHECKING:
    from lxml.etree import _Element

MAIN = "word/document.xml"
STYLE_SHEET = "word/styles.xml"
PROPERTIES = "docProps/core.xml"
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
    styles = _Styles(members.get(STYLE_SHEET, b""))
    for name in members:
        if name.startswith("word/") and name.endswith(".xml"):
            members[name] = styles.bare if name == STYLE_SHEET else _without_hidden(members[name], hidden=styles.hidden)
    titled = any(f'pStyle w:val="{id}"'.encode() in members[MAIN] for id in styles.titles)
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


class _Styles:
    """A style sheet: which styles hide text, which are titles (by id, which Word translates), and what is left of it without looks."""

    def __init__(self, xml: bytes) -> None:
        from lxml.etree import strip_elements, tostring

        self.hidden: frozenset[str] = frozenset()
        self.titles: frozenset[str] = frozenset()
        self.bare = xml
        if xml:
            root = parsed(xml)
            styles = list(root.iter("{*}style"))
            self.hidden = frozenset(_attribute(style, "styleId") for style in styles if _is_hidden(style.find("{*}rPr")))
            self.titles = frozenset(_attribute(style, "styleId") for style in styles if _value(style, "name", absent="") == "Title")
            # Looks are most of a short file, and only the names and the numbering of styles mean anything here.
            strip_elements(root, *(f"{{*}}{name}" for name in ("latentStyles", "docDefaults", "rPr", "tblPr", "tblStylePr", "trPr", "tcPr")))
            self.bare = tostring(root)


def _without_hidden(xml: bytes, *, hidden: frozenset[str]) -> bytes:
    from lxml.etree import tostring

    root = parsed(xml)
    # Mammoth reads hidden runs like any other, so that they are taken out before.
    for run in list(root.iter("{*}r")):
        above = run.getparent()
        if above is not None and _is_hidden(run.find("{*}rPr"), hidden):
            above.remove(run)
    return tostring(root)


def _is_hidden(look: _Element | None, styles: frozenset[str] = frozenset()) -> bool:
    """Tell whether a run's properties keep it from being seen."""
    if look is None:
        return False
    hides = any(_value(look, name, absent="off") not in ("0", "false", "off") for name in ("vanish", "webHidden"))
    size = _value(look, "sz", absent="24")
    return hides or _value(look, "rStyle", absent="") in styles or (size.isdecimal() and int(size) <= SMALLEST)


def _value(element: _Element, name: str, *, absent: str) -> str:
    """Return the value of an element within; one that is there without a value means yes."""
    found = element.find(f"{{*}}{name}")
    return absent if found is None else _attribute(found, "val", absent="on")


def _attribute(element: _Element, name: str, *, absent: str = "") -> str:
    """Return an attribute whatever its namespace: Office has written two in its time."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), absent)
