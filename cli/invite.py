"""Invite: how the bot is let into a server of a chat platform, with the least that it needs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

from cli.start import settings
from desk.errors import InvalidInput, Misconfigured

Application = Annotated[str, typer.Option(help="The application's id, from its General Information page; without it the token says which.")]
TOKEN = "set FRONTDESK_DISCORD_TOKEN to the token on the Bot page of your application, or give its id with --application"  # noqa: S105


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(invite)


def invite(platform: str, application: Application = "") -> None:
    """Print the address that invites the bot (discord), what it may there and why, and what to switch on."""
    if platform not in PLATFORMS:
        raise InvalidInput(f"nobody is invited on {platform!r}: choose {' or '.join(PLATFORMS)}")
    print(PLATFORMS[platform](application))


def _discord(application: str) -> str:
    from bot.discord.rights import INTENTS, RIGHTS, number
    from bot.discord.rights import invite as address

    found = settings()
    id = application or _own_id(found.discord_token.get_secret_value())
    if not id.isdigit():
        raise InvalidInput(f"{id!r} is no application's id: copy the number from its General Information page")
    width = max(len(name) for name in (*INTENTS, *(right.name for right in RIGHTS)))
    return "\n".join(
        (
            "Open this address as somebody who may manage the server:",
            f"  {address(id, found.discord_guild)}",
            "",
            f"The bot may then, and no more ({number()}):",
            *(f"  {right.name:<{width}}  {right.why}" for right in RIGHTS),
            "",
            f"Switch on at https://discord.com/developers/applications/{id}/bot, under Privileged Gateway Intents:",
            *(f"  {name:<{width}}  {why}" for name, why in INTENTS.items()),
        )
    )


def _own_id(token: str) -> str:
    """Return the id of the application that the token is of: it begins with it, else Discord says."""
    from bot.discord.rights import application_of

    if not token:
        raise Misconfigured(TOKEN)
    return application_of(token) or asyncio.run(_asked())


async def _asked() -> str:
    from bootstrap import discord_access
    from bot.discord.checks import reached

    async with reached(discord_access(settings())) as web:
        return str((await web.call("GET", "/applications/@me"))["id"])


PLATFORMS: dict[str, Callable[[str], str]] = {"discord": _discord}
"""The platforms on which somebody lets the bot in by an address."""
