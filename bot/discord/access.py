"""Access: what the environment gives to reach Discord."""

from __future__ import annotations

from dataclasses import dataclass, field

API = "https://discord.com/api/v10/"
"""Discord's own API; another address serves a test."""


@dataclass(frozen=True, slots=True)
class Shards:
    """Which shards of the bot's gateway connection this process serves, and of how many."""

    ids: tuple[int, ...]
    count: int

    @classmethod
    def parse(cls, text: str) -> Shards | None:
        """Read `0,1/4`; None for an empty text. Raises ValueError for what is none."""
        if not text:
            return None
        ids, _, count = text.partition("/")
        return cls(tuple(int(id) for id in ids.split(",")), int(count))


@dataclass(frozen=True, slots=True)
class Access:
    """The token of one bot. `guild` is the home server's id, "" for the only one the bot is in; without `shards` Discord says how many."""

    token: str = field(repr=False)
    guild: str = ""
    url: str = API
    shards: Shards | None = None
