"""Macros: what Confluence puts into a page beyond HTML, as HTML that any reader understands.

An export shows them in two ways, as they are stored (XML) and drawn (HTML); what they become is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from typing import TYPE_CHECKING

from desk.errors import InvalidInput

if TYPE_CHECKING:
    from lxml.etree import _Element

SIGNS = {"tick": "✔", "cross": "✘", "error": "✘", "warning": "⚠", "plus": "+", "minus": "-", "question": "?"}
"""Emoticons that say something; in tables they stand for yes and no."""
BRUSH = re.compile(r"brush:\s*([\w+#-]+)")
"""How the drawn form of a code block names its language."""
PLAIN = frozenset({"", "none", "text", "plain"})
ENTITY = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&([A-Za-z][A-Za-z0-9]*);", re.DOTALL)
"""An entity, or a part in which there are none; one that never ends is taken to the end, so as not to be looked for again behind each start."""
XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
AC, RI = "{ac}", "{ri}"
ROOT = '<root xmlns:ac="ac" xmlns:ri="ri">'


def code(text: str, *, language: str = "", title: str = "") -> _Element:
    """Return a block of code, below its title."""
    words = _element("code", text=text.strip("\n"))
    if language.casefold() not in PLAIN:
        words.set("class", f"language-{language.casefold()}")
    return _boxed(title, _element("pre", words))


def as_html(stored: str) -> str:
    """Return a page in the storage format as HTML; raise InvalidInput when it is none. Entities that it declares itself are not resolved."""
    from lxml.etree import XMLParser, XMLSyntaxError, fromstring, tostring

    parser = XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = fromstring(f"{ROOT}{ENTITY.sub(_character, stored)}</root>".encode(), parser)
    except XMLSyntaxError as error:
        raise InvalidInput(f"the page is not in the storage format of Confluence ({error.msg})") from error
    _convert(root)
    # Written as HTML, where an empty element that is closed in one tag would swallow what follows it.
    root.tag = "div"
    return str(tostring(root, encoding="unicode", method="html"))


def _character(found: re.Match[str]) -> str:
    """Return the character of an entity that HTML knows and XML does not, such as &nbsp;."""
    return found[0] if found[1] is None or found[1] in XML_ENTITIES else escape(unescape(found[0]))


def _convert(element: _Element) -> None:
    """Replace what is Confluence's own below an element, from the outside in, as a macro says what its parts mean."""
    for child in list(element):
        made = _made(child)
        if made is not child:
            made.tail = child.tail
            element.replace(child, made)
        _convert(made)


def _made(element: _Element) -> _Element:
    tag = str(element.tag)
    if tag == "time":
        return _element("span", text=element.get("datetime", ""))
    if tag.startswith(RI):
        return _element("span")
    if not tag.startswith(AC):
        return element
    return MADE.get(tag.removeprefix(AC), _unwrapped)(element)


def _macro(macro: _Element) -> _Element:
    """Return the body of a macro: the code of a code block, the text of a panel; of one that lists other pages nothing is left."""
    name = macro.get(f"{AC}name", "")
    said = {part.get(f"{AC}name", ""): _text(part) for part in macro.findall(f"{AC}parameter")}
    plain, rich = macro.find(f"{AC}plain-text-body"), macro.find(f"{AC}rich-text-body")
    if plain is not None:
        return code(_text(plain), language=said.get("language", ""), title=said.get("title", ""))
    if rich is not None:
        return _boxed(said.get("title", ""), _moved(rich, "div"))
    return _element("span", text=said.get("title", "") if name == "status" else "")


def _link(link: _Element) -> _Element:
    """Return the words of a link, or the title of the page it leads to: that page is inside the wiki."""
    plain, rich = link.find(f"{AC}plain-text-link-body"), link.find(f"{AC}link-body")
    if rich is not None:
        return _moved(rich, "span")
    page = link.find(f"{RI}page")
    return _element("span", text=_text(plain) if plain is not None else page.get(f"{RI}content-title", "") if page is not None else "")


def _sign(element: _Element) -> _Element:
    return _element("span", text=SIGNS.get(element.get(f"{AC}name", ""), ""))


def _gone(element: _Element) -> _Element:
    return _element("span")


def _unwrapped(element: _Element) -> _Element:
    """Return what stands in an element that only arranges it: a layout, a task, a marked comment."""
    return _moved(element, BLOCKS.get(str(element.tag).removeprefix(AC), "span"))


def _boxed(title: str, body: _Element) -> _Element:
    return _element("div", _element("p", _element("strong", text=title)), body) if title else body


def _moved(old: _Element, tag: str) -> _Element:
    return _element(tag, *old, text=old.text or "")


def _element(tag: str, *children: _Element, text: str = "") -> _Element:
    from lxml.etree import Element

    new = Element(tag)
    new.text = text
    new.extend(children)
    return new


def _text(element: _Element) -> str:
    return "".join(str(part) for part in element.itertext())


BLOCKS = {"task-list": "ul", "task": "li", "layout": "div", "layout-section": "div", "layout-cell": "div", "adf-fallback": "div"}
MADE: dict[str, Callable[[_Element], _Element]] = {
    "structured-macro": _macro,
    "macro": _macro,
    "link": _link,
    "emoticon": _sign,
    "image": _gone,
    "placeholder": _gone,
    "task-id": _gone,
    "task-uuid": _gone,
    "task-status": _gone,
    "adf-node": _gone,
}
"""What becomes of Confluence's elements by name; of others what stands in them."""
