"""HTML: what a reader sees of a page, as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from desk.errors import InvalidInput
from knowledge.formats import pruning
from knowledge.formats.head import head_of, title_of
from knowledge.formats.pruning import HEADINGS
from knowledge.formats.text import visible

if TYPE_CHECKING:
    from html_to_markdown import ConversionOptions
    from lxml.html import HtmlElement

DEEPEST = 400
"""Elements within each other; what is deeper was made to break parsers: browsers stop at 512."""
MOST_ELEMENTS = 300_000
"""Of a page; a manual of 1,000 printed pages on one has about 50,000."""
LINKED = frozenset({"http", "https", "mailto", "tel"})
RENAMED = {"form": "div", "header": "div", "label": "span", "mark": "span", "dl": "div", "dt": "strong", "dd": "div", "ins": "span", "q": "span"}
"""Elements that the converter would leave out, run together, or write with signs of its own."""
LINE_END = re.compile(r"(?<![ \t\r\n])[ \t\r\n]*\n[ \t\r\n]*")
ANCHORS = frozenset("#¶§🔗")


@dataclass(frozen=True, slots=True)
class Page:
    """A web page: its main content as Markdown and what its head says.

    `canonical` is an absolute address or "", `language` a code such as "en" or "", `updated` an ISO date or "";
    `links` are absolute, without fragments and each once, those marked nofollow left out.
    """

    title: str
    text: str
    canonical: str = ""
    language: str = ""
    updated: str = ""
    links: tuple[str, ...] = ()
    noindex: bool = False
    nofollow: bool = False


def to_markdown(html: str, *, base: str = "") -> str:
    """Return the body of an article as Markdown, without scripts, forms, pictures and whatever else is no text that a reader sees.

    Links become absolute against `base`; one that leads nowhere then, or runs something, leaves its words.
    Raise InvalidInput for HTML that is nested hundreds deep or has hundreds of thousands of elements.
    """
    tree = _tree(html)
    if tree is None:
        return ""
    pruning.remove_unseen(tree)
    return _markdown(tree, base=base)


def page(html: str, *, url: str) -> Page:
    """Read a web page: its own content without what surrounds every page of a site, and what its head says of it.

    A `<base>` is followed. Raise InvalidInput as `to_markdown` does.
    """
    tree = _tree(html)
    if tree is None:
        return Page("", "")
    head = head_of(tree, url=url)
    links = tuple(dict.fromkeys(_links(tree, base=head.base)))
    pruning.remove_unseen(tree)
    main = pruning.main(tree)
    title, text = title_of(main, head), _markdown(main, base=head.base)
    return Page(title, text, head.canonical, head.language, head.updated, links, "noindex" in head.robots, "nofollow" in head.robots)


def _tree(html: str) -> HtmlElement | None:
    """Parse HTML; None when there is nothing in it."""
    from lxml.etree import ParserError
    from lxml.html import HTMLParser, document_fromstring

    content = html.replace("\0", "").encode("utf-8", "replace")
    # Without huge_tree the parser ends silently at 256 elements within each other, which the unclosed <font> tags of old pages do reach.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True)
    try:
        tree = document_fromstring(content, parser=parser, ensure_head_body=True)
    except ParserError:  # Nothing but comments, or nothing at all.
        return None
    _check(tree)
    return tree


def _check(tree: HtmlElement) -> None:
    depths: dict[HtmlElement, int] = {}
    for element in tree.iter():
        above = element.getparent()
        depths[element] = 0 if above is None else depths.get(above, 0) + 1
        if depths[element] > DEEPEST:
            raise InvalidInput(f"the HTML is nested more than {DEEPEST} deep: no browser shows that")
        if len(depths) > MOST_ELEMENTS:
            raise InvalidInput(f"the HTML has more than {MOST_ELEMENTS:,} elements: split it")


def _links(tree: HtmlElement, *, base: str) -> Iterator[str]:
    for anchor in tree.iter("a", "area"):
        address = _absolute(anchor.get("href", ""), base=base)
        if address.startswith(("http://", "https://")) and "nofollow" not in anchor.get("rel", "").lower().split():
            yield urldefrag(address).url


def _absolute(href: str, *, base: str) -> str:
    """Return where a link leads, "" when that is nowhere or nothing a reader may be sent to."""
    href = href.strip()
    try:
        address = urljoin(base, href) if base else href
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return ""
    return "" if not href or href.startswith("#") or scheme not in LINKED else address


def _markdown(root: HtmlElement, *, base: str) -> str:
    from html_to_markdown import convert
    from lxml.html import tostring

    for block in root.iter("pre"):
        for anchor in list(block.iter("a")):
            anchor.tag = "span"  # Code is shown as it is, and a link in it would show its address.
    _unbreak(root)
    for table in list(root.iter("table")):
        _foster(table)
    for row in root.xpath("descendant-or-self::tr[not(ancestor::table)]"):
        row.tag = "div"
    for element in list(root.iter()):
        _tidy(element, base=base)
    content = convert(tostring(root, encoding="unicode"), _options()).content or ""
    return visible(content).strip()


def _unbreak(root: HtmlElement) -> None:
    """Make the line ends of the source spaces, as browsers show them: in chat they would break lines."""
    as_it_is = {element for block in root.iter("pre") for element in block.iter()}
    for element in root.iter():
        if "\n" in (element.text or "") and element not in as_it_is:
            element.text = LINE_END.sub(" ", visible(element.text))
        if "\n" in (element.tail or "") and (element not in as_it_is or element.tag == "pre"):
            element.tail = LINE_END.sub(" ", visible(element.tail))


def _foster(table: HtmlElement) -> None:
    """Put text that stands in a table and in no cell of it above the table, as browsers show it: the converter takes minutes over a lot of it."""
    stray = []
    for part in table.xpath("self::*|tr|thead|tbody|tfoot|*/tr"):
        stray += [part.text or "", *(child.tail or "" for child in part)]
        part.text = None
        for child in part:
            child.tail = None
    if (text := " ".join(stray).strip()) and table.getparent() is not None:
        above = table.makeelement("p")
        above.text = text
        table.addprevious(above)


def _tidy(element: HtmlElement, *, base: str) -> None:
    """Make an element one that the converter writes as plain Markdown."""
    if element.tag == "a":
        _link(element, base=base)
    elif element.tag == "table":
        _table(element)
    elif element.tag in RENAMED:
        element.tag = RENAMED[element.tag]


def _link(anchor: HtmlElement, *, base: str) -> None:
    address = _absolute(anchor.get("href", ""), base=base)
    if ANCHORS.issuperset(anchor.text_content().strip()):  # The sign beside a heading by which others link to it, and links around pictures.
        anchor.clear(keep_tail=True)
        address = ""
    if address:
        anchor.set("href", address)
        anchor.attrib.pop("title", None)
    else:
        anchor.tag = "span"


def _table(table: HtmlElement) -> None:
    """Take a table apart that only lays out a page: in Markdown a cell holds one line."""
    if next(table.iter("th"), None) is None and next(table.iterdescendants("table", "ul", "ol", "pre", "blockquote", *HEADINGS), None) is not None:
        for part in list(table.iter("table", "thead", "tbody", "tfoot", "tr", "td", "caption", "colgroup")):
            part.tag = "div"


@cache
def _options() -> ConversionOptions:
    from html_to_markdown import ConversionOptions

    return ConversionOptions(
        bullets="-",
        compact_tables=True,
        autolinks=False,
        skip_images=True,
        extract_metadata=False,
        expand_abbreviations=False,
        include_blockquote_citations=False,
    )
