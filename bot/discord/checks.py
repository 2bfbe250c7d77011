"""Checks: what a Discord installation needs, each looked at by itself, over REST alone, and told with what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import discord

from bot.discord import menu
from bot.discord.access import Access
from bot.discord.carried import Carried
from bot.discord.client import CONTENT, MEMBERS, Client, wanted
from bot.discord.commands import LATEST, PATH, both, normalized
from bot.discord.people import People
from bot.discord.rights import lacking, may
from bot.discord.socket import GRANTS, TOKEN
from bot.discord.tree import tree
from bot.discord.web import Web
from desk.catalog import Catalog
from desk.errors import FrontdeskError, Misconfigured, PlaceGone, Rejected, Unavailable
from desk.policy import Policy
from desk.ports import Clock, PolicySource
from desk.space import Channel, ChannelKind, Platform
from desk.store import Store

LATE = timedelta(seconds=30)
"""How wrong this machine's clock may be: what was missed is read from the instant at which it was last connected."""
SECONDS = 10.0
FAILED = (TimeoutError, aiohttp.ClientError, OSError, discord.DiscordException, RuntimeError, ValueError)
LESS = {
    CONTENT: "not Message Content, so it hears mentions, replies that ping it, direct messages, buttons and the menu of a message only",
    MEMBERS: "not Server Members, so it is not told who holds a role and who left",
}
BOT_PAGE = "switch it on on the Bot page of https://discord.com/developers/applications"


@dataclass(frozen=True, slots=True)
class Installation:
    """What the checks look at."""

    access: Access
    web: Web
    policy: PolicySource
    store: Store
    clock: Clock
    catalog: Catalog
    carried: Carried


@asynccontextmanager
async def reached(access: Access) -> AsyncIterator[Web]:
    """Log in over REST, without listening. Raises Misconfigured for a token that Discord does not know, Unavailable where nobody answers."""
    discord.http.Route.BASE = access.url.rstrip("/")
    client = Client(access, lambda name, event: None, wanted())
    web = Web(client, access)
    try:
        await _logged_in(client, access.token)
        yield web
    finally:
        await web.close()
        await client.hang_up()


async def token(found: Installation) -> str:
    """Look whether the token works, and which server is home."""
    here = await found.web.whoami()
    return f"{here.guild_name} ({here.guild}), as application {here.application}"


async def intents(found: Installation) -> str:
    """Look which of the intents are granted that a person has to switch on."""
    flags = int((await found.web.call("GET", "/applications/@me")).get("flags") or 0)
    without = [LESS[name] for name, bits in GRANTS.items() if not flags & bits]
    return f"{'; '.join(without)}: {BOT_PAGE}" if without else "Message Content and Server Members are switched on"


async def channels(found: Installation) -> str:
    """Look what the bot may in each declared channel, and whether the agents channel is the team's alone."""
    here = (await found.web.whoami()).guild
    declared = [
        c for c in await found.store.channels() if (c.ref.platform, c.ref.space) == (Platform.DISCORD, here) and c.kind is not ChannelKind.DIRECT
    ]
    agents = [c for c in await found.store.channels() if c.agents]
    if not agents:
        raise Misconfigured("no agents channel is declared: write /frontdesk setup on the server")
    wrong = [sentence for channel in declared if (sentence := await _wrong(channel, found))]
    if wrong:
        raise Misconfigured("; ".join(wrong))
    private = ", and the agents channel is private" if any(channel in declared for channel in agents) else ""
    return f"the bot may do its work in all {len(declared)}{private}"


async def roles(found: Installation) -> str:
    """Look whether the roles and people that policy names are on the server."""
    here = (await found.web.whoami()).guild
    named = _named(await found.policy.current(), here)
    if not named:
        return "the policy names none"
    people = People(found.web, found.policy, found.store, found.clock)
    gone = [id for id in named if not await people.is_role(id) and not await _is_member(id, found)]
    if gone:
        raise Misconfigured(f"{', '.join(gone)} of [team] in the policy is neither a role nor a member of this server: correct it there")
    return f"all {len(named)} that the policy names are there"


