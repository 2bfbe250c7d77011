"""A plain discord.py bot that answers every message with the same words: the floor for `discord_events`. A process of its own."""

from __future__ import annotations

import asyncio
import sys

import discord
import yarl

from cli.play.discord.names import TOKEN


async def main(api: str, gateway: str) -> None:
    """Answer until killed."""
    discord.http.Route.BASE = api
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    client = discord.Client(intents=discord.Intents(guilds=True, guild_messages=True, message_content=True))

    @client.event
    async def on_message(message: discord.Message) -> None:
        if not message.author.bot:
            await message.reply(message.content)

    await client.start(TOKEN)


if __name__ == "__main__":
    print("starting", flush=True)
    asyncio.run(main(sys.argv[1], sys.argv[2]))
