"""Elements: an exported page as a tree of HTML, from which the part that is the article is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.errors import InvalidInput
from knowledge.formats.text import one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def parsed(html: str) -> HtmlElement:
    """Return a page as a tree without comments; raise InvalidInput when there is nothing in it. Nothing that it names is fetched."""
    from lxml.etree import ParserError
    from lxml.html import HTMLParser, document_fromstring

    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True)
    try:
        return document_fromstring(html.replace("\0", "").encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except ParserError as error:
        raise InvalidInput("the file is empty") from error


def written(element: HtmlElement) -> str:
    """Return an element as HTML again, without the text behind it."""
    from lxml.html import tostring

    return str(tostring(element, encoding="unicode", with_tail=False))


def words(element: HtmlElement) -> str:
    """Return the words of an element as one line, without characters that nobody sees."""
    return one_line(str(element.text_content()))
