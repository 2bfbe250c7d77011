"""Links: web addresses in the one form that is requested and compared."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from desk.errors import Rejected

PORTS = {"http": 80, "https": 443}
SAFE = "/:@!$&'()*+,;=~-._%"
"""What stands in a path as it is; a percent sign too, so that what is encoded is not encoded again."""
BROKEN = re.compile(r"[\x00-\x20\x7f\\]")
"""Characters that parsers read differently: where two disagree about the host, one of them can be fooled."""
MOST = 2000
"""The longest address, in characters; longer ones are traps or data."""


class Refused(Rejected):
    """An address that is not read, now or later: of a wrong kind, forbidden, or with too much behind it."""


def absolute(link: str, *, base: str = "") -> str:
    """Return a link as an absolute http(s) address in ASCII, without fragment and default port; raise Refused for any other kind."""
    link = link.strip()
    if BROKEN.search(link.replace(" ", "")):
        raise Refused(f"the address {link[:MOST]!r} has characters that no address has")
    try:
        parts = urlsplit(urljoin(base, link))
        return _written(parts)
    except (ValueError, UnicodeError) as error:  # A bracket left open, a port that is no number, a name too long for DNS.
        raise Refused(f"the address {link[:MOST]!r} cannot be read: {error}") from error


def found(link: str, *, base: str = "") -> str:
    """Return a link that somebody else wrote as `absolute` does, "" when it leads to nothing that is read."""
    try:
        return absolute(link, base=base)
    except Refused:
        return ""


def host(address: str) -> str:
    """Return the host of an address with its port where that is not the usual one, as it stands in a Host header."""
    return urlsplit(address).netloc


def origin(address: str) -> tuple[str, str]:
    """Return what an address shares with everything that may see its credentials: scheme and host with port."""
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def _written(parts: SplitResult) -> str:
    if parts.scheme.lower() not in PORTS:
        raise Refused(f"the address {parts.geturl()[:MOST]!r} is not read: write one that begins with https://")
    if not parts.hostname:
        raise Refused(f"the address {parts.geturl()[:MOST]!r} names no host")
    if parts.username is not None or parts.password is not None:
        raise Refused(f"an address of {parts.hostname!r} has a user and a password in it: name them by `secret` instead")
    path = quote(parts.path, safe=SAFE) or "/"
    written = urlunsplit((parts.scheme.lower(), _place(parts), path, quote(parts.query, safe=SAFE + "?"), ""))
    if len(written) > MOST:
        raise Refused(f"an address of {parts.hostname!r} has {len(written)} characters: at most {MOST} are read")
    return written


def _place(parts: SplitResult) -> str:
    """Return host and port; a port that is usual for the scheme is left out."""
    name = parts.hostname or ""
    name = f"[{name}]" if ":" in name else name.encode("idna").decode("ascii").rstrip(".")
    usual = parts.port in (None, PORTS[parts.scheme.lower()])
    return name if usual else f"{name}:{parts.port}"
