"""Pruning: take out of a page what nobody sees of it, and what surrounds every page of a site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

UNSEEN_TAGS = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "svg",
        "canvas",
        "audio",
        "video",
        "map",
        "head",
        "title",
        "meta",
        "link",
        "button",
        "input",
        "select",
        "textarea",
        "option",
        "datalist",
        "dialog",
    }
)
INLINE = frozenset(
    {"span", "b", "i", "em", "strong", "a", "code", "font", "small", "u", "s", "sub", "sup", "mark", "button", "input", "label", "svg", "abbr", "kbd"}
)
HIDING = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0*(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:!|;|$)"
    r"|opacity\s*:\s*0*(?:\.0+)?\s*(?:!|;|$)|(?:text-indent|left|top|margin-left)\s*:\s*-\d{3,})",
    re.IGNORECASE,
)
"""Declarations of a style that hide text. White on white is beyond reach without drawing the page."""
SELECTOR = re.compile(r"(?:[a-z][a-z0-9]*)?([.#])([\w-]+)", re.IGNORECASE)
SPOKEN_ONLY = frozenset({"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only"})
FURNITURE = frozenset(
    {
        "nav",
        "navbar",
        "navigation",
        "menu",
        "breadcrumb",
        "breadcrumbs",
        "sidebar",
        "footer",
        "cookie",
        "cookies",
        "consent",
        "related",
        "share",
        "sharing",
        "social",
        "vote",
        "votes",
        "helpful",
        "pagination",
        "pager",
        "newsletter",
        "subscribe",
        "toc",
        "comments",
        "promo",
        "advert",
        "advertisement",
        "skip",
        "skiplink",
    }
)
"""Words in the class of an element that stands on every page and says nothing of this one."""
FURNITURE_TAGS = frozenset({"nav", "footer"})
FURNITURE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alertdialog"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
MOST_FURNITURE = 0.4
"""Share of a page's text above which an element is its content whatever its class says: `<div class="page with-sidebar">`."""
LINKS = 0.4
"""Share of link text from which a list or an aside is a menu."""
MAIN = ("//main", "//*[@role='main']", "//*[@itemprop='articleBody']", "//article")
"""Where a page's own content stands, the surest sign first."""


def remove_unseen(tree: HtmlElement) -> None:
    """Empty every element that a reader of the page would not see."""
    classes, ids = _hidden_names(tree)
    for element in list(tree.iter()):
        if element.tag in UNSEEN_TAGS or _is_hidden(element, classes=classes, ids=ids) or (element.tag == "form" and not _holds_content(element)):
            _empty(element)


def main(tree: HtmlElement) -> HtmlElement:
    """Return the element with the page's own content, emptied of navigation, banners and votes."""
    body = tree.find("body")
    root = tree if body is None else body
    sizes = _sizes(root)
    # Of several articles none is the page: it is a list of them.
    marked = (found[0] for path in MAIN if len(found := root.xpath(path)) == 1)
    content = next((element for element in marked if sizes.get(element)), root)
    for element in list(content.iter()):
        if element is not content and _is_furniture(element, sizes=sizes, most=MOST_FURNITURE * sizes[content], is_page=content is root):
            _empty(element)
    return content


def _empty(element: HtmlElement) -> None:
    """Take out what an element holds. It stays itself as a boundary: moving thousands of tails together would take quadratic time."""
    inline = element.tag in INLINE
    element.clear(keep_tail=True)
    element.tag = "span" if inline else "div"


def _is_hidden(element: HtmlElement, *, classes: frozenset[str], ids: frozenset[str]) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden", "").strip().lower() == "true":
        return True
    if element.get("id") in ids or HIDING.search(element.get("style", "")):
        return True
    own = element.get("class", "").split()
    # What only screen readers say are mostly labels of buttons; a page can hide anything there.
    return not classes.isdisjoint(own) or not SPOKEN_ONLY.isdisjoint(own)


def _hidden_names(tree: HtmlElement) -> tuple[frozenset[str], frozenset[str]]:
    """Return the classes and the ids that the page's own style sheets hide, as far as single names go."""
    css = "".join(element.text or "" for element in tree.iter("style"))
    # By hand, since an expression that looks for the brace of each rule takes hours over a megabyte without one.
    split = (rule.rpartition("{") for rule in css.split("}"))
    hiding = (before.rpartition("{")[2] for before, brace, rules in split if brace and HIDING.search(rules))
    named = [found.groups() for selectors in hiding for each in selectors.split(",") if (found := SELECTOR.fullmatch(each.strip()))]
    return frozenset(name for sign, name in named if sign == "."), frozenset(name for sign, name in named if sign == "#")


def _holds_content(form: HtmlElement) -> bool:
    """Tell whether a form wraps a page, as some servers make it, rather than asking for something."""
    return next(form.iter("h1", "main", "article"), None) is not None


def _sizes(root: HtmlElement) -> Mapping[HtmlElement, int]:
    """Return the characters of text within each element, all in one pass."""
    sizes: dict[HtmlElement, int] = {}
    for element in reversed(list(root.iter())):
        inner = sum(sizes[child] + len((child.tail or "").strip()) for child in element)
        sizes[element] = inner + len((element.text or "").strip())
    return sizes


def _is_furniture(element: HtmlElement, *, sizes: Mapping[HtmlElement, int], most: float, is_page: bool) -> bool:
    """Tell whether an element belongs to the site rather than to the page. `is_page` says that nothing marks the page's own content."""
    if element.tag in HEADINGS or sizes[element] > most:
        return False
    if element.tag in FURNITURE_TAGS or element.get("role") in FURNITURE_ROLES or _is_named_furniture(element):
        return True
    if element.tag == "header":
        return next(element.iter(*HEADINGS), None) is None
    if element.tag == "aside":  # Notes within an article are asides as well as lists of what else there is.
        return is_page or _is_menu(element, sizes)
    return is_page and element.tag in ("ul", "ol") and _is_menu(element, sizes)


def _is_named_furniture(element: HtmlElement) -> bool:
    return not FURNITURE.isdisjoint(re.split(r"[-_\s]+", element.get("class", "").lower()))


def _is_menu(element: HtmlElement, sizes: Mapping[HtmlElement, int]) -> bool:
    linked = [sizes[link] for link in element.iter("a")]
    return len(linked) > 1 and sum(linked) > LINKS * sizes[element]
