"""Readiness of Discord, and of the mail server: the looks that `doctor` takes at them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from desk.errors import Misconfigured

if TYPE_CHECKING:
    from settings import Settings

DISCORD = ("discord", "discord intents", "discord channels", "discord roles", "discord commands", "discord clock")
"""The checks of a Discord installation, by name."""


def discord(check: str) -> Callable[[Settings], Awaitable[str]]:
    """Return the look that makes one of Discord's checks."""

    async def look(found: Settings) -> str:
        if not found.has_discord:
            return "no server is connected; docs/discord.md says how" if check == DISCORD[0] else "nothing to look at"
        from bootstrap import discord_access, open_records
        from bot.discord.carried import Carried
        from bot.discord.checks import CHECKS, Installation, reached
        from handlers.commands.table import catalog
        from runtime import SystemClock

        access, now = discord_access(found), SystemClock()
        async with open_records(found) as kept, reached(access) as web:
            carried = await Carried.open(kept.home.path / "discord-carried.db", now)
            try:
                return await CHECKS[check](Installation(access, web, kept.policy, kept.store, now, catalog(), carried))
            finally:
                await carried.close()

    return look


async def mail(found: Settings) -> str:
    """Look whether the mail server takes our login."""
    from bootstrap import mailer_of
    from mail.smtp import SmtpMailer

    if bool(found.smtp_url.get_secret_value()) != bool(found.smtp_from):
        raise Misconfigured("only one of FRONTDESK_SMTP_URL and FRONTDESK_SMTP_FROM is set: without both no mail is sent")
    mailer = mailer_of(found)
    if not isinstance(mailer, SmtpMailer):
        return "no mail server is set, so that the team connects customers' accounts; docs/identity.md says how"
    return f"{await mailer.check()} takes mail from {found.smtp_from}"
