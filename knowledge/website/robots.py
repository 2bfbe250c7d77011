"""Robots: what a site asks its readers to leave alone, and how fast they may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from knowledge.net.fetch import AGENT, Fetcher
from knowledge.net.links import Refused, found

if TYPE_CHECKING:
    from protego import Protego

MOST = 512_000
"""The bytes of robots.txt that count; RFC 9309 asks for at least as many."""
SLOWEST = 30.0
"""The longest pause between two requests that a site is granted, in seconds."""
DIRECTIVES = frozenset({"noindex", "nofollow", "none"})


@dataclass(frozen=True, slots=True)
class Robots:
    """The robots.txt of a host, read at `address`; one without rules allows everything."""

    rules: Protego
    address: str = ""

    def allows(self, address: str) -> bool:
        """Tell whether an address may be read."""
        return self.rules.can_fetch(address, AGENT)

    @property
    def delay(self) -> float:
        """Return the seconds between two requests that the site asks for, 0 when it does not, and never more than SLOWEST."""
        return min(max(0.0, self.rules.crawl_delay(AGENT) or 0.0), SLOWEST)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Return the addresses of the sitemaps it names."""
        return tuple(filter(None, (found(link, base=self.address) for link in self.rules.sitemaps)))


async def read(address: str, fetcher: Fetcher) -> Robots:
    """Read the robots.txt of an address's host. Raises Unavailable when the host is in trouble: nobody can tell what it would have forbidden."""
    from protego import Protego

    parts = urlsplit(address)
    place = f"{parts.scheme}://{parts.netloc}/robots.txt"
    try:
        fetched = await fetcher.get(place)
    except Refused:  # It leads around in circles or elsewhere: like one that is not there. A forbidden host is told by its pages.
        return Robots(Protego.parse(""), place)
    rules = fetched.body[:MOST].decode("utf-8-sig", "replace") if fetched.status == 200 else ""
    return Robots(Protego.parse(rules), place)


def directives(header: str) -> frozenset[str]:
    """Return what an X-Robots-Tag header asks of us, "none" spelled out; what it asks of another reader by name is left out."""
    said: set[str] = set()
    reader = ""
    for part in header.lower().split(","):
        name, colon, rest = part.partition(":")
        # "googlebot: noindex, nofollow" is for that reader, up to the next name; "unavailable_after: ..." names none.
        reader = name.strip() if colon and rest.strip() in DIRECTIVES else reader
        if reader in ("", AGENT.lower()):
            said.add((rest if colon else part).strip())
    return frozenset(said | {"noindex", "nofollow"} if "none" in said else said)
