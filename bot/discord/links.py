"""Links: to the messages of this server, as Discord writes them."""

from __future__ import annotations

import re

from bot.discord.limits import ADDRESS
from bot.text import links

OWN = re.compile(r"message:discord/(\d+)/(\d+)/(?:(\d+)/)?(\d+)")


def safe(address: str) -> str:
    """Return where a link may lead: to the web, to mail, or to a message of this server; "" for anywhere else."""
    if own := OWN.fullmatch(address):
        guild, channel, thread, message = own.groups()
        return f"https://discord.com/channels/{guild}/{thread or channel}/{message}"
    return links.safe(address) if len(address) <= ADDRESS else ""
