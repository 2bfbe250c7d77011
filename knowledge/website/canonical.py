"""Canonical addresses: one article has one, and it lies within the site or not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit, urlunsplit

from knowledge.globs import admits
from knowledge.net.links import Refused, absolute

TRACKING = re.compile(
    r"utm_\w+|_?ga|_gl|gclid|gbraid|wbraid|fbclid|msclkid|dclid|yclid|igshid|mc_[ce]id|_hs\w+|hs\w+Tracking|mkt_tok|trk|phpsessid|jsessionid|sid|sessionid",
    re.IGNORECASE,
)
"""Parameters that tell a site who comes from where, and nothing about what to show."""
SESSION = re.compile(r";jsessionid=[^/]*", re.IGNORECASE)
INDEX = re.compile(r"/index\.html?$", re.IGNORECASE)
ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
WWW = "www."


def canonical(link: str, *, base: str = "") -> str:
    """Return the form in which addresses of one page are equal; raise Refused for what is no web address.

    Beyond `absolute`: without dots and empty names in the path, without index.html, session and tracking parameters, the others in order.
    A slash at the end stays, since a site may answer differently without it.
    """
    parts = urlsplit(absolute(link, base=base))
    path = re.sub(r"/{2,}", "/", SESSION.sub("", ESCAPE.sub(_escape, parts.path)))
    path = INDEX.sub("/", urljoin("/", path))
    kept = sorted(pair for pair in parts.query.split("&") if pair and not TRACKING.fullmatch(pair.partition("=")[0]))
    return urlunsplit((parts.scheme, parts.netloc, path, "&".join(kept), ""))


def same_host(one: str, other: str) -> bool:
    """Tell whether two addresses have one host, with or without "www."."""
    a, b = (urlsplit(address).netloc.removeprefix(WWW) for address in (one, other))
    return a == b


@dataclass(frozen=True, slots=True)
class Scope:
    """What is read of a site: one host, what lies below `prefix`, and of that what the source's globs let in."""

    scheme: str
    place: str
    prefix: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def within(self, link: str) -> str:
        """Return the canonical address of a link that leads to the site, "" for any other."""
        try:
            address = canonical(link)
        except Refused:
            return ""
        parts = urlsplit(address)
        inside = same_host(address, f"//{self.place}") and (parts.path + "/").startswith(self.prefix)
        # A page reached by http and by https is one page; the scheme of the start is the one that is known to work.
        return urlunsplit(parts._replace(scheme=self.scheme)) if inside else ""

    def admits(self, address: str) -> bool:
        """Tell whether the source's globs let in the path of an address; the start page of a crawl is read for its links even when they do not."""
        return admits(urlsplit(address).path, include=self.include, exclude=self.exclude)


def scope(start: str, *, whole: bool, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> Scope:
    """Return the scope of a site: `whole` for its host, else the folder of the page it starts at."""
    parts = urlsplit(canonical(start))
    folder, _, name = parts.path.rpartition("/")
    # "/help" is a folder that was written without its slash, "/help.html" a file in the folder above.
    prefix = f"{folder}/" if "." in name or not name else f"{parts.path}/"
    return Scope(parts.scheme, parts.netloc, "/" if whole else prefix, include, exclude)


def _escape(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if UNRESERVED.fullmatch(character) else found[0].upper()
