"""Links: to the messages of this workspace, as Slack writes them."""

from __future__ import annotations

import re

from bot.text import links

OWN = re.compile(r"message:slack/[^/]+/([A-Z0-9]+)/(\d+)\.(\d+)")


def safe(address: str, *, url: str = "") -> str:
    """Return where a link may lead: to the web, to mail, or to a message of this workspace; "" for anywhere else."""
    if own := OWN.fullmatch(address):
        channel, seconds, rest = own.groups()
        return f"{url.rstrip('/')}/archives/{channel}/p{seconds}{rest}?thread_ts={seconds}.{rest}&cid={channel}" if url else ""
    return links.safe(address)
