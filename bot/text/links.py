"""Links: where a link may lead, and what it says of where it leads."""

from __future__ import annotations

import re

from bot.text.markup import Span, Spans

LONGEST = 2_000
"""A link whose address is longer is shown as words."""
OURS = "message:"
"""How the address of a message of ours begins; each platform makes its own of it."""
SAFE = re.compile(r"(?:https?://[^\s<>\"|\\^`{}]+|mailto:[^\s<>\"|\\^`{}]+)", re.IGNORECASE)
READS_AS_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@\S+|(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
HOST = re.compile(r"(?:https?://|mailto:)?(?:[^/@\s]*@)?([^/:?#\s@]+)", re.IGNORECASE)


def safe(address: str) -> str:
    """Return where a link may lead: to the web or to mail; "" for anywhere else."""
    return address if len(address) <= LONGEST and SAFE.fullmatch(address) else ""


def linked(label: str, address: str) -> Spans:
    """Return a link; one whose words read as another address than it leads to says where it leads."""
    return (Span(label, address=address), *where(label, address))


def where(label: str, address: str) -> Spans:
    """Return what follows a link's words: where it leads, if they read as another address."""
    host, read = host_of(address), label.strip()
    return (Span(f" ({host})"),) if READS_AS_ADDRESS.fullmatch(read) and host_of(read) != host else ()


def host_of(address: str) -> str:
    """Return the host that a web or mail address names, "" for none."""
    found = HOST.match(address)
    return found[1].lower().removeprefix("www.") if found else ""
