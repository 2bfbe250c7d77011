"""Heads: what a page of HTML says of itself before it begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

from knowledge.formats.text import iso_date, one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

CHANGED = (
    "article:modified_time",
    "og:updated_time",
    "last-modified",
    "datemodified",
    "dcterms.modified",
    "article:published_time",
    "dcterms.date",
    "date",
)
"""The names of meta elements with the day of the last change, the surest first; a page that names none was hardly changed since it appeared."""
CHANGED_DATA = re.compile(r'"dateModified"\s*:\s*"([^"]{10,40})"')
SEPARATOR = re.compile(r"\s+[|–—·»:-]\s+")
LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Head:
    """`base` is what links are relative to, `canonical` an absolute address or "", `updated` an ISO date or ""; `none` in `robots` is spelled out."""

    base: str
    title: str
    canonical: str
    language: str
    updated: str
    robots: frozenset[str]


def head_of(tree: HtmlElement, *, url: str) -> Head:
    """Read the head of a whole page that was found at `url`, which may be ""."""
    base = _joined(url, _first(tree, "//base/@href")) or url
    return Head(
        base,
        one_line(_first(tree, "string(//head/title)")),
        _canonical(base, _first(tree, "//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href")),
        _language(tree.get("lang") or _first(tree, "//meta[@http-equiv='content-language']/@content")),
        next(_changes(tree), ""),
        _robots(tree),
    )


def title_of(content: HtmlElement, head: Head) -> str:
    """Return what a page is called: its only first heading, else its title without the name of the site."""
    headings = content.xpath(".//h1")
    # Titles in the head carry the site's name and are cut for search results; a heading is what readers see.
    if len(headings) == 1 and (heading := one_line(headings[0].text_content()).rstrip("#¶ ")):
        return heading
    # "E - Editions - The Manual" is an appendix: a letter alone names nothing.
    first, *others = SEPARATOR.split(head.title)
    return f"{first} - {others[0]}" if others and len(first) <= 2 else first


def _first(tree: HtmlElement, path: str) -> str:
    found = tree.xpath(path)
    return str(found if isinstance(found, str) else found[0] if found else "").strip()


def _joined(url: str, href: str) -> str:
    """Return where a relative address leads; "" for one that is none."""
    try:
        return urljoin(url, href)
    except ValueError:
        return ""


def _canonical(base: str, href: str) -> str:
    address = urldefrag(_joined(base, href)).url if href else ""
    return address if address.startswith(("http://", "https://")) else ""


def _language(tag: str) -> str:
    code = tag.strip().lower().replace("_", "-").partition("-")[0]
    return code if LANGUAGE.fullmatch(code) else ""


def _changes(tree: HtmlElement) -> Iterator[str]:
    """Yield the days on which a page says that it changed, the surest first."""
    said: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv") or ""
        said.setdefault(name.lower(), meta.get("content", ""))
    scripts = "".join(script.text or "" for script in tree.iter("script") if script.get("type") == "application/ld+json")
    named = [said[name] for name in CHANGED if name in said]
    yield from filter(None, map(iso_date, [*CHANGED_DATA.findall(scripts)[:1], *tree.xpath("//time[@itemprop='dateModified']/@datetime"), *named]))


def _robots(tree: HtmlElement) -> frozenset[str]:
    said = {
        word.strip()
        for meta in tree.iter("meta")
        if meta.get("name", "").strip().lower() in ("robots", "frontdesk")
        for word in meta.get("content", "").lower().split(",")
    }
    return frozenset(said | {"noindex", "nofollow"} if "none" in said else said)
