"""Client: discord.py, of which the REST door and the gateway's wire are used. What comes over the wire is heard as Discord sends it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

import aiohttp
import discord

from bot.arrivals.pump import DEFECTS, defect
from bot.discord.access import Access

Payload = Mapping[str, Any]
Hear = Callable[[str, Payload], None]
"""Takes an event of the gateway by its name, at once and in order."""

MEMBERS, CONTENT = "members", "message_content"
"""The intents that a person has to switch on."""
PATIENCE = 30.0
"""Seconds that a call may wait for its rate limit to pass."""
LEFT_OUT = frozenset(
    {
        "MESSAGE_CREATE",
        "MESSAGE_UPDATE",
        "MESSAGE_DELETE",
        "MESSAGE_DELETE_BULK",
        "MESSAGE_REACTION_ADD",
        "GUILD_MEMBER_ADD",
        "GUILD_MEMBER_REMOVE",
        "GUILD_MEMBER_UPDATE",
        "INTERACTION_CREATE",
    }
)
"""Events of which the library's own picture of the server, which nobody looks at, is not kept: they come by the thousand."""

log = logging.getLogger("frontdesk.discord")


class Client(discord.Client):
    """A client that tells of every event by `hear`. Without an intent that has to be granted it is given less, and says so by `intents`."""

    def __init__(self, access: Access, hear: Hear, intents: discord.Intents) -> None:
        # Nobody speaks here, so nobody has to be warned that the packages for voice are missing.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=intents,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=PATIENCE,
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=access.shards.count if access.shards else None,
        )
        # At level debug the library writes down every event, and what people say in it.
        logging.getLogger("discord").setLevel(max(logging.INFO, logging.getLogger().level))
        own = self._connection.parsers
        names = own.keys() | {"GUILD_CREATE"}
        self._connection.parsers = {name: partial(_heard, hear, name, None if name in LEFT_OUT else own[name]) for name in names}

    def ask_for_less(self, intents: discord.Intents) -> None:
        """Use these intents from the next session on."""
        self._connection._intents = intents

    def split(self, shards: int) -> None:
        """Have the connection in so many shards."""
        self.shard_count = self._connection.shard_count = shards

    def forget_session(self) -> None:
        """Let go of the HTTP session of a login that failed: the next one makes its own."""
        session = getattr(self.http, "_HTTPClient__session", None)
        if isinstance(session, aiohttp.ClientSession):
            session.detach()

    async def hang_up(self) -> None:
        """Close what is open."""
        await self.http.close()
        if isinstance(self.http.connector, aiohttp.BaseConnector):
            await self.http.connector.close()


def wanted() -> discord.Intents:
    """Return what the desk asks Discord for: messages and what is in them, reactions, and who leaves."""
    return discord.Intents(guilds=True, members=True, guild_messages=True, dm_messages=True, guild_reactions=True, message_content=True)


def without(names: Collection[str]) -> discord.Intents:
    """Return what is wanted but for these intents, which a person has to switch on."""
    found = wanted()
    for name in names:
        setattr(found, name, False)
    return found


def _heard(hear: Hear, name: str, own: Callable[[Any], None] | None, event: Any) -> None:
    # Before the library, which changes what it reads.
    for read in (partial(hear, name), own):
        try:
            if read is not None:
                read(event)
        except DEFECTS as error:
            # The connection must outlive an event that is not as it was ever described.
            log.error("an event %s could not be read whole: %s", name, defect(error))