async def commands(found: Installation) -> str:
    """Look whether Discord has the slash commands of this version."""
    here = await found.web.whoami()
    wants = [tree(found.catalog).command(), menu.open_ticket()]
    there = await found.web.call("GET", PATH, params={"with_localizations": "true"}, application_id=here.application, guild_id=here.guild)
    if normalized(wants) == normalized(there) or await found.carried.get(LATEST) == both(wants, there):
        return f"{len(tree(found.catalog).leaves)} below /frontdesk, as this version has them"
    if not there:
        raise Misconfigured(
            "the server has none yet: they are made when ./frontdesk run connects; invite the bot with the scope applications.commands"
        )
    raise Misconfigured("the server has those of another version: they are brought up to date when ./frontdesk run connects")


async def clock(found: Installation) -> str:
    """Look how far this machine's clock is from Discord's: what was missed is read from an instant on."""
    try:
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(f"{found.access.url.rstrip('/')}/gateway") as answer:
            said = answer.headers.get("date", "")
    except FAILED as error:
        raise Unavailable("platform", f"asking for the time failed with {type(error).__name__}") from None
    if not said:
        return "Discord does not say what time it has"
    off = found.clock.now() - parsedate_to_datetime(said)
    says = f"{abs(off).total_seconds():.0f} s {'ahead of' if off > timedelta() else 'behind'} Discord's"
    if abs(off) > LATE:
        raise Misconfigured(f"this machine's clock is {says}: set it, best by NTP")
    return says


CHECKS: Mapping[str, Callable[[Installation], Awaitable[str]]] = {
    "discord": token,
    "discord intents": intents,
    "discord channels": channels,
    "discord roles": roles,
    "discord commands": commands,
    "discord clock": clock,
}
"""What is looked at, in the order in which one needs the other."""


async def _logged_in(client: Client, token: str) -> None:
    try:
        async with asyncio.timeout(SECONDS):
            await client.login(token)
    except discord.LoginFailure:
        raise Misconfigured(f"Discord does not know the bot's token: {TOKEN}") from None
    except FAILED as error:
        raise Unavailable("platform", f"logging in failed with {type(error).__name__}") from None


async def _wrong(channel: Channel, found: Installation) -> str:
    """Return what is wrong with a channel, as a sentence; "" when nothing is."""
    inner = channel.kind is ChannelKind.INTERNAL
    try:
        if missing := await _missing(channel, found, inner=inner):
            return f"in #{channel.name} the bot lacks {', '.join(missing)}: give it to its role in the channel's permissions"
        if inner and not await People(found.web, found.policy, found.store, found.clock).is_private(channel.ref.id):
            return f"others than the team can read #{channel.name}: take View Channel from @everyone there, or choose another agents channel"
    except PlaceGone as error:
        return f"#{channel.name} is not there, or the bot does not see it: {error}"
    except FrontdeskError as error:
        return f"#{channel.name} could not be looked at: {error}"
    return ""


async def _missing(channel: Channel, found: Installation, *, inner: bool) -> Sequence[str]:
    here = await found.web.whoami()
    info: Mapping[str, Any] = await found.web.call("GET", "/channels/{channel_id}", channel_id=channel.ref.id)
    guild = await found.web.call("GET", "/guilds/{guild_id}", guild_id=here.guild)
    me = await found.web.call("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=here.guild, user_id=here.bot_user)
    return lacking(may(guild, info, user=here.bot_user, roles=[str(role) for role in me.get("roles") or ()]), inner=inner)


async def _is_member(id: str, found: Installation) -> bool:
    try:
        await found.web.call("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=(await found.web.whoami()).guild, user_id=id)
    except (PlaceGone, Rejected):
        return False
    return True


def _named(policy: Policy, here: str) -> Sequence[str]:
    beginning = f"{Platform.DISCORD}/{here}/"
    entries = (*policy.team.agents, *policy.team.leads, *policy.team.admins)
    return [entry.removeprefix(beginning) for entry in entries if entry.startswith(beginning)]
