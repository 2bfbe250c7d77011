"""Wire: a bot that has logged in to the play's Discord and calls its API, judged by Discord's own description."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from bot.discord.access import Access
from bot.discord.client import Client, wanted
from bot.discord.web import Web
from cli.play.discord.names import GUILD, TOKEN
from cli.play.discord.server import Loopback
from tests.discord.judge import judged


@asynccontextmanager
async def calling(loop: Loopback) -> AsyncIterator[Web]:
    """Log a bot in that calls the API and listens to nothing."""
    access = Access(TOKEN, guild=GUILD, url=loop.url)
    discord.http.Route.BASE = loop.url
    client = Client(access, lambda name, event: None, wanted())
    with judged(loop.api):
        await client.login(TOKEN)
        web = Web(client, access)
        try:
            yield web
        finally:
            await web.close()
            await client.http.close()
